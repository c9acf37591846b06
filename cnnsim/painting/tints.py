"""Cells that light up together: a little of the colour of what they light up for, and a line around them."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Matrix, Tint
from cnnsim.painting.primitives import Polyline
from cnnsim.painting.theme import Theme

_SHARE = 0.24  # of the colour of a role in a cell that lights up for it
_MOST_LINES = 400  # more of them would be a pattern of their own, and slow


def tinted(colours: NDArray[np.uint8], tints: Iterable[Tint], theme: Theme) -> NDArray[np.uint8]:
    """Return the colours of the tiles, (rows, cols, 3), with those that light up mixed with the colours of roles."""
    flat = colours.reshape(-1, 3)
    for tint in tints:
        light, lit = np.array(theme.role(tint.role)[:3]) * _SHARE, np.flatnonzero(tint.mask)
        flat[lit] = np.rint(flat[lit] * (1 - _SHARE) + light).astype(np.uint8)
    return colours


def lower_outlines(matrix: Matrix, theme: Theme) -> Iterator[Polyline]:
    """Yield the lines around the cells that light up."""
    thickness = max(1.5, matrix.cell * 0.05)
    for tint in matrix.tints:
        flat, upright = _borders(tint.mask), _borders(tint.mask.T)
        if len(flat) + len(upright) > _MOST_LINES:
            continue
        colour = theme.role(tint.role)
        for at, start, end in (flat * matrix.cell).tolist():
            y = matrix.y + at
            yield Polyline(((matrix.x + start, y), (matrix.x + end, y)), colour, thickness)
        for at, start, end in (upright * matrix.cell).tolist():
            x = matrix.x + at
            yield Polyline(((x, matrix.y + start), (x, matrix.y + end)), colour, thickness)


def _borders(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Edges between marked and other rows, each as long as it runs: (n, 3) of row, first column, end."""
    rows, cols = mask.shape
    edges = np.zeros((rows + 1, cols + 2), np.bool_)
    edges[0, 1:-1], edges[-1, 1:-1] = mask[0], mask[-1]
    edges[1:-1, 1:-1] = mask[1:] != mask[:-1]
    turns = np.argwhere(edges[:, 1:] != edges[:, :-1])  # in each row by turns a start and an end
    return np.column_stack([turns[::2], turns[1::2, 1]])
