import json
from dataclasses import replace

import numpy as np
import pytest
from layout_checks import check_layout

from cnnsim.cli import main
from cnnsim.drawing import Cell, CellState, Equation, Frame, Role
from cnnsim.errors import InputError
from cnnsim.operations import array_of, operation_named, with_array
from cnnsim.scenes import View, shift_scene

SHIFT = operation_named("shift")
PRESETS = [pytest.param(preset.settings, id=preset.words) for preset in SHIFT.presets]
ROW = SHIFT.presets[1].settings
SMALL = View(740, 520)


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def test_inputs_and_pooled_values_that_changed_are_counted_side_by_side():
    steps = ROW.trace().at("cell")
    drawing = shift_scene(steps, len(steps) - 1, SMALL)
    assert " ".join(words_of(drawing)[3].split()) == "Changed: inputs 4 of 4 (100 %) pooled 2 of 4 (50 %)"
    assert len(drawing.matrix("g(x)").highlights) == 4
    assert [(mark.row, mark.col) for mark in drawing.matrix("after").highlights] == [(0, 0), (0, 3)]


def test_what_is_still_to_come_is_not_counted_yet():
    drawing = shift_scene(ROW.trace().at("cell"), 1, SMALL)
    assert [(mark.row, mark.col) for mark in drawing.matrix("after").highlights] == [(0, 0)]
    assert drawing.matrix("after").shape == "1 of 4 changed"
    assert drawing.matrix("difference").states.tolist() == [[CellState.NORMAL] * 2 + [CellState.EMPTY] * 2]


def test_a_sentence_says_that_a_value_stays_though_its_window_changes():
    steps = ROW.trace().at("cell")
    assert words_of(shift_scene(steps, 1, SMALL))[0] == (
        "Pooled value [0, 1] stays, although 3 of the 3 values of its window change."
    )
    first = words_of(shift_scene(steps, 0, SMALL))[0]
    assert first == "Pooled value [0, 0] is new: 2 of the 2 values of its window change."
    assert words_of(shift_scene(steps, 3, SMALL))[0] == (
        "100 % of the inputs changed, but only 50 % of the pooled values: a little invariance."
    )
    assert words_of(shift_scene(steps, 3, SMALL))[2] == "d[0, 3]  =  1 − 0.2  =  0.8"


def test_the_window_is_outlined_on_what_is_pooled():
    drawing = shift_scene(ROW.trace().at("cell"), 0, SMALL)
    for name in ("input", "g(x)"):
        grid = drawing.matrix(name)
        frames = [item for item in drawing.items if isinstance(item, Frame) and item.role is Role.KERNEL]
        assert any((item.x, item.y, item.width) == (grid.x, grid.y, 2 * grid.cell) for item in frames)


def test_a_convolution_is_said_to_move_along():
    settings = replace(SHIFT.start, convolve=True)
    note = words_of(shift_scene(settings.trace().at("map"), 0, SMALL))[3]
    assert "convolved 63 of 64 (98 %, but 51 are f(x) moved along)" in note


@pytest.mark.parametrize("settings", PRESETS)
@pytest.mark.parametrize("view", [View(640, 440), View(1024, 700), View(1920, 1080)])
def test_every_example_is_shown_whole(settings, view):
    steps = settings.trace().at("multiply")
    for position in (0.0, 3.5, len(steps) - 1.0):
        for looked_at in (None, Cell("before", 0, 0), Cell("difference", 0, 0)):
            check_layout(SHIFT.draw(settings, steps, position, replace(view, looked_at=looked_at)))


def test_the_command_line_counts(capsys):
    assert main(["trace", "shift", "--input", "1 1 2 4; 5 6 7 8; 3 2 1 0; 1 2 3 4", "--window", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["output"] == [[-1, -1], [0, -1]]


def test_the_image_is_dragged():
    moved = SHIFT.dragged(SHIFT.start, Cell("input", 1, 1), Cell("input", 2, 0))
    assert moved.shift == (1, 0)
    assert SHIFT.dragged(SHIFT.start, Cell("before", 0, 0), Cell("before", 1, 1)) == SHIFT.start
    assert SHIFT.dragged(SHIFT.start, Cell("input", 0, 0), Cell("g(x)", 1, 1)) == SHIFT.start


def test_image_and_kernel_can_be_pasted():
    settings = with_array(replace(SHIFT.start, convolve=True), "kernel", np.ones((1, 5)))
    assert settings.kernel_size == (1, 5)
    assert array_of(with_array(settings, "input", np.ones((9, 5))), "input").shape == (1, 9, 5)
    with pytest.raises(InputError):
        settings.resized("input", (2, 4, 4))
