"""One scene for every operation that computes cell by cell; an operation brings its `Look`."""

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Drawing
from cnnsim.scenes.columns import lay_out
from cnnsim.scenes.footer import footer, footer_height
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.look import Look
from cnnsim.scenes.scale_bars import scale_bars
from cnnsim.scenes.shown import shown
from cnnsim.trace import GrainView, Step

GAP = 4.2  # units between columns: room for the operators


def cellwise_scene(
    look: Look,
    steps: GrainView[Step],
    position: float,
    view: View,
    *,
    right: float = 0.0,
    least: int = 2,
    decimals: int | None = None,
    level: bool = False,
    note_lines: int = 1,
) -> Drawing:
    """Draw the matrices, the marks and the formulas of an operation at a position.

    `right` is kept free beside the matrices, in pixels; rounded numbers have at least `least` decimals, and those in
    the matrices at most `decimals`, or else as many as in the formula; columns are centred, or begin `level`; the note
    gets the room of so many lines.
    """
    now = shown(look, steps, position, view)
    digits = now.digits(least)
    area = room(view, right, note_lines)
    matrices = now.lit(lay_out(view, area, now.columns, view.unit * GAP, decimals or digits.cells, level=level))
    grids = {matrix.name: matrix for matrix in matrices}
    signs = look.operators(grids, view)
    lines = footer(view, *now.lines(digits), note_lines)
    items = (*matrices, *signs, *now.marks(grids), *scale_bars(view, matrices, area), *lines)
    return Drawing(view.width, view.height, items)


def room(view: View, right: float = 0.0, note_lines: int = 1) -> Area:
    """Return the space for matrices, with so many pixels kept free beside them and so many lines for the note."""
    margin = view.unit * 1.2
    height = view.height - footer_height(view, note_lines) - 2 * margin
    return Area(margin, margin, view.width - 2 * margin - right, height)


def known(look: Look, step: Step) -> NDArray[np.uint8]:
    """States of the whole output: what has not been computed yet is empty."""
    shape = look.output.array.shape
    states = np.full(look.output.array.size, CellState.EMPTY, np.uint8)
    states[: int(np.ravel_multi_index(step.cell, shape)) + (step.y is not None)] = CellState.NORMAL
    return states.reshape(shape)
