"""What a unit that is looked at sees, and which units see a cell of the input that is looked at."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Cell, Item, Matrix, Role, Tint
from cnnsim.trace.field_of_view import FieldOfView

Mask = NDArray[np.bool_]
_UNITS = "units "
_GRIDS = ("input", "gradient")


def lit(trace: FieldOfView, cell: Cell, origin: tuple[int, int], items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Light up what belongs to the cell that is looked at; `origin` is the row and column where both grids begin."""
    if cell.matrix.startswith(_UNITS):
        number = int(cell.matrix.removeprefix(_UNITS))
        masks = _of_unit(trace, number, cell.col, origin)
    elif cell.matrix in _GRIDS:
        masks = _of_cell(trace, cell.row + origin[0], cell.col + origin[1], origin)
    else:
        return items
    return tuple(_tinted(item, masks) if isinstance(item, Matrix) else item for item in items)


def _of_unit(trace: FieldOfView, number: int, col: int, origin: tuple[int, int]) -> dict[str, Mask]:
    """What the unit sees of every map below, in which units above it ends up, and its field in the input."""
    row = trace.units[number][0]
    below = {at: trace.sees(number, at)[col] for at in range(number + 1)}
    above = {at: trace.sees(at, number)[:, col] for at in range(number + 1, len(trace.sizes))}
    field = np.logical_and.outer(trace.sees(number, 0)[row], below[0])
    return {f"{_UNITS}{at}": seen[None] for at, seen in (below | above).items()} | _in_grids(field, origin)


def _of_cell(trace: FieldOfView, row: int, col: int, origin: tuple[int, int]) -> dict[str, Mask]:
    """Which units along the row see a cell of the input; on padding, none."""
    n = trace.sizes[0]
    if not (0 <= row < n and 0 <= col < n):
        return {}
    field = np.zeros((n, n), dtype=np.bool_)
    field[row, col] = True
    seeing = {f"{_UNITS}{at}": trace.sees(at, 0)[:, col][None] for at in range(len(trace.sizes))}
    return seeing | _in_grids(field, origin)


def _in_grids(field: Mask, origin: tuple[int, int]) -> dict[str, Mask]:
    return {name: np.pad(field, ((-origin[0], 0), (-origin[1], 0))) for name in _GRIDS}


def _tinted(matrix: Matrix, masks: Mapping[str, Mask]) -> Matrix:
    mask = masks.get(matrix.name)
    if mask is None:
        return matrix
    shape = matrix.values.shape
    whole = np.pad(mask, ((0, shape[0] - mask.shape[0]), (0, shape[1] - mask.shape[1])))
    return replace(matrix, tints=(*matrix.tints, Tint(whole, Role.OUTPUT)))
