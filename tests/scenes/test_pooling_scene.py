import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim import gallery
from cnnsim.drawing import CellState, Equation
from cnnsim.scenes import View, pooling_gradient_scene, pooling_scene
from cnnsim.trace import GRAINS, MODES, pooling, pooling_gradient

SMALL, LARGE = View(740, 520), View(1600, 900)


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def test_the_winner_of_each_finished_window_is_marked():
    steps = pooling(gallery.POOLING_IMAGE).at("cell")
    marked = [(mark.row, mark.col) for mark in pooling_scene(steps, 3, SMALL).matrix("input").highlights]
    assert marked == [(1, 1), (1, 3), (2, 0), (3, 3)]


def test_the_first_of_equal_values_wins_and_the_page_says_so():
    drawing = pooling_scene(pooling(np.ones((2, 2))).at("cell"), 0, SMALL)
    assert [(mark.row, mark.col) for mark in drawing.matrix("input").highlights] == [(0, 0)]
    assert "among equals, the first in reading order" in words_of(drawing)[0]


def test_the_formula_has_the_numbers_of_the_window():
    largest = pooling_scene(pooling(gallery.POOLING_IMAGE).at("cell"), 0, SMALL)
    assert words_of(largest)[2] == "y[0, 0]  =  max( 1,  1,  5,  6 )  =  6"
    mean = pooling_scene(pooling(gallery.POOLING_IMAGE, mode="average").at("cell"), 0, SMALL)
    assert words_of(mean)[2] == "y[0, 0]  =  ( 1 + 1 + 5 + 6 ) / 4  =  13 / 4  =  3.25"


def test_a_value_not_looked_at_yet_is_no_part_of_the_result():
    drawing = pooling_scene(pooling(gallery.POOLING_IMAGE).at("multiply"), 1, SMALL)
    assert (drawing.matrix("output").states == CellState.EMPTY).all()
    assert words_of(drawing)[2].endswith("=  ?")


@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from([SMALL, LARGE, View(640, 480), View(1300, 500)]))
def test_nothing_overlaps_or_is_cut_at_any_size(data, view):
    window = data.draw(st.integers(1, 6))
    x = gallery.image(data.draw(st.sampled_from(gallery.IMAGES)), data.draw(st.integers(window, 12)))
    trace = pooling(x, window, data.draw(st.integers(1, 5)), data.draw(st.sampled_from(MODES)))
    for scene, shown in ((pooling_scene, trace), (pooling_gradient_scene, pooling_gradient(trace))):
        steps = shown.at(data.draw(st.sampled_from(GRAINS)))
        check_layout(scene(steps, data.draw(st.floats(0, len(steps) - 1)), view))


def test_the_gradient_goes_to_the_winner_alone():
    steps = pooling_gradient(pooling(gallery.POOLING_IMAGE), [[1, 2], [3, -4]]).at("cell")
    drawing = pooling_gradient_scene(steps, len(steps) - 1, SMALL)
    expected = np.zeros((4, 4))
    expected[1, 1], expected[1, 3], expected[2, 0], expected[3, 3] = 1, 2, 3, -4
    np.testing.assert_array_equal(drawing.matrix("input gradient").values, expected)
    assert "won no window: it gets no gradient, 0" in words_of(pooling_gradient_scene(steps, 0, SMALL))[0]
    assert len(drawing.matrix("input").highlights) == 4


def test_the_mean_hands_every_value_its_share():
    steps = pooling_gradient(pooling(gallery.POOLING_IMAGE, mode="average"), [[1, 2], [3, -4]]).at("cell")
    assert words_of(pooling_gradient_scene(steps, 0, SMALL))[2] == "∂x[0, 0]  =  1·0.25  =  0.25"


def test_the_root_of_the_sum_of_squares():
    drawing = pooling_scene(pooling([[3, 0], [0, 4]], mode="l2").at("cell"), 0, SMALL)
    assert words_of(drawing)[2] == "y[0, 0]  =  √( 3·3 + 0·0 + 0·0 + 4·4 )  =  √25  =  5"
