"""A chart as lines over a quiet grid, with its own legend."""

from collections.abc import Iterator

import numpy as np

from cnnsim.drawing import Chart, Series
from cnnsim.painting.primitives import Polyline, Primitive, Rect
from cnnsim.painting.theme import Theme
from cnnsim.painting.words import text
from cnnsim.typography import text_width

_RULES = 4


def lower_chart(chart: Chart, theme: Theme) -> Iterator[Primitive]:
    """Yield the primitives of one chart."""
    yield Rect(chart.x, chart.y, chart.width, chart.height, fill=theme.surface, radius=4)
    yield from _rules(chart, theme)
    for series in chart.series:
        yield from _line(chart, series, theme)
    yield from _legend(chart, theme)
    if chart.x_label:
        y = chart.y + chart.height + chart.text_size
        yield text(chart.x_label, chart.x + chart.width, y, chart.text_size * 0.85, theme.muted, anchor="end")


def _rules(chart: Chart, theme: Theme) -> Iterator[Primitive]:
    for step in range(_RULES + 1):
        y = chart.y + chart.height * (1 - step / _RULES)
        value = chart.low + (chart.high - chart.low) * step / _RULES
        yield Polyline(((chart.x, y), (chart.x + chart.width, y)), theme.outline, 1)
        yield text(
            f"{value:g}",
            chart.x - chart.text_size * 0.4,
            y,
            chart.text_size * 0.8,
            theme.muted,
            anchor="end",
        )


def _line(chart: Chart, series: Series, theme: Theme) -> Iterator[Primitive]:
    if len(series.xs) == 0:
        return
    across = chart.x + np.asarray(series.xs) / max(chart.last, 1e-12) * chart.width
    share = (np.asarray(series.ys) - chart.low) / max(chart.high - chart.low, 1e-12)
    up = chart.y + (1 - np.clip(share, 0, 1)) * chart.height
    points = tuple((float(x), float(y)) for x, y in zip(across, up, strict=True))
    yield Polyline(points, theme.role(series.role), max(1.5, chart.text_size * 0.14))


def _legend(chart: Chart, theme: Theme) -> Iterator[Primitive]:
    y = chart.y - chart.text_size * 0.95
    yield text(chart.caption, chart.x, y, chart.text_size, theme.text, bold=True)
    x = chart.x + chart.width
    for series in reversed(chart.series):
        size = chart.text_size * 0.85
        yield text(series.label, x, y, size, theme.role(series.role), bold=True, anchor="end")
        x -= text_width(series.label, size, True) + size
