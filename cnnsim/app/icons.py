"""The drawn signs on buttons: outlines on a 24 × 24 grid, filled in the colour of the button's text."""

from collections.abc import Callable
from functools import cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)

from cnnsim.drawing import Role, Scale
from cnnsim.painting import LIGHT

GRID = 24.0


def _triangle(left: float, right: float) -> QPainterPath:
    """Triangle with its base at `left` and its tip at `right`."""
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(left, 5.5), QPointF(right, 12.0), QPointF(left, 18.5)]))
    path.closeSubpath()
    return path


def _bar(left: float, width: float = 2.5) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(left, 5.5, width, 13.0), 0.8, 0.8)
    return path


def _stroke(path: QPainterPath, width: float = 2.0) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return stroker.createStroke(path)


def _lines(*lines: tuple[tuple[float, float], ...]) -> QPainterPath:
    path = QPainterPath()
    for line in lines:
        path.moveTo(*line[0])
        for point in line[1:]:
            path.lineTo(*point)
    return _stroke(path)


def _loop() -> QPainterPath:
    path = QPainterPath()
    path.moveTo(17.0, 7.5)
    path.arcTo(QRectF(5.0, 5.0, 14.0, 14.0), 40.0, 290.0)
    return _stroke(path).united(_lines(((17.6, 3.4), (17.6, 8.2), (12.8, 8.2))))


def _moon() -> QPainterPath:
    disc, shade = QPainterPath(), QPainterPath()
    disc.addEllipse(QPointF(12.0, 12.0), 8.0, 8.0)
    shade.addEllipse(QPointF(16.0, 9.0), 7.0, 7.0)
    return disc.subtracted(shade)


def _sun() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(12.0, 12.0), 4.2, 4.2)
    rays = (
        ((12.0, 2.5), (12.0, 4.5)), ((12.0, 19.5), (12.0, 21.5)),
        ((2.5, 12.0), (4.5, 12.0)), ((19.5, 12.0), (21.5, 12.0)),
        ((5.3, 5.3), (6.7, 6.7)), ((17.3, 17.3), (18.7, 18.7)), ((5.3, 18.7), (6.7, 17.3)), ((17.3, 6.7), (18.7, 5.3)),
    )  # fmt: skip
    return path.united(_lines(*rays))


def _corners() -> QPainterPath:
    return _lines(
        ((4.5, 9.0), (4.5, 4.5), (9.0, 4.5)),
        ((15.0, 4.5), (19.5, 4.5), (19.5, 9.0)),
        ((19.5, 15.0), (19.5, 19.5), (15.0, 19.5)),
        ((9.0, 19.5), (4.5, 19.5), (4.5, 15.0)),
    )


def _question() -> QPainterPath:
    path = QPainterPath()
    path.moveTo(8.0, 8.8)
    path.cubicTo(8.2, 3.2, 16.4, 3.4, 16.0, 8.8)
    path.cubicTo(15.8, 12.0, 12.0, 11.6, 12.0, 15.2)
    dot = QPainterPath()
    dot.addEllipse(QPointF(12.0, 19.4), 1.5, 1.5)
    return _stroke(path, 2.2).united(dot)


def _undo() -> QPainterPath:
    path = QPainterPath()
    path.moveTo(5.0, 9.0)
    path.lineTo(14.0, 9.0)
    path.arcTo(QRectF(9.5, 9.0, 9.0, 9.0), 90.0, -180.0)
    path.lineTo(8.0, 18.0)
    return _stroke(path).united(_lines(((9.0, 5.0), (5.0, 9.0), (9.0, 13.0))))


def _redo() -> QPainterPath:
    return QTransform(-1.0, 0.0, 0.0, 1.0, GRID, 0.0).map(_undo())


def _dots() -> QPainterPath:
    path = QPainterPath()
    for x in (6.0, 12.0, 18.0):
        path.addEllipse(QPointF(x, 12.0), 1.8, 1.8)
    return path


