"""Paint the five primitives, and whole grids, with QPainter."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import assert_never

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from cnnsim.app.grid_painter import Pictures, image_of, paint_numbers, paint_tiles
from cnnsim.app.typefaces import GlyphCache
from cnnsim.painting import Colour, Numbers, Pixels, Polygon, Polyline, Primitive, Rect, Text, Tiles

_NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)


def paint(
    painter: QPainter, primitives: Iterable[Primitive | Tiles | Numbers], glyphs: GlyphCache, pictures: Pictures
) -> None:
    """Paint `primitives` in order, in logical pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for primitive in primitives:
        match primitive:
            case Text():
                painter.setPen(_colour(primitive.colour))
                run = glyphs.run(primitive.text, primitive.size, primitive.bold)
                painter.drawGlyphRun(QPointF(primitive.x, primitive.baseline), run)
            case Rect():
                _paint_rect(painter, primitive)
            case Polyline():
                _paint_polyline(painter, primitive)
            case Polygon():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(_colour(primitive.fill))
                painter.drawPolygon(_points(primitive.points))
            case Pixels():
                box = QRectF(primitive.x, primitive.y, primitive.width, primitive.height)
                painter.drawImage(box, image_of(primitive.rgb))
            case Tiles():
                paint_tiles(painter, primitive, pictures)
            case Numbers():
                paint_numbers(painter, primitive, pictures, glyphs)
            case _:
                assert_never(primitive)


def _paint_rect(painter: QPainter, rect: Rect) -> None:
    painter.setBrush(_NO_BRUSH if rect.fill is None else QBrush(_colour(rect.fill)))
    if rect.stroke is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        style = Qt.PenStyle.DashLine if rect.dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(_colour(rect.stroke), rect.thickness, style))
    painter.drawRoundedRect(QRectF(rect.x, rect.y, rect.width, rect.height), rect.radius, rect.radius)


def _paint_polyline(painter: QPainter, line: Polyline) -> None:
    upright = all(start[0] == end[0] or start[1] == end[1] for start, end in pairwise(line.points))
    cap = Qt.PenCapStyle.FlatCap if upright else Qt.PenCapStyle.RoundCap
    pen = QPen(_colour(line.colour), line.thickness, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(_NO_BRUSH)
    painter.drawPolyline(_points(line.points))


@lru_cache(maxsize=256)  # a theme has a dozen colours, in a few opacities
def _colour(colour: Colour) -> QColor:
    return QColor(*colour)


def _points(points: Iterable[tuple[float, float]]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])
