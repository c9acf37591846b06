from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim.drawing import Cell, CellState, Equation, Frame, Line, Role
from cnnsim.scenes import View, draw, nearest_unit, operand_at, step_at
from cnnsim.scenes.field_of_view import canvas
from cnnsim.trace import field_of_view

SMALL = View(640, 440)
SIZES = [SMALL, View(1024, 700), View(1920, 1080)]
THREE = [[3]] * 3


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def boxes_over(drawing, name, role):
    """Row, column and side of the frames of a role over a matrix, in cells."""
    grid = drawing.matrix(name)
    return [
        tuple(round(pixels / grid.cell, 2) for pixels in (frame.y - grid.y, frame.x - grid.x, frame.width))
        for frame in drawing.items
        if isinstance(frame, Frame) and frame.role is role and grid.cell_at(frame.x + 0.1, frame.y + 0.1)
    ]


def test_boxes_are_nested_over_the_input():
    drawing = draw(field_of_view(THREE, 9).at("layer"), 2, SMALL)
    assert boxes_over(drawing, "input", Role.MUTED) == [(3, 3, 3), (2, 2, 5)]
    assert boxes_over(drawing, "input", Role.KERNEL) == [(1, 1, 7)]
    assert boxes_over(drawing, "gradient", Role.GRADIENT) == [(2, 2, 5)]


def test_between_two_layers_the_box_is_between_their_fields():
    drawing = draw(field_of_view(THREE, 9).at("layer"), 1.5, SMALL)
    assert boxes_over(drawing, "input", Role.KERNEL) == [(1.5, 1.5, 6)]


def test_the_formula_adds_up():
    trace = field_of_view([[11, 4, 1, 0, 0], [3, 2, 1, 0, 1], [5, 1, 2, 2, 0]], 227)
    said, symbols, numbers, fields = words_of(draw(trace.at("layer"), 2, View(1024, 700)))
    assert (
        said == "conv2 puts 5 × 5 values together that lie 16 cells of the input apart: the field grows from 19 to 83."
    )
    assert symbols == "lk  =  lk−1  +  dk · (fk − 1) · Πi<k si      l0 = 1"
    assert numbers == "l3  =  19  +  2 · (5 − 1) · 4 · 2  =  83"
    assert fields.startswith("Fields: 11 → 19 → 83.  At least half of what counts lies in the inner ")


def test_a_window_of_one_cell_and_a_field_on_padding_are_said():
    assert "conv1 looks at single values: the field stays at 1." in words_of(
        draw(field_of_view([[1]]).at("map"), 0, SMALL)
    )
    trace = field_of_view([[3, 1, 1, 1]], 5, (0, 0))
    assert words_of(draw(trace.at("map"), 0, SMALL))[0].endswith("from 1 to 3, some of it padding.")


def test_the_grids_reach_as_far_as_the_fields():
    trace = field_of_view([[3, 1, 1, 1]], 5, (0, 4))
    assert canvas(trace) == (-1, 0, 6, 6)
    drawing = draw(trace.at("layer"), 0, SMALL)
    assert (drawing.matrix("input").states == CellState.PADDING).sum() == 11
    assert drawing.matrix("gradient").values[1:3, 3:5].tolist() == [[1, 1], [1, 1]]
    assert nearest_unit(trace, Cell("input", 1, 4)) == (0, 4)


def test_units_that_count_are_filled_up_to_the_current_layer():
    drawing = draw(field_of_view(THREE, 9).at("layer"), 1, SMALL)
    rows = [drawing.matrix(f"units {number}") for number in range(4)]
    assert [(row.states == CellState.NORMAL).sum() for row in rows] == [5, 3, 1, 0]
    assert rows[0].values[0].tolist() == [0, 0, 1, 2, 3, 2, 1, 0, 0]
    assert len([item for item in drawing.items if isinstance(item, Line)]) == 4


def test_the_table_of_layers_can_be_edited_and_leads_to_their_steps():
    steps = field_of_view(THREE, 9).at("layer")
    assert operand_at(steps, 0, Cell("layers", 2, 0)) == ("layers", (2, 0))
    assert operand_at(steps, 0, Cell("input", 2, 0)) is None
    assert (step_at(steps, 0, Cell("layers", 2, 0)), step_at(steps, 0, Cell("input", 2, 0))) == (2, None)


