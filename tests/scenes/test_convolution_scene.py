import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim import gallery
from cnnsim.drawing import Arrow, CellState, Equation, Frame, Matrix
from cnnsim.scenes import View, convolution_scene
from cnnsim.trace import GRAINS, PADDING_MODES, convolution
from cnnsim.typography import format_number

SMALL, LARGE = View(740, 520), View(1600, 900)


def lecture(grain="multiply", **options):
    return convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"), **options).at(grain)


def words_of(drawing):
    equations = [item for item in drawing.items if isinstance(item, Equation)]
    return ["".join(term.text for term in equation.terms) for equation in equations]


def shown(drawing, name):
    matrix = drawing.matrix(name)
    return np.where(matrix.states == CellState.EMPTY, np.nan, matrix.values)


def test_the_last_step_shows_the_whole_result():
    steps = lecture()
    drawing = convolution_scene(steps, len(steps) - 1, SMALL)
    np.testing.assert_array_equal(shown(drawing, "output"), [[4, 3, 4], [2, 4, 3], [2, 3, 4]])


def test_a_multiply_fills_one_product_and_moves_the_partial_sum():
    drawing = convolution_scene(lecture(), 11 + 2, SMALL)  # third multiply of the second cell
    np.testing.assert_array_equal(shown(drawing, "products")[0], [1, 0, 0])
    assert np.isnan(shown(drawing, "products")[1:]).all()
    assert drawing.matrix("sum").values[0, 0] == 1
    assert np.isfinite(shown(drawing, "output")).sum() == 1


def test_back_shows_the_same_picture_as_forward():
    steps = lecture()
    forward = [words_of(convolution_scene(steps, position, SMALL)) for position in range(len(steps))]
    back = [words_of(convolution_scene(steps, position, SMALL)) for position in reversed(range(len(steps)))]
    assert forward == back[::-1]


def test_the_window_slides_between_two_cells():
    steps = lecture("cell")

    def left(position):
        return next(item for item in convolution_scene(steps, position, SMALL).items if isinstance(item, Frame)).x

    cell = convolution_scene(steps, 0, SMALL).matrix("input").cell
    path = [left(position) for position in np.linspace(0, 1, 11)]
    assert path == sorted(path)
    assert path[0] < path[5] < path[-1] == path[0] + cell
    assert path[5] == pytest.approx(path[0] + cell / 2)


def test_the_formula_line_is_the_sum_of_the_cell():
    words = words_of(convolution_scene(lecture("cell", b=0.5), 0, SMALL))
    assert "y[0, 0]  =  1·1 + 0·1 + 1·1 + 0·0 + 1·1 + 0·1 + 1·0 + 0·0 + 1·1 + 0.5  =  4  +  0.5  =  4.5" in words
    assert "Output size  ⌊(5 + 2·0 − 3) / 1⌋ + 1 = 3" in words


def test_what_is_still_to_come_is_a_question_mark():
    assert words_of(convolution_scene(lecture(), 0, SMALL))[2].endswith("=  ?  +  0  =  ?")


def test_stride_padding_and_flip_show_in_the_symbols():
    steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("emboss"), stride=2, padding=1, flip=True).at("cell")
    drawing = convolution_scene(steps, 0, SMALL)
    assert "w[2 − r, 2 − t] · x[2i + r − 1, 2j + t − 1]" in words_of(drawing)[1]
    np.testing.assert_array_equal(drawing.matrix("kernel").values, gallery.kernel("emboss")[::-1, ::-1])
    assert drawing.matrix("kernel").caption == "Turned kernel"


def test_columns_that_the_stride_never_reaches_are_marked_and_named():
    steps = convolution(gallery.image("ramp", 6), gallery.kernel("lecture"), stride=2).at("cell")
    drawing = convolution_scene(steps, 0, SMALL)
    states = drawing.matrix("input").states
    assert (states[5, :] == CellState.UNREACHED).all()
    assert (states[:, 5] == CellState.UNREACHED).all()
    assert (states[:5, :5] == CellState.NORMAL).all()
    unread = "hatched: 1 row and 1 column unread; padding by 2p cannot repair that"
    assert f"⌊1.5⌋ + 1 = 2     {unread}" in words_of(drawing)[-1]


@st.composite
def scenes(draw):
    size, padding, dilation = draw(st.integers(1, 7)), draw(st.integers(0, 3)), draw(st.integers(1, 2))
    least = max(1, dilation * (size - 1) + 1 - 2 * padding, padding + 1)
    x = gallery.image(draw(st.sampled_from(gallery.IMAGES)), draw(st.integers(least, max(least, 12))))
    w = gallery.kernel(draw(st.sampled_from(sorted(gallery.KERNELS))), size)
    bias = draw(st.sampled_from([0.0, 0.5, -1 / 3, 0.123456789]))
    trace = convolution(
        x,
        w,
        bias,
        stride=draw(st.integers(1, 4)),
        padding=padding,
        padding_mode=draw(st.sampled_from(PADDING_MODES)),
        dilation=dilation,
        flip=draw(st.booleans()),
    )
    steps = trace.at(draw(st.sampled_from(GRAINS)))
    return steps, draw(st.floats(0, len(steps) - 1))


