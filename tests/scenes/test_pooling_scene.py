from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout
from pooling_cases import cases

from cnnsim import gallery
from cnnsim.drawing import Cell, CellState, Equation, Frame, Role
from cnnsim.operations import operation_named
from cnnsim.scenes import View, pooling_gradient_scene, pooling_scene
from cnnsim.trace import GRAINS, adaptive_pooling, pooling, pooling_gradient

SMALL, LARGE = View(740, 520), View(1600, 900)


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def test_the_winner_of_each_finished_window_is_marked():
    steps = pooling(gallery.POOLING_IMAGE).at("cell")
    marked = [(mark.row, mark.col) for mark in pooling_scene(steps, 3, SMALL).matrix("input").highlights]
    assert marked == [(1, 1), (1, 3), (2, 0), (3, 3)]


@pytest.mark.parametrize(
    ("ties", "winners", "sentence", "note", "shares"),
    [
        (
            "first",
            [(0, 0)],
            "x[0, 0] wins, the first in reading order.",
            "among equals the first wins",
            "x[0, 0] won 1",
        ),
        ("split", [(0, 0), (1, 0)], "all win, and will share the gradient.", "equals share the gradient", "1 / 2"),
    ],
)
def test_the_page_marks_ties_and_says_which_rule_holds(ties, winners, sentence, note, shares):
    trace = pooling([[3, 1], [3, 2]], ties=ties)
    drawing = pooling_scene(trace.at("cell"), 0, SMALL)
    marks = drawing.matrix("input").highlights
    assert {(mark.row, mark.col) for mark in marks} == {(0, 0), (1, 0)}
    assert [(mark.row, mark.col) for mark in marks if mark.strength == 1] == winners
    narration, _, _, last = words_of(drawing)
    assert sentence in narration
    assert note in last
    backward = pooling_gradient_scene(pooling_gradient(trace).at("cell"), 0, SMALL)
    assert any(shares in words for words in words_of(backward))


def test_the_index_of_each_winner_is_remembered():
    trace = pooling(gallery.POOLING_IMAGE)
    index = pooling_scene(trace.at("cell"), 1, SMALL).matrix("index")
    assert index.values.tolist() == [[5, 7], [8, 15]]
    assert (index.states == [[CellState.NORMAL, CellState.NORMAL], [CellState.EMPTY, CellState.EMPTY]]).all()
    backward = pooling_gradient_scene(pooling_gradient(trace).at("cell"), 0, SMALL)
    assert backward.matrix("index").values.tolist() == [[5, 7], [8, 15]]


def test_overlapping_windows_show_the_one_before():
    steps = pooling(gallery.image("ramp", 7), 3, 2).at("cell")
    assert dashed(pooling_scene(steps, 0, SMALL)) == []
    assert dashed(pooling_scene(steps, 1, SMALL)) == [(0, 0, 3, 3, Role.MUTED)]
    assert dashed(pooling_scene(steps, 3, SMALL)) == [(0, 0, 3, 3, Role.MUTED)]  # of the first of a row, the one above
    assert dashed(pooling_scene(pooling(gallery.POOLING_IMAGE).at("cell"), 1, SMALL)) == []


def test_a_window_over_padding_that_does_not_count_is_outlined_whole():
    steps = pooling(gallery.POOLING_IMAGE, 2, padding=1).at("cell")
    drawing = pooling_scene(steps, 0, SMALL)
    assert dashed(drawing) == [(0, 0, 2, 2, Role.KERNEL)]
    states = drawing.matrix("input").states
    assert (states[0] == CellState.EMPTY).all()
    assert (states[1:5, 1:5] == CellState.NORMAL).all()
    zeros = pooling_scene(pooling(gallery.POOLING_IMAGE, 2, mode="average", padding=1).at("cell"), 0, SMALL)
    assert dashed(zeros) == []
    assert (zeros.matrix("input").states[0] == CellState.PADDING).all()


def dashed(drawing):
    """Row, column, rows, columns and role of the dashed frames on the input."""
    grid = drawing.matrix("input")
    frames = [item for item in drawing.items if isinstance(item, Frame) and item.dashed]
    return [
        (
            *(round(cells / grid.cell) for cells in (frame.y - grid.y, frame.x - grid.x, frame.height, frame.width)),
            frame.role,
        )
        for frame in frames
    ]


def test_what_sticks_out_is_drawn_and_the_size_is_rounded_up():
    drawing = pooling_scene(pooling(gallery.image("ramp", 5), 2, ceil_mode=True).at("cell"), 2, SMALL)
    assert drawing.matrix("input").values.shape == (6, 6)
    assert "⌈(5 + 2·0 − 2) / 2⌉ + 1 = ⌈1.5⌉ + 1 = 3" in words_of(drawing)[3]
    assert dashed(drawing) == [(0, 4, 2, 2, Role.KERNEL)]


