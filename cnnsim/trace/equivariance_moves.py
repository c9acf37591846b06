"""Movements of an image, each as a table of which cell every cell of the moved image shows."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.checks import Array
from cnnsim.trace.geometry import OUTSIDE

Movement = Literal["shift", "rotation", "scaling"]
MOVEMENTS: tuple[Movement, ...] = ("shift", "rotation", "scaling")
Entering = Literal["zeros", "circular"]
ENTERINGS: tuple[Entering, ...] = ("zeros", "circular")
Sources = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Move:
    """What is done to an image.

    Parameters
    ----------
    kind
        ``"shift"``, ``"rotation"`` by 90° against the clock, or ``"scaling"`` to twice the size.
    shift
        Rows down and columns to the right, if it is a shift.
    entering
        What a shift lets in where nothing is left: ``"zeros"``, or ``"circular"`` for what goes out at the other side.
    """

    kind: Movement
    shift: tuple[int, int]
    entering: Entering

    def sources(self, shape: tuple[int, ...]) -> Sources:
        """Return which cell of a map of that shape (the last two axes count) each cell of the moved map shows.

        Cells are numbered in reading order; a zero is `OUTSIDE`.

        Examples
        --------
        >>> Move("shift", (0, 1), "zeros").sources((2, 3))
        array([[-1,  0,  1],
               [-1,  3,  4]])
        >>> Move("shift", (0, 1), "circular").sources((2, 3))
        array([[2, 0, 1],
               [5, 3, 4]])
        >>> Move("rotation", (0, 0), "zeros").sources((2, 3))
        array([[2, 5],
               [1, 4],
               [0, 3]])
        """
        rows, cols = shape[-2:]
        cells = np.arange(rows * cols).reshape(rows, cols)
        match self.kind:
            case "shift":
                return _shifted(cells, self.shift, self.entering)
            case "rotation":
                return np.rot90(cells)
            case "scaling":
                return cells.repeat(2, axis=0).repeat(2, axis=1)

    def over(self, strides: tuple[int, int]) -> "Move":
        """Return the same movement of a map whose cells lie so far apart: a shift by the quotients, towards zero.

        Examples
        --------
        >>> Move("shift", (4, -3), "zeros").over((2, 2)).shift
        (2, -1)
        """
        rows, cols = (int(by / stride) for by, stride in zip(self.shift, strides, strict=True))
        return replace(self, shift=(rows, cols))


def _shifted(cells: Sources, by: tuple[int, int], entering: Entering) -> Sources:
    around = np.roll(cells, by, axis=(0, 1))
    if entering == "circular":
        return around
    rows, cols = (np.arange(n) - step for n, step in zip(cells.shape, by, strict=True))
    inside = np.logical_and.outer((rows >= 0) & (rows < cells.shape[0]), (cols >= 0) & (cols < cells.shape[1]))
    return np.where(inside, around, OUTSIDE)


def moved(maps: Array, sources: Sources) -> Array:
    """Return (C, H, W) maps with every cell taken from its source.

    Examples
    --------
    >>> moved(np.array([[[1.0, 2.0]]]), Move("shift", (0, 1), "zeros").sources((1, 2)))
    array([[[0., 1.]]])
    """
    flat = np.pad(maps.reshape(len(maps), -1), ((0, 0), (0, 1)))  # one zero more: OUTSIDE is the last cell
    return np.asarray(flat[:, sources], dtype=np.float64)