@settings(max_examples=25, deadline=None)
@given(scenes(), st.sampled_from([SMALL, LARGE, View(640, 480), View(1300, 500)]))
def test_nothing_overlaps_or_is_cut_at_any_size(scene, view):
    check_layout(convolution_scene(*scene, view))


def value_of(words):
    return Fraction(words.strip("() ").replace("−", "-"))


@settings(max_examples=25, deadline=None)
@given(scenes())
def test_shown_terms_add_up_to_the_shown_result(scene):
    steps, position = scene
    drawing, step = convolution_scene(steps, int(position), SMALL), steps[int(position)]
    if step.y is None:
        return
    _, products, tail, result = re.split(r"  [=≈]  ", words_of(drawing)[2])
    if "…" in products:
        return
    total, bias = (value_of(words) for words in tail.split("  +  "))
    *terms, added = products.split(" + ")
    assert value_of(added) == bias
    factors = [[value_of(factor) for factor in product.split("·")] for product in terms]
    matrix = drawing.matrix("products")
    cells = [value_of(format_number(float(value), matrix.digits)) for value in matrix.values.flat]
    if len(set(cells) - {0}) == len([cell for cell in cells if cell]):  # equal ones may add up in no decimals
        assert sum(cells) == total
    assert abs(sum(cells) - total) <= len(cells) * Fraction(10) ** -(matrix.digits or 10)
    assert total + bias == value_of(result)
    if "≈" not in words_of(drawing)[2]:
        assert [w * x for w, x in factors] == cells


def test_a_sum_too_long_to_read_shows_the_products_about_the_current_one():
    steps = convolution(gallery.image("random", 7), gallery.kernel("box-blur", 7)).at("multiply")
    start, middle, end = (words_of(convolution_scene(steps, place, SMALL))[2] for place in (0, 24, 50))
    assert start.startswith("y[0, 0]  =  (1/49)·")
    assert " + …" in start
    assert "= … + " in middle.replace("  ", " ")
    assert " + …" in middle
    assert " + …" not in end
    equation = [item for item in convolution_scene(steps, 24, SMALL).items if isinstance(item, Equation)][2]
    assert equation.size >= 0.8 * SMALL.unit
    assert any(term.bold and term.cell is not None and term.cell.matrix == "kernel" for term in equation.terms)


def test_every_channel_has_its_matrices_and_they_do_not_overlap():
    random = np.random.default_rng(0)
    trace = convolution(random.integers(0, 5, (3, 5, 5)), random.integers(-2, 3, (2, 3, 3, 3)), [1, -1], padding=1)
    for view in (SMALL, LARGE):
        drawing = convolution_scene(trace.at("cell"), 30, view)
        check_layout(drawing)
        for channel in range(3):
            np.testing.assert_array_equal(drawing.matrix(f"input[{channel}]").values, trace.rule.padded[channel])
            np.testing.assert_array_equal(drawing.matrix(f"kernel[1, {channel}]").values, trace.rule.w[1, channel])
        assert shown(drawing, "output[0]").size == np.isfinite(shown(drawing, "output[0]")).sum()
        assert np.isnan(shown(drawing, "output[1]")).any()


def test_dilation_and_padding_modes_are_said():
    trace = convolution(np.ones((6, 6)), np.ones((3, 3)), dilation=2, padding=1, padding_mode="replicate")
    drawing = convolution_scene(trace.at("cell"), 0, LARGE)
    assert "x[i + 2r − 1, j + 2t − 1]" in words_of(drawing)[1]
    assert "Output size  ⌊(6 + 2·1 − 2·(3 − 1) − 1) / 1⌋ + 1 = 4" in words_of(drawing)[-1]
    assert "replicate padding 1" in drawing.matrix("input").shape
    frame = next(item for item in drawing.items if isinstance(item, Frame))
    assert frame.width == 5 * drawing.matrix("input").cell


def test_the_sentence_counts_as_the_formula_does():
    steps = convolution(gallery.image("ramp", 4), gallery.kernel("emboss"), padding=1, flip=True).at("multiply")
    assert words_of(convolution_scene(steps, 0, SMALL))[0].startswith("w[2, 2] = 2 times padding = 0 gives 0;")
    assert words_of(convolution_scene(steps, 4, SMALL))[0].startswith("w[1, 1] = 1 times x[0, 0] = 1 gives 1;")
    assert words_of(convolution_scene(steps, 8, SMALL))[0].startswith("w[0, 0] = −2 times x[1, 1] = 6 gives −12;")


def rgb(**options):
    random = np.random.default_rng(0)
    x, w = random.integers(0, 4, (3, 5, 5)), random.integers(-2, 3, (2, 3, 3, 3))
    return convolution(x, w, [1, -1], **options).at("multiply")


