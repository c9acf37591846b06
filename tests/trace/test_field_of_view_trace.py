import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnsim import analysis, functional
from cnnsim.errors import InputError
from cnnsim.trace import field_of_view
from cnnsim.trace.field_of_view_gradient import random_gradient

ALEXNET = [
    [11, 4, 1, 0, 0], [3, 2, 1, 0, 1], [5, 1, 1, 2, 0], [3, 2, 1, 0, 1],
    [3, 1, 1, 1, 0], [3, 1, 1, 1, 0], [3, 1, 1, 1, 0], [3, 2, 1, 0, 1],
]  # fmt: skip
LENET = [[5, 1, 1, 0, 0], [2, 2, 1, 0, 1], [5, 1, 1, 0, 0], [2, 2, 1, 0, 1]]


@st.composite
def stacks(draw):
    """Layers with an input on which they fit, and a unit of the last map."""
    layers = draw(
        st.lists(
            st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), st.integers(0, 1), st.integers(0, 1)),
            min_size=1,
            max_size=3,
        )
    )
    n = field_of_view(layers).sizes[0] + draw(st.integers(0, 4))
    last = field_of_view(layers, n).sizes[-1]
    return layers, n, (draw(st.integers(0, last - 1)), draw(st.integers(0, last - 1)))


def naive_gradient(trace, index, kernels):
    """The gradient of the unit of a layer by way of the loops."""
    unit, size = trace.units[index + 1], trace.sizes[index + 1]
    gradient = np.zeros((1, 1, size, size))
    gradient[0, 0, unit[0], unit[1]] = 1
    for number in range(index, -1, -1):
        layer, n = trace.layers[number], trace.sizes[number]
        x, options = np.zeros((1, 1, n, n)), (layer.stride, layer.padding, layer.dilation)
        gradient, *_ = naive.conv2d_backward(gradient, x, kernels[number][None, None], None, *options)
    return gradient[0, 0]


@given(stacks())
@settings(max_examples=30)
def test_ways_are_the_gradient_through_kernels_of_ones(stack):
    trace = field_of_view(*stack)
    ones = [np.ones((layer.kernel_size, layer.kernel_size)) for layer in trace.layers]
    for index in range(len(trace)):
        np.testing.assert_array_equal(trace.gradient(index), naive_gradient(trace, index, ones))


@given(stacks())
@settings(max_examples=30)
def test_fields_are_those_of_the_analysis_and_hold_all_that_counts(stack):
    layers, n, unit = stack
    trace = field_of_view(layers, n, unit)
    assert trace.output.tolist() == list(analysis.receptive_field([layer[:3] for layer in layers]))
    for step in trace:
        assert step.size == step.before + step.layer.dilation * (step.layer.kernel_size - 1) * step.jump
        (top, left), gradient = step.first, trace.gradient(step.index).copy()
        assert gradient[max(top, 0), max(left, 0)] > 0 or min(top, left) < 0
        gradient[max(top, 0) : max(top + step.size, 0), max(left, 0) : max(left + step.size, 0)] = 0
        assert not gradient.any()


@given(stacks())
@settings(max_examples=30)
def test_fields_lie_within_each_other_around_the_chosen_unit(stack):
    trace = field_of_view(*stack)
    assert trace[-1].unit == stack[2]
    for inner, outer in zip(trace, list(trace)[1:], strict=False):
        padded = any(layer.padding for layer in trace.layers)
        for a, b in zip(inner.first, outer.first, strict=True):
            assert padded or b <= a <= a + inner.size <= b + outer.size


