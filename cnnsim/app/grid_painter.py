"""Paint the tiles, numbers and boxes of matrices: large grids as pictures that are kept from frame to frame."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from cnnsim.app.shapes import colour, paint_rect
from cnnsim.app.typefaces import GlyphCache, paint_run
from cnnsim.painting import Boxes, Numbers, Tiles, lines_through, texts

_MOST_BYTES = 64 * 2**20
_FEW = 30  # cells whose numbers are painted one by one


class Pictures:
    """Pictures by what they show; of too many the ones that were not needed for longest are dropped."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, QImage] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable, make: Callable[[], QImage]) -> QImage:
        """Return the picture that is kept under `key`, made if there is none."""
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
            self._bytes += found.sizeInBytes()
            while self._bytes > _MOST_BYTES and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1].sizeInBytes()
        self._kept.move_to_end(key)
        return found


def paint_tiles(painter: QPainter, tiles: Tiles, pictures: Pictures) -> None:
    """Paint the squares, the gaps between them, and the strokes through those that are hatched."""
    with _in_pixels(painter) as ratio:
        rows, cols = tiles.rgb.shape[:2]
        left, across = _tile_of_each_pixel(tiles.x, tiles.cell, cols, tiles.gap, ratio)
        top, down = _tile_of_each_pixel(tiles.y, tiles.cell, rows, tiles.gap, ratio)
        rgb = np.full((rows + 1, cols + 1, 3), tiles.background[:3], np.uint32)
        rgb[:rows, :cols] = tiles.rgb
        pixels = _rgb32(rgb).take(across, axis=1).take(down, axis=0)
        # The picture borrows the pixels, which live as long as this function.
        picture = QImage(pixels.data, len(across), len(down), pixels.strides[0], QImage.Format.Format_RGB32)
        painter.drawImage(left, top, picture)
        if tiles.hatched is not None and tiles.hatched.any():
            key = ("strokes", tiles.hatched.tobytes(), tiles.rgb.shape, tiles.cell, tiles.gap, tiles.strokes, ratio)
            painter.drawImage(left, top, pictures.get(key, lambda: _strokes(tiles, across, down, ratio)))


def paint_numbers(painter: QPainter, numbers: Numbers, pictures: Pictures, glyphs: GlyphCache) -> None:
    """Paint the numbers that are shown."""
    if numbers.which.size <= _FEW:
        _paint_texts(painter, numbers, glyphs)
        return
    with _in_pixels(painter) as ratio:
        style = (numbers.cell, numbers.size, numbers.colours, ratio)
        key = ("numbers", numbers.words, numbers.which.tobytes(), numbers.colour.tobytes(), numbers.which.shape, style)
        picture = pictures.get(key, lambda: _all_numbers(numbers, ratio, glyphs))
        xs = _edges(numbers.x, numbers.cell, numbers.which.shape[1], ratio)
        ys = _edges(numbers.y, numbers.cell, numbers.which.shape[0], ratio)
        for row, col, rows, cols in blocks(numbers.shown):
            x, y = xs[col] - xs[0], ys[row] - ys[0]
            painter.drawImage(xs[col], ys[row], picture, x, y, xs[col + cols] - xs[col], ys[row + rows] - ys[row])


def paint_boxes(painter: QPainter, boxes: Boxes, pictures: Pictures) -> None:
    """Paint the boxes, which look alike: a picture of one is copied to all of them."""
    with _in_pixels(painter) as ratio:
        picture = pictures.get(("box", boxes.box, boxes.cell, ratio), lambda: _box(boxes, ratio))
        xs = _edges(boxes.x, boxes.cell, 1 + max(col for _, col in boxes.cells), ratio)
        ys = _edges(boxes.y, boxes.cell, 1 + max(row for row, _ in boxes.cells), ratio)
        for row, col in boxes.cells:
            painter.drawImage(xs[col], ys[row], picture)


