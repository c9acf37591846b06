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
    for tint in tints:
        light = np.array(theme.role(tint.role)[:3]) * _SHARE
        colours[tint.mask] = np.rint(colours[tint.mask] * (1 - _SHARE) + light).astype(np.uint8)
    return colours


def lower_outlines(matrix: Matrix, theme: Theme) -> Iterator[Polyline]:
    """Yield the lines around the cells that light up."""
    thickness = max(1.5, matrix.cell * 0.05)
    for tint in matrix.tints:
        flat, upright = _borders(tint.mask), _borders(tint.mask.T)
        if len(flat) + len(upright) > _MOST_LINES:
            continue
        colour = theme.role(tint.role)
        for at, start, end in flat * matrix.cell:
            y = matrix.y + at
            yield Polyline(((matrix.x + start, y), (matrix.x + end, y)), colour, thickness)
        for at, start, end in upright * matrix.cell:
            x = matrix.x + at
            yield Polyline(((x, matrix.y + start), (x, matrix.y + end)), colour, thickness)


def _borders(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Edges between marked and other rows, each as long as it runs: (n, 3) of row, first column, end."""
    edges = np.diff(np.pad(mask, ((1, 1), (0, 0))).astype(np.int8), axis=0) != 0
    turns = np.diff(np.pad(edges, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    starts, ends = np.argwhere(turns == 1), np.argwhere(turns == -1)
    return np.column_stack([starts, ends[:, 1]])
