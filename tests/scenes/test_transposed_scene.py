import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim import gallery
from cnnsim.drawing import Cell, CellState, Equation, Frame, Label, Matrix
from cnnsim.scenes import View, draw, operand_at, result_words, step_at
from cnnsim.trace import (
    GRAINS,
    convolution,
    input_gradient_scatter,
    transposed_bias_gradient,
    transposed_convolution,
    transposed_input_gradient,
    transposed_kernel_gradient,
    transposed_scatter,
)
from cnnsim.typography import flow

SMALL, USUAL, LARGE = View(640, 440), View(1024, 700), View(1920, 1080)
FORWARD = transposed_convolution([[1, 2], [3, 4]], gallery.kernel("emboss"), 0.5, stride=2, padding=1)
INSERTED, PADDING, NORMAL = CellState.INSERTED, CellState.PADDING, CellState.NORMAL


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def shown(drawing, name):
    matrix = drawing.matrix(name)
    return np.where(matrix.states == CellState.EMPTY, np.nan, matrix.values)


def frames(drawing, name):
    """Boxes in cells of a matrix of all frames that lie on it."""
    grid = drawing.matrix(name)
    for item in drawing.items:
        if isinstance(item, Frame) and grid.x <= item.x + 0.5 and item.x + item.width <= grid.x + grid.width + 0.5:
            inside = (item.y - grid.y, item.x - grid.x, item.height, item.width)
            yield tuple(round(float(length / grid.cell), 6) for length in inside)


def test_inserted_zeros_and_border_are_drawn_as_such():
    matrix = draw(FORWARD.at("cell"), 0.0, USUAL).matrix("input")
    assert matrix.values.tolist() == [
        [0, 0, 0, 0, 0],
        [0, 1, 0, 2, 0],
        [0, 0, 0, 0, 0],
        [0, 3, 0, 4, 0],
        [0, 0, 0, 0, 0],
    ]
    inner = [[NORMAL, INSERTED, NORMAL], [INSERTED] * 3, [NORMAL, INSERTED, NORMAL]]
    np.testing.assert_array_equal(matrix.states, np.pad(inner, 1, constant_values=PADDING))
    assert (matrix.caption, matrix.shape) == ("Input", "2 × 2 stretched, border 1")


def test_the_kernel_of_the_equivalent_convolution_is_turned_and_named_as_given():
    drawing = draw(FORWARD.at("multiply"), 4.0, USUAL)
    np.testing.assert_array_equal(drawing.matrix("kernel").values, gallery.kernel("emboss")[::-1, ::-1])
    assert drawing.matrix("kernel").caption == "Turned kernel"
    assert words_of(drawing)[0] == "w[1, 1] = 1 times x[0, 0] = 1 gives 1;  sum so far 1."
    assert words_of(draw(FORWARD.at("multiply"), 0.0, USUAL))[0].startswith("w[2, 2] = 2 times padding = 0")
    assert words_of(draw(FORWARD.at("multiply"), 5.0, USUAL))[0].startswith("w[1, 0] = −1 times inserted zero = 0")


def test_it_is_said_which_padding_is_meant():
    for steps in (FORWARD.at("cell"), transposed_scatter(FORWARD).at("cell")):
        note = words_of(draw(steps, 0.0, USUAL))[-1]
        assert note.startswith("Output size  (2 − 1)·2 − 2·1 + 3 = 3")
        assert note.endswith("padding p = 1 crops 1 cell from each side; the equivalent convolution pads k − 1 − p = 1")
    dilated = transposed_convolution(
        [[1, 2]], [[1, 2, 3]], dilation=(1, 2), stride=(1, 3), padding=(0, 2), output_padding=(0, 1)
    )
    note = words_of(draw(dilated.at("cell"), 0.0, USUAL))[-1]
    assert "columns  (2 − 1)·3 − 2·2 + 2·(3 − 1) + 1 + 1 = 5" in note
    assert note.endswith("p crops 2 columns from each side; the equivalent convolution pads 0, 2, and 1 more right")
    both = transposed_convolution(np.ones((2, 2)), np.ones((3, 3)), stride=2, padding=(1, 2), output_padding=(1, 0))
    assert words_of(draw(both.at("cell"), 0.0, USUAL))[-1].endswith(
        "p crops 1 row and 2 columns from each side; the equivalent convolution pads 1, 0, and 1 more below"
    )


