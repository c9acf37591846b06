"""From what a drawing says to what a renderer paints: five primitives in the colours of a theme."""

from cnnsim.painting.grids import Boxes, Numbers, Painted, Tiles, lines_through, texts
from cnnsim.painting.lower import lower, lower_grids
from cnnsim.painting.primitives import Colour, Pixels, Polygon, Polyline, Primitive, Rect, Text
from cnnsim.painting.theme import DARK, LIGHT, Theme, theme_named

__all__ = [
    "DARK",
    "LIGHT",
    "Boxes",
    "Colour",
    "Numbers",
    "Painted",
    "Pixels",
    "Polygon",
    "Polyline",
    "Primitive",
    "Rect",
    "Text",
    "Theme",
    "Tiles",
    "lines_through",
    "lower",
    "lower_grids",
    "texts",
    "theme_named",
]
