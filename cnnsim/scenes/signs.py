"""The signs between matrices."""

from collections.abc import Mapping

from cnnsim.drawing import Arrow, Label, Matrix, Role
from cnnsim.scenes.layout import View
from cnnsim.typography import text_width


def between_grids(left: Matrix, right: Matrix, words: str, view: View, scale: float = 2.0) -> Label:
    """Put a sign in the middle of the gap between two matrices, at half the height of the left one."""
    x = (left.x + left.width + right.x) / 2
    return Label(words, x, left.y + left.height / 2, view.unit * scale, Role.MUTED, anchor="middle")


def arrow(left: Matrix, right: Matrix, view: View) -> Arrow:
    """Point from one matrix to another on its right: level wherever the right one reaches to that height."""
    gap, y = view.unit * 0.7, left.y + left.height / 2
    end = min(max(y, right.y + right.cell / 2), right.y + right.height - right.cell / 2)
    return Arrow(left.x + left.width + gap, y, right.x - gap, end)


def after_caption(grid: Matrix, view: View) -> float:
    """Return where an arrow begins that steeply passes the captions of matrices below."""
    return grid.x + max(grid.width, text_width(grid.caption, grid.text_size, bold=True)) + view.unit * 0.4


def rows_of(grids: Mapping[str, Matrix], name: str) -> tuple[tuple[Matrix, ...], ...]:
    """Return the matrices of a tensor as they stand: in rows, from left to right."""
    found = [grid for other, grid in grids.items() if other == name or other.startswith(f"{name}[")]
    tops = sorted({grid.y for grid in found})
    return tuple(tuple(sorted((grid for grid in found if grid.y == top), key=lambda grid: grid.x)) for top in tops)


def row_of(grids: Mapping[str, Matrix], name: str) -> tuple[Matrix, ...]:
    """Return the matrices of its tensor that stand in a row with a matrix, from left to right."""
    rows = rows_of(grids, name.partition("[")[0])
    return next(row for row in rows if any(grid.name == name for grid in row))


def first(grids: Mapping[str, Matrix], name: str) -> Matrix:
    """Return the first matrix of a tensor."""
    return next(grid for other, grid in grids.items() if other == name or other.startswith(f"{name}["))
