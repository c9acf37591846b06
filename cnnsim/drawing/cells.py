"""Cells, what they stand for, and how they are coloured and marked."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating[Any]]


class Role(StrEnum):
    """What something stands for; each role has one colour everywhere."""

    INPUT = "input"
    KERNEL = "kernel"
    OUTPUT = "output"
    GRADIENT = "gradient"
    TEXT = "text"
    MUTED = "muted"
    WARNING = "warning"


class CellState(IntEnum):
    """How a cell of a `Matrix` is drawn."""

    NORMAL = 0
    EMPTY = 1  # not computed yet: no number, no colour
    PADDING = 2  # not part of the data
    UNREACHED = 3  # part of the data, but no window ever covers it
    INSERTED = 4  # a zero that stands between cells of the data


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a named matrix."""

    matrix: str
    row: int
    col: int


@dataclass(frozen=True, slots=True)
class Scale:
    """Colour scale of a matrix, anchored at zero.

    Parameters
    ----------
    limit
        The absolute value that gets the strongest colour.
    signed
        Two hues around zero, or one that grows from zero.
    soft
        Pale enough for a number on top.
    """

    limit: float
    signed: bool = True
    soft: bool = True


@dataclass(frozen=True, slots=True)
class Highlight:
    """A cell that is being looked at; `strength` runs from 0 (not at all) to 1."""

    row: int
    col: int
    role: Role
    strength: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Tint:
    """Cells of a matrix that light up together: a (rows, cols) mask, and what they light up for."""

    mask: NDArray[np.bool_]
    role: Role
