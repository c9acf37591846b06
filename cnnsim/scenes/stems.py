"""Signals one above the other over a common axis, as stems; what slides along a signal stands at its present place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from cnnsim.drawing import Arrow, Drawing, Matrix, Scale, Stems, Values
from cnnsim.scenes.columns import lay_out
from cnnsim.scenes.footer import footer, footer_height
from cnnsim.scenes.layout import Area, View, caption_height
from cnnsim.scenes.look import Look
from cnnsim.scenes.motion import Between
from cnnsim.scenes.panels import Column, Panel, largest, scaled
from cnnsim.scenes.shown import shown
from cnnsim.scenes.signs import arrow
from cnnsim.trace import GrainView, Step
from cnnsim.typography import text_width
from cnnsim.typography.numbers import MINUS

_WIDEST, _TALLEST = 4.4, 7.5  # units: short signals stay calm on a large screen
_LABELS, _BETWEEN = 1.2, 0.7  # units: the line of labels under a signal, and from there to the next signal
_TWO_LINES = 2.4  # units, the height of a signal from which on a second line stands under its caption
_AFTER_CAPTION, _CAPTIONS = 1.0, 7.8  # units, between a caption and the signals, and for captions at least
_BESIDE, _PANEL = 6.2, 4.7  # units: width for what stands on the right, and height for each of it
_MANY, _CLOSE = 5, 0.4  # so many signals stand close together: what is between them, as a share of the usual


@dataclass(frozen=True, slots=True, eq=False)
class Strip(Panel):
    """A panel of one row that is shown as stems.

    Parameters
    ----------
    at
        Column of the common axis at which its first stem stands.
    pitch
        Columns from one stem to the next.
    labels
        What stands under the stems.
    numbers
        Whether the values are printed.
    depth
        How far down they may reach, as a share of the limit.
    level
        Whether what stands on the right of the signals begins at this height.
    """

    at: float = 0.0
    pitch: float = 1.0
    labels: tuple[str, ...] = ()
    numbers: bool = True
    depth: float = 1.0
    level: bool = False

    @property
    def end(self) -> float:
        """Column after the last stem."""
        return float(self.at + (self.values.shape[1] - 1) * self.pitch + 1)


def strips(
    panels: Sequence[Panel], *, at: float = 0.0, pitch: float = 1.0, labels: Sequence[int] = (), depth: float = 1.0
) -> tuple[Strip, ...]:
    """Return panels of one row as stems; the parameters are those of `Strip`, labels stand under the last of them."""
    words = tuple(str(label).replace("-", MINUS) for label in labels)
    return tuple(
        Strip(
            **{field: getattr(panel, field) for field in Panel.__dataclass_fields__},
            at=at,
            pitch=pitch,
            labels=words if number == len(panels) - 1 else (),
            depth=depth,
        )
        for number, panel in enumerate(panels)
    )


def levelled(strips: Sequence[Strip], number: int = -1) -> tuple[Strip, ...]:
    """Return strips of which one is at the height of what stands on the right."""
    chosen = strips[number]
    return tuple(replace(strip, level=strip is chosen) for strip in strips)


def into(grids: Mapping[str, Matrix], name: str, view: View) -> tuple[Arrow, ...]:
    """Return an arrow to a matrix on the right from the signal at its height."""
    target = grids[name]
    height = target.y + target.height / 2
    sources = (grid for grid in grids.values() if isinstance(grid, Stems) and grid.y < height < grid.y + grid.height)
    return tuple(arrow(source, target, view) for source in sources)


def depth_of(values: Values) -> float:
    """Return how far below zero values reach, as a share of the largest."""
    return max(0.0, -float(values.min())) / (largest(values) or 1.0)


def sliding(motion: Between[Step] | None, step: Step, axis: int) -> float:
    """Index of a step's cell along an axis of the output, on its way to the next one of the same map."""
    if motion is None or step.cell != motion.here.cell:
        return step.cell[axis]
    here, there = step.cell, motion.there.cell
    return motion.blend(here[axis], there[axis] if there[:axis] == here[:axis] else here[axis])


def stems_scene(look: Look, steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the signals, the marks and the formulas of an operation on signals at a position.

    The first column of the look are strips, which stand one above the other; what else it has stands on their right.
    """
    now = shown(look, steps, position, view)
    digits = now.digits()
    margin = view.unit * 1.2
    area = Area(margin, margin, view.width - 2 * margin, view.height - footer_height(view) - 2 * margin)
    matrices = now.lit(lay_out_signals(view, area, now.columns, digits.cells))
    grids = {matrix.name: matrix for matrix in matrices}
    signs = look.operators(grids, view)
    return Drawing(view.width, view.height, (*matrices, *signs, *now.marks(grids), *footer(view, *now.lines(digits))))


def lay_out_signals(view: View, area: Area, columns: Sequence[Column], digits: int | None) -> tuple[Matrix, ...]:
    """Place the strips of the first column over one axis, as wide as they can be, and the other columns beside them."""
    columns = scaled(view, columns)
    signals = [panel for panel in chain.from_iterable(columns[0]) if isinstance(panel, Strip)]
    beside = view.unit * _BESIDE if columns[1:] else 0.0
    captions = view.unit * _AFTER_CAPTION + max(
        view.unit * _CAPTIONS, *(_caption_width(view, strip) for strip in signals)
    )
    first, end = min(strip.at for strip in signals), max(strip.end for strip in signals)
    column = min((area.width - captions - beside) / (end - first), view.unit * _WIDEST)
    left = area.x + (area.width - captions - beside - column * (end - first)) / 2 + captions
    right = left + column * (end - first)
    placed = _stacked(view, replace(area, x=left), signals, column, first, digits)
    if not columns[1:]:
        return placed
    x, tall = right + view.unit, view.unit * _PANEL * len(columns[1])
    corner = Area(x, area.y, area.x + area.width - x, min(tall, area.height))
    others = lay_out(view, corner, columns[1:], view.unit, digits)
    level = next((stems for strip, stems in zip(signals, placed, strict=True) if strip.level), placed[-1])
    return (*placed, *_at_the_height_of(level, others, area, view))


def _at_the_height_of(level: Stems, others: Sequence[Matrix], area: Area, view: View) -> Iterator[Matrix]:
    """Yield matrices moved so that the first is at the height of a signal, as far as the area allows."""
    wanted = level.y + level.height / 2 - (others[0].y + others[0].height / 2)
    least = area.y + caption_height(view) - min(matrix.y for matrix in others)
    most = area.y + area.height - max(matrix.y + matrix.height for matrix in others)
    for matrix in others:
        yield replace(matrix, y=matrix.y + max(min(wanted, most), least))


def _stacked(
    view: View, area: Area, signals: Sequence[Strip], column: float, first: float, digits: int | None
) -> tuple[Stems, ...]:
    """Divide the height among the signals."""
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