@given(stacks())
@settings(max_examples=30)
def test_half_is_in_the_smallest_square_in_the_middle(stack):
    trace = field_of_view(*stack)
    step, gradient, half = trace[-1], trace.gradient(-1), trace.half(-1)

    def within(side):
        top, left = (first + (step.size - side) // 2 for first in step.first)
        return sum(
            gradient[i, j] for i in range(top, top + side) for j in range(left, left + side)
            if 0 <= i < len(gradient) and 0 <= j < len(gradient)
        )  # fmt: skip

    assert 2 * within(half) >= gradient.sum()
    assert half <= 2 or 2 * within(half - 2) < gradient.sum()


def test_a_cell_counts_for_the_unit_as_often_as_the_engine_says():
    trace = field_of_view([[3, 2], [3, 1]], 9)
    x = np.zeros((1, 1, 9, 9))
    ones = np.ones((1, 1, 3, 3))
    unit = trace.units[-1]
    dy = np.zeros(functional.conv2d(functional.conv2d(x, ones, stride=2), ones).shape)
    dy[0, 0, unit[0], unit[1]] = 1
    middle, *_ = functional.conv2d_backward(dy, functional.conv2d(x, ones, stride=2), ones)
    dx, *_ = functional.conv2d_backward(middle, x, ones, stride=2)
    np.testing.assert_array_equal(trace.gradient(1), dx[0, 0])


@given(stacks(), st.integers(0, 99))
@settings(max_examples=5)
def test_random_kernels_give_the_mean_size_of_the_gradient(stack, seed):
    trace = field_of_view(*stack, weights="random", seed=seed)
    draws, numbers = 64, np.random.default_rng(seed)
    kernels = [None] * len(trace)
    for number in reversed(range(len(trace))):
        layer = trace.layers[number]
        shape = (draws, layer.kernel_size, layer.kernel_size)
        kernels[number] = np.ones(shape) if layer.pools else numbers.standard_normal(shape)
    squares = [naive_gradient(trace, len(trace) - 1, [of[draw] for of in kernels]) ** 2 for draw in range(draws)]
    expected = np.sqrt(np.mean(squares, axis=0))
    expected = expected / expected.max() if expected.any() else expected
    np.testing.assert_allclose(trace.gradient(-1), expected, rtol=1e-9, atol=1e-12)


def test_through_poolings_alone_random_is_uniform():
    layers = [[3, 1, 1, 0, 1], [3, 2, 1, 0, 1]]
    uniform = field_of_view(layers, 9).gradient(1)
    np.testing.assert_allclose(field_of_view(layers, 9, weights="random").gradient(1), uniform / uniform.max())
    assert random_gradient.cache_info().maxsize is not None


def test_the_golden_fields():
    assert field_of_view([[3]] * 3).output.tolist() == [3, 5, 7]
    assert field_of_view([[3, 2], [3, 1]]).output.tolist() == [3, 7]
    alexnet = field_of_view(ALEXNET, 227)
    assert alexnet.output.tolist() == [11, 19, 51, 67, 99, 131, 163, 195]
    assert alexnet.sizes == (227, 55, 27, 27, 13, 13, 13, 13, 6)
    assert [layer.name for layer in alexnet.layers] == [
        "conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5",
    ]  # fmt: skip
    assert field_of_view(LENET, 32).output.tolist() == [5, 6, 14, 16]


def test_steps_of_the_lecture_example():
    steps = field_of_view([[3]] * 3, 7)
    assert [(step.before, step.jump, step.size, step.first) for step in steps] == [
        (1, 1, 3, (2, 2)), (3, 1, 5, (1, 1)), (5, 1, 7, (0, 0)),
    ]  # fmt: skip
    assert steps.gradient(2)[3].tolist() == [7, 21, 42, 49, 42, 21, 7]
    assert (steps.half(0), steps.half(1), steps.half(2)) == (3, 3, 5)
    assert [columns.tolist() for _, columns in steps.ways(1)] == [[0, 1, 2, 3, 2, 1, 0], [0, 1, 1, 1, 0], [0, 1, 0]]


def test_every_grain_is_a_layer():
    trace = field_of_view(LENET, 32)
    assert [step.size for step in trace.at("cell")] == [5, 6, 14, 16]
    with pytest.raises(IndexError):
        trace[4]


@given(stacks())
@settings(max_examples=30)
def test_the_nearest_unit_to_the_middle_of_a_field_is_its_own(stack):
    layers, n, unit = stack
    trace = field_of_view(layers, n, unit)
    step = trace[-1]
    assert trace.nearest_unit(*(first + (step.size - 1) // 2 for first in step.first)) == unit


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[0]],), "kernel=0 is out of range"),
        (([[3, 0]],), "stride=0 is out of range: use a whole number from 1 to 16"),
        (([[2.5]],), "kernel=2.5 is out of range"),
        (([[3, 1, 1, 0, 2]],), "pooling=2 is out of range"),
        (([[3, 1, 1, 0, 0, 0]],), "has too many columns: give kernel, stride, dilation, padding, pooling"),
        (([[3], [3]], 4), "input_size=4 leaves 2 cells for the window of conv2, which needs 3"),
        (([[3]], 1000), "input_size=1000 is out of range"),
        (([[3]], 5, (3, 0)), r"unit=\(3, 0\) is not in the last map of 3 × 3"),
    ],
)
def test_impossible_input_is_refused_in_words(arguments, message):
    with pytest.raises(InputError, match=message):
        field_of_view(*arguments)


def test_unknown_kernels_are_refused():
    with pytest.raises(InputError, match="weights=fixed is unknown: choose one of uniform, random"):
        field_of_view([[3]], weights="fixed")


@given(stacks(), st.data())
@settings(max_examples=30)
def test_a_unit_sees_what_counts_for_it(stack, data):
    trace = field_of_view(*stack)
    upper = data.draw(st.integers(1, len(trace)))
    for lower in range(upper + 1):
        seen = trace.sees(upper, lower)
        assert seen.shape == (trace.sizes[upper], trace.sizes[lower])
        for axis, ways in enumerate(trace.ways(upper - 1)[lower]):
            np.testing.assert_array_equal(seen[trace.units[upper][axis]], ways > 0)


def test_nothing_counts_for_a_unit_that_sees_only_padding():
    trace = field_of_view([[2, 2, 1, 0], [1, 1, 1, 4]], 6, (0, 0), weights="random")
    np.testing.assert_array_equal(trace.gradient(1), np.zeros((6, 6)))
    assert trace.gradient(0).any()
