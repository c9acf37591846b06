"""A chart as lines over a quiet grid, with its own legend."""

from collections.abc import Iterator

import numpy as np

from cnnsim.drawing import Chart, Point, Series, Values
from cnnsim.painting.primitives import Polyline, Primitive, Rect
from cnnsim.painting.theme import Theme
from cnnsim.painting.words import text
from cnnsim.typography import text_width
from cnnsim.typography.numbers import MINUS

_RULES = 4
_DOT = 0.42  # of the text size, its radius


def lower_chart(chart: Chart, theme: Theme) -> Iterator[Primitive]:
    """Yield the primitives of one chart."""
    yield Rect(chart.x, chart.y, chart.width, chart.height, fill=theme.surface, radius=4)
    yield from _rules(chart, theme)
    yield from _abscissae(chart, theme)
    for series in chart.series:
        yield from _line(chart, series, theme)
    for point in chart.points:
        yield from _point(chart, point, theme)
    yield from _legend(chart, theme)


def _across(chart: Chart, values: Values | float) -> Values:
    """Pixels from the left; values beyond the ends are at the ends."""
    share = (np.asarray(values) - chart.first) / max(chart.last - chart.first, 1e-12)
    return np.asarray(chart.x + np.clip(share, 0, 1) * chart.width)


def _up(chart: Chart, values: Values | float) -> Values:
    """Pixels from the top; values beyond the ends are at the ends."""
    share = (np.asarray(values) - chart.low) / max(chart.high - chart.low, 1e-12)
    return np.asarray(chart.y + (1 - np.clip(share, 0, 1)) * chart.height)


def _rules(chart: Chart, theme: Theme) -> Iterator[Primitive]:
    for step in range(_RULES + 1):
        y = chart.y + chart.height * (1 - step / _RULES)
        value = chart.low + (chart.high - chart.low) * step / _RULES
        yield Polyline(((chart.x, y), (chart.x + chart.width, y)), theme.outline, 1)
        yield text(
            f"{value:g}".replace("-", MINUS),
            chart.x - chart.text_size * 0.4,
            y,
            chart.text_size * 0.8,
            theme.muted,
            anchor="end",
        )


def _abscissae(chart: Chart, theme: Theme) -> Iterator[Primitive]:
    """Write below what runs to the right; where it does not begin at 0 also its ends, and draw the axis at 0."""
    y, right = chart.y + chart.height + chart.text_size, chart.x + chart.width
    if not chart.first:
        yield text(chart.x_label, right, y, chart.text_size * 0.85, theme.muted, anchor="end")
        return
    for value in (chart.first, 0.0, chart.last):
        words, x = f"{value:g}".replace("-", MINUS), float(_across(chart, value))
        yield text(words, x, y, chart.text_size * 0.8, theme.muted, anchor="middle")
    zero = float(_across(chart, 0.0))
    yield text(chart.x_label, (zero + right) / 2, y, chart.text_size * 0.85, theme.muted, anchor="middle")
    yield Polyline(((zero, chart.y), (zero, chart.y + chart.height)), theme.muted, 1)


def _line(chart: Chart, series: Series, theme: Theme) -> Iterator[Primitive]:
    if len(series.xs) == 0:
        return
    across, up = _across(chart, series.xs), _up(chart, series.ys)
    points = tuple((float(x), float(y)) for x, y in zip(across, up, strict=True))
    yield Polyline(points, theme.role(series.role), max(1.5, chart.text_size * 0.14))


def _point(chart: Chart, point: Point, theme: Theme) -> Iterator[Primitive]:
    """Draw threads to the axes at 0, or to the edges where these are outside, and a dot on top."""
    x, y = float(_across(chart, point.across)), float(_up(chart, point.up))
    foot, side = float(_up(chart, 0.0)), float(_across(chart, 0.0))
    for ends in (((x, foot), (x, y)), ((side, y), (x, y))):
        yield Polyline(ends, theme.role(point.role, 0.6), max(1.0, chart.text_size * 0.08))
    radius = chart.text_size * _DOT
    yield Rect(
        x - radius,
        y - radius,
        2 * radius,
        2 * radius,
        fill=theme.role(point.role),
        stroke=theme.background,
        thickness=max(1.0, chart.text_size * 0.1),
        radius=radius,
    )


def _legend(chart: Chart, theme: Theme) -> Iterator[Primitive]:
    y = chart.y - chart.text_size * 0.95
    yield text(chart.caption, chart.x, y, chart.text_size, theme.text, bold=True)
    x = chart.x + chart.width
    for series in reversed(chart.series):
        size = chart.text_size * 0.85
        yield text(series.label, x, y, size, theme.role(series.role), bold=True, anchor="end")
        x -= text_width(series.label, size, True) + size
