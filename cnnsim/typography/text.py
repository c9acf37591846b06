"""Widths of text in the family that ships with the program."""

from functools import lru_cache

from PIL import ImageFont

from cnnsim.assets_path import asset

FAMILY = "cnnsim Sans"
_REFERENCE_SIZE = 200  # widths scale with the size: measured once, large enough for the rounding to vanish


def font_path(bold: bool) -> str:
    """Path of the font file of that weight."""
    return str(asset(f"fonts/cnnsim-sans-{'semibold' if bold else 'regular'}.ttf"))


@lru_cache(maxsize=2)
def _reference_font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_path(bold), _REFERENCE_SIZE, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def _reference_width(text: str, bold: bool) -> float:
    return float(_reference_font(bold).getlength(text))


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width in pixels of `text` at `size` pixels.

    Examples
    --------
    >>> text_width("00", 20) == 2 * text_width("7", 20)
    True
    """
    return _reference_width(text, bold) * size / _REFERENCE_SIZE
