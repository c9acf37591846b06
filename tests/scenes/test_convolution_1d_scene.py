import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim.drawing import Cell, CellState, Equation, Frame, Stems
from cnnsim.errors import InputError
from cnnsim.scenes import View, draw, operand_at, step_at
from cnnsim.trace import (
    GRAINS,
    PADDING_MODES,
    bias_gradient_1d,
    convolution_1d,
    flipped_first,
    full_input_gradient_1d,
    input_gradient_1d,
    input_gradient_scatter_1d,
    kernel_gradient_1d,
)

SMALL, USUAL, LARGE = View(640, 440), View(1024, 700), View(1920, 1080)
X, W = [1, 2, 3, 1, -1], [1, 2, -1]


def true(**options):
    return convolution_1d(X, W, 0.5, **{"padding": "full", "flip": True, **options})


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def shown(drawing, name):
    matrix = drawing.matrix(name)
    return np.where(matrix.states == CellState.EMPTY, np.nan, matrix.values)


def column(stems, col):
    """Middle of a stem."""
    return stems.x + (col + 0.5) * stems.cell


def test_signals_stand_over_one_axis():
    drawing = draw(true().at("cell"), 3.0, USUAL)
    x, w, products, y = (drawing.matrix(name) for name in ("input", "kernel", "products", "output"))
    assert all(isinstance(item, Stems) for item in (x, w, products, y))
    assert x.values.tolist() == [[0, 0, *X, 0, 0]]
    assert x.states.tolist() == [[2, 2, 0, 0, 0, 0, 0, 2, 2]]
    assert x.col_labels == ("−2", "−1", "0", "1", "2", "3", "4", "5", "6")
    for col in range(3):  # the kernel and its products under the cells that they meet
        assert column(w, col) == pytest.approx(column(x, 3 + col))
        assert column(products, col) == pytest.approx(column(x, 3 + col))
    for index in range(5):  # y[t] under x[t], under w[0]
        assert column(y, index) == pytest.approx(column(x, index + 2))
    assert [item.y for item in (x, w, products, y)] == sorted(item.y for item in (x, w, products, y))


def test_a_true_convolution_shows_the_flipped_kernel_and_a_correlation_the_given_one():
    flipped, given = (draw(true(flip=flip).at("cell"), 0.0, USUAL).matrix("kernel") for flip in (True, False))
    assert (flipped.values.tolist(), flipped.col_labels, flipped.caption) == (
        [[-1, 2, 1]],
        ("2", "1", "0"),
        "Flipped kernel",
    )
    assert (given.values.tolist(), given.col_labels, given.caption) == ([[1, 2, -1]], ("0", "1", "2"), "Kernel")


def test_the_formula_is_the_one_of_the_lecture():
    words = words_of(draw(true().at("cell"), 2.0, USUAL))
    assert words[1] == "y[i]  =  b  +  Σa  x[a] · w[t − a]      t = i"
    assert words[2] == "y[2]  =  (−1)·1 + 2·2 + 1·3 + 0.5  =  6  +  0.5  =  6.5"
    assert "t = 2i + 1" in words_of(draw(true(padding=1, stride=2).at("cell"), 0.0, USUAL))[1]
    assert "t = i − 1" in words_of(draw(true(padding=3).at("cell"), 0.0, USUAL))[1]
    assert "w[(t − a) / 2]" in words_of(draw(true(dilation=2).at("cell"), 0.0, USUAL))[1]
    correlation = words_of(draw(true(flip=False, padding=1).at("cell"), 0.0, USUAL))
    assert correlation[1] == "y[i]  =  b  +  Σr  w[r] · x[i + r − 1]      r = 0 … 2"


def test_the_kernel_slides_and_stays_on_the_axis():
    steps = true(padding=1).at("cell")
    places = [draw(steps, position, USUAL).matrix("kernel").x for position in np.linspace(0, 4, 17)]
    assert places == sorted(places)
    cell = draw(steps, 0.0, USUAL).matrix("kernel").cell
    assert places[-1] - places[0] == pytest.approx(4 * cell)
    assert places[2] - places[0] == pytest.approx(cell / 2)


def test_it_does_not_slide_back_to_the_next_output():
    steps = convolution_1d(X, [[W], [W]]).at("cell")
    resting, moving = (draw(steps, position, USUAL).matrix("kernel[0]").x for position in (2.0, 2.9))
    assert resting == moving


