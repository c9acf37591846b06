"""Columns of panels, placed in an area: their cells share one size, the largest that fits."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Matrix, Scale
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.pairing import arranged
from cnnsim.scenes.panels import Column, Panel, scaled
from cnnsim.scenes.places import Extent, ExtentColumn, Place, Space, placed, sides
from cnnsim.typography import text_width


def lay_out(
    view: View, area: Area, columns: Sequence[Column], gap: float, digits: int | None, *, level: bool = False
) -> tuple[Matrix, ...]:
    """Place the columns side by side with the largest cells that fit, each centred or all beginning at one `level`."""
    filled = (tuple(row for row in column if row) for column in scaled(view, columns))
    columns = [column for column in filled if column]
    space = Space(view.unit, area, gap, level)
    found = placed(space, arranged(space, _extents(view, columns)))
    panels = (panel for column in columns for row in column for panel in row)
    return tuple(_matrix(view, panel, place, digits) for panel, place in zip(panels, found, strict=True))


def ordinary_side(view: View, area: Area, columns: Sequence[Column], gap: float) -> float:
    """Return the side of ordinary cells in columns that fill an area."""
    space = Space(view.unit, area, gap)
    return sides(space, arranged(space, _extents(view, columns))).ordinary


def _extents(view: View, columns: Sequence[Column]) -> tuple[ExtentColumn, ...]:
    return tuple(tuple(tuple(_extent(view, panel) for panel in row) for row in column) for column in columns)


def _extent(view: View, panel: Panel) -> Extent:
    caption, note = text_width(panel.caption, view.unit, bold=True), text_width(panel.note, view.unit)
    rows, cols = panel.values.shape
    return Extent(rows, cols, caption, note, panel.room, panel.ordinary, panel.beside)


def _matrix(view: View, panel: Panel, place: Place, digits: int | None) -> Matrix:
    return Matrix(
        panel.name,
        panel.values,
        place.x,
        place.y,
        place.side,
        panel.role,
        None if panel.plain else Scale(panel.limit),
        panel.caption,
        panel.note if place.with_note else "",
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