def test_the_sums_of_the_channels_flow_into_the_sum():
    steps = rgb()
    first = steps.trace.last_step((1, 0, 1)) - 28
    for number in (0, 8, 9, 20, 26):
        step, drawing = steps[first + number], convolution_scene(steps, first + number, View(1024, 700))
        sums = [shown(drawing, f"channel sum[{channel}]")[0, 0] for channel in range(3)]
        assert np.isnan(sums).tolist() == [channel > number // 9 for channel in range(3)]
        assert np.nansum(sums) == step.so_far == drawing.matrix("sum").values[0, 0]
        arrows = [item for item in drawing.items if isinstance(item, Arrow)]
        assert len(arrows) == 3
        check_layout(drawing)


def test_the_last_product_of_a_channel_says_what_the_channel_gives():
    steps = rgb()
    first = steps.trace.last_step((1, 0, 1)) - 28
    total = convolution_scene(steps, first + 17, SMALL).matrix("channel sum[1]").values[0, 0]
    words = words_of(convolution_scene(steps, first + 17, SMALL))[0]
    assert f"; channel 1 gives {format_number(total)}, sum so far" in words.replace("  ", " ")
    assert "channel" not in words_of(convolution_scene(steps, first + 16, SMALL))[0]


def test_every_channel_stands_in_a_row_of_its_own():
    drawing = convolution_scene(rgb(padding=1), 0, View(1024, 700))
    for channel in range(3):
        row = [drawing.matrix(f"{name}[{channel}]") for name in ("input", "products", "channel sum")]
        row.append(drawing.matrix(f"kernel[0, {channel}]"))
        middles = [matrix.y + matrix.height / 2 for matrix in row]
        assert max(middles) - min(middles) <= 1


def test_of_many_channels_those_about_the_current_one_are_shown():
    steps = convolution(np.ones((8, 4, 4)), np.ones((6, 8, 2, 2))).at("multiply")
    drawing = convolution_scene(steps, 20, View(1024, 700))  # channel 5
    names = {item.name for item in drawing.items if isinstance(item, Matrix)}
    assert {name for name in names if name.startswith("input")} == {f"input[{channel}]" for channel in range(3, 7)}
    assert {name for name in names if name.startswith("kernel")} == {f"kernel[0, {c}]" for c in range(3, 7)}
    assert {name for name in names if name.startswith("output")} == {f"output[{out}]" for out in range(4)}
    last = convolution_scene(steps, len(steps) - 1, View(1024, 700))
    assert last.matrix("output[5]").values.shape == (3, 3)
    check_layout(drawing)


@pytest.mark.parametrize(
    ("groups", "symbols"),
    [
        (1, "w[o, c, r, t] · x[c, i + r, j + t]"),
        (2, "w[o, c, r, t] · x[2⌊o/2⌋ + c, i + r, j + t]"),
        (4, "w[o, r, t] · x[o, i + r, j + t]"),
    ],
)
def test_symbols_say_which_map_a_kernel_sees(groups, symbols):
    steps = convolution(np.ones((4, 3, 3)), np.ones((4, 4 // groups, 2, 2)), groups=groups).at("cell")
    drawing = convolution_scene(steps, 9, SMALL)
    assert words_of(drawing)[1].endswith(symbols)
    check_layout(drawing)


@settings(max_examples=20, deadline=None)
@given(st.data(), st.sampled_from([SMALL, LARGE, View(640, 440), View(1024, 700)]))
def test_nothing_overlaps_with_several_maps_either(data, view):
    groups, channels, outs = (data.draw(st.integers(1, 3)) for _ in range(3))
    size, padding = data.draw(st.integers(1, 3)), tuple(data.draw(st.integers(0, 2)) for _ in range(4))
    numbers = np.random.default_rng(data.draw(st.integers(0, 99)))
    trace = convolution(
        numbers.integers(-9, 10, (groups * channels, 5, 4)) / 3,
        numbers.integers(-9, 10, (groups * outs, channels, size, size)) / data.draw(st.sampled_from([1, 7])),
        padding=padding,
        groups=groups,
        flip=data.draw(st.booleans()),
    )
    steps = trace.at(data.draw(st.sampled_from(GRAINS)))
    check_layout(convolution_scene(steps, data.draw(st.floats(0, len(steps) - 1)), view))


def test_the_sizes_of_rows_and_of_columns_can_be_read_and_nothing_is_said_of_none():
    steps, view = convolution(np.ones((6, 7)), np.ones((3, 3)), stride=2).at("cell"), View(758, 587)
    *_, note = (item for item in convolution_scene(steps, 0.0, view).items if isinstance(item, Equation))
    assert note.size >= 0.75 * view.unit
    assert "".join(term.text for term in note.terms).endswith("hatched: 1 row unread; padding by 2p cannot repair that")
