"""Paint boxes, lines and outlines with QPainter."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from cnnsim.painting import Colour, Polygon, Polyline, Rect

_NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)


def paint_rect(painter: QPainter, rect: Rect) -> None:
    """Paint a box."""
    painter.setBrush(_NO_BRUSH if rect.fill is None else QBrush(colour(rect.fill)))
    if rect.stroke is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        style = Qt.PenStyle.DashLine if rect.dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(colour(rect.stroke), rect.thickness, style))
    painter.drawRoundedRect(QRectF(rect.x, rect.y, rect.width, rect.height), rect.radius, rect.radius)


def paint_polyline(painter: QPainter, line: Polyline) -> None:
    """Paint connected lines: upright and level ones end exactly where they are told to."""
    upright = all(start[0] == end[0] or start[1] == end[1] for start, end in pairwise(line.points))
    cap = Qt.PenCapStyle.FlatCap if upright else Qt.PenCapStyle.RoundCap
    pen = QPen(colour(line.colour), line.thickness, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(_NO_BRUSH)
    painter.drawPolyline(_points(line.points))


def paint_polygon(painter: QPainter, polygon: Polygon) -> None:
    """Paint a filled outline."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(polygon.fill))
    painter.drawPolygon(_points(polygon.points))


@lru_cache(maxsize=256)  # a theme has a dozen colours, in a few opacities
def colour(rgba: Colour) -> QColor:
    """Return a colour as Qt has it."""
    return QColor(*rgba)


def _points(points: Iterable[tuple[float, float]]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])
