"""One unit of length and one type scale for every scene."""

from dataclasses import dataclass

_COLUMNS, _LINES = 50, 33  # units across and down that every page can count on
_SMALLEST_UNIT, _LARGEST_UNIT = 9.0, 44.0


@dataclass(frozen=True, slots=True)
class View:
    """The space a scene may fill, in logical pixels."""

    width: float
    height: float

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
    return view.unit * 1.9


def size_text(*sizes: int) -> str:
    """Write the shape of a tensor.

    Examples
    --------
    >>> size_text(3, 5, 5)
    '3 × 5 × 5'
    """
    return " × ".join(str(size) for size in sizes)
