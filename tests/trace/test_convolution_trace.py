import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_walks import assembled, check_contributions, close, convolutions, draw_cell, engine_options, naive_padded

from cnnsim import functional, gallery
from cnnsim.errors import InputError
from cnnsim.trace import GRAINS, check_grain, convolution


@given(convolutions())
def test_trace_is_rule_is_engine_is_naive_loop(trace):
    rule = trace.rule
    np.testing.assert_array_equal(assembled(trace), rule.output)
    close(rule.output, functional.conv2d(rule.x[None], rule.w, rule.b, **engine_options(rule))[0])
    padded, _, _, options = naive_padded(rule)
    close(rule.output, naive.conv2d(padded, rule.w, rule.b, **options)[0])


@given(convolutions(), st.data())
def test_a_cell_adds_its_products_one_by_one_then_the_bias(trace, data):
    rule, cell = trace.rule, draw_cell(data, trace)
    multiplies, (total, bias) = check_contributions(trace, cell, {"kernel": rule.applied, "input": rule.padded})
    assert len(multiplies) == rule.w[0].size
    assert [step.contribution.factors[0].place for step in multiplies] == [
        (cell[0], *index) for index in np.ndindex(*rule.w.shape[1:])
    ]
    assert total.value == multiplies[-1].so_far
    assert bias.value == total.value + rule.b[cell[0]]
    np.testing.assert_array_equal(rule.window(cell) * rule.applied[cell[0]], rule.products(cell))


@given(convolutions())
def test_padding_shows_what_the_naive_loop_shows(trace):
    padded, *_ = naive_padded(trace.rule)
    np.testing.assert_array_equal(trace.rule.padded, padded[0])


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_keeps_the_size_and_puts_the_odd_cell_at_the_end(size, dilation):
    x, w = gallery.image("random", 6), gallery.image("random", size, seed=1)
    rule = convolution(x, w, padding="same", dilation=dilation).rule
    assert rule.output.shape == (1, 6, 6)
    assert rule.geometry.rows.after - rule.geometry.rows.before in (0, 1)
    close(rule.output, functional.conv2d(x[None, None], w[None, None], padding="same", dilation=dilation)[0])


def test_valid_is_no_padding():
    rule = convolution(np.ones((4, 5)), np.ones((3, 2)), padding="valid").rule
    assert rule.output.shape == (1, 2, 4)


def test_one_bias_serves_all_maps_and_none_is_zero():
    x, w = np.zeros((2, 3, 3)), np.ones((4, 2, 3, 3))
    assert convolution(x, w, 5).rule.output.ravel().tolist() == [5] * 4
    assert convolution(x, w).rule.output.ravel().tolist() == [0] * 4
    assert convolution(x, w, [1, 2, 3, 4]).rule.output.ravel().tolist() == [1, 2, 3, 4]


def test_depthwise_maps_see_one_map_each():
    trace = convolution(gallery.image("random", 4) * np.ones((3, 1, 1)), np.ones((3, 1, 2, 2)), groups=3)
    places = {step.contribution.factors[1].place[0] for step in (trace[i] for i in range(6 * 9)) if step.contribution}
    assert places == {0}
    assert trace[-3].contribution.factors[1].place[0] == 2


@pytest.mark.parametrize(
    ("flip", "expected"),
    [
        (False, [[1, 1, 1], [2, 2, -1], [4, 2, -3]]),
        (True, [[1, 1, 1], [-2, 0, 3], [-4, 0, 5]]),
    ],
)
def test_emboss_shows_the_flip(flip, expected):
    trace = convolution(gallery.LECTURE_IMAGE, gallery.kernel("emboss"), flip=flip)
    np.testing.assert_array_equal(assembled(trace)[0], expected)


def test_the_lecture_example():
    trace = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))
    np.testing.assert_array_equal(assembled(trace)[0], [[4, 3, 4], [2, 4, 3], [2, 3, 4]])
    assert len(trace) == 9 * 11


def test_a_kernel_that_looks_the_same_turned_cannot_show_the_flip():
    for name in set(gallery.KERNELS) - {"emboss", "sobel-x", "sobel-y"}:
        plain = convolution(gallery.LECTURE_IMAGE, gallery.kernel(name))
        flipped = convolution(gallery.LECTURE_IMAGE, gallery.kernel(name), flip=True)
        np.testing.assert_array_equal(plain.rule.output, flipped.rule.output)


def test_windows_of_two_kernels_on_numbered_cells():
    a, b = gallery.image("random", 3, seed=1), gallery.image("random", 3, seed=2)
    x, kernels = gallery.image("ramp", 4), np.stack([a, b])[:, None]
    centre_6 = [(1, 1), (2, 2), (3, 3), (4, 5), (5, 6), (6, 7), (7, 9), (8, 10), (9, 11)]
    valid, padded = convolution(x, kernels), convolution(x, kernels, padding=1)
    assert [step.contribution.factors[1].value for step in (valid[i] for i in range(9))] == [i for _, i in centre_6]
    assert valid.rule.output[0, 0, 0] == sum(a.ravel()[weight - 1] * value for weight, value in centre_6)
    first_of_b = [(5, 1), (6, 2), (8, 5), (9, 6)]
    assert padded.rule.output[1, 0, 0] == sum(b.ravel()[weight - 1] * value for weight, value in first_of_b)