def test_the_gradient_names_the_stride_of_rows_and_of_columns_in_this_order():
    forward = transposed_convolution(np.ones((2, 2)), np.ones((3, 3)), stride=(3, 2))
    note = words_of(draw(transposed_input_gradient(forward).at("cell"), 0.0, USUAL))[-1]
    assert note == "An ordinary convolution of G with stride 3, 2, kernel not turned."


def test_stamps_add_up_and_end_as_the_convolution_does():
    steps = transposed_scatter(FORWARD).at("cell")
    canvas = np.full((5, 5), 0.5)
    canvas[:3, :3] += gallery.kernel("emboss")
    first = draw(steps, 0.0, USUAL)
    np.testing.assert_array_equal(first.matrix("output").values, canvas)
    assert words_of(first)[0] == "x[0, 0] = 1 stamps all of w:  9 products."
    assert words_of(first)[2] == "y[−1 … 1,  −1 … 1]  gets  1 · w"
    last = draw(steps, 3.0, USUAL)
    convolved = draw(FORWARD.at("cell"), 8.0, USUAL)
    np.testing.assert_array_equal(last.matrix("output").values[1:-1, 1:-1], shown(convolved, "output"))
    assert words_of(last)[-1] == "✓ the same numbers as the convolution of the stretched input with the turned kernel"


def test_what_the_padding_cuts_off_is_drawn_and_named():
    matrix = draw(transposed_scatter(FORWARD).at("cell"), 0.0, USUAL).matrix("output")
    np.testing.assert_array_equal(matrix.states, np.pad(np.zeros((3, 3)), 1, constant_values=PADDING))
    assert matrix.shape == "3 × 3, cut off 1"
    steps = transposed_scatter(FORWARD).at("multiply")
    assert words_of(draw(steps, 0.0, USUAL))[::2][:2] == [
        "x[0, 0] = 1 stamps w[0, 0] = (−2): −2 lost.",
        "1·(−2)  is cut off by the padding",
    ]
    assert words_of(draw(steps, 4.0, USUAL))[2] == "y[0, 0]  =  0.5 + 1·1  =  1.5"


def test_the_stamp_moves_by_the_stride():
    steps = transposed_scatter(FORWARD).at("cell")
    assert (0, 0, 3, 3) in frames(draw(steps, 0.0, USUAL), "output")
    assert (0, 1, 3, 3) in frames(draw(steps, 0.5, USUAL), "output")
    assert (0, 2, 3, 3) in frames(draw(steps, 1.0, USUAL), "output")


def test_a_hidden_result_is_not_told():
    steps = transposed_scatter(FORWARD).at("multiply")
    drawing = draw(steps, 4.0, View(1024, 700, hidden=True))
    assert words_of(drawing)[0] == "x[0, 0] = 1 stamps w[1, 1] = 1."
    assert words_of(drawing)[2] == "y[0, 0]  =  0.5 + 1·1  =  ?"
    assert drawing.matrix("output").states[1, 1] == CellState.EMPTY


