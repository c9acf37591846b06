"""Paint the tiles and numbers of matrices: large grids as pictures that are kept from frame to frame."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from cnnsim.app.typefaces import GlyphCache
from cnnsim.painting import Numbers, Tiles, strokes, texts

_MOST_BYTES = 64 * 2**20
_FEW = 200  # cells whose numbers are painted one by one


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
    box = QRectF(tiles.x, tiles.y, tiles.width, tiles.height)
    painter.drawImage(box, image_of(tiles.rgb))
    if tiles.hatched is not None and tiles.hatched.any():
        ratio = painter.device().devicePixelRatioF()
        key = ("strokes", tiles.hatched.tobytes(), tiles.rgb.shape, tiles.cell, tiles.strokes, ratio)
        painter.drawImage(box, pictures.get(key, lambda: _strokes(tiles, ratio)))
    _paint_gaps(painter, tiles)


def paint_numbers(painter: QPainter, numbers: Numbers, pictures: Pictures, glyphs: GlyphCache) -> None:
    """Paint the numbers that are shown."""
    if numbers.which.size <= _FEW:
        _paint_texts(painter, numbers, glyphs)
        return
    ratio = painter.device().devicePixelRatioF()
    style = (numbers.cell, numbers.size, numbers.colours, ratio)
    key = ("numbers", numbers.words, numbers.which.tobytes(), numbers.colour.tobytes(), numbers.which.shape, style)
    picture = pictures.get(key, lambda: _all_numbers(numbers, ratio, glyphs))
    cell = numbers.cell
    for row, col, rows, cols in blocks(numbers.shown):
        target = QRectF(numbers.x + col * cell, numbers.y + row * cell, cols * cell, rows * cell)
        source = QRectF(col * cell * ratio, row * cell * ratio, cols * cell * ratio, rows * cell * ratio)
        painter.drawImage(target, picture, source)


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


def _paint_gaps(painter: QPainter, tiles: Tiles) -> None:
    """Fill the lines between the tiles: whole pixels need no smoothing, which would take most of the time."""
    if not tiles.gap:
        return
    colour, half = QColor(*tiles.background), tiles.gap / 2
    rows, cols = tiles.rgb.shape[:2]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for row in range(1, rows):
        painter.fillRect(QRectF(tiles.x, tiles.y + row * tiles.cell - half, tiles.width, tiles.gap), colour)
    for col in range(1, cols):
        painter.fillRect(QRectF(tiles.x + col * tiles.cell - half, tiles.y, tiles.gap, tiles.height), colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_texts(painter: QPainter, numbers: Numbers, glyphs: GlyphCache, *, everything: bool = False) -> None:
    for text in texts(numbers, everything=everything):
        painter.setPen(QColor(*text.colour))
        painter.drawGlyphRun(QPointF(text.x, text.baseline), glyphs.run(text.text, text.size, text.bold))


def _all_numbers(numbers: Numbers, ratio: float, glyphs: GlyphCache) -> QImage:
    rows, cols = numbers.which.shape
    picture, painter = _blank(cols * numbers.cell, rows * numbers.cell, ratio)
    painter.translate(-numbers.x, -numbers.y)
    _paint_texts(painter, numbers, glyphs, everything=True)
    painter.end()
    return picture


def _strokes(tiles: Tiles, ratio: float) -> QImage:
    picture, painter = _blank(tiles.width, tiles.height, ratio)
    painter.translate(-tiles.x, -tiles.y)
    for line in strokes(tiles):
        painter.setPen(QPen(QColor(*line.colour), line.thickness))
        painter.drawLine(QPointF(*line.points[0]), QPointF(*line.points[1]))
    painter.end()
    return picture


def _blank(width: float, height: float, ratio: float) -> tuple[QImage, QPainter]:
    """Return a transparent picture of that size in logical pixels, and a painter on it."""
    picture = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return picture, painter
