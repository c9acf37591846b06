"""Formulas whose terms know the cells that they show."""

from dataclasses import dataclass
from typing import Literal

from cnnsim.drawing.cells import Cell, Role

Script = Literal["sub", "normal", "super", "under", "over", "numerator", "denominator"]


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of an equation.

    Parameters
    ----------
    text
        What is written.
    script
        Where it stands. Terms that are ``"under"`` or ``"over"`` stand centred below and above the ordinary term before
        them, as the limits of a sum do; ``"numerator"`` terms with the ``"denominator"`` terms after them are a
        fraction.
    faint
        Still to come.
    cell
        The cell whose number it shows.
    breaks
        A line may end before this term.
    underlined
        The cell is being looked at.

    Examples
    --------
    >>> total = (Term("Σ"), Term("r = 0", script="under"), Term("2", script="over"), Term(" x[r]"))
    >>> mean = (Term("Σ x", script="numerator"), Term("9", script="denominator"))
    """

    text: str
    role: Role = Role.TEXT
    bold: bool = False
    script: Script = "normal"
    faint: bool = False
    cell: Cell | None = None
    breaks: bool = False
    underlined: bool = False


@dataclass(frozen=True, slots=True)
class Equation:
    """Terms in a row that wrap at `width`; (x, y) is the top left corner of the block."""

    x: float
    y: float
    width: float
    size: float
    terms: tuple[Term, ...]
    centred: bool = True
