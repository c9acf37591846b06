"""Turn the records of a drawing into primitives."""

from collections.abc import Iterator
from math import atan2, cos, sin
from typing import assert_never

import numpy as np

from cnnsim.drawing import Arrow, Chart, Drawing, Equation, Frame, Item, Label, Line, Matrix, ScaleBar, Stems, Table
from cnnsim.painting.chart import lower_chart
from cnnsim.painting.grids import Painted, plain
from cnnsim.painting.matrix import lower_matrix
from cnnsim.painting.primitives import Polygon, Polyline, Primitive, Rect
from cnnsim.painting.scale_bar import lower_scale_bar
from cnnsim.painting.stems import lower_stems
from cnnsim.painting.table import lower_table
from cnnsim.painting.theme import Theme
from cnnsim.painting.words import text
from cnnsim.typography import flow

_FAINT = 0.32
_RULE = 0.06  # of the size: bars of fractions, underlines


def lower(drawing: Drawing, theme: Theme) -> tuple[Primitive, ...]:
    """Return what to paint, in order, on the theme's background."""
    return tuple(plain(lower_grids(drawing, theme)))


def lower_grids(drawing: Drawing, theme: Theme) -> tuple[Painted, ...]:
    """Return the same with what a matrix has in many cells as one, for a renderer that paints it at once.

    Examples
    --------
    >>> from cnnsim.drawing import Matrix, Role
    >>> from cnnsim.painting.theme import LIGHT
    >>> grid = Matrix("input", np.zeros((64, 64)), x=10, y=10, cell=20, role=Role.INPUT)
    >>> [type(primitive).__name__ for primitive in lower_grids(Drawing(1300, 1300, (grid,)), LIGHT)]
    ['Tiles', 'Numbers']
    """
    return tuple(primitive for item in drawing.items for primitive in _lower_item(item, theme))


def _lower_item(item: Item, theme: Theme) -> Iterator[Painted]:
    match item:
        case Stems():
            yield from lower_stems(item, theme)
        case Table():
            yield from lower_table(item, theme)
        case Matrix():
            yield from lower_matrix(item, theme)
        case Frame():
            yield _lower_frame(item, theme)
        case Arrow():
            yield from _lower_arrow(item, theme)
        case Line():
            yield _lower_line(item, theme)
        case Label():
            yield text(item.text, item.x, item.y, item.size, theme.role(item.role), item.bold, item.anchor)
        case Equation():
            yield from _lower_equation(item, theme)
        case Chart():
            yield from lower_chart(item, theme)
        case ScaleBar():
            yield from lower_scale_bar(item, theme)
        case _:
            assert_never(item)


def _lower_frame(frame: Frame, theme: Theme) -> Rect:
    fill = theme.role(frame.role, frame.fill) if frame.fill else None
    return Rect(
        frame.x,
        frame.y,
        frame.width,
        frame.height,
        fill=fill,
        stroke=theme.role(frame.role),
        thickness=frame.thickness,
        radius=frame.thickness * 1.5,
        dashed=frame.dashed,
    )


def _lower_arrow(arrow: Arrow, theme: Theme) -> Iterator[Primitive]:
    colour, head = theme.role(arrow.role), arrow.thickness * 4.5
    angle = atan2(arrow.y2 - arrow.y1, arrow.x2 - arrow.x1)
    corner = [(arrow.x2 - head * cos(angle + turn), arrow.y2 - head * sin(angle + turn)) for turn in (-0.45, 0.45)]
    neck = (arrow.x2 - head * 0.8 * cos(angle), arrow.y2 - head * 0.8 * sin(angle))
    yield Polyline(((arrow.x1, arrow.y1), neck), colour, arrow.thickness)
    yield Polygon(((arrow.x2, arrow.y2), *corner), colour)


def _lower_line(line: Line, theme: Theme) -> Polyline:
    colour = theme.role(line.role)
    if line.scale is not None:
        red, green, blue = (int(part) for part in theme.cell_colours(np.array([[line.value]]), line.scale)[0, 0])
        colour = (red, green, blue, 255)
    return Polyline(((line.x1, line.y1), (line.x2, line.y2)), colour, line.thickness)


def _lower_equation(equation: Equation, theme: Theme) -> Iterator[Primitive]:
    for run in flow(equation)[0]:
        term, colour = run.term, theme.role(run.term.role, _FAINT if run.term.faint else 1.0)
        if term.text:
            yield text(term.text, run.x, run.y, run.size, colour, term.bold)
        if run.rule is not None:
            yield Polyline(((run.x, run.rule), (run.x + run.width, run.rule)), colour, max(1.0, run.size * _RULE))
