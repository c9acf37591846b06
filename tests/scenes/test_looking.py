import numpy as np
import pytest
from layout_checks import check_layout

from cnnsim import gallery
from cnnsim.drawing import Cell, CellState, Equation, Frame, Matrix, Role
from cnnsim.scenes import View, draw
from cnnsim.scenes.drawn import look_of
from cnnsim.scenes.looking import operand, target
from cnnsim.trace import (
    activation,
    activation_gradient,
    convolution,
    input_gradient,
    kernel_gradient,
    pooling,
    pooling_gradient,
)
from cnnsim.typography import flow, term_at

KERNEL = gallery.kernel("lecture")
FORWARD = convolution(gallery.LECTURE_IMAGE, KERNEL, padding=1)
LAST = 10**9


def picture(trace, position=LAST, grain="cell", **looked):
    return draw(trace.at(grain), position, View(1024, 700, **looked))


def lit(drawing, matrix):
    """Cells of a matrix that light up, as (row, col)."""
    tints = drawing.matrix(matrix).tints
    found = np.any([tint.mask for tint in tints], axis=0) if tints else np.zeros((0, 2), bool)
    return {tuple(place) for place in np.argwhere(found).tolist()}


def lines(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def block(top, left, rows, cols):
    return {(row, col) for row in range(top, top + rows) for col in range(left, left + cols)}


def test_an_output_lights_its_inputs_and_weights_and_is_explained():
    drawing = picture(FORWARD, looked_at=Cell("output", 1, 2))
    assert lit(drawing, "input") == block(1, 2, 3, 3)
    assert lit(drawing, "kernel") == block(0, 0, 3, 3)
    assert lines(drawing)[2].startswith("y[1, 2]  =  1·1 + 0·1 + 1·0")
    assert drawing.matrix("products").values.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert {tint.role for tint in drawing.matrix("input").tints} == {Role.OUTPUT}


def test_an_input_lights_every_output_that_it_reaches():
    drawing = picture(FORWARD, looked_at=Cell("input", 1, 1))
    assert lit(drawing, "output") == block(0, 0, 2, 2)
    assert lit(drawing, "kernel") == block(0, 0, 2, 2)
    assert lit(drawing, "input") == set()


def test_a_weight_lights_every_input_that_it_multiplies():
    drawing = picture(FORWARD, looked_at=Cell("kernel", 0, 2))
    assert lit(drawing, "input") == block(0, 2, 5, 5)
    assert lit(drawing, "output") == block(0, 0, 5, 5)


def test_a_product_lights_its_factors():
    drawing = picture(FORWARD, looked_at=Cell("products", 1, 2))
    assert (lit(drawing, "input"), lit(drawing, "kernel")) == ({(5, 6)}, {(1, 2)})


def test_an_output_to_come_is_explained_without_its_result():
    drawing = picture(FORWARD, 3, looked_at=Cell("output", 2, 2))
    assert lit(drawing, "input") == block(2, 2, 3, 3)
    words, _, numbers, _ = lines(drawing)
    assert words.startswith("y[2, 2] is still to come")
    assert numbers.endswith("=  ?  +  0  =  ?")
    assert drawing.matrix("output").states[2, 2] == CellState.EMPTY
    assert drawing.matrix("sum").states[0, 0] == CellState.EMPTY


def test_what_is_known_of_the_output_does_not_depend_on_what_is_looked_at():
    for row in range(5):
        drawing = picture(FORWARD, 11, looked_at=Cell("output", row, 1))
        assert (drawing.matrix("output").states == picture(FORWARD, 11).matrix("output").states).all()


def test_backward_scenes_light_up_alike():
    drawing = picture(kernel_gradient(FORWARD), looked_at=Cell("kernel gradient", 0, 1))
    assert (lit(drawing, "input"), lit(drawing, "gradient")) == (block(0, 1, 5, 5), block(0, 0, 5, 5))
    drawing = picture(input_gradient(FORWARD), looked_at=Cell("gradient", 0, 0))
    assert lit(drawing, "input gradient") == block(0, 0, 2, 2)
    assert lit(drawing, "kernel") == block(1, 1, 2, 2)
    drawing = picture(input_gradient(FORWARD), looked_at=Cell("kernel", 0, 0))
    assert lit(drawing, "input gradient") == block(0, 0, 4, 4)
    drawing = picture(pooling_gradient(pooling(gallery.POOLING_IMAGE)), looked_at=Cell("gradient", 1, 0))
    assert lit(drawing, "input gradient") == {(2, 0)}
    drawing = picture(activation_gradient(activation([[1, -2]])), looked_at=Cell("gradient", 0, 1))
    assert lit(drawing, "input gradient") == {(0, 1)}


def test_with_several_maps_the_matrices_of_a_cell_light_up():
    trace = convolution(np.ones((4, 4, 4)), np.ones((4, 2, 3, 3)), groups=2)
    drawing = picture(trace, looked_at=Cell("output[3]", 1, 1))
    assert [lit(drawing, f"input[{channel}]") for channel in range(4)] == [set(), set(), *[block(1, 1, 3, 3)] * 2]
    assert lit(drawing, "kernel[3, 1]") == block(0, 0, 3, 3)


@pytest.mark.parametrize(
    "cell", [Cell("input", 9, 0), Cell("output", 0, 9), Cell("kernel", 3, 3), Cell("nothing", 0, 0)]
)
def test_a_cell_that_is_no_longer_there_lights_nothing(cell):
    drawing = picture(FORWARD, 7, looked_at=cell)
    assert not any(item.tints for item in drawing.items if isinstance(item, Matrix))
    check_layout(drawing)


def test_spread_windows_light_the_cells_that_they_touch():
    trace = convolution(np.ones((5, 5)), np.ones((2, 2)), dilation=2)
    drawing = picture(trace, 0)
    assert lit(drawing, "input") == {(0, 0), (0, 2), (2, 0), (2, 2)}
    window = next(item for item in drawing.items if isinstance(item, Frame) and item.role == Role.KERNEL)
    assert window.fill == 0


def test_the_terms_of_the_cell_stand_out_and_are_found_again():
    looked_at = Cell("input", 3, 3)
    drawing = picture(FORWARD, 12, looked_at=looked_at)
    terms = [term for item in drawing.items if isinstance(item, Equation) for term in item.terms if term.cell]
    assert {term.cell for term in terms if term.underlined} == {looked_at}
    equation = next(item for item in drawing.items if isinstance(item, Equation) and any(t.cell for t in item.terms))
    for run in flow(equation)[0]:
        if run.term.cell is not None:
            assert term_at(drawing, run.x + run.width / 2, run.y) == run.term.cell
    assert term_at(drawing, 2, equation.y + 3) is None


def test_a_term_of_a_pinned_cell_shows_its_cell():
    pinned, pointed_at = Cell("output", 1, 1), Cell("input", 2, 3)
    drawing = picture(FORWARD, 12, looked_at=pinned, pointed_at=pointed_at)
    terms = [term for item in drawing.items if isinstance(item, Equation) for term in item.terms]
    assert {term.cell for term in terms if term.underlined} == {pinned, pointed_at}
    grid = drawing.matrix("input")
    frames = [item for item in drawing.items if isinstance(item, Frame) and not item.dashed]
    assert grid.box(2, 3) in [(item.x, item.y, item.width, item.height) for item in frames]
    assert lines(drawing)[2].startswith("y[1, 1]")


def test_the_result_can_be_hidden():
    drawing = picture(FORWARD, 12, hidden=True)
    words, _, numbers, _ = lines(drawing)
    assert words == "What is y[2, 2]?"
    assert numbers.endswith("=  ?  +  0  =  ?")
    assert drawing.matrix("output").states[2, 2] == drawing.matrix("sum").states[0, 0] == CellState.EMPTY
    assert drawing.matrix("output").states[2, 1] == CellState.NORMAL


def test_a_hidden_result_is_not_told_by_the_mark_of_the_winner():
    trace = pooling(gallery.POOLING_IMAGE)
    assert picture(trace, 0).matrix("input").highlights
    assert not picture(trace, 0, hidden=True).matrix("input").highlights
    assert len(picture(trace, 1, hidden=True).matrix("input").highlights) == 1


def test_what_is_no_sum_needs_no_decimals_to_add_up():
    x = np.random.default_rng(1).uniform(2, 3, (6, 6))
    assert lines(picture(pooling(x), 2))[2].endswith(f"=  {x[:2, 4:].max():.2f}")


def test_no_line_of_a_hidden_step_tells_the_result():
    rng = np.random.default_rng(1)
    x, w = rng.uniform(2, 3, (6, 6)), rng.uniform(2, 3, (3, 3))
    forward = convolution(x, w, 1.25)
    for trace in (forward, kernel_gradient(forward), input_gradient(forward), pooling(x, mode="average")):
        shown = lines(picture(trace, 2))[2]
        result = shown.rsplit("=")[-1].strip()
        assert result and result not in " ".join(lines(picture(trace, 2, hidden=True)))


@pytest.mark.parametrize("size", [(640, 440), (1024, 700), (1920, 1080)])
@pytest.mark.parametrize("cell", [Cell("output", 2, 2), Cell("input", 3, 3), Cell("kernel", 0, 0), Cell("bias", 0, 0)])
def test_nothing_overlaps_while_a_cell_is_looked_at(size, cell):
    for hidden in (False, True):
        for position in (0, 7.5, 40):
            check_layout(draw(FORWARD.at("multiply"), position, View(*size, looked_at=cell, hidden=hidden)))


def test_a_cell_of_the_picture_finds_its_place():
    forward = convolution(gallery.LECTURE_IMAGE, np.arange(9.0).reshape(3, 3), padding=1, flip=True)
    look = look_of(forward)
    assert target(look, Cell("output", 2, 1)) == (0, 2, 1)
    assert target(look, Cell("input", 2, 1)) is None
    assert target(look, None) is None
    assert operand(look, Cell("input", 2, 1)) == ("input", (0, 2, 1))
    tensors = look.tensors
    assert tensors["input"].place(Cell("input", 2, 1)) == (0, 1, 0)
    assert tensors["input"].place(Cell("input", 0, 1)) is None
    assert tensors["kernel"].place(Cell("kernel", 0, 2)) == (0, 0, 2, 0)
    assert forward.rule.w[tensors["kernel"].place(Cell("kernel", 0, 2))] == tensors["kernel"].array[0, 0, 0, 2]


def test_places_are_the_inverse_of_cells():
    look = look_of(convolution(np.ones((2, 3, 3)), np.ones((4, 2, 2, 2))))
    for tensor in (look.output, *look.tensors.values()):
        for place in np.ndindex(tensor.array.shape):
            assert tensor.shown(tensor.cell(place)) == place
        for cell in (Cell(tensor.name, 0, 0), Cell(f"{tensor.name}[9]", 0, 0), Cell(f"{tensor.name}[x]", 0, 0)):
            assert tensor.shown(cell) is None
