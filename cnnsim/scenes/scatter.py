"""One scene for every scatter: values that are spread through a kernel, weight by weight."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Cell, CellState, Drawing, Frame, Item, Matrix, Stems
from cnnsim.scenes.cellwise import room
from cnnsim.scenes.columns import lay_out
from cnnsim.scenes.convolution_1d_scatter import SignalScatterLook
from cnnsim.scenes.convolution_scatter import GradientScatterLook
from cnnsim.scenes.footer import footer, lines_of_note
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.looking import looked_at_mark, standing_out
from cnnsim.scenes.marks import quiet
from cnnsim.scenes.motion import Between, between
from cnnsim.scenes.panels import Column
from cnnsim.scenes.scale_bars import scale_bars
from cnnsim.scenes.scatter_look import ScatterLook
from cnnsim.scenes.scatter_marks import maps_reached, scatter_marks
from cnnsim.scenes.scatter_reach import lit
from cnnsim.scenes.scatter_words import Lines, digits_of_scatter, product_lines, stamp_lines
from cnnsim.scenes.signs import after_caption, arrow, between_grids, row_of
from cnnsim.scenes.stems_layout import lay_out_signals
from cnnsim.scenes.strips import Strip
from cnnsim.scenes.tensors import Tensor
from cnnsim.scenes.transposed_panels import size_and_padding
from cnnsim.scenes.transposed_scatter import StampLook
from cnnsim.trace import GrainView, ScatterStep, ScatterTrace, SignalConvolution, TransposedConvolution

_GAP = 4.2  # units between columns: room for the operators


def scatter_scene(steps: GrainView[ScatterStep], position: float, view: View) -> Drawing:
    """Draw a scatter at a position.

    Returns a drawing with the matrices of what is spread, ``kernel``, and the result as far as it has come: for the
    gradient of a convolution ``gradient`` (∂J/∂y) and ``input gradient``, for a transposed convolution ``input`` and
    ``output``.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution, input_gradient_scatter
    >>> steps = input_gradient_scatter(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))).at("cell")
    >>> scatter_scene(steps, 0.0, View(800, 560)).matrix("input gradient").values[0]
    array([1., 0., 1., 0., 0.])
    """
    assert isinstance(steps.trace, ScatterTrace)
    motion, whole = between(steps, position), len(steps) < len(steps.trace)
    look, step, digits = scatter_look(steps.trace, motion), motion.here, digits_of_scatter(motion.here)
    target = look.target(step)
    note_lines = _note_lines(steps.trace, view)
    area = room(view, note_lines=note_lines)
    hidden = target.cell(step.target) if view.hidden and not whole and step.target is not None else None
    matrices = _without(_matrices(view, area, look.columns(step, target), digits.cells), hidden)
    words = stamp_lines(look, step, target, digits) if whole else product_lines(look, step, target, digits, view.hidden)
    marks = scatter_marks(look, motion, target, {matrix.name: matrix for matrix in matrices}, whole=whole)
    if view.looked_at is not None:
        matrices, marks, words = _seen(look, view.looked_at, target, matrices, marks, words)
    weight = step.contribution.factors[1].place
    channel = 0 if whole or weight is None else weight[1]
    source = next(iter(look.tensors.values())).cell(step.source).matrix
    signs = _signs(matrices, source, maps_reached(look.trace, step, target, whole=whole), channel, view)
    bars = () if isinstance(matrices[0], Stems) else scale_bars(view, matrices, area)
    text = footer(view, words[0], look.symbolic(), (words[1],), look.note(step, target), note_lines)
    return Drawing(view.width, view.height, (*matrices, *signs, *marks, *bars, *text))


def scatter_look(trace: ScatterTrace, motion: Between[ScatterStep] | None = None) -> ScatterLook:
    """Return the look of a scatter: by what its steps belong to."""
    match trace.of:
        case TransposedConvolution():
            return StampLook(trace)
        case SignalConvolution():
            return SignalScatterLook(trace, motion)
        case _:
            return GradientScatterLook(trace)


def _note_lines(trace: ScatterTrace, view: View) -> int:
    """How many lines the note gets: at every step as many, so that the picture stays in its place."""
    return lines_of_note(view, size_and_padding(trace.of)) if isinstance(trace.of, TransposedConvolution) else 1


def _matrices(view: View, area: Area, columns: Sequence[Column], digits: int | None) -> tuple[Matrix, ...]:
    if isinstance(columns[0][0][0], Strip):
        return lay_out_signals(view, area, columns, digits)
    return lay_out(view, area, columns, view.unit * _GAP, digits)


def _without(matrices: Sequence[Matrix], cell: Cell | None) -> tuple[Matrix, ...]:
    """Return the matrices without the number of a cell."""
    return tuple(
        matrix if cell is None or matrix.name != cell.matrix else replace(matrix, states=_emptied(matrix, cell))
        for matrix in matrices
    )


def _emptied(matrix: Matrix, cell: Cell) -> NDArray[np.uint8]:
    states = np.zeros(matrix.values.shape, np.uint8) if matrix.states is None else matrix.states.copy()
    states[cell.row, cell.col] = CellState.EMPTY
    return states


def _seen(
    look: ScatterLook,
    cell: Cell,
    target: Tensor,
    matrices: tuple[Matrix, ...],
    marks: tuple[Frame, ...],
    words: Lines,
) -> tuple[tuple[Matrix, ...], tuple[Frame, ...], Lines]:
    """Return matrices, marks and lines with all that belongs to the cell that is looked at standing out."""
    marks = (*quiet(marks), *looked_at_mark(cell, {matrix.name: matrix for matrix in matrices}))
    return lit(look, cell, target, matrices), marks, (standing_out(words[0], [cell]), standing_out(words[1], [cell]))


def _signs(matrices: Sequence[Matrix], source: str, names: Sequence[str], channel: int, view: View) -> tuple[Item, ...]:
    """Return the signs between what is spread, the kernel and the result; stems stand above each other without."""
    if isinstance(matrices[0], Stems):
        return ()
    grids = {grid.name: grid for grid in matrices}
    kernels = [grid for grid in matrices if grid.name.startswith("kernel")]
    target = next(grid for grid in matrices if grid.name in names)
    *_, spread = row_of(grids, source)
    past = max(after_caption(grid, view) for grid in matrices if grid.name.startswith(("kernel", "bias")))
    to = arrow(kernels[channel], row_of(grids, target.name)[0], view)
    return between_grids(spread, kernels[0], "·", view), replace(to, x1=past)