def test_hovering_shows_what_reaches_what():
    steps = transposed_scatter(FORWARD).at("cell")

    def lit(cell):
        drawing = draw(steps, 3.0, View(1024, 700, looked_at=cell))
        matrices = [drawing.matrix(name) for name in ("input", "kernel", "output")]
        return [matrix.tints[0].mask.astype(int).tolist() if matrix.tints else None for matrix in matrices]

    ring = [[1, 0, 1], [0, 0, 0], [1, 0, 1]]
    assert lit(Cell("output", 2, 2)) == [[[1, 1], [1, 1]], ring, None]
    assert lit(Cell("output", 0, 1)) == [[[1, 0], [0, 0]], [[0, 1, 0], [0, 0, 0], [0, 0, 0]], None]
    stamped = np.zeros((5, 5), int)
    stamped[2:, :3] = 1
    assert lit(Cell("input", 1, 0)) == [None, [[1] * 3] * 3, stamped.tolist()]
    corners = np.zeros((5, 5), int)
    corners[::2, ::2][:2, :2] = 1
    assert lit(Cell("kernel", 0, 0)) == [[[1, 1], [1, 1]], None, corners.tolist()]


def test_hovering_a_gradient_scatter_leaves_padding_out():
    steps = input_gradient_scatter(convolution([[1, 2]], [[1, 2, 3]], padding=(0, 1))).at("cell")
    drawing = draw(steps, 0.0, View(1024, 700, looked_at=Cell("gradient", 0, 0)))
    assert drawing.matrix("input gradient").tints[0].mask.tolist() == [[True, True]]
    assert drawing.matrix("kernel").tints[0].mask.tolist() == [[True, True, True]]


def test_every_number_finds_its_way_back():
    convolved, stamps = FORWARD.at("cell"), transposed_scatter(FORWARD).at("cell")
    assert operand_at(convolved, 0.0, Cell("input", 1, 3)) == ("input", (0, 0, 1))
    assert operand_at(convolved, 0.0, Cell("input", 1, 2)) is None
    assert operand_at(convolved, 0.0, Cell("input", 0, 0)) is None
    assert operand_at(convolved, 0.0, Cell("kernel", 0, 1)) == ("kernel", (0, 0, 2, 1))
    assert operand_at(stamps, 0.0, Cell("kernel", 0, 1)) == ("kernel", (0, 0, 0, 1))
    assert operand_at(stamps, 0.0, Cell("bias", 0, 0)) == ("bias", (0, 0, 0))
    assert step_at(convolved, 0.0, Cell("output", 1, 0)) == 3
    assert [step_at(stamps, 0.0, Cell("output", row, col)) for row, col in ((0, 0), (2, 2), (2, 4))] == [0, 3, 3]
    assert step_at(stamps, 0.0, Cell("input", 0, 0)) is None
    assert result_words(transposed_scatter(FORWARD).at("multiply"), 4.0) == "y[0, 0]"
    backward = transposed_input_gradient(FORWARD).at("cell")
    assert operand_at(backward, 0.0, Cell("gradient", 1, 2)) == ("gradient", (0, 0, 1))
    assert operand_at(backward, 0.0, Cell("gradient", 0, 2)) is None


def test_the_gradients_end_in_their_numbers():
    forward = transposed_convolution([[1, 2]], [[1, 10, 100]], stride=2)
    g = [[1, 0, 2, 0, 3]]
    dx = draw(transposed_input_gradient(forward, g).at("cell"), 1.0, USUAL)
    assert shown(dx, "input gradient").tolist() == [[201, 302]]
    assert words_of(dx)[0] == "The stamp of x[0, 1] covers 3 cells; its gradient is 302."
    assert words_of(dx)[2] == "∂x[0, 1]  =  1·2 + 10·0 + 100·3  =  302"
    dw = draw(transposed_kernel_gradient(forward, g).at("cell"), 2.0, USUAL)
    assert shown(dw, "kernel gradient").tolist() == [[5, 0, 8]]
    assert words_of(dw)[2] == "∂w[0, 2]  =  1·2 + 2·3  =  8"
    assert (0, 2, 1, 3) in frames(dw, "gradient")
    db = draw(transposed_bias_gradient(forward, g).at("cell"), 0.0, USUAL)
    assert shown(db, "bias gradient").tolist() == [[6]]


