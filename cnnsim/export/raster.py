"""Paint a drawing with Pillow."""

import re
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import assert_never

from PIL import Image, ImageDraw, ImageFont

from cnnsim.drawing import Drawing
from cnnsim.files import replace_file
from cnnsim.painting import Colour, Pixels, Polygon, Polyline, Primitive, Rect, Text, Theme, lower
from cnnsim.typography import font_path, text_width

_OVERSAMPLING = 2  # lines and corners are drawn larger and averaged down, since Pillow does not smooth them
_WORD = re.compile(r"\S+")


def rasterize(drawing: Drawing, theme: Theme, scale: float = 1.0) -> Image.Image:
    """Paint a drawing.

    Parameters
    ----------
    drawing
        What is shown.
    theme
        Colours.
    scale
        Pixels per logical pixel.

    Returns
    -------
    Image
        RGB, of Pillow.

    Examples
    --------
    >>> from cnnsim.painting import LIGHT
    >>> rasterize(Drawing(40, 30, ()), LIGHT).size
    (40, 30)
    """
    factor = scale * _OVERSAMPLING
    size = (round(drawing.width * factor), round(drawing.height * factor))
    picture = Image.new("RGB", size, theme.background[:3])
    painter = _Painter(picture, factor, theme.background[:3])
    for primitive in lower(drawing, theme):
        painter.paint(primitive)
    return picture.resize((round(drawing.width * scale), round(drawing.height * scale)), Image.Resampling.BOX)


def save_png(drawing: Drawing, theme: Theme, path: Path, scale: float = 1.0) -> None:
    """Write a drawing as a PNG file.

    Parameters
    ----------
    drawing
        What is shown.
    theme
        Colours.
    path
        File to write.
    scale
        Pixels per logical pixel.

    Examples
    --------
    >>> import tempfile
    >>> from cnnsim.painting import LIGHT
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_png(Drawing(40, 30, ()), LIGHT, Path(folder, "a.png"), scale=2)
    ...     with Image.open(Path(folder, "a.png")) as picture:
    ...         picture.size
    (80, 60)
    """
    picture = rasterize(drawing, theme, scale)
    replace_file(path, lambda temporary: picture.save(temporary, format="PNG"))


@lru_cache(maxsize=256)
def _font(size: float, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_path(bold), size, layout_engine=ImageFont.Layout.BASIC)


class _Painter:
    """Pillow's canvas in logical pixels."""

    def __init__(self, picture: Image.Image, factor: float, background: tuple[int, int, int]) -> None:
        self._picture = picture
        self._draw = ImageDraw.Draw(picture, "RGBA")
        self._factor = factor
        self._background = background

    def paint(self, primitive: Primitive) -> None:
        match primitive:
            case Rect(dashed=True):
                self._rect(replace(primitive, stroke=None, dashed=False))
                self._dashes(primitive)
            case Rect():
                self._rect(primitive)
            case Polyline():
                self._draw.line(
                    self._scaled(primitive.points), primitive.colour, self._width(primitive.thickness), "curve"
                )
            case Polygon():
                self._draw.polygon(self._scaled(primitive.points), fill=primitive.fill)
            case Text():
                self._text(primitive)
            case Pixels():
                self._pixels(primitive)
            case _:
                assert_never(primitive)

    def _scaled(self, points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
        return [(x * self._factor, y * self._factor) for x, y in points]

    def _width(self, thickness: float) -> int:
        return max(1, round(thickness * self._factor))

    def _rect(self, rect: Rect) -> None:
        half = rect.thickness / 2 if rect.stroke else 0.0
        corners = ((rect.x - half, rect.y - half), (rect.x + rect.width + half, rect.y + rect.height + half))
        self._draw.rounded_rectangle(
            self._scaled(corners),
            radius=rect.radius * self._factor,
            fill=rect.fill,
            outline=_opaque(rect.stroke),
            width=self._width(rect.thickness),
        )

    def _dashes(self, rect: Rect) -> None:
        """Draw the four sides as dashes and gaps of about three times their thickness."""
        colour = _opaque(rect.stroke)
        left, top, right, bottom = rect.x, rect.y, rect.x + rect.width, rect.y + rect.height
        for (x1, y1), (x2, y2) in pairwise([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]):
            dashes = max(1, round((abs(x2 - x1) + abs(y2 - y1)) / (6 * rect.thickness)))
            for start in range(dashes if colour else 0):
                ends = tuple(
                    (x1 + (x2 - x1) * share, y1 + (y2 - y1) * share)
                    for share in ((start + 0.25) / dashes, (start + 0.75) / dashes)
                )
                self._draw.line(self._scaled(ends), colour, self._width(rect.thickness))

    def _text(self, text: Text) -> None:
        """Paint each word where it belongs: Pillow makes letters as wide as whole pixels, which adds up in a line."""
        font = _font(round(text.size * self._factor, 1), text.bold)
        # Pillow paints text with full opacity: what is faint is mixed with the background instead.
        colour = self._mixed(text.colour)
        for word in _WORD.finditer(text.text):
            x = text.x + text_width(text.text[: word.start()], text.size, text.bold)
            place = (x * self._factor, text.baseline * self._factor)
            self._draw.text(place, word[0], fill=colour, font=font, anchor="ls")

    def _mixed(self, colour: Colour) -> tuple[int, int, int]:
        share = colour[3] / 255
        red, green, blue = (
            round(over * share + under * (1 - share)) for over, under in zip(colour[:3], self._background, strict=True)
        )
        return red, green, blue

    def _pixels(self, pixels: Pixels) -> None:
        left, top = round(pixels.x * self._factor), round(pixels.y * self._factor)
        size = (round(pixels.width * self._factor), round(pixels.height * self._factor))
        self._picture.paste(Image.fromarray(pixels.rgb).resize(size, Image.Resampling.NEAREST), (left, top))


def _opaque(colour: Colour | None) -> Colour | None:
    """Return the colour, or None where nothing would be seen."""
    return colour if colour and colour[3] else None
