import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from cnnsim.app.typefaces import GlyphCache, paint_run


def ink(size: float, ratio: float) -> int:
    """Pixels that a sign takes, on a screen of so many pixels to a logical one."""
    image = QImage(400, 400, QImage.Format.Format_Grayscale8)
    image.setDevicePixelRatio(ratio)
    image.fill(255)
    painter = QPainter(image)
    paint_run(painter, QPointF(20, 150), GlyphCache().run("∗", size, bold=False))
    painter.end()
    return sum(value < 128 for value in bytes(image.constBits()))


@pytest.mark.parametrize(("size", "ratio"), [(63.0, 1.0), (64.0, 1.0), (65.0, 1.0), (100.0, 1.0), (40.0, 2.0)])
def test_text_of_any_size_is_painted(qtbot: QtBot, size: float, ratio: float) -> None:
    expected = ink(50.0, 1.0) * (size * ratio / 50.0) ** 2
    assert ink(size, ratio) == pytest.approx(expected, rel=0.15)
