import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim.drawing import Cell, CellState, Equation, Label, Role
from cnnsim.painting import LIGHT, Numbers, lower_grids
from cnnsim.scenes import View, draw, operand_at, step_at
from cnnsim.scenes.drawn import look_of
from cnnsim.trace import GRAINS, Flatten, dropout, dropout_gradient, flatten, flatten_gradient

SMALL = View(740, 520)
VIEWS = (View(640, 440), View(1024, 700), View(1920, 1080), View(1300, 500), SMALL)
MAPS = np.arange(12.0).reshape(2, 2, 3)


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def test_a_cell_goes_to_its_number_in_reading_order():
    words = words_of(draw(flatten(MAPS).at("cell"), 10, SMALL))
    assert words[0] == "x[1, 1, 1] = 10 goes to y[10], unchanged."
    assert words[1] == "y[(c·2 + i)·3 + j]  =  x[c, i, j]"
    assert words[2] == "y[10]  =  10  =  10      (1·2 + 1)·3 + 1 = 10"


def test_one_map_has_two_indices():
    words = words_of(draw(flatten(MAPS[0]).at("cell"), 4, SMALL))
    assert words[1] == "y[i·3 + j]  =  x[i, j]"
    assert words[2] == "y[4]  =  4  =  4      1·3 + 1 = 4"


def test_the_vector_becomes_maps_again():
    steps = flatten_gradient(flatten(MAPS), np.arange(12.0) * 2).at("cell")
    drawing = draw(steps, 11, SMALL)
    np.testing.assert_array_equal(drawing.matrix("input gradient[1]").values, MAPS[1] * 2)
    assert words_of(drawing)[0] == "G[11] = 22 goes back to x[1, 1, 2], unchanged."
    assert words_of(draw(steps, 3, SMALL))[2] == "∂x[0, 1, 0]  =  6  =  6      (0·2 + 1)·3 + 0 = 3"


def test_what_stays_is_scaled_and_what_goes_is_hatched():
    trace = dropout([[1, 2, 3, 4, 5, 6]], 0.5, seed=1)  # keeps 0, 1 and 3
    drawing = draw(trace.at("cell"), 3, SMALL)
    assert words_of(drawing)[0] == "x[0, 3] stays and is scaled by 2, to 8."
    assert words_of(drawing)[2] == "y[0, 3]  =  4·1 / (1 − 0.5)  =  8"
    assert words_of(drawing)[3].startswith("hatched: 3 of 6 dropped")
    terms = [term for item in drawing.items if isinstance(item, Equation) for term in item.terms]
    assert not any(term.role is Role.WARNING for term in terms), "nothing is wrong"
    hatched = drawing.matrix("input").states == CellState.UNREACHED
    np.testing.assert_array_equal(hatched, drawing.matrix("mask").values == 0)
    assert words_of(draw(trace.at("cell"), 2, SMALL))[0] == "x[0, 2] is dropped in this training step: 0."


def test_the_gradient_meets_the_same_mask():
    forward = dropout([[1, 2, 3, 4, 5, 6]], 0.5, seed=1)
    steps = dropout_gradient(forward, [[3, -3, 3, -3, 3, -3]]).at("cell")
    drawing = draw(steps, 5, SMALL)
    np.testing.assert_array_equal(drawing.matrix("mask").values, forward.rule.mask[0])
    np.testing.assert_array_equal(drawing.matrix("input gradient").values, [[6, -6, 0, -6, 0, 0]])
    assert words_of(drawing)[0] == "x[0, 5] was dropped: it did not matter, and no gradient comes back, 0."
    assert words_of(draw(steps, 1, SMALL))[2] == "∂x[0, 1]  =  (−3)·1 / (1 − 0.5)  =  −6"


def test_in_use_everything_passes():
    drawing = draw(dropout([[1, 2]], training=False).at("cell"), 1, SMALL)
    assert words_of(drawing)[0] == "x[0, 1] passes: 2."
    assert words_of(drawing)[1] == "y[i, j]  =  x[i, j] · m[i, j]      in use every m is 1"
    assert words_of(drawing)[2] == "y[0, 1]  =  2·1  =  2"
    assert words_of(draw(dropout([[1, 2]], training=False).at("multiply"), 2, SMALL))[0].endswith("gives 2.")
    assert (drawing.matrix("input").states == CellState.NORMAL).all()


def test_in_use_the_gradient_passes_too():
    drawing = draw(dropout_gradient(dropout([[1, 2]], training=False), [[5, 6]]).at("cell"), 1, SMALL)
    assert words_of(drawing)[0] == "x[0, 1] passed, and so does its gradient: 6."
    assert words_of(drawing)[2] == "∂x[0, 1]  =  6·1  =  6"


