"""A scale as a bar of its colours."""

from collections.abc import Iterator

import numpy as np

from cnnsim.drawing import ScaleBar
from cnnsim.painting.primitives import Pixels, Polyline, Primitive
from cnnsim.painting.theme import Theme

_SHADES = 65  # odd, so that one of them is zero


def lower_scale_bar(bar: ScaleBar, theme: Theme) -> Iterator[Primitive]:
    """Yield the colours, and a mark at zero that reaches beyond them."""
    values = np.linspace(-bar.scale.limit, bar.scale.limit, _SHADES)[None]
    yield Pixels(bar.x, bar.y, bar.width, bar.height, theme.cell_colours(values, bar.scale))
    middle, reach = bar.x + bar.width / 2, bar.height * 0.25
    for start, end in ((bar.y - reach, bar.y), (bar.y + bar.height, bar.y + bar.height + reach)):
        yield Polyline(((middle, start), (middle, end)), theme.muted, max(1.0, bar.height * 0.1))