def blocks(mask: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Divide the marked cells into rectangles: row, column, rows, columns; runs of equal rows are one.

    Examples
    --------
    >>> blocks(np.array([[True, True], [True, True], [True, False]]))
    [(0, 0, 2, 2), (2, 0, 1, 1)]
    """
    changes = np.flatnonzero((mask[1:] != mask[:-1]).any(axis=1)) + 1
    starts, ends = [0, *changes.tolist()], [*changes.tolist(), len(mask)]
    found = []
    for top, bottom in zip(starts, ends, strict=True):
        turns = np.flatnonzero(np.diff(np.pad(mask[top].astype(np.int8), 1)))
        found += [(top, left, bottom - top, right - left) for left, right in turns.reshape(-1, 2).tolist()]
    return found


def image_of(rgb: NDArray[np.uint8]) -> QImage:
    """Return a (rows, cols, 3) array as a picture."""
    rows, cols, _ = rgb.shape
    bytes_of = np.ascontiguousarray(rgb)
    # The copy owns its bytes: QImage only borrows those of the array.
    return QImage(bytes_of.data, cols, rows, 3 * cols, QImage.Format.Format_RGB888).copy()


@contextmanager
def _in_pixels(painter: QPainter) -> Iterator[float]:
    """Let coordinates be pixels of the screen, and yield how many a logical one has: copying needs no scaling."""
    ratio = painter.deviceTransform().m11()
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    try:
        yield ratio
    finally:
        painter.restore()


@lru_cache(maxsize=256)
def _edges(start: float, cell: float, count: int, ratio: float) -> list[int]:
    """Return the pixels where cells begin along an axis, and where the last one ends."""
    pixels: list[int] = _nearest((start + np.arange(count + 1) * cell) * ratio).tolist()
    return pixels


@lru_cache(maxsize=256)
def _tile_of_each_pixel(
    start: float, cell: float, count: int, gap: float, ratio: float
) -> tuple[int, NDArray[np.intp]]:
    """Return the first pixel of tiles along an axis, and for every pixel which tile covers it; `count` in a gap.

    Remembered, since matrices stay where they are from frame to frame.
    """
    first, *inner, end = _edges(start, cell, count, ratio)
    tiles = np.repeat(np.arange(count), np.diff([first, *inner, end]))
    middles = (start + np.arange(1, count) * cell) * ratio
    begins, ends = (_nearest(middles + side * gap * ratio / 2) - first for side in (-1, 1))
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        tiles[begin:end] = count
    tiles.flags.writeable = False
    return first, tiles


def _nearest(places: NDArray[np.floating]) -> NDArray[np.intp]:
    """Round as Qt does, halves up."""
    rounded: NDArray[np.intp] = np.floor(places + 0.5).astype(np.intp)
    return rounded


def _rgb32(rgb: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Pack (rows, cols, 3) colours as Qt paints them: everything else would be converted first, which takes longer."""
    red, green, blue = rgb.transpose(2, 0, 1)
    return np.asarray(np.uint32(0xFF000000) | red << 16 | green << 8 | blue)


def _paint_texts(painter: QPainter, numbers: Numbers, glyphs: GlyphCache, *, everything: bool = False) -> None:
    for text in texts(numbers, everything=everything):
        painter.setPen(colour(text.colour))
        paint_run(painter, QPointF(text.x, text.baseline), glyphs.run(text.text, text.size, text.bold))


def _all_numbers(numbers: Numbers, ratio: float, glyphs: GlyphCache) -> QImage:
    rows, cols = numbers.which.shape
    picture, painter = _blank(round(cols * numbers.cell * ratio), round(rows * numbers.cell * ratio), ratio)
    painter.translate(-numbers.x, -numbers.y)
    _paint_texts(painter, numbers, glyphs, everything=True)
    painter.end()
    return picture


def _box(boxes: Boxes, ratio: float) -> QImage:
    side = ceil(boxes.cell * ratio)
    picture, painter = _blank(side, side, ratio)
    paint_rect(painter, boxes.box)
    painter.end()
    return picture


def _strokes(tiles: Tiles, across: NDArray[np.intp], down: NDArray[np.intp], ratio: float) -> QImage:
    """Strike tiles through, but neither the others nor the gaps between them.

    The strokes of neighbours are one line: all tiles are struck through at once, and those that are not meant cleared.
    """
    picture, painter = _blank(len(across), len(down), ratio)
    painter.translate(-tiles.x, -tiles.y)
    for line in lines_through(tiles):
        painter.setPen(QPen(colour(line.colour), line.thickness))
        painter.drawLine(QPointF(*line.points[0]), QPointF(*line.points[1]))
    painter.end()
    struck = np.pad(np.asarray(tiles.hatched), ((0, 1), (0, 1)))
    pixels = np.frombuffer(picture.bits(), np.uint32).reshape(len(down), len(across))
    pixels[~struck.take(across, axis=1).take(down, axis=0)] = 0
    return picture


def _blank(width: int, height: int, ratio: float) -> tuple[QImage, QPainter]:
    """Return a transparent picture of that size in pixels, and a painter on it that paints in logical ones."""
    picture = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.scale(ratio, ratio)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return picture, painter
