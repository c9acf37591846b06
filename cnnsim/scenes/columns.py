"""Columns of panels, placed in an area: their cells share one size, the largest that fits."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Matrix, Scale
from cnnsim.scenes.layout import Area, View, caption_height
from cnnsim.scenes.panels import Column, Panel, Row, scaled
from cnnsim.typography import text_width

_LARGEST_CELL = 4.4  # units: small matrices stay calm on a large screen
_READABLE_CELL = 1.5  # units, for panels with few cells
_SHARES = (1.0, 0.85, 0.7, 0.55, 0.4)  # of that side, to be tried beside panels whose cells are tiny
_TINY_CELL = 0.5  # units
_LITTLE = 3  # times as many cells has the largest panel in a row or column as one that counts as little
_PRICE = 0.85  # of their side is what other cells keep at least for this
_BETWEEN = 1.4  # units between panels of one row
_CLOSE = 0.4  # units between a panel and one without a caption of its own
_INTO_THE_GAP = 3.2  # units that a note may reach beyond its panel


@dataclass(frozen=True, slots=True)
class Sides:
    """Sides of cells: of ordinary panels, and the least one of panels with few cells in their rows and columns."""

    ordinary: float
    little: float
    few: int

    def of(self, panel: Panel) -> float:
        """Side of the cells of a panel."""
        little = max(panel.values.shape) <= self.few and not panel.ordinary
        return max(self.ordinary, self.little) if little else self.ordinary

    def height(self, panel: Panel) -> float:
        """Height of the grid of a panel."""
        return float(panel.values.shape[0] * self.of(panel))

    def width(self, panel: Panel) -> float:
        """Width of the grid of a panel."""
        return float(panel.values.shape[1] * self.of(panel))


def lay_out(
    view: View, area: Area, columns: Sequence[Column], gap: float, digits: int | None, *, level: bool = False
) -> tuple[Matrix, ...]:
    """Place the columns side by side with the largest cells that fit, each centred or all beginning at one `level`."""
    filled = (tuple(row for row in column if row) for column in scaled(view, columns))
    columns = [column for column in filled if column]
    sides = sides_in(view, area, columns, gap)
    widths = [_column_width(view, column, sides) for column in columns]
    heights = [_column_height(view, column, sides) for column in columns]
    x = area.x + (area.width - sum(widths) - gap * (len(columns) - 1)) / 2
    matrices: list[Matrix] = []
    for column, width, height in zip(columns, widths, heights, strict=True):
        y = area.y + (area.height - (max(heights) if level else height)) / 2
        matrices.extend(_column(view, area, column, sides, (x, y), digits))
        x += width + gap
    return tuple(matrices)


def sides_in(view: View, area: Area, columns: Sequence[Column], gap: float) -> Sides:
    """Return the largest sides that fit, little panels being readable where that costs the others not too much."""
    longest = max(max(panel.values.shape) for column in columns for row in column for panel in row)
    alike = Sides(0.0, 0.0, 0)
    fits = _side(view, area, columns, gap, alike)
    for share in _SHARES if fits < view.unit * _TINY_CELL else _SHARES[:1]:
        different = Sides(0.0, round(view.unit * _READABLE_CELL * share), longest // _LITTLE)
        ordinary = _side(view, area, columns, gap, different)
        if ordinary >= max(fits * _PRICE, 1):
            return replace(different, ordinary=float(ordinary))
    return replace(alike, ordinary=float(max(fits, 1)))


def _side(view: View, area: Area, columns: Sequence[Column], gap: float, sides: Sides) -> int:
    """Largest whole side of an ordinary cell, 0 if none fits: with a size that fits every smaller one fits."""

    def is_too_large(side: int) -> bool:
        tried = replace(sides, ordinary=float(side))
        across = sum(_column_width(view, column, tried) for column in columns) + gap * (len(columns) - 1)
        return across > area.width or any(_column_height(view, column, tried) > area.height for column in columns)

    return bisect_left(range(1, int(view.unit * _LARGEST_CELL) + 1), True, key=is_too_large)


def _column(
    view: View, area: Area, column: Column, sides: Sides, corner: tuple[float, float], digits: int | None
) -> Iterator[Matrix]:
    x, y = corner
    for row in column:
        left = x
        for group in _groups(row):
            width, place = _group_width(view, group, sides), left
            note_ends = min(width + view.unit * _INTO_THE_GAP, area.x + area.width + view.unit - left)
            for panel in group:
                top = y + _above(view, row) + max(panel.room * sides.ordinary - sides.height(panel), 0) / 2
                yield _matrix(view, panel, round(place), round(top), sides, digits, note_ends)
                place += sides.width(panel) + view.unit * _CLOSE
            left += width + view.unit * _BETWEEN
        y += _row_height(view, row, sides)


def _groups(row: Row) -> list[Row]:
    """Divide a row where a caption begins: panels without one stand close to the panel before them."""
    groups: list[Row] = []
    for panel in row:
        if panel.caption or not groups:
            groups.append((panel,))
        else:
            groups[-1] = (*groups[-1], panel)
    return groups


def _above(view: View, row: Row) -> float:
    """Room above the grids of a row: for captions, if there is any."""
    return caption_height(view) if any(panel.caption or panel.note for panel in row) else view.unit * _CLOSE


def _matrix(view: View, panel: Panel, x: float, y: float, sides: Sides, digits: int | None, room: float) -> Matrix:
    return Matrix(
        panel.name,
        panel.values,
        x,
        y,
        sides.of(panel),
        panel.role,
        None if panel.plain else Scale(panel.limit),
        panel.caption,
        panel.note if _note_fits(view, panel, room) else "",
        view.unit,
        digits=digits,
        states=_told(panel),
        highlights=panel.highlights,
        editable=panel.editable,
        alike=panel.alike,
    )


def _told(panel: Panel) -> NDArray[np.uint8] | None:
    """States of the cells: what is not told is as empty as what has not been computed."""
    untold = np.isnan(panel.values)
    if not untold.any():
        return panel.states
    states = np.zeros(panel.values.shape, np.uint8) if panel.states is None else panel.states
    return np.where(untold, CellState.EMPTY, states).astype(np.uint8)


def _group_width(view: View, group: Row, sides: Sides) -> float:
    grids = sum(map(sides.width, group)) + view.unit * _CLOSE * (len(group) - 1)
    return max(grids, text_width(group[0].caption, view.unit, bold=True))


def _note_fits(view: View, panel: Panel, room: float) -> bool:
    """Whether caption and note stay clear of the next column and of the edge: they may reach into the gap to either."""
    words = text_width(panel.caption, view.unit, bold=True) + view.unit * 0.5 + text_width(panel.note, view.unit)
    return words <= room


def _row_width(view: View, row: Row, sides: Sides) -> float:
    groups = [_group_width(view, group, sides) for group in _groups(row)]
    return sum(groups) + view.unit * _BETWEEN * (len(groups) - 1)


def _row_height(view: View, row: Row, sides: Sides) -> float:
    return _above(view, row) + max(max(sides.height(panel), float(panel.room * sides.ordinary)) for panel in row)


def _column_width(view: View, column: Column, sides: Sides) -> float:
    return max(_row_width(view, row, sides) for row in column)


def _column_height(view: View, column: Column, sides: Sides) -> float:
    return sum(_row_height(view, row, sides) for row in column)