def test_the_gradient_is_0_where_the_output_was_cut_off():
    matrix = draw(transposed_input_gradient(FORWARD).at("cell"), 0.0, USUAL).matrix("gradient")
    np.testing.assert_array_equal(matrix.values, np.pad(np.ones((3, 3)), 1))
    np.testing.assert_array_equal(matrix.states, np.pad(np.zeros((3, 3)), 1, constant_values=PADDING))


@st.composite
def scenes(draw_from):
    numbers = np.random.default_rng(draw_from(st.integers(0, 99)))
    groups = draw_from(st.integers(1, 2))
    channels, outs, size = (
        groups * draw_from(st.integers(1, 2)),
        draw_from(st.integers(1, 2)),
        draw_from(st.integers(1, 3)),
    )
    strides, exact = draw_from(st.tuples(*[st.integers(1, 3)] * 2)), draw_from(st.booleans())
    x, w = numbers.standard_normal((channels, 2, 3)), numbers.standard_normal((channels, outs, size, size))
    forward = transposed_convolution(
        x.round() if exact else x,
        w.round() if exact else w,
        draw_from(st.sampled_from([0.0, 0.5, -1 / 3])),
        stride=strides,
        padding=draw_from(st.tuples(*(st.integers(0, (stride + size - 2) // 2) for stride in strides))),
        output_padding=draw_from(st.tuples(*(st.integers(0, stride - 1) for stride in strides))),
        dilation=draw_from(st.tuples(*[st.integers(1, 2)] * 2)),
        groups=groups,
    )
    makers = (
        transposed_scatter,
        transposed_input_gradient,
        transposed_kernel_gradient,
        transposed_bias_gradient,
        lambda forward: forward,
    )
    steps = draw_from(st.sampled_from(makers))(forward).at(draw_from(st.sampled_from(GRAINS)))
    return steps, draw_from(st.floats(0, len(steps) - 1))


@settings(max_examples=40, deadline=None)
@given(scenes(), st.sampled_from([SMALL, USUAL, LARGE]))
def test_nothing_overlaps_or_is_cut_at_any_size(scene, view):
    check_layout(draw(*scene, view))


@pytest.mark.parametrize("more", [(0, 0), (1, 1), (0, 1)])
def test_the_note_on_padding_can_be_read_and_leaves_the_picture_in_its_place(more):
    forward = transposed_convolution(np.ones((3, 3)), np.ones((3, 3)), stride=2, padding=1, output_padding=more)
    for steps in (forward.at("cell"), transposed_scatter(forward).at("cell")):
        begun, ended = (draw(steps, position, USUAL) for position in (0.0, len(steps) - 1.0))
        *_, note = (item for item in begun.items if isinstance(item, Equation))
        assert note.size >= 0.75 * USUAL.unit
        assert flow(note)[1] + note.y <= USUAL.height
        assert begun.matrix("output").y == ended.matrix("output").y


def test_each_of_two_maps_of_the_gradient_stands_in_a_row_with_its_kernel_and_its_products():
    forward = transposed_convolution(np.ones((4, 2, 2)), np.ones((4, 2, 3, 3)), stride=2, padding=1, groups=2)
    drawing = draw(transposed_input_gradient(forward).at("cell"), 9.0, USUAL)
    middles = [
        {(grid := drawing.matrix(f"{name}]")).y + grid.height / 2 for name in names}
        for names in (("gradient[2", "kernel[2, 0", "products[0"), ("gradient[3", "kernel[2, 1", "products[1"))
    ]
    assert all(max(heights) - min(heights) <= 1 for heights in middles)
    signs = [(item.text, item.y) for item in drawing.items if isinstance(item, Label) and item.text in "∗="]
    assert sorted(sign for sign, _ in signs) == ["=", "=", "∗", "∗"]
    assert not any(grid.name == "gradient[0]" for grid in drawing.items if isinstance(grid, Matrix))
