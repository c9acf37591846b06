"""Counts and fields of view: the lectures' numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim import analysis
from cnnsim.errors import InputError

ALEXNET = [(11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)]


def test_fields_of_view():
    assert analysis.receptive_field(ALEXNET) == (11, 19, 51, 67, 99, 131, 163, 195)
    assert analysis.receptive_field([(3, 2), (3, 1)]) == (3, 7)
    assert analysis.receptive_field([(3, 1)] * 4) == (3, 5, 7, 9)
    assert analysis.receptive_field([(3, 1, 2), (3, 1, 4)]) == (5, 13)
    assert analysis.receptive_field([]) == ()


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)), max_size=5))
def test_the_field_of_view_is_the_input_of_which_one_cell_is_left(windows):
    """Backwards from one cell of the output: the size of input that gives exactly it."""
    for depth in range(1, len(windows) + 1):
        n = 1
        for kernel_size, stride, dilation in reversed(windows[:depth]):
            n = (n - 1) * stride + dilation * (kernel_size - 1) + 1
        assert analysis.receptive_field(windows)[depth - 1] == n
        for kernel_size, stride, dilation in windows[:depth]:
            n = analysis.output_size(n, kernel_size, stride, 0, dilation)
        assert n == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((784, 30), 23_550),
        ((1, 20, 25), 520),
        ((40_000 * 3, 300), 36_000_300),
        ((3, 300, 9), 8_400),
        ((3, 96, 121), 34_944),
        ((96, 256, 25, 2), 307_456),
        ((256, 384, 9), 885_120),
        ((384, 384, 9, 2), 663_936),
        ((384, 256, 9, 2), 442_624),
        ((9216, 4096), 37_752_832),
        ((4096, 4096), 16_781_312),
        ((4096, 1000), 4_097_000),
    ],
)
def test_parameters(arguments, expected):
    assert analysis.parameters(*arguments) == expected
    assert analysis.parameters(*arguments, bias=False) == expected - arguments[1]


def test_multiply_accumulates_and_memory():
    assert analysis.macs(1, 6, 25, 28 * 28) == 117_600
    assert analysis.macs(400, 120) == 48_000
    assert analysis.macs(8, 8, 9, 100, groups=8) == 8 * 9 * 100
    assert analysis.memory((96, 55, 55)) == 1_161_600
    assert analysis.memory((2, 3), 8) == 48


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: analysis.receptive_field([(3,)]), "windows="),
        (lambda: analysis.receptive_field([(3, 0)]), "windows="),
        (lambda: analysis.parameters(3, 4, groups=2), "groups=2 does not divide inputs=3 and outputs=4"),
        (lambda: analysis.parameters(0, 4), "inputs=0 is less than 1"),
        (lambda: analysis.macs(1, 1, positions=0), "positions=0"),
    ],
)
def test_what_makes_no_layer_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
