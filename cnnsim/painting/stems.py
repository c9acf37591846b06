"""A signal as stems with heads on a line at zero, its numbers at the heads, its caption on the left."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Role, Stems
from cnnsim.painting.primitives import Polyline, Primitive, Rect
from cnnsim.painting.theme import Theme
from cnnsim.painting.words import text
from cnnsim.typography import format_compact, format_number, text_width

_SMALLEST_TEXT = 6.5  # pixels, below which a number is left out
_WIDEST_NUMBER = 0.96  # of the room of a stem
_CLEAR = 0.85  # of the size of numbers, from a head to the middle of its number
_CLOSEST_LINES = 8.0  # pixels, across
_LABEL = 0.75  # of the size of the text, labels below the band


def lower_stems(stems: Stems, theme: Theme) -> Iterator[Primitive]:
    """Yield the primitives of a signal."""
    states = _states(stems)
    words, size = _numbers(stems)
    yield from _band(stems, theme)
    level = [_level(stems, value, size) for value in stems.values[0]]
    zero, (left, _, width, _) = _level(stems, 0.0, size), stems.box(0, 0, 1, stems.values.shape[1])
    yield Polyline(((left, zero), (left + width, zero)), theme.muted, 1)
    for col, state in enumerate(states):
        if state != CellState.EMPTY:
            outside = state in (CellState.PADDING, CellState.UNREACHED)
            yield from _stem(stems, theme, col, level[col], zero, outside)
            if stems.numbers and size >= _SMALLEST_TEXT:
                yield _number(stems, theme, col, words[col], level[col], size, outside)
    yield from _words(stems, theme)


def _states(stems: Stems) -> list[int]:
    return [CellState.NORMAL] * stems.values.shape[1] if stems.states is None else stems.states[0].tolist()


def _band(stems: Stems, theme: Theme) -> Iterator[Primitive]:
    """Yield the background: of padding darker, of what lights up in its colour, of what no window reaches hatched."""
    left, top, width, height = stems.box(0, 0, 1, stems.values.shape[1])
    yield Rect(left, top, width, height, fill=theme.surface, radius=4)
    states = np.array(_states(stems))
    for first, count in _runs(states == CellState.PADDING):
        yield Rect(*stems.box(0, first, 1, count), fill=theme.padding)
    for first, count in _runs(states == CellState.UNREACHED):
        yield from _hatching(stems, theme, first, count)
    for tint in stems.tints:
        for first, count in _runs(tint.mask[0]):
            yield Rect(*stems.box(0, first, 1, count), fill=theme.role(tint.role, 0.28))


def _runs(mask: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the first column and the number of columns of every run: one box has no seams inside."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8))).tolist()
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        yield first, end - first


def _hatching(stems: Stems, theme: Theme, first: int, count: int) -> Iterator[Primitive]:
    """Hatch neighbouring columns; shade them where they are too narrow for lines."""
    left, top, width, height = stems.box(0, first, 1, count)
    red, green, blue, _ = theme.muted
    apart = max(stems.cell / 2, _CLOSEST_LINES)
    if width < apart:
        yield Rect(left, top, width, height, fill=(red, green, blue, 40))
        return
    for far in np.arange(apart, width + height, apart).tolist():
        low = left + max(far - height, 0.0), top + min(far, height)
        high = left + min(far, width), top + max(far - width, 0.0)
        yield Polyline((low, high), (red, green, blue, 110), 1)


def _numbers(stems: Stems) -> tuple[list[str], float]:
    """Write all numbers in one size that fits; shorter where exact ones would be too small to read."""
    shown = [float(v) for v, state in zip(stems.values[0], _states(stems), strict=True) if state != CellState.EMPTY]
    for write in (lambda value: format_number(value, stems.digits), format_compact):
        size = min(stems.text_size * 0.8, stems.tall * 0.2)
        widest = max((text_width(write(value), size) for value in shown), default=0.0)
        size *= min(1.0, stems.room * _WIDEST_NUMBER / widest) if widest else 1.0
        if size >= _SMALLEST_TEXT:
            break
    return [write(float(value)) for value in stems.values[0]], size


def _level(stems: Stems, value: float, size: float) -> float:
    """Height on the screen of a value: numbers have their room at both ends."""
    limit = stems.scale.limit if stems.scale is not None and stems.scale.limit > 0 else 1.0
    above = _radius(stems) * 1.2 + (size * 1.25 if size >= _SMALLEST_TEXT else 0.0)
    below = above if stems.depth else _radius(stems) * 1.4
    share = (1 - min(max(value / limit, -stems.depth), 1.0)) / (1 + stems.depth)
    return stems.y + above + share * (stems.tall - above - below)


def _radius(stems: Stems) -> float:
    return float(min(max(stems.room * 0.1, 2.0), stems.text_size * 0.28, max(stems.tall * 0.07, 1.5)))


def _stem(stems: Stems, theme: Theme, col: int, level: float, zero: float, outside: bool) -> Iterator[Primitive]:
    colour = theme.role(Role.MUTED if outside else stems.role)
    x, radius = stems.x + (col + 0.5) * stems.cell, _radius(stems)
    yield Polyline(((x, zero), (x, level)), colour, max(1.5, radius * 0.7))
    yield Rect(x - radius, level - radius, 2 * radius, 2 * radius, fill=colour, radius=radius)


def _number(stems: Stems, theme: Theme, col: int, words: str, level: float, size: float, outside: bool) -> Primitive:
    """Write the value beyond the head."""
    away = (_radius(stems) * 0.6 + size * _CLEAR) * (1 if stems.values[0, col] < 0 else -1)
    x = stems.x + (col + 0.5) * stems.cell
    return text(words, x, level + away, size, theme.muted if outside else theme.text, anchor="middle")


def _words(stems: Stems, theme: Theme) -> Iterator[Primitive]:
    """Yield the caption and what follows it under it, on the left, and the labels of the columns."""
    middle, step = stems.y + stems.tall / 2, stems.text_size * 0.68
    if stems.caption:
        y = middle - step * bool(stems.shape)
        yield text(stems.caption, stems.caption_end, y, stems.text_size, theme.role(stems.role), True, "end")
    if stems.shape:
        y = middle + step * bool(stems.caption)
        yield text(stems.shape, stems.caption_end, y, stems.text_size * 0.85, theme.muted, anchor="end")
    size = stems.text_size * _LABEL
    widest = max((text_width(words, size) for words in stems.col_labels), default=0.0)
    every = 1 if widest <= stems.cell * 0.8 else int(widest / (stems.cell * 0.8)) + 1
    for col, words in enumerate(stems.col_labels):
        if col % every == 0 and words:
            x = stems.x + (col + 0.5) * stems.cell
            yield text(words, x, stems.y + stems.tall + size * 0.75, size, theme.muted, anchor="middle")
