import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim.drawing import CellState, Equation, Role
from cnnsim.scenes import View, draw
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
    assert words_of(drawing)[2] == "y[0, 1]  =  2·1·1  =  2"
    assert (drawing.matrix("input").states == CellState.NORMAL).all()


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(VIEWS))
def test_nothing_overlaps_or_is_cut_at_any_size(data, view):
    shape = data.draw(st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6)))
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