@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from(SIZES))
def test_nothing_overlaps_or_is_cut_at_any_size(data, view):
    row = st.tuples(st.integers(1, 5), st.integers(1, 2), st.integers(1, 3), st.integers(0, 3), st.integers(0, 1))
    layers = data.draw(st.lists(row, min_size=1, max_size=6))
    least = field_of_view(layers).sizes[0]
    trace = field_of_view(layers, min(least + data.draw(st.integers(0, 20)), 512))
    check_layout(draw(trace.at("layer"), data.draw(st.floats(0, len(trace) - 1)), view))


@pytest.mark.parametrize("view", SIZES)
def test_ten_layers_find_room(view):
    trace = field_of_view([[3, 1, 1, 1]] * 10, 40, weights="random")
    drawing = draw(trace.at("layer"), 9, view)
    check_layout(drawing)
    assert np.max(drawing.matrix("gradient").values) == 1


def tinted(drawing, name):
    """Cells of a matrix that light up."""
    (tint,) = drawing.matrix(name).tints
    return np.argwhere(tint.mask).tolist()


def test_a_unit_that_is_looked_at_lights_what_it_sees_and_what_sees_it():
    trace = field_of_view([[3, 1, 2], [3, 2, 1]], 9)
    drawing = draw(trace.at("layer"), 1, replace(SMALL, looked_at=Cell("units 1", 0, 1)))
    assert trace.units[1][0] == 3
    assert tinted(drawing, "units 0") == [[0, 1], [0, 3], [0, 5]]
    assert tinted(drawing, "units 2") == [[0, 0]]
    assert tinted(drawing, "input") == [[row, col] for row in (3, 5, 7) for col in (1, 3, 5)]
    check_layout(drawing)


def test_a_cell_that_is_looked_at_lights_the_units_that_see_it():
    trace = field_of_view([[3, 1, 1, 1], [3, 2, 1, 0]], 5)
    drawing = draw(trace.at("layer"), 1, replace(SMALL, looked_at=Cell("gradient", 3, 1)))
    assert canvas(trace)[:2] == (0, 0)
    assert tinted(drawing, "units 1") == [[0, 0], [0, 1], [0, 2]]
    assert tinted(drawing, "units 2") == [[0, 0], [0, 1]]
    assert tinted(drawing, "input") == tinted(drawing, "gradient") == [[3, 1]]


def test_padding_and_the_table_belong_to_no_unit():
    trace = field_of_view([[3, 1, 1, 1]], 5, (0, 0))
    for cell in (Cell("input", 0, 0), Cell("layers", 0, 0)):
        drawing = draw(trace.at("layer"), 0, replace(SMALL, looked_at=cell))
        assert not any(drawing.matrix(name).tints for name in ("input", "gradient", "units 0", "units 1"))
    inside = draw(trace.at("layer"), 0, replace(SMALL, looked_at=Cell("input", 1, 1)))
    assert tinted(inside, "input") == [[1, 1]]


@pytest.mark.parametrize("index", [0, 2])
def test_a_hidden_field_can_be_neither_read_nor_counted(index):
    trace = field_of_view(THREE, 9)
    drawing = draw(trace.at("layer"), index, replace(SMALL, hidden=True, looked_at=Cell("units 3", 0, 1)))
    assert len(boxes_over(drawing, "input", Role.MUTED)) == index
    assert boxes_over(drawing, "input", Role.KERNEL) == boxes_over(drawing, "gradient", Role.KERNEL) == []
    assert not drawing.matrix("gradient").values.any()
    assert (drawing.matrix(f"units {index + 1}").states == CellState.EMPTY).all()
    said, _, numbers, fields = words_of(drawing)
    assert said.endswith(f"the field grows from {2 * index + 1} to ?.")
    assert (numbers, fields) == (f"l{index + 1}  =  ?", "Fields: 3 → 5." if index else "Fields: none yet.")
    check_layout(drawing)
