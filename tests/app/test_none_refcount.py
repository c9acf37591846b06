"""PySide6 6.12.0 on Python 3.11 loses a reference to None per call that returns None, then aborts the process."""

import sys

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QColor, QImage, QPainter

CALLS = 2000


def test_calls_that_return_none_leave_its_reference_count_alone(qapp: object) -> None:
    thing, rect = QObject(), QRect()
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    colour = QColor(1, 2, 3)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        thing.setObjectName("x")
        rect.setWidth(3)
        painter.setPen(colour)
    after = sys.getrefcount(None)
    painter.end()
    assert abs(after - before) < CALLS / 10