def test_stems_answer_with_their_cell():
    drawing = draw(true().at("cell"), 3.0, USUAL)
    for name, col in (("input", 4), ("kernel", 1), ("output", 0)):
        stems = drawing.matrix(name)
        assert drawing.cell_at(column(stems, col), stems.y + stems.height / 2) == Cell(name, 0, col)


def test_every_number_finds_its_way_back():
    steps = true().at("cell")
    assert operand_at(steps, 0.0, Cell("input", 0, 3)) == ("input", (0, 0, 1))
    assert operand_at(steps, 0.0, Cell("input", 0, 1)) is None
    assert operand_at(steps, 0.0, Cell("kernel", 0, 0)) == ("kernel", (0, 0, 0, 2))
    assert step_at(steps, 0.0, Cell("output", 0, 4)) == 4
    flipping = flipped_first(true()).at("cell")
    assert operand_at(flipping, 0.0, Cell("kernel", 0, 0)) == ("kernel", (0, 0, 0, 0))
    assert operand_at(flipping, 3.0, Cell("kernel", 0, 0)) == ("kernel", (0, 0, 0, 2))
    assert [step_at(flipping, position, Cell("output", 0, 4)) for position in (0.0, 2.0)] == [6, 6]


def test_hovering_an_output_tells_of_that_cell():
    drawing = draw(true().at("cell"), 5.0, View(1024, 700, looked_at=Cell("output", 0, 2)))
    assert words_of(drawing)[2].startswith("y[2]  =  (−1)·1 + 2·2 + 1·3")
    assert np.flatnonzero(drawing.matrix("input").tints[0].mask).tolist() == [2, 3, 4]


def test_the_kernel_swings_round_before_the_first_product():
    steps = flipped_first(true()).at("cell")
    start, early, late, end = (draw(steps, position, USUAL).matrix("kernel") for position in (0, 0.4, 0.6, 1))
    assert start.values.tolist() == early.values.tolist() == [W]
    assert late.values.tolist() == end.values.tolist() == [W[::-1]]
    assert start.cell == end.cell > max(early.cell, late.cell) > 0
    middles = {round(stems.x + stems.width / 2, 6) for stems in (start, early, late, end)}
    assert len(middles) == 1
    assert (start.numbers, early.numbers, end.numbers) == (True, False, True)
    assert words_of(draw(steps, 0, USUAL))[0] == (
        "Flip, shift, multiply, accumulate. First the flip: w[r] goes to place 2 − r."
    )
    assert words_of(draw(steps, 1, USUAL))[2].startswith("1,  2,  −1   →   −1,  2,  1")
    np.testing.assert_array_equal(shown(draw(steps, len(steps) - 1, USUAL), "output"), true().rule.output[:, 0])


def test_a_correlation_flips_nothing():
    with pytest.raises(InputError, match="flip"):
        flipped_first(true(flip=False))


def test_the_kernel_gradient_slides_g_along_the_signal():
    steps = kernel_gradient_1d(convolution_1d([1, 2, 4], [-1, 1]), [1, 10]).at("cell")
    drawing = draw(steps, 1.0, USUAL)
    assert shown(drawing, "kernel gradient").tolist() == [[21, 42]]
    assert column(drawing.matrix("gradient"), 0) == pytest.approx(column(drawing.matrix("input"), 1))
    assert words_of(drawing)[2] == "∂w[1]  =  1·2 + 10·4  =  42"


def test_the_input_gradient_puts_the_kernel_at_the_window_that_hands_back():
    steps = input_gradient_1d(convolution_1d([1, 2, 4], [-1, 1]), [1, 10]).at("multiply")
    drawing = draw(steps, 2.0, USUAL)  # the first product of x[1]: G[0] · w[1]
    assert words_of(drawing)[0] == "G[0] = 1 times w[1] = 1 gives 1;  sum so far 1."
    kernel, target = drawing.matrix("kernel"), drawing.matrix("input gradient")
    assert column(kernel, 1) == pytest.approx(column(target, 1))
    assert words_of(draw(steps, 4.0, USUAL))[0] == "2 windows cover x[1]; its gradient is −9."


def test_a_cell_that_no_window_covers_has_no_gradient():
    steps = input_gradient_1d(convolution_1d([1, 2, 3, 4], [1], stride=2)).at("cell")
    assert words_of(draw(steps, 1.0, USUAL))[0] == "No windows cover x[1]; its gradient is 0."


