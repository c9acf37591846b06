"""Paint the five primitives, and whole grids, with QPainter."""

from collections.abc import Iterable
from typing import assert_never

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from cnnsim.app.grid_painter import Pictures, image_of, paint_boxes, paint_numbers, paint_tiles
from cnnsim.app.shapes import colour, paint_polygon, paint_polyline, paint_rect
from cnnsim.app.typefaces import GlyphCache, paint_run
from cnnsim.painting import Boxes, Numbers, Painted, Pixels, Polygon, Polyline, Rect, Text, Tiles


def paint(painter: QPainter, primitives: Iterable[Painted], glyphs: GlyphCache, pictures: Pictures) -> None:
    """Paint `primitives` in order, in logical pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for primitive in primitives:
        match primitive:
            case Text():
                painter.setPen(colour(primitive.colour))
                run = glyphs.run(primitive.text, primitive.size, primitive.bold)
                paint_run(painter, QPointF(primitive.x, primitive.baseline), run)
            case Rect():
                paint_rect(painter, primitive)
            case Polyline():
                paint_polyline(painter, primitive)
            case Polygon():
                paint_polygon(painter, primitive)
            case Pixels():
                box = QRectF(primitive.x, primitive.y, primitive.width, primitive.height)
                painter.drawImage(box, image_of(primitive.rgb))
            case Tiles():
                paint_tiles(painter, primitive, pictures)
            case Numbers():
                paint_numbers(painter, primitive, pictures, glyphs)
            case Boxes():
                paint_boxes(painter, primitive, pictures)
            case _:
                assert_never(primitive)
