import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim.drawing import CellState, Equation
from cnnsim.scenes import View, draw
from cnnsim.trace import GRAINS, weight_update

SMALL, LARGE = View(740, 520), View(1600, 900)


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def test_the_formula_goes_from_the_old_weight_to_the_new():
    steps = weight_update([[1.0]], [[2.0]], [[0.5]], lr=0.1, momentum=0.8).at("cell")
    lines = words_of(draw(steps, 0, SMALL))
    assert lines[2] == "w[0, 0]  =  w − 0.1·( 0.8·0.5 + 2 )  =  1 − 0.1·2.4  =  0.76"
    assert lines[0] == "Against the velocity, 0.1 times as far: w[0, 0] goes from 1 to 0.76."


def test_shown_numbers_add_up_where_they_are_rounded():
    steps = weight_update([[2**0.5]], [[3**0.5]], [[0.1]], lr=0.03, momentum=0.9).at("cell")
    moved, new = re.split("  [=≈]  ", words_of(draw(steps, 0, SMALL))[2])[2:]
    old, velocity = moved.split(" − 0.03·")
    assert float(new) == round(float(old) - 0.03 * float(velocity), 4)


def test_a_weight_that_has_not_moved_is_empty():
    steps = weight_update(np.ones((1, 3)), np.ones((1, 3)), lr=0.1).at("multiply")
    states = draw(steps, 6, SMALL).matrix("new weights").states  # the second weight's velocity
    assert (states != CellState.EMPTY).tolist() == [[True, False, False]]
    assert words_of(draw(steps, 6, SMALL))[2].endswith("1 − 0.1·1  =  ?")


@settings(max_examples=25, deadline=None)
@given(
    st.data(),
    st.sampled_from([(1, 1), (2, 1), (3, 1, 1), (2, 1, 3, 3), (4, 1, 3, 3), (2, 18), (4, 100)]),
    st.sampled_from([SMALL, LARGE, View(640, 440), View(1024, 700), View(1920, 1080)]),
)
def test_nothing_overlaps_or_is_cut_at_any_size(data, shape, view):
    w, g, v = np.random.default_rng(data.draw(st.integers(0, 99))).standard_normal((3, *shape))
    steps = weight_update(w, g, v, lr=0.1, momentum=0.9).at(data.draw(st.sampled_from(GRAINS)))
    check_layout(draw(steps, data.draw(st.floats(0, len(steps) - 1)), view))
