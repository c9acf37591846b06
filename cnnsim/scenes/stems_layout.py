"""Where signals stand: one above the other over one axis, or over two with what they make on the right."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from cnnsim.drawing import Matrix, Scale, Stems
from cnnsim.scenes.columns import lay_out
from cnnsim.scenes.layout import Area, View, caption_height
from cnnsim.scenes.panels import Column, scaled
from cnnsim.scenes.strips import Strip
from cnnsim.typography import text_width

_WIDEST, _TALLEST = 4.4, 7.5  # units: short signals stay calm on a large screen
_LABELS, _BETWEEN = 1.2, 0.7  # units: the line of labels under a signal, and from there to the next signal
_TWO_LINES = 2.4  # units, the height of a signal from which on a second line stands under its caption
_AFTER_CAPTION, _CAPTIONS = 1.0, 7.8  # units, between a caption and the signals, and for captions at least
_BESIDE, _PANEL = 6.2, 4.7  # units: width for what stands on the right, and height for each of it
_MANY, _CLOSE = 5, 0.4  # so many signals stand close together: what is between them, as a share of the usual
_WITH_ONE_AXIS = 2  # columns: a third one has an axis of its own
_AFTER_AXIS, _SUMS = 0.8, 4.0  # units: from an axis to the sums of its signals, and to their end
_LEFT_CAPTIONS = 7.2  # units for these at least, so that nothing moves when a caption changes
_INTO_SUM, _ENDING = 2.6, 5.2  # units: for the arrows from there, and the height of the sum of all


def lay_out_signals(view: View, area: Area, columns: Sequence[Column], digits: int | None) -> tuple[Matrix, ...]:
    """Place the strips of the first column over one axis, as wide as they can be, and the other columns beside them.

    The second of three columns has a panel for each equal part of the strips and stands beside these, or is empty; the
    last one has strips on an axis of their own, above a row of other panels if there is one.
    """
    columns = scaled(view, columns)
    if len(columns) > _WITH_ONE_AXIS:
        return _on_two_axes(view, area, columns, digits)
    signals = _strips_of(columns[0])
    beside = view.unit * _BESIDE if columns[1:] else 0.0
    captions = max(view.unit * (_AFTER_CAPTION + _CAPTIONS), _captions(view, signals))
    first, end = _ends(signals)
    column = min((area.width - captions - beside) / (end - first), view.unit * _WIDEST)
    left = area.x + (area.width - captions - beside - column * (end - first)) / 2 + captions
    right = left + column * (end - first)
    placed = _stacked(view, replace(area, x=left), signals, column, digits)
    if not columns[1:]:
        return placed
    x, tall = right + view.unit, view.unit * _PANEL * len(columns[1])
    corner = Area(x, area.y, area.x + area.width - x, min(tall, area.height))
    others = lay_out(view, corner, columns[1:], view.unit, digits)
    level = next((stems for strip, stems in zip(signals, placed, strict=True) if strip.level), placed[-1])
    return (*placed, *_at_the_height_of(level, others, area, view))


def _on_two_axes(view: View, area: Area, columns: Sequence[Column], digits: int | None) -> tuple[Matrix, ...]:
    """Place what is read on the left and what is made of it on the right, with columns of the same width."""
    left, right = _strips_of(columns[0]), _strips_of(columns[2])
    captions = max(view.unit * _LEFT_CAPTIONS, _captions(view, left)), _captions(view, right)
    lengths = [end - first for first, end in (_ends(left), _ends(right))]
    between = view.unit * (_SUMS + _INTO_SUM if columns[1] else _AFTER_AXIS)
    column = min((area.width - sum(captions) - between) / sum(lengths), view.unit * _WIDEST)
    x = area.x + (area.width - sum(captions) - between - column * sum(lengths)) / 2 + captions[0]
    read = _stacked(view, replace(area, x=x), left, column, digits)
    x += column * lengths[0]
    sums = _at_parts(view, x + view.unit * _AFTER_AXIS, read, columns[1], digits)
    x += between
    ending = columns[2][len(right) :]
    made = area.height - view.unit * _ENDING * len(ending)
    outputs = _stacked(view, Area(x + captions[1], area.y, column, made), right, column, digits)
    if not ending:
        return *read, *outputs
    corner = Area(x, area.y + made, captions[1] + column * lengths[1], area.height - made)
    last = lay_out(view, corner, [ending], view.unit, digits)
    shift = x - min(matrix.x for matrix in last)
    return *read, *sums, *outputs, *(replace(matrix, x=matrix.x + shift) for matrix in last)


def _at_parts(view: View, x: float, placed: Sequence[Stems], column: Column, digits: int | None) -> Iterator[Matrix]:
    """Yield the panels of a column, each at the height of the strips that it belongs to."""
    of_each, width = len(placed) // len(column), view.unit * (_SUMS - _AFTER_AXIS)
    parts = [(placed[first], placed[first + of_each - 1]) for first in range(0, len(placed), of_each)]
    tall = min(bottom.y + bottom.tall - top.y for top, bottom in parts)  # so that all cells are alike
    for row, (top, bottom) in zip(column, parts, strict=True):
        y = (top.y + bottom.y + bottom.tall - tall) / 2
        yield from lay_out(view, Area(x, y, width, tall), [(row,)], view.unit, digits)


def _strips_of(column: Column) -> list[Strip]:
    return [panel for panel in chain.from_iterable(column) if isinstance(panel, Strip)]


def _ends(signals: Sequence[Strip]) -> tuple[float, float]:
    """First column of the axis that signals share, and one more than the last."""
    return min(strip.at for strip in signals), max(strip.end for strip in signals)


def _captions(view: View, signals: Sequence[Strip]) -> float:
    """Width of the captions on the left of signals."""
    return view.unit * _AFTER_CAPTION + max(_caption_width(view, strip) for strip in signals)


def _at_the_height_of(level: Stems, others: Sequence[Matrix], area: Area, view: View) -> Iterator[Matrix]:
    """Yield matrices moved so that the first is at the height of a signal, as far as the area allows."""
    wanted = level.y + level.height / 2 - (others[0].y + others[0].height / 2)
    least = area.y + caption_height(view) - min(matrix.y for matrix in others)
    most = area.y + area.height - max(matrix.y + matrix.height for matrix in others)
    for matrix in others:
        yield replace(matrix, y=matrix.y + max(min(wanted, most), least))


def _stacked(view: View, area: Area, signals: Sequence[Strip], column: float, digits: int | None) -> tuple[Stems, ...]:
    """Divide the height among the signals."""
    first, _ = _ends(signals)
    between = _BETWEEN * (_CLOSE if len(signals) > _MANY else 1.0)
    under = [view.unit * (between + _LABELS * bool(strip.labels)) for strip in signals]
    tall = min((area.height - sum(under)) / len(signals), view.unit * _TALLEST)
    y = area.y + (area.height - tall * len(signals) - sum(under)) / 2
    placed: list[Stems] = []
    for strip, room in zip(signals, under, strict=True):
        placed.append(_stems(view, strip, Area(area.x, y, column, tall), first, digits))
        y += tall + room
    return tuple(placed)


def _stems(view: View, strip: Strip, area: Area, first: float, digits: int | None) -> Stems:
    """Place one signal; the area is as wide as a column."""
    cell = area.width * strip.pitch
    return Stems(
        strip.name,
        strip.values,
        area.x + (strip.at - first + 0.5) * area.width - cell / 2,
        area.y,
        cell,
        strip.role,
        Scale(strip.limit),
        strip.caption,
        strip.note if area.height > view.unit * _TWO_LINES else "",
        view.unit,
        numbers=strip.numbers,
        digits=digits,
        states=strip.states,
        editable=strip.editable,
        col_labels=strip.labels,
        tall=area.height,
        room=area.width,
        caption_end=area.x - view.unit * _AFTER_CAPTION,
        depth=strip.depth,
    )


def _caption_width(view: View, strip: Strip) -> float:
    return max(text_width(strip.caption, view.unit, bold=True), text_width(strip.note, view.unit * 0.85))
