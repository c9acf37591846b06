"""One unit of length and one type scale for every scene, and the largest cells that fit."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnsim.typography import text_width

_COLUMNS, _LINES = 50, 33  # units across and down that every page can count on
_SMALLEST_UNIT, _LARGEST_UNIT = 9.0, 44.0
_LARGEST_CELL = 4.4  # units: small matrices stay calm on a large screen


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
    def small(self) -> float:
        """Size of captions' second part and notes."""
        return self.unit * 0.9

    @property
    def large(self) -> float:
        """Size of formulas."""
        return self.unit * 1.25


@dataclass(frozen=True, slots=True)
class Block:
    """A stack of matrices with captions: cells across and down, how many captions, and the pixels those need across."""

    cols: int
    rows: int
    captions: int = 1
    least: float = 0.0

    def width(self, cell: float) -> float:
        """Pixels across with cells of that size."""
        return max(self.cols * cell, self.least)


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


def caption_width(view: View, caption: str, shape: str = "") -> float:
    """Pixels that a caption and the size behind it take."""
    quiet = view.unit * 0.5 + text_width(shape, view.unit) if shape else 0.0
    return text_width(caption, view.unit, bold=True) + quiet


def cell_size(view: View, area: Area, blocks: Sequence[Block], gap: float) -> float:
    """Largest whole cell with which the blocks stand side by side in the area, `gap` pixels apart."""
    down = min((area.height - block.captions * caption_height(view)) / block.rows for block in blocks)
    largest = int(min(down, view.unit * _LARGEST_CELL))
    across = area.width - gap * (len(blocks) - 1)
    fitting = (cell for cell in range(largest, 0, -1) if sum(block.width(cell) for block in blocks) <= across)
    return float(next(fitting, 1))


def columns(view: View, area: Area, blocks: Sequence[Block], cell: float, gap: float) -> list[tuple[float, float]]:
    """Top left corners of the blocks, captions included: the row is centred, and each block in its height."""
    total = sum(block.width(cell) for block in blocks) + gap * (len(blocks) - 1)
    x = area.x + (area.width - total) / 2
    corners = []
    for block in blocks:
        height = block.rows * cell + block.captions * caption_height(view)
        corners.append((float(round(x)), float(round(area.y + (area.height - height) / 2))))
        x += block.width(cell) + gap
    return corners


def size_text(rows: int, cols: int) -> str:
    """Write the shape of a matrix."""
    return f"{rows} × {cols}"
