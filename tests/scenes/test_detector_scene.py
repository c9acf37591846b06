import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim.drawing import Cell, CellState, Chart, Equation, Matrix
from cnnsim.scenes import View, activation_gradient_scene, activation_scene, draw
from cnnsim.trace import ACTIVATIONS, GRAINS, activation, activation_gradient
from cnnsim.typography import text_width

SMALL = View(740, 520)
VIEWS = (View(640, 440), View(1024, 700), View(1920, 1080), View(1300, 500), SMALL)
X = np.array([[-3, 1, 0.5], [2, 0, -2]])


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def chart_of(drawing):
    (chart,) = (item for item in drawing.items if isinstance(item, Chart))
    return chart


def check_chart(drawing):
    """The chart with all that is written around it lies right of the matrices, inside, and above the words."""
    chart = chart_of(drawing)
    assert chart.width >= 6 * chart.text_size
    left, right = chart.x - chart.text_size * 2.6, chart.x + chart.width + chart.text_size
    top, bottom = chart.y - chart.text_size * 1.5, chart.y + chart.height + chart.text_size * 1.6
    legend = sum(text_width(series.label, chart.text_size * 0.85, True) for series in chart.series)
    assert text_width(chart.caption, chart.text_size, True) + legend + chart.text_size * 0.5 <= chart.width
    for matrix in (item for item in drawing.items if isinstance(item, Matrix)):
        words = text_width(matrix.caption, matrix.text_size, True) + text_width(matrix.shape, matrix.text_size)
        assert matrix.x + max(matrix.width, words + matrix.text_size * 0.5) <= left + 1
    assert top >= 0
    assert right <= drawing.width
    assert bottom <= min(item.y for item in drawing.items if isinstance(item, Equation)) + 1


def test_the_formula_has_the_number_of_the_cell():
    steps = activation(X).at("cell")
    words = words_of(activation_scene(steps, 0, SMALL))
    assert words[1:3] == ["y[i, j]  =  max( 0,  x[i, j] )", "y[0, 0]  =  max( 0,  −3 )  =  0"]
    assert words[0] == "x[0, 0] = −3 is below 0 and is cut off: 0."
    assert words[3].startswith("3 of 6 values are cut off")
    assert words_of(activation_scene(steps, 1, SMALL))[0] == "x[0, 1] = 1 is above 0 and passes as it is: 1."


@pytest.mark.parametrize(
    ("function", "numbers"),
    [
        ("leaky_relu", "y[0, 0]  =  −3 · 0.1  =  −0.3"),
        ("sigmoid", "y[0, 0]  =  σ( −3 )  =  1 / (1 + e3)  ≈  0.0474"),
        ("tanh", "y[0, 0]  =  tanh( −3 )  ≈  −0.9951"),
        ("scaled_tanh", "y[0, 0]  =  1.7159 · tanh( −3 · 2/3 )  ≈  −1.6542"),
    ],
)
def test_every_function_is_written_with_its_numbers(function, numbers):
    assert words_of(activation_scene(activation(X, function, 0.1).at("cell"), 0, SMALL))[2] == numbers


def test_a_value_not_computed_yet_is_a_question_mark():
    drawing = activation_scene(activation(X).at("multiply"), 0, SMALL)
    assert words_of(drawing)[2] == "y[0, 0]  =  max( 0,  −3 )  =  ?"
    assert (drawing.matrix("output").states == CellState.EMPTY).all()


@pytest.mark.parametrize("function", ACTIVATIONS)
def test_the_point_travels_along_the_curve(function):
    steps = activation(X, function).at("cell")
    for position in np.linspace(0, len(steps) - 1, 23):
        chart = chart_of(activation_scene(steps, float(position), SMALL))
        (point,) = chart.points
        assert point.up == pytest.approx(activation([[point.across]], function).rule.output.item())
        assert chart.first <= point.across <= chart.last
        assert chart.low <= point.up <= chart.high
    assert point.across == X[-1, -1]


@pytest.mark.parametrize("function", ACTIVATIONS)
def test_the_tangent_touches_the_curve_with_its_slope(function):
    steps = activation_gradient(activation(X, function, 0.1), np.ones(X.shape)).at("cell")
    for position in range(len(steps)):
        chart = chart_of(activation_gradient_scene(steps, position, SMALL))
        tangent = chart.series[-1]
        slope = (tangent.ys[1] - tangent.ys[0]) / (tangent.xs[1] - tangent.xs[0])
        assert slope == pytest.approx(steps[position].y)
        (point,) = chart.points
        assert tangent.ys[0] + slope * (point.across - tangent.xs[0]) == pytest.approx(point.up)


def test_the_gradient_of_relu_meets_a_mask_of_zeros_and_ones():
    steps = activation_gradient(activation(X), [[5, 6, 7], [8, 9, 10]]).at("cell")
    drawing = activation_gradient_scene(steps, len(steps) - 1, SMALL)
    assert drawing.matrix("derivative").caption == "Mask"
    np.testing.assert_array_equal(drawing.matrix("derivative").values, [[0, 1, 1], [1, 0, 0]])
    np.testing.assert_array_equal(drawing.matrix("input gradient").values, [[0, 6, 7], [8, 0, 0]])
    stopped = words_of(activation_gradient_scene(steps, 0, SMALL))
    assert stopped[0] == "x[0, 0] = −3 was below 0: the mask stops the gradient, 0."
    assert stopped[2] == "∂x[0, 0]  =  5·0  =  0"
    kink = "x[0, 0] = 0 was at the kink, whose slope is taken as 0: the mask stops the gradient, 0."
    assert words_of(activation_gradient_scene(activation_gradient(activation([[0]])).at("cell"), 0, SMALL))[0] == kink
    assert words_of(drawing)[3].startswith("3 of 6 gradients pass whole.")


@pytest.mark.parametrize("function", ACTIVATIONS)
def test_a_hidden_result_is_not_told_by_the_curve(function):
    forward = activation(X, function)
    for trace in (forward, activation_gradient(forward)):
        drawing = draw(trace.at("cell"), 1.0, View(740, 520, hidden=True))
        chart = chart_of(drawing)
        assert not chart.points
        assert len(chart.series) == 1
        assert words_of(drawing)[2].endswith("?")
        check_layout(drawing)


def test_the_point_goes_to_the_value_that_is_looked_at():
    view = View(740, 520, looked_at=Cell("output", 0, 1))
    drawing = activation_scene(activation(X).at("cell"), 5.0, view)
    assert [(point.across, point.up) for point in chart_of(drawing).points] == [(1, 1)]
    assert words_of(drawing)[2] == "y[0, 1]  =  max( 0,  1 )  =  1"
    assert drawing.matrix("input").tints[0].mask[0, 1]


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(VIEWS), st.sampled_from(ACTIVATIONS), st.booleans())
def test_nothing_overlaps_or_is_cut_at_any_size(data, view, function, backwards):
    shape = data.draw(st.tuples(st.integers(1, 3), st.integers(1, 8), st.integers(1, 8)))
    x = np.random.default_rng(data.draw(st.integers(0, 99))).standard_normal(shape) * data.draw(
        st.sampled_from([1, 20])
    )
    trace = activation(x, function, 0.1)
    trace = activation_gradient(trace, x) if backwards else trace
    steps = trace.at(data.draw(st.sampled_from(GRAINS)))
    drawing = draw(steps, data.draw(st.floats(0, len(steps) - 1)), view)
    check_layout(drawing)
    check_chart(drawing)