def _bookmark() -> QPainterPath:
    return _lines(((7.5, 4.5), (16.5, 4.5), (16.5, 19.5), (12.0, 15.5), (7.5, 19.5), (7.5, 4.5)))


def _folder() -> QPainterPath:
    return _lines(((3.5, 18.5), (3.5, 6.0), (9.5, 6.0), (11.5, 8.5), (20.5, 8.5), (20.5, 18.5), (3.5, 18.5)))


def _save() -> QPainterPath:
    return _lines(((12.0, 4.0), (12.0, 14.0)), ((7.5, 10.0), (12.0, 14.5), (16.5, 10.0)), ((4.5, 19.5), (19.5, 19.5)))


def _code() -> QPainterPath:
    return _lines(((8.0, 6.5), (3.0, 12.0), (8.0, 17.5)), ((16.0, 6.5), (21.0, 12.0), (16.0, 17.5)))


def _target() -> QPainterPath:
    ring, dot = QPainterPath(), QPainterPath()
    ring.addEllipse(QPointF(12.0, 12.0), 7.5, 7.5)
    dot.addEllipse(QPointF(12.0, 12.0), 2.6, 2.6)
    return _stroke(ring).united(dot)


def _difference() -> QPainterPath:
    """Return a triangle: the Δ of a difference."""
    return _lines(((12.0, 4.5), (20.0, 18.5), (4.0, 18.5), (12.0, 4.5)))


_SIGNS: dict[str, Callable[[], QPainterPath]] = {
    "play": lambda: _triangle(7.5, 18.5),
    "pause": lambda: _bar(7.0, 3.6).united(_bar(13.4, 3.6)),
    "forward": lambda: _triangle(6.5, 15.0).united(_bar(15.5)),
    "back": lambda: _triangle(17.5, 9.0).united(_bar(6.0)),
    "last": lambda: _triangle(3.5, 10.5).united(_triangle(10.5, 17.5)).united(_bar(18.0)),
    "first": lambda: _triangle(20.5, 13.5).united(_triangle(13.5, 6.5)).united(_bar(3.5)),
    "loop": _loop,
    "moon": _moon,
    "sun": _sun,
    "full screen": _corners,
    "help": _question,
    "minus": lambda: _lines(((6.5, 12.0), (17.5, 12.0))),
    "plus": lambda: _lines(((6.5, 12.0), (17.5, 12.0)), ((12.0, 6.5), (12.0, 17.5))),
    "bookmark": _bookmark,
    "open": _folder,
    "save": _save,
    "code": _code,
    "predict": _target,
    "check": _difference,
    "close": lambda: _lines(((6.5, 6.5), (17.5, 17.5)), ((17.5, 6.5), (6.5, 17.5))),
    "more": _dots,
    "undo": _undo,
    "redo": _redo,
    "down": lambda: _lines(((7.0, 10.0), (12.0, 15.0), (17.0, 10.0))),
}


@cache
def sign(name: str) -> QPainterPath:
    """Outline of a sign."""
    return _SIGNS[name]()


def window_icon() -> QIcon:
    """Return a window of 3 × 3 cells over a grid, as the taskbar shows it."""
    picture = QPixmap(128, 128)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    reds = [QColor(*LIGHT.cell_colours(np.array([[share]]), Scale(1.0))[0, 0].tolist()) for share in (0.1, 0.5, 1.0)]
    for place in range(16):
        row, col = divmod(place, 4)
        painter.setBrush(reds[(row * col + row + col) % 3])
        painter.drawRoundedRect(QRectF(6 + 30 * col, 6 + 30 * row, 26, 26), 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(*LIGHT.role(Role.KERNEL)), 8))
    painter.drawRoundedRect(QRectF(4, 4, 90, 90), 8, 8)
    painter.end()
    return QIcon(picture)


def paint_sign(painter: QPainter, outline: QPainterPath, box: QRectF) -> None:
    """Fill an outline of the grid, scaled into `box`, with the painter's brush."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.translate(box.topLeft())
    painter.scale(box.width() / GRID, box.height() / GRID)
    painter.drawPath(outline)
    painter.restore()