@pytest.mark.parametrize("shape", [(1, 4, 4), (2, 3, 3), (1, 1, 24), (4, 6, 1)])
def test_a_short_vector_is_one_row(shape):
    for trace in (flatten(np.ones(shape)), flatten_gradient(flatten(np.ones(shape)))):
        drawing = draw(trace.at("cell"), 0, SMALL)
        vector = drawing.matrix("output" if isinstance(trace.rule, Flatten) else "gradient")
        assert vector.values.shape == (1, np.prod(shape))
        assert not any(isinstance(item, Label) for item in drawing.items)


@pytest.mark.parametrize(
    "shape", [(1, 8, 8), (3, 7, 5), (1, 13, 13), (2, 16, 16), (1, 28, 28), (4, 64, 64), (1, 64, 64)]
)
def test_a_long_vector_goes_on_in_rows_that_say_their_numbers(shape):
    x = np.random.default_rng(0).integers(-9, 9, shape).astype(float)
    trace = flatten(x)
    number = x.size * 2 // 3
    for view in VIEWS:
        drawing = draw(trace.at("cell"), number, view)
        check_layout(drawing)
        vector = drawing.matrix("output")
        cols = vector.values.shape[1]
        np.testing.assert_array_equal(vector.values.ravel(), x.ravel())
        assert cols % shape[2] == 0, "rows of a map stay whole"
        assert (vector.states == CellState.NORMAL).sum() == number + 1
        assert vector.states.ravel()[number + 1 :].tolist() == [CellState.EMPTY] * (x.size - number - 1)
        labels = [item for item in drawing.items if isinstance(item, Label)]
        assert labels[0].text == f"0 … {cols - 1}"
        for label in labels:
            row = drawing.cell_at(vector.x + 1, label.y).row
            assert label.text == f"{row * cols} … {row * cols + cols - 1}"


def test_numbers_are_printed_as_long_as_cells_can_be_read():
    def printed(side, view):
        steps = flatten(np.arange(side * side, dtype=float).reshape(side, side)).at("cell")
        grids = [part for part in lower_grids(draw(steps, len(steps) - 1, view), LIGHT) if isinstance(part, Numbers)]
        return len(grids)

    assert printed(8, VIEWS[0]) == printed(10, VIEWS[1]) == printed(16, VIEWS[2]) == 2, "maps and vector"
    assert printed(64, VIEWS[0]) == 0


def test_a_cell_of_a_wrapped_vector_lights_up_where_it_came_from_and_back():
    x = np.arange(64.0).reshape(8, 8)
    for trace, maps, vector in (
        (flatten(x), "input", "output"),
        (flatten_gradient(flatten(x), x.ravel()), "input gradient", "gradient"),
    ):
        steps = trace.at("layer")
        for looked_at, lit, place in ((Cell(vector, 2, 5), maps, (4, 5)), (Cell(maps, 4, 5), vector, (2, 5))):
            drawing = draw(steps, 0, View(1024, 700, looked_at=looked_at))
            (tint,) = drawing.matrix(lit).tints
            assert np.argwhere(tint.mask).tolist() == [list(place)]
    backward = flatten_gradient(flatten(x), x.ravel()).at("cell")
    assert operand_at(backward, 0.0, Cell("gradient", 2, 5)) == ("gradient", (0, 37))
    assert step_at(flatten(x).at("cell"), 0.0, Cell("output", 2, 5)) == 37


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(VIEWS))
def test_nothing_overlaps_or_is_cut_at_any_size(data, view):
    shape = data.draw(st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9)))
    x = np.random.default_rng(data.draw(st.integers(0, 99))).standard_normal(shape)
    p, training = data.draw(st.sampled_from([0.0, 0.3, 0.5, 1.0])), data.draw(st.booleans())
    flat, dropped = flatten(x), dropout(x, p, training)
    for trace in (flat, flatten_gradient(flat, x.ravel()), dropped, dropout_gradient(dropped, x)):
        steps = trace.at(data.draw(st.sampled_from(GRAINS)))
        check_layout(draw(steps, data.draw(st.floats(0, len(steps) - 1)), view))


@pytest.mark.parametrize("forward", [flatten(MAPS), dropout(MAPS)], ids=["flatten", "dropout"])
def test_a_hidden_result_stays_hidden(forward):
    backward = flatten_gradient if isinstance(forward.rule, Flatten) else dropout_gradient
    for trace in (forward, backward(forward)):
        drawing = draw(trace.at("cell"), 3.0, View(740, 520, hidden=True))
        assert "=  ?" in words_of(drawing)[2]
        cell = look_of(trace).output.cell(trace.at("cell")[3].cell)
        assert drawing.matrix(cell.matrix).states[cell.row, cell.col] == CellState.EMPTY
        check_layout(drawing)
