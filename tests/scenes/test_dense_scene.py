import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim import gallery
from cnnsim.drawing import Cell, CellState, Equation, Frame
from cnnsim.scenes import View, draw
from cnnsim.scenes.drawn import look_of
from cnnsim.trace import (
    GRAINS,
    bias_gradient,
    convolution,
    dense,
    dense_bias_gradient,
    dense_input_gradient,
    dense_weight_gradient,
)

SMALL = View(740, 520)
VIEWS = (View(640, 440), View(1024, 700), View(1920, 1080), View(1300, 500), SMALL)
LAYER = dense([1, -2, 3], [[1, 2, 0], [-1, 0, 2]], [0.5, 0])
G = [10, -1]


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def shown(drawing, name):
    matrix = drawing.matrix(name)
    return np.where(matrix.states == CellState.EMPTY, np.nan, matrix.values)


def test_the_active_row_of_weights_and_its_products_fill():
    drawing = draw(LAYER.at("multiply"), 5 + 1, SMALL)  # second multiply of the second output
    np.testing.assert_array_equal(shown(drawing, "products"), [[-1, 0, np.nan]])
    np.testing.assert_array_equal(shown(drawing, "sum"), [[-3], [-1]])
    np.testing.assert_array_equal(shown(drawing, "output"), [[-2.5], [np.nan]])
    assert words_of(drawing)[0] == "w[1, 1] = 0 times x[1] = −2 gives 0;  sum so far −1."
    frame, weights = next(item for item in drawing.items if isinstance(item, Frame)), drawing.matrix("kernel")
    assert (frame.x, frame.y) == (weights.x, weights.y + weights.cell)
    assert frame.width == weights.width


def test_inputs_stand_over_their_weights_and_outputs_beside_them():
    drawing = draw(LAYER.at("cell"), 0, SMALL)
    weights = drawing.matrix("kernel")
    assert drawing.matrix("input").x == drawing.matrix("products").x == weights.x
    for name in ("sum", "bias", "output"):
        assert drawing.matrix(name).y == weights.y
        assert drawing.matrix(name).height == weights.height


def test_the_formula_is_the_sum_of_the_row():
    words = words_of(draw(LAYER.at("cell"), 0, SMALL))
    assert words[2] == "y[0]  =  1·1 + 2·(−2) + 0·3 + 0.5  =  −3  +  0.5  =  −2.5"
    assert words[3] == "Every output sees every input:  2 · 3 + 2 = 8 parameters"
    assert words_of(draw(LAYER.at("multiply"), 0, SMALL))[2].endswith("=  ?  +  0.5  =  ?")


def test_the_weight_gradient_is_a_table_of_products():
    steps = dense_weight_gradient(LAYER, G).at("cell")
    drawing = draw(steps, len(steps) - 1, SMALL)
    np.testing.assert_array_equal(shown(drawing, "kernel gradient"), [[10, -20, 30], [-1, 2, -3]])
    assert drawing.matrix("gradient").y == drawing.matrix("kernel gradient").y
    assert drawing.matrix("input").x == drawing.matrix("kernel gradient").x
    words = words_of(draw(steps, 1, SMALL))
    assert words[0] == "w[0, 1] joined x[1] to y[0]; its gradient is −20."
    assert words[2] == "∂w[0, 1]  =  10·(−2)  =  −20"


def test_the_bias_gradient_is_g():
    words = words_of(draw(dense_bias_gradient(LAYER, G).at("cell"), 1, SMALL))
    assert words[0] == "b[1] was added to y[1] alone; its gradient is −1."
    assert words[2] == "∂b[1]  =  −1  =  −1"


def test_an_input_gathers_along_its_column():
    steps = dense_input_gradient(LAYER, G).at("cell")
    drawing = draw(steps, 2, SMALL)
    np.testing.assert_array_equal(shown(drawing, "input gradient"), [[11, 20, -2]])
    assert words_of(drawing)[0] == "x[2] went to all 2 outputs; its gradient is −2."
    assert words_of(drawing)[2] == "∂x[2]  =  0·10 + 2·(−1)  =  −2"
    assert drawing.matrix("input gradient").x == drawing.matrix("kernel").x
    assert drawing.matrix("gradient").y == drawing.matrix("kernel").y


