"""One scene for every operation that computes cell by cell; an operation brings its `Look`."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Cell, CellState, Drawing, Frame, Matrix, Role
from cnnsim.scenes.cellwise_formula import digits_of, versions
from cnnsim.scenes.footer import footer, footer_height
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.look import Look
from cnnsim.scenes.motion import Between, between
from cnnsim.scenes.panels import lay_out
from cnnsim.scenes.window import box
from cnnsim.trace import GrainView, Step

_GAP = 4.2  # units between columns: room for the operators
Box = tuple[float, float, float, float]
"""Row, column, rows and columns of a part of a matrix."""


def cellwise_scene(
    look: Look, steps: GrainView[Step], position: float, view: View, *, right: float = 0.0, least: int = 2
) -> Drawing:
    """Draw the matrices, the marks and the formulas of an operation at a position.

    `right` is kept free beside the matrices, in pixels; rounded numbers have at least `least` decimals.
    """
    motion = between(steps, position)
    step = motion.here
    digits = digits_of(look, step, least)
    margin = view.unit * 1.2
    area = Area(margin, margin, view.width - 2 * margin - right, view.height - footer_height(view) - 2 * margin)
    matrices = lay_out(view, area, look.columns(step), view.unit * _GAP, digits)
    grids = {matrix.name: matrix for matrix in matrices}
    lines = (look.narration(step, digits), look.symbolic(), versions(look, step, digits), look.note())
    return Drawing(
        view.width,
        view.height,
        (*matrices, *look.operators(grids, view), *marks(look, motion, grids), *footer(view, *lines)),
    )


def known(look: Look, step: Step) -> NDArray[np.uint8]:
    """States of the whole output: what has not been computed yet is empty."""
    shape = look.output.array.shape
    states = np.full(look.output.array.size, CellState.EMPTY, np.uint8)
    states[: int(np.ravel_multi_index(step.cell, shape)) + (step.y is not None)] = CellState.NORMAL
    return states.reshape(shape)


def marks(look: Look, motion: Between[Step], grids: Mapping[str, Matrix]) -> tuple[Frame, ...]:
    """Return what the current cell is computed from, the cell itself, and the factors being multiplied."""
    here, there = _reach(look, motion.here), _reach(look, motion.there)
    reach = tuple(
        moving(grids[name], start, there.get(name, start), motion, Role.KERNEL, fill=0.10)
        for name, start in here.items()
        if name in grids and start[2:] != grids[name].values.shape
    )
    target, following = look.output.cell(motion.here.cell), look.output.cell(motion.there.cell)
    start, end = _one(target), _one(following if following.matrix == target.matrix else target)
    output = moving(grids[target.matrix], start, end, motion, look.output.role)
    return (*reach, output, *_factor_marks(look, motion, grids))


def _factor_marks(look: Look, motion: Between[Step], grids: Mapping[str, Matrix]) -> Iterator[Frame]:
    here, there = _factor_cells(look, motion.here), _factor_cells(look, motion.there)
    for operand, cell in here.items():
        following = there.get(operand, cell)
        end = following if following.matrix == cell.matrix else cell
        if cell.matrix in grids:
            role = look.tensors[operand].role
            yield moving(grids[cell.matrix], _one(cell), _one(end), motion, role)


def _factor_cells(look: Look, step: Step) -> dict[str, Cell]:
    if step.contribution is None:
        return {}
    return {
        part.operand: look.tensors[part.operand].cell(part.place)
        for part in step.contribution.factors
        if part.place is not None
    }


def _reach(look: Look, step: Step) -> dict[str, Box]:
    """Smallest box of each matrix that holds all that the current cell is computed from."""
    boxes: dict[str, Box] = {}
    for number in range(len(look.trace.rule.values(step.cell))):
        for part in look.trace.rule.contribution(step.cell, number).factors:
            if part.place is not None:
                cell = look.tensors[part.operand].cell(part.place)
                boxes[cell.matrix] = _widened(boxes.get(cell.matrix, _one(cell)), cell)
    return boxes


def _widened(box: Box, cell: Cell) -> Box:
    top, left = min(box[0], cell.row), min(box[1], cell.col)
    bottom, right = max(box[0] + box[2], cell.row + 1), max(box[1] + box[3], cell.col + 1)
    return top, left, bottom - top, right - left


def _one(cell: Cell) -> Box:
    return cell.row, cell.col, 1, 1


def moving(grid: Matrix, start: Box, end: Box, motion: Between[Step], role: Role, fill: float = 0.0) -> Frame:
    """Outline a part of a grid on its way to another part."""
    row, col, rows, cols = (motion.blend(a, b) for a, b in zip(start, end, strict=True))
    return box(grid, row, col, rows, cols, role, fill)