def test_windows_of_differing_size_are_drawn_as_such():
    steps = adaptive_pooling(gallery.image("ramp", 5), (1, 2), "average").at("cell")
    drawing = pooling_scene(steps, 1, SMALL)
    frame = next(item for item in drawing.items if isinstance(item, Frame) and item.role is Role.KERNEL)
    grid = drawing.matrix("input")
    assert (round(frame.width / grid.cell), round(frame.height / grid.cell)) == (3, 5)
    assert "t = ⌊5j/2⌋ … ⌈5(j + 1)/2⌉ − 1" in words_of(drawing)[1]
    assert words_of(drawing)[3].startswith("An input of any size gives 1 × 2 a map.")
    everything = pooling_scene(adaptive_pooling(gallery.image("ramp", 5), 1).at("cell"), 0, SMALL)
    assert words_of(everything)[3].startswith("Global pooling: an input of any size gives 1 × 1 a map.")


def test_depth_is_kept():
    drawing = pooling_scene(pooling(np.ones((3, 4, 4)), mode="average").at("cell"), 0, SMALL)
    assert [drawing.matrix(f"output[{channel}]").values.shape for channel in range(3)] == [(2, 2)] * 3
    assert "depth stays 3     no parameters; a dense layer sees less" in words_of(drawing)[3]


def test_weights_multiply_and_divide():
    steps = pooling([[1, 1], [3, 4]], mode="weighted", weights=[[1, 1], [2, 4]]).at("cell")
    drawing = pooling_scene(steps, 0, SMALL)
    assert words_of(drawing)[2] == "y[0, 0]  =  ( 1·1 + 1·1 + 2·3 + 4·4 ) / 8  =  24 / 8  =  3"
    assert words_of(drawing)[0] == "The sum 24 divided by the weights’ sum 8 is 3."
    backward = pooling_gradient_scene(pooling_gradient(steps.trace, [[8]]).at("cell"), 3, SMALL)
    assert words_of(backward)[2] == "∂x[1, 1]  =  8·4 / 8  =  4"


def test_the_formula_has_the_numbers_of_the_window():
    largest = pooling_scene(pooling(gallery.POOLING_IMAGE).at("cell"), 0, SMALL)
    assert words_of(largest)[2] == "y[0, 0]  =  max( 1,  1,  5,  6 )  =  6"
    mean = pooling_scene(pooling(gallery.POOLING_IMAGE, mode="average").at("cell"), 0, SMALL)
    assert words_of(mean)[2] == "y[0, 0]  =  ( 1 + 1 + 5 + 6 ) / 4  =  13 / 4  =  3.25"


def test_a_value_not_looked_at_yet_is_no_part_of_the_result():
    drawing = pooling_scene(pooling(gallery.POOLING_IMAGE).at("multiply"), 1, SMALL)
    assert (drawing.matrix("output").states == CellState.EMPTY).all()
    assert words_of(drawing)[2].endswith("=  ?")


VIEWS = [SMALL, LARGE, View(640, 440), View(1024, 700), View(1300, 500), View(1920, 1080)]


@settings(max_examples=60, deadline=None)
@given(cases(), st.data(), st.sampled_from(VIEWS))
def test_nothing_overlaps_or_is_cut_at_any_size(case, data, view):
    for scene, trace in ((pooling_scene, case.trace), (pooling_gradient_scene, pooling_gradient(case.trace))):
        steps = trace.at(data.draw(st.sampled_from(GRAINS)))
        position = data.draw(st.floats(0, len(steps) - 1))
        name = data.draw(st.sampled_from(["input", "output", "gradient", "input gradient", "index", "weight"]))
        looked_at = data.draw(st.sampled_from([None, Cell(name, 0, 0)]))
        check_layout(scene(steps, position, replace(view, looked_at=looked_at, hidden=data.draw(st.booleans()))))


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
    assert words_of(pooling_gradient_scene(steps, 0, SMALL))[2] == "∂x[0, 0]  =  1 / 4  =  0.25"


def test_the_root_of_the_sum_of_squares():
    drawing = pooling_scene(pooling([[3, 0], [0, 4]], mode="l2").at("cell"), 0, SMALL)
    assert words_of(drawing)[2] == "y[0, 0]  =  √( 3·3 + 0·0 + 0·0 + 4·4 )  =  √25  =  5"


POOLING = operation_named("pooling")
EXAMPLES = [pytest.param(preset.settings, id=preset.words) for preset in POOLING.presets]


@pytest.mark.parametrize("settings", EXAMPLES)
@pytest.mark.parametrize("view", [View(640, 440), View(1024, 700), View(1920, 1080)])
def test_every_example_is_shown_whole_both_ways(settings, view):
    for direction in ("forward", "input-gradient"):
        chosen = replace(settings, direction=direction)
        steps = chosen.trace().at("multiply")
        for position in (0.0, 3.5, len(steps) - 1.0):
            check_layout(POOLING.draw(chosen, steps, position, view))
