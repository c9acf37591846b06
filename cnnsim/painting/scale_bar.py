"""A scale as a bar of its colours, with words around it."""

from collections.abc import Iterator

import numpy as np

from cnnsim.drawing import ScaleBar
from cnnsim.painting.primitives import Pixels, Polyline, Primitive
from cnnsim.painting.theme import Theme
from cnnsim.painting.words import text
from cnnsim.typography import scale_bar_places, written_names

_SHADES = np.linspace(-1.0, 1.0, 65)[None]  # an odd number of them, so that one is zero
_HEIGHT = 0.62  # of the size of the text
_ZERO = 0.8  # of the size of the text


def lower_scale_bar(bar: ScaleBar, theme: Theme) -> Iterator[Primitive]:
    """Yield the names, the limits, the colours between them, and a mark at zero."""
    places = scale_bar_places(bar)
    for name, (_, role), x in zip(written_names(bar), bar.names, places.names, strict=True):
        yield text(name, x, bar.y, bar.size, theme.role(role), bold=True)
    for words, x in zip(bar.ends, (places.low, places.high), strict=True):
        if words:
            yield text(words, x, bar.y, bar.size, theme.muted)
    if bar.length:
        yield from _bar(bar, places.bar, theme)


def _bar(bar: ScaleBar, left: float, theme: Theme) -> Iterator[Primitive]:
    height = _HEIGHT * bar.size
    top, middle = bar.y - height / 2, left + bar.length / 2
    yield Pixels(left, top, bar.length, height, theme.cell_colours(_SHADES * bar.scale.limit, bar.scale))
    for start, end in ((top - height / 4, top), (top + height, top + height * 1.25)):
        yield Polyline(((middle, start), (middle, end)), theme.muted, max(1.0, height * 0.1))
    yield text("0", middle, bar.y, bar.size * _ZERO, theme.muted, anchor="middle")
