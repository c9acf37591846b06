"""The family that travels with the program, for widgets and for the glyphs of a drawing."""

from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontDatabase, QGlyphRun, QPainter, QPainterPath, QRawFont

from cnnsim.typography.text import FAMILY, font_path

_MOST_RUNS = 6000  # a busy page holds a few hundred
_LARGEST = 64.0  # pixels of the screen: of a font from a file, Qt paints no larger glyphs


@lru_cache(maxsize=1)
def install_family() -> None:
    """Make the family known to Qt; needs a QGuiApplication."""
    for bold in (False, True):
        if QFontDatabase.addApplicationFont(font_path(bold)) < 0:
            raise RuntimeError(f"{font_path(bold)} is not a font that Qt can load")


def interface_font(pixels: int) -> QFont:
    """Return the font of the controls."""
    install_family()
    font = QFont(FAMILY)
    font.setPixelSize(pixels)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


class GlyphCache:
    """Text as positioned glyphs, so that a repaint neither shapes text nor looks for a font.

    The glyphs come straight from the font file, unhinted and without kerning: their widths are those of
    `cnnsim.typography.text_width`.
    """

    def __init__(self) -> None:
        no_hinting = QFont.HintingPreference.PreferNoHinting
        self._family = {bold: QRawFont(font_path(bold), 16.0, no_hinting) for bold in (False, True)}
        self._fonts: dict[tuple[float, bool], QRawFont] = {}
        self._runs: dict[tuple[str, float, bool], QGlyphRun] = {}

    def run(self, text: str, size: float, bold: bool) -> QGlyphRun:
        """Glyphs of `text` at `size` pixels, the first one at (0, 0) on the baseline."""
        key = (text, size, bold)
        found = self._runs.get(key)
        if found is None:
            if len(self._runs) >= _MOST_RUNS:
                self._runs.clear()
                self._fonts.clear()
            found = self._runs[key] = _glyphs(text, self._font(round(size, 2), bold))
        return found

    def _font(self, size: float, bold: bool) -> QRawFont:
        font = self._fonts.get((size, bold))
        if font is None:
            font = QRawFont(self._family[bold])  # the file is read once, then only the size changes
            font.setPixelSize(size)
            self._fonts[size, bold] = font
        return font


def paint_run(painter: QPainter, at: QPointF, run: QGlyphRun) -> None:
    """Paint glyphs from a point on their baseline; large ones, as on a projector of many pixels, by their outlines."""
    font = run.rawFont()
    if font.pixelSize() * painter.deviceTransform().m22() < _LARGEST:
        painter.drawGlyphRun(at, run)
        return
    outlines = QPainterPath()
    outlines.setFillRule(Qt.FillRule.WindingFill)
    for glyph, place in zip(run.glyphIndexes(), run.positions(), strict=True):
        outlines.addPath(font.pathForGlyph(glyph).translated(at + place))
    painter.fillPath(outlines, painter.pen().brush())


def _glyphs(text: str, font: QRawFont) -> QGlyphRun:
    indexes = font.glyphIndexesForString(text)
    places, x = [], 0.0
    for advance in font.advancesForGlyphIndexes(indexes):
        places.append(QPointF(x, 0.0))
        x += advance.x()
    run = QGlyphRun()
    run.setRawFont(font)
    run.setGlyphIndexes(indexes)
    run.setPositions(places)
    return run
