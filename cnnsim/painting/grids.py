"""What is in many cells of a grid, as one thing for renderers that paint it at once, and taken apart for others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.painting.primitives import Colour, Pixels, Polyline, Primitive, Rect, Text
from cnnsim.painting.words import text

_STROKES = (((0, 0.5), (0.5, 0)), ((0, 1), (1, 0)), ((0.5, 1), (1, 0.5)))
"""From where to where the three strokes of a hatched tile run, in tiles."""


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """Coloured squares with gaps between them, some of them hatched.

    Parameters
    ----------
    x, y, cell
        Top left corner, and the side of a tile.
    rgb
        (rows, cols, 3) uint8.
    gap, background
        Width and colour of the gaps; without gaps 0.
    hatched, strokes
        (rows, cols) of tiles that are struck through, or None; colour of the strokes.
    """

    x: float
    y: float
    cell: float
    rgb: NDArray[np.uint8]
    gap: float
    background: Colour
    hatched: NDArray[np.bool_] | None
    strokes: Colour

    @property
    def width(self) -> float:
        """Width in pixels."""
        return float(self.rgb.shape[1] * self.cell)

    @property
    def height(self) -> float:
        """Height in pixels."""
        return float(self.rgb.shape[0] * self.cell)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Numbers in the middles of the tiles of a grid, all of one size.

    Words and colours do not depend on which numbers are shown, so that a picture of them can be kept while cell after
    cell appears.

    Parameters
    ----------
    x, y, cell
        Of the tiles.
    size
        Of the text.
    words
        Every text that occurs.
    which
        (rows, cols): number of the text of a cell.
    colours, colour
        The colours that occur, and (rows, cols) the number of that of a cell.
    shown
        (rows, cols); False where the cell is empty.
    """

    x: float
    y: float
    cell: float
    size: float
    words: tuple[str, ...]
    which: NDArray[np.intp]
    colours: tuple[Colour, ...]
    colour: NDArray[np.uint8]
    shown: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Boxes:
    """Equal boxes in some of the tiles of a grid.

    Parameters
    ----------
    x, y, cell
        Of the tiles.
    box
        What stands in a tile, from whose top left corner it is measured.
    cells
        Row and column of each tile that has one.
    """

    x: float
    y: float
    cell: float
    box: Rect
    cells: tuple[tuple[int, int], ...]


Painted = Primitive | Tiles | Numbers | Boxes
"""What a renderer paints that paints grids at once."""


def plain(primitives: Iterable[Painted]) -> Iterator[Primitive]:
    """Yield the same with grids taken apart.

    Examples
    --------
    >>> tiles = Tiles(0, 0, 10, np.zeros((1, 2, 3), np.uint8), 1, (255, 255, 255, 255), None, (0, 0, 0, 255))
    >>> [type(primitive).__name__ for primitive in plain([tiles])]
    ['Pixels', 'Polyline']
    """
    for primitive in primitives:
        match primitive:
            case Tiles():
                yield Pixels(primitive.x, primitive.y, primitive.width, primitive.height, primitive.rgb)
                yield from strokes(primitive)
                yield from gaps(primitive)
            case Numbers():
                yield from texts(primitive)
            case Boxes():
                yield from rects(primitive)
            case _:
                yield primitive


def strokes(tiles: Tiles) -> Iterator[Polyline]:
    """Yield the strokes through the tiles that are hatched."""
    if tiles.hatched is None:
        return
    for row, col in np.argwhere(tiles.hatched).tolist():
        left, top = tiles.x + col * tiles.cell, tiles.y + row * tiles.cell
        for ends in _STROKES:
            points = tuple((left + x * tiles.cell, top + y * tiles.cell) for x, y in ends)
            yield Polyline(points, tiles.strokes, _thickness(tiles))


def lines_through(tiles: Tiles) -> Iterator[Polyline]:
    """Yield the strokes through all tiles, hatched or not, those of neighbours in one line.

    Examples
    --------
    >>> tiles = Tiles(0, 0, 10, np.zeros((1, 2, 3), np.uint8), 1, (255, 255, 255, 255), None, (0, 0, 0, 255))
    >>> [line.points for line in lines_through(tiles)][1:3]
    [((0.0, 10.0), (10.0, 0.0)), ((5.0, 10.0), (15.0, 0.0))]
    """
    rows, cols = tiles.rgb.shape[:2]
    for far in np.arange(0.5, rows + cols, 0.5).tolist():
        ends = (max(far - rows, 0.0), min(far, 1.0 * rows)), (min(far, 1.0 * cols), max(far - cols, 0.0))
        points = tuple((tiles.x + x * tiles.cell, tiles.y + y * tiles.cell) for x, y in ends)
        yield Polyline(points, tiles.strokes, _thickness(tiles))


def _thickness(tiles: Tiles) -> float:
    return max(1.0, tiles.cell * 0.03)


def gaps(tiles: Tiles) -> Iterator[Polyline]:
    """Yield the lines between the tiles."""
    if not tiles.gap:
        return
    right, bottom = tiles.x + tiles.width, tiles.y + tiles.height
    rows, cols = tiles.rgb.shape[:2]
    for row in range(1, rows):
        y = tiles.y + row * tiles.cell
        yield Polyline(((tiles.x, y), (right, y)), tiles.background, tiles.gap)
    for col in range(1, cols):
        x = tiles.x + col * tiles.cell
        yield Polyline(((x, tiles.y), (x, bottom)), tiles.background, tiles.gap)


def texts(numbers: Numbers, *, everything: bool = False) -> Iterator[Text]:
    """Yield the numbers that are shown, or all of them."""
    shown = np.ones_like(numbers.shown) if everything else numbers.shown
    for row, col in np.argwhere(shown).tolist():
        x, y = numbers.x + (col + 0.5) * numbers.cell, numbers.y + (row + 0.5) * numbers.cell
        words = numbers.words[numbers.which[row, col]]
        yield text(words, x, y, numbers.size, numbers.colours[numbers.colour[row, col]], anchor="middle")


def rects(boxes: Boxes) -> Iterator[Rect]:
    """Yield the boxes one by one."""
    for row, col in boxes.cells:
        left, top = boxes.x + col * boxes.cell, boxes.y + row * boxes.cell
        yield replace(boxes.box, x=left + boxes.box.x, y=top + boxes.box.y)
