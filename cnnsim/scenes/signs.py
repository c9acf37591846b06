"""The signs between matrices."""

from collections.abc import Mapping

from cnnsim.drawing import Arrow, Label, Matrix, Role
from cnnsim.scenes.layout import View


def between_grids(left: Matrix, right: Matrix, words: str, view: View, scale: float = 2.0) -> Label:
    """Put a sign in the middle of the gap between two matrices, at half the height of the left one."""
    x = (left.x + left.width + right.x) / 2
    return Label(words, x, left.y + left.height / 2, view.unit * scale, Role.MUTED, anchor="middle")


def arrow(left: Matrix, right: Matrix, view: View) -> Arrow:
    """Point from one matrix to another on its right: level wherever the right one reaches to that height."""
    gap, y = view.unit * 0.7, left.y + left.height / 2
    end = min(max(y, right.y + right.cell / 2), right.y + right.height - right.cell / 2)
    return Arrow(left.x + left.width + gap, y, right.x - gap, end)


def first(grids: Mapping[str, Matrix], name: str) -> Matrix:
    """Return the first matrix of a tensor."""
    return next(grid for other, grid in grids.items() if other == name or other.startswith(f"{name}["))