def test_scatter_ends_as_gathering_does():
    forward = convolution_1d([1, 2, 4], [-1, 1], padding=1)
    steps = input_gradient_scatter_1d(forward, [1, 10, 2, 0]).at("multiply")
    first, last = draw(steps, 0.0, USUAL), draw(steps, len(steps) - 1, USUAL)
    assert words_of(first)[2] == "1·(−1)  falls on padding: nothing of the signal gets it"
    np.testing.assert_array_equal(
        last.matrix("input gradient").values, input_gradient_1d(forward, [1, 10, 2, 0]).rule.output[0]
    )
    assert words_of(last)[-1] == "✓ the same numbers as gathered at each x"
    whole = words_of(draw(input_gradient_scatter_1d(forward).at("cell"), 1.0, USUAL))
    assert whole[0] == "G[1] = 1 goes back through all of w:  2 products."
    assert whole[2] == "∂x[0 … 1]  gets  1 · w"


def test_what_no_window_reads_is_hatched_and_counted():
    drawing = draw(convolution_1d([1, 2, 3, 4, 5, 6], [1, 1], stride=3).at("cell"), 0.0, USUAL)
    assert drawing.matrix("input").states.tolist() == [[0, 0, 3, 0, 0, 3]]
    assert words_of(drawing)[-1].endswith("hatched: 2 cells that no window reads")


def four(**options):
    """Four signals to four."""
    x, w = np.arange(24.0).reshape(4, 6) % 7 - 2, np.arange(48.0).reshape(4, 4, 3) % 5 - 1
    return convolution_1d(x, w, [1, 2, 3, 4], **{"padding": 1, **options})


def test_every_channel_ends_in_its_sum_and_all_of_them_in_the_sum():
    rule, drawing = four().rule.rule, draw(four().at("cell"), 13.0, USUAL)
    sums = [drawing.matrix(f"channel sum[{channel}]").values.item() for channel in range(4)]
    assert sums == rule.products((2, 0, 1)).sum(axis=(1, 2)).tolist()
    assert drawing.matrix("sum").values.item() == sum(sums) == rule.output[2, 0, 1] - 3
    assert drawing.matrix("bias[2]").values.item() == 3
    for channel in range(4):  # the kernel under its signal, the sum at their height, the outputs on the right
        x, w, total = (
            drawing.matrix(name) for name in (f"input[{channel}]", f"kernel[2, {channel}]", f"channel sum[{channel}]")
        )
        assert column(w, 0) == pytest.approx(column(x, 1))
        assert x.y < total.y + total.height / 2 < w.y + w.height
        assert x.x + x.width < total.x < drawing.matrix(f"output[{channel}]").x
    assert len({drawing.matrix(f"channel sum[{channel}]").cell for channel in range(4)}) == 1


def test_channels_to_come_are_empty_and_the_last_product_of_one_tells_its_sum():
    steps, rule = four().at("multiply"), four().rule.rule
    drawing = draw(steps, 5.0, USUAL)  # the last product of channel 1
    sums = [shown(drawing, f"channel sum[{channel}]").item() for channel in range(4)]
    wanted = rule.products((0, 0, 0)).sum(axis=(1, 2))
    np.testing.assert_array_equal(sums, [*wanted[:2], np.nan, np.nan])
    assert f"channel 1 gives {wanted[1]:g}".replace("-", "−") in words_of(drawing)[0]
    assert words_of(drawing)[1].startswith("y[o, i]  =  b[o]  +  Σc  Σr  w[o, c, r] · x[c, i + r − 1]")


def test_a_group_shows_its_own_signals_with_their_places():
    steps = convolution_1d(np.ones((4, 5)), np.ones((4, 2, 3)), groups=2).at("map")
    first, last = draw(steps, 0.0, USUAL), draw(steps, 3.0, USUAL)
    for drawing, names in ((first, ("input[0]", "input[1]")), (last, ("input[2]", "input[3]"))):
        assert [item.name for item in drawing.items if isinstance(item, Stems) and item.role.value == "input"] == list(
            names
        )
        assert drawing.matrix(names[1]).col_labels == ("0", "1", "2", "3", "4")
    assert "x[2⌊o/2⌋ + c, i + r]" in words_of(first)[1]