@given(convolutions())
@settings(max_examples=20)
def test_a_grain_shows_the_last_step_of_each_unit(trace):
    output = trace.rule.output
    cells, rows, maps = trace.at("cell"), trace.at("row"), trace.at("map")
    assert [step.y for step in cells] == output.ravel().tolist()
    assert [step.y for step in rows] == output[..., -1].ravel().tolist()
    assert [step.y for step in maps] == output[:, -1, -1].tolist()
    assert len(trace.at("multiply")) == len(trace)
    for grain in GRAINS:
        view = trace.at(check_grain(grain))
        assert all(view.position_of(view.base_index(i)) == i for i in range(len(view)))


def test_a_trace_is_a_sequence_that_ends():
    trace = convolution(np.ones((2, 2)), np.ones((1, 1)))
    assert trace[-1] == trace[len(trace) - 1]
    assert len(list(trace)) == len(trace)
    with pytest.raises(IndexError, match="step 12 of a trace of 12 steps"):
        trace[12]


def test_a_step_of_a_long_trace_costs_one_window(monkeypatch):
    trace = convolution(np.ones((3, 300, 300)), np.ones((4, 3, 6, 6)))
    assert len(trace) > 3 * 10**7
    assert isinstance(trace.ends, range)
    assert all(isinstance(trace.at(grain).ends, range) for grain in GRAINS)
    asked = []
    monkeypatch.setattr(
        type(trace.rule), "values", lambda rule, cell: asked.append(cell) or rule.products(cell).ravel()
    )
    for index in (0, 12_345_678, len(trace) // 2, len(trace) - 3, -1):
        asked.clear()
        step = trace[index]
        assert asked == [step.cell]
        assert step.index == index % len(trace)
    assert trace[12_345_678].so_far == trace[12_345_678].number + 1


def test_a_trace_keeps_its_own_copy_of_what_it_was_given():
    x = np.ones((3, 3))
    trace = convolution(x, np.ones((2, 2)))
    x[0, 0] = 100
    assert trace[3].so_far == 4
    for array in (trace.rule.x, trace.rule.w, trace.rule.b, trace.rule.padded, trace.rule.output):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 5


def test_the_largest_numbers_do_not_overflow():
    assert convolution([[1e100]], [[1e100]], 1e100).rule.output == pytest.approx(1e200)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stride": 0}, "stride=0 is less than 1: use 1 or more"),
        ({"stride": (1, -2)}, "stride=-2 is less than 1"),
        ({"stride": 1.5}, "stride=1.5 is no whole number"),
        ({"stride": (1, 2, 3)}, r"stride=\(1, 2, 3\) is no whole number: use 1 or 2 whole numbers"),
        ({"dilation": 0}, "dilation=0 is less than 1"),
        ({"dilation": 3}, r"kernel_size=3 \(spread over 7 cells by dilation=3\) is larger than the padded input \(5\)"),
        ({"padding": -1}, "padding=-1 is less than 0"),
        ({"padding": (0, 0, 0, -4)}, "padding=-4 is less than 0"),
        ({"padding": (1, 2, 3)}, r"padding=\(1, 2, 3\) is no whole number: use 1 or 2 or 4 whole numbers"),
        ({"padding": "full"}, "padding=full is unknown: use a number, 'valid' or 'same'"),
        ({"padding": "same", "stride": 2}, "padding=same does not go with stride=2"),
        ({"padding": "same", "stride": (1, 3)}, "padding=same does not go with stride=3"),
        (
            {"padding_mode": "mirror"},
            "padding_mode=mirror is unknown: choose one of zeros, replicate, reflect, circular",
        ),
        (
            {"padding": 5, "padding_mode": "reflect"},
            "padding=5 is too wide for reflect padding of 5 cells: use at most 4",
        ),
        (
            {"padding": 6, "padding_mode": "circular"},
            "padding=6 is too wide for circular padding of 5 cells: use at mo",
        ),
        ({"groups": 2}, "groups=2 does not divide 1 input maps and 1 kernels: use a common divisor"),
        ({"groups": 0}, "groups=0 does not divide"),
        ({"groups": 1.0}, "groups=1.0 is no whole number"),
        (
            {"w": np.ones((2, 3, 2, 2))},
            r"w=array of shape \(2, 3, 2, 2\) has 3 slices a kernel, but a group has 1 input",
        ),
        ({"w": np.ones((6, 6))}, r"kernel_size=6 is larger than the padded input \(5\)"),
        ({"x": [[1, 2], [3]]}, "is no grid of numbers"),
        ({"x": [["one"]]}, "is no grid of numbers"),
        ({"x": np.ones(3)}, r"x=array of shape \(3,\) is no grid"),
        ({"x": np.ones((0, 3))}, "is no grid"),
        ({"x": [[np.nan]], "w": [[1.0]]}, "has a cell that is not finite"),
        ({"w": [[np.inf]]}, "has a cell that is not finite"),
        ({"x": [[-1e101]], "w": [[1.0]]}, r"x=\[\[-1e\+101\]\] has a cell beyond ±1e\+100: use smaller numbers"),
        ({"b": np.nan}, "b=.*nan.* is not finite"),
        ({"b": [1, 2]}, r"b=array of shape \(2,\) does not fit 1 kernel: give one bias a kernel, or one for all"),
    ],
)
def test_impossible_input_is_refused_in_words(change, message):
    arguments = {"x": gallery.LECTURE_IMAGE, "w": gallery.kernel("lecture")} | change
    with pytest.raises(InputError, match=message):
        convolution(**arguments)


def test_an_unknown_grain_is_refused():
    with pytest.raises(InputError, match="grain=pixel is unknown: choose one of multiply, cell, row, map, layer"):
        check_grain("pixel")