def test_the_bias_of_a_convolution_gets_the_sum_of_g():
    steps = bias_gradient(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))).at("multiply")
    assert words_of(draw(steps, 4, SMALL))[0] == "G[1, 1] = 1;  sum so far 5."
    words = words_of(draw(steps, len(steps) - 1, SMALL))
    assert words[0] == "b was added to 9 output cells; its gradient is 9."
    assert words[2] == "∂b  =  1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1  =  9"


def test_every_map_has_its_own_bias():
    kernels = np.stack([gallery.kernel("lecture"), gallery.kernel("emboss")])[:, None]
    g = np.stack([np.ones((3, 3)), np.full((3, 3), -2)])
    steps = bias_gradient(convolution(gallery.LECTURE_IMAGE, kernels), g).at("cell")
    drawing = draw(steps, 1, SMALL)
    assert shown(drawing, "bias gradient[0]") == [[9]]
    assert shown(drawing, "bias gradient[1]") == [[-18]]
    assert words_of(drawing)[0] == "b[1] was added to 9 output cells; its gradient is −18."


@pytest.mark.parametrize("name", ["output", "kernel", "input", "bias", "products"])
def test_what_is_looked_at_lights_up_what_belongs_to_it(name):
    lit = {
        "output": {"kernel": [[0, 0, 0], [1, 1, 1]], "input": [[1, 1, 1]]},
        "kernel": {"input": [[0, 0, 1]], "output": [[0], [1]]},
        "input": {"kernel": [[0, 0, 1], [0, 0, 1]], "output": [[1], [1]]},
        "bias": {"output": [[0], [1]]},
        "products": {"kernel": [[0, 0, 0], [0, 0, 1]], "input": [[0, 0, 1]]},
    }[name]
    row, col = {"output": (1, 0), "kernel": (1, 2), "input": (0, 2), "bias": (1, 0), "products": (0, 2)}[name]
    drawing = draw(LAYER.at("cell"), 1, View(740, 520, looked_at=Cell(name, row, col)))
    for other in ("kernel", "input", "output"):
        tints = drawing.matrix(other).tints
        shown = np.logical_or.reduce([tint.mask for tint in tints]) if tints else None
        if other in lit:
            np.testing.assert_array_equal(shown, lit[other])
        elif other != name:
            assert not tints


def test_a_hidden_result_stays_hidden():
    gradients = [make(LAYER, G) for make in (dense_weight_gradient, dense_bias_gradient, dense_input_gradient)]
    for trace in (LAYER, *gradients):
        drawing = draw(trace.at("cell"), 1, View(740, 520, hidden=True))
        assert words_of(drawing)[2].endswith("?")
        cell = look_of(trace).output.cell(trace.at("cell")[1].cell)
        assert drawing.matrix(cell.matrix).states[cell.row, cell.col] == CellState.EMPTY
        check_layout(drawing)
    sums = draw(LAYER.at("cell"), 1, View(740, 520, hidden=True)).matrix("sum")
    assert sums.states.tolist() == [[CellState.NORMAL], [CellState.EMPTY]]


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(VIEWS))
def test_nothing_overlaps_or_is_cut_at_any_size(data, view):
    inputs, outputs = data.draw(st.integers(1, 16)), data.draw(st.integers(1, 10))
    numbers = np.random.default_rng(data.draw(st.integers(0, 99)))
    x, w, b, g = (numbers.standard_normal(shape) for shape in (inputs, (outputs, inputs), outputs, outputs))
    forward = dense(*(array.round() if data.draw(st.booleans()) else array for array in (x, w, b)))
    maps = convolution(numbers.standard_normal((5, 5)), numbers.standard_normal((min(outputs, 4), 1, 3, 3)))
    gradients = [make(forward, g) for make in (dense_weight_gradient, dense_bias_gradient, dense_input_gradient)]
    for trace in (forward, *gradients, bias_gradient(maps, numbers.standard_normal(maps.rule.output.shape))):
        steps = trace.at(data.draw(st.sampled_from(GRAINS)))
        check_layout(draw(steps, data.draw(st.floats(0, len(steps) - 1)), view))