def test_the_full_convolution_slides_the_flipped_kernel_over_g_and_its_zeros():
    forward = convolution_1d([1, 2, 4], [-1, 1])
    steps = full_input_gradient_1d(forward, [1, 10]).at("cell")
    drawing = draw(steps, 1.0, USUAL)
    g, w, found = (drawing.matrix(name) for name in ("gradient", "kernel", "input gradient"))
    assert (g.values.tolist(), g.col_labels) == ([[0, 1, 10, 0]], ("", "0", "1", ""))
    assert (w.values.tolist(), w.col_labels, w.caption) == ([[1, -1]], ("1", "0"), "Flipped kernel")
    assert column(w, 0) == pytest.approx(column(g, 1))
    assert column(found, 1) == pytest.approx(column(w, 1))  # under w[0]
    assert words_of(drawing)[2] == "∂x[1]  =  1·1 + (−1)·10  =  −9"
    assert operand_at(steps, 0.0, Cell("gradient", 0, 2)) == ("gradient", (0, 0, 1))
    assert operand_at(steps, 0.0, Cell("gradient", 0, 0)) is None
    assert operand_at(steps, 0.0, Cell("kernel", 0, 0)) == ("kernel", (0, 0, 0, 1))
    turned = draw(full_input_gradient_1d(true(padding=0)).at("cell"), 0.0, USUAL).matrix("kernel")
    assert (turned.values.tolist(), turned.caption) == ([W], "Kernel")


def test_with_a_stride_zeros_stand_between_the_cells_of_g():
    steps = full_input_gradient_1d(convolution_1d([1, 2, 3, 4, 5], [1, 10, 100], stride=2), [7, 8]).at("cell")
    g = draw(steps, 0.0, USUAL).matrix("gradient")
    assert (g.values.tolist(), g.col_labels) == ([[0, 0, 7, 0, 8, 0, 0]], ("", "", "0", "", "1", "", ""))
    assert operand_at(steps, 0.0, Cell("gradient", 0, 3)) is None


def test_a_full_convolution_of_several_signals_adds_up_what_each_makes():
    drawing = draw(full_input_gradient_1d(four()).at("cell"), 7.0, USUAL)
    sums = [drawing.matrix(f"channel sum[{out}]").values.item() for out in range(4)]
    assert sum(sums) == drawing.matrix("sum").values.item() == input_gradient_1d(four()).rule.output[1, 0, 1]


@st.composite
def scenes(draw_from):
    numbers = np.random.default_rng(draw_from(st.integers(0, 99)))
    size, dilation = draw_from(st.integers(1, 4)), draw_from(st.integers(1, 2))
    length = draw_from(st.integers((size - 1) * dilation + 3, 14))
    groups = draw_from(st.sampled_from([1, 1, 2, 4]))
    channels, outs = (groups * draw_from(st.integers(1, 4 // groups)) for _ in range(2))
    exact = draw_from(st.booleans())
    x, w = numbers.standard_normal((channels, length)), numbers.standard_normal((outs, channels // groups, size))
    forward = convolution_1d(
        x.round() if exact else x,
        w.round() if exact else w,
        draw_from(st.sampled_from([0.0, 0.5, -1 / 3])),
        stride=draw_from(st.integers(1, 3)),
        padding=draw_from(st.sampled_from(["full", "valid", (0, 2), 1])),
        padding_mode=draw_from(st.sampled_from(PADDING_MODES[:2])),
        dilation=dilation,
        groups=groups,
        flip=draw_from(st.booleans()),
    )
    copies = forward.rule.rule.geometry.mode != "zeros"
    makers = (
        kernel_gradient_1d,
        input_gradient_1d,
        input_gradient_1d if copies else full_input_gradient_1d,
        bias_gradient_1d,
        input_gradient_scatter_1d,
        lambda forward: forward,
    )
    trace = draw_from(st.sampled_from(makers))(forward)
    steps = trace.at(draw_from(st.sampled_from(GRAINS)))
    return steps, draw_from(st.floats(0, len(steps) - 1))


@settings(max_examples=40, deadline=None)
@given(scenes(), st.sampled_from([SMALL, USUAL, LARGE]))
def test_nothing_overlaps_or_is_cut_at_any_size(scene, view):
    drawing = draw(*scene, view)
    check_layout(drawing)
    assert all(item.height > 10 for item in drawing.items if isinstance(item, Stems))
    assert any(isinstance(item, Frame) for item in drawing.items)


@pytest.mark.parametrize("view", [SMALL, USUAL, LARGE])
@pytest.mark.parametrize("position", [0, 0.2, 0.5, 0.8, 1])
def test_nothing_is_cut_while_the_kernel_swings(view, position):
    stereo = convolution_1d([X, X], [[W, W], [W, X[:3]]], padding=2, dilation=2, flip=True)
    for forward in (true(), stereo):
        check_layout(draw(flipped_first(forward).at("cell"), position, view))
