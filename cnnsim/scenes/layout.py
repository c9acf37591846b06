"""One unit of length and one type scale for every scene."""

from dataclasses import dataclass
from typing import Literal

from cnnsim.drawing import Cell

Scaling = Literal["matrix", "layer", "locked"]

CAPTION = 1.9  # units that a caption takes above its grid
_COLUMNS, _LINES = 50, 33  # units across and down that every page can count on
_SMALLEST_UNIT, _LARGEST_UNIT = 9.0, 44.0


@dataclass(frozen=True, slots=True)
class View:
    """The space that a scene may fill, and how its reader looks at it.

    Parameters
    ----------
    width, height
        The space, in logical pixels.
    looked_at
        The cell under the pointer, or the one that was pinned: what belongs to it lights up, and a cell of the output
        is explained in the formula.
    hidden
        The result of the current cell is not shown, for someone who wants to say it first.
    scaling
        Which value gets the strongest colour: the largest of each ``"matrix"`` with its neighbours of the same tensor,
        the largest of the whole ``"layer"``, or a ``"locked"`` one.
    limit
        The locked value.
    pointed_at
        A cell that is found in the picture and in the formula of the one that is looked at, which was pinned.

    Examples
    --------
    >>> View(1000, 660).unit
    20.0
    """

    width: float
    height: float
    looked_at: Cell | None = None
    hidden: bool = False
    scaling: Scaling = "matrix"
    limit: float = 1.0
    pointed_at: Cell | None = None

    @property
    def unit(self) -> float:
        """Size of ordinary text; everything else is a multiple of it."""
        return min(max(min(self.width / _COLUMNS, self.height / _LINES), _SMALLEST_UNIT), _LARGEST_UNIT)

    @property
    def large(self) -> float:
        """Size of formulas."""
        return self.unit * 1.25


@dataclass(frozen=True, slots=True)
class Area:
    """A box in logical pixels."""

    x: float
    y: float
    width: float
    height: float


def caption_height(view: View) -> float:
    """Room that a caption takes above its grid."""
    return view.unit * CAPTION


def size_text(*sizes: int) -> str:
    """Write the shape of a tensor.

    Examples
    --------
    >>> size_text(3, 5, 5)
    '3 × 5 × 5'
    """
    return " × ".join(str(size) for size in sizes)
