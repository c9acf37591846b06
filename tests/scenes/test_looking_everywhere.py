"""Whatever is looked at or hidden on whichever page, the picture is whole."""

import pytest
from layout_checks import check_layout

from cnnsim.drawing import Cell, CellState, Equation, Matrix
from cnnsim.operations import OPERATIONS
from cnnsim.painting import DARK, lower
from cnnsim.scenes import View
from cnnsim.scenes.drawn import look_of
from cnnsim.trace import CellwiseTrace

CELLWISE = [operation for operation in OPERATIONS if isinstance(operation.start.trace(), CellwiseTrace)]


def cells(drawing):
    """The first, the middle and the last cell of every matrix."""
    for item in drawing.items:
        if isinstance(item, Matrix):
            rows, cols = item.values.shape
            for row, col in {(0, 0), (rows // 2, cols // 2), (rows - 1, cols - 1)}:
                yield Cell(item.name, row, col)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_cell_can_be_looked_at(operation):
    steps = operation.start.trace().at(operation.grains[0].key)
    for position in (0, len(steps) // 2 + 0.5, len(steps) - 1):
        plain = operation.draw(operation.start, steps, position, View(1024, 700))
        for cell in cells(plain):
            drawing = operation.draw(operation.start, steps, position, View(1024, 700, looked_at=cell))
            check_layout(drawing)
        lower(drawing, DARK)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_result_can_be_hidden(operation):
    for grain in operation.grains[:2]:
        steps = operation.start.trace().at(grain.key)
        for position in (0, len(steps) // 2, len(steps) - 1):
            drawing = operation.draw(operation.start, steps, position, View(1024, 700, hidden=True))
            check_layout(drawing)
            lower(drawing, DARK)
            assert any(isinstance(item, Equation) for item in drawing.items)


@pytest.mark.parametrize("operation", CELLWISE, ids=lambda operation: operation.name)
def test_a_hidden_result_stands_in_no_cell(operation):
    steps = operation.start.trace().at("cell")
    for position in (0, len(steps) // 2, len(steps) - 1):
        drawing = operation.draw(operation.start, steps, position, View(1024, 700, hidden=True))
        output = look_of(steps.trace).output
        cell = output.cell(steps[position].cell)
        assert drawing.matrix(cell.matrix).states[cell.row, cell.col] == CellState.EMPTY
        terms = [term for item in drawing.items if isinstance(item, Equation) for term in item.terms]
        assert {term.text for term in terms if term.cell == cell} <= {output.letter}


@pytest.mark.parametrize("scaling", ["layer", "locked"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_picture_can_be_scaled(operation, scaling):
    steps = operation.start.trace().at(operation.grains[0].key)
    drawing = operation.draw(operation.start, steps, 1.5, View(1024, 700, scaling=scaling, limit=2.5))
    check_layout(drawing)
    scales = {item.scale for item in drawing.items if isinstance(item, Matrix) and item.scale is not None}
    assert len({scale.limit for scale in scales if scale.signed}) <= 1


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_range_of_colours_is_offered_where_there_is_one(operation):
    steps = operation.start.trace().at("layer")

    def limits(view):
        drawing = operation.draw(operation.start, steps, len(steps) - 1, view)
        return [item.scale.limit for item in drawing.items if isinstance(item, Matrix) and item.scale is not None]

    changed = limits(View(1024, 700)) != limits(View(1024, 700, scaling="locked", limit=2.5))
    assert changed is operation.scaled
