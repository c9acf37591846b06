"""The field of view grown layer by layer: boxes over the input, how much each cell counts, and the units between."""

import numpy as np

from cnnsim.drawing import Cell, CellState, Drawing, Frame, Item, Matrix, Role, Scale, Values
from cnnsim.scenes.field_of_view_pointing import lit
from cnnsim.scenes.field_of_view_units import layers_and_units
from cnnsim.scenes.field_of_view_words import narration, note, numeric, symbolic
from cnnsim.scenes.footer import footer, footer_height
from cnnsim.scenes.layout import Area, View, caption_height, size_text
from cnnsim.scenes.motion import Between, between
from cnnsim.scenes.window import box
from cnnsim.trace import GrainView
from cnnsim.trace.field_of_view import FieldOfView, FieldStep
from cnnsim.typography import text_width

_GAP = 1.6  # units between the columns
_GRID_SHARE = 0.32  # of the width, for either of the two grids
_LARGEST_CELL = 2.6  # units
_WHOLE_PIXELS = 4.0  # cells at least so large have whole pixels


def field_of_view_scene(steps: GrainView[FieldStep], position: float, view: View) -> Drawing:
    """Draw the field of view up to a layer.

    Returns a drawing with the matrices ``input``, ``gradient``, ``layers`` (the table) and, for the units along a row,
    ``units 0`` (the input's) to ``units K``. Where fields reach beyond the input, both grids do. Where the result is
    hidden, so is all that could be counted.

    Examples
    --------
    >>> from cnnsim.trace.field_of_view import field_of_view
    >>> steps = field_of_view([[3], [3], [3]]).at("layer")
    >>> field_of_view_scene(steps, 2.0, View(800, 560)).matrix("gradient").values[3]
    array([ 7., 21., 42., 49., 42., 21.,  7.])
    """
    trace = steps.trace
    assert isinstance(trace, FieldOfView)
    motion = between(steps, position)
    margin = view.unit * 1.2
    height = view.height - footer_height(view) - 2 * margin
    width = (view.width - 2 * margin - 2 * _GAP * view.unit) * _GRID_SHARE
    step_right = width + _GAP * view.unit
    side = Area(margin + 2 * step_right, margin, view.width - 2 * (margin + step_right), height)
    step, hidden = motion.here, view.hidden
    lines = (narration(trace, step, hidden), symbolic(), numeric(trace, step, hidden), note(trace, step, hidden))
    items: tuple[Item, ...] = (
        *_over_the_input(trace, motion, view, Area(margin, margin, width, height)),
        *_gradient(trace, motion, view, Area(margin + step_right, margin, width, height)),
        *layers_and_units(trace, motion, view, side),
        *footer(view, *lines),
    )
    if view.looked_at is not None and not hidden:
        items = lit(trace, view.looked_at, canvas(trace)[:2], items)
    return Drawing(view.width, view.height, items)


def canvas(trace: FieldOfView) -> tuple[int, int, int, int]:
    """Top, left, rows and columns of the input with all that the fields reach beyond it.

    Examples
    --------
    >>> from cnnsim.trace.field_of_view import field_of_view
    >>> canvas(field_of_view([[3, 1, 1, 1]], 5, (0, 0)))
    (-1, -1, 6, 6)
    """
    n = trace.sizes[0]
    steps = [trace[index] for index in range(len(trace))]
    top, left = (min([0, *(step.first[axis] for step in steps)]) for axis in (0, 1))
    bottom, right = (max([n, *(step.first[axis] + step.size for step in steps)]) for axis in (0, 1))
    return top, left, bottom - top, right - left


def nearest_unit(trace: FieldOfView, cell: Cell) -> tuple[int, int]:
    """Unit of the last map that looks at a cell of either grid, as nearly as there is one.

    Examples
    --------
    >>> from cnnsim.trace.field_of_view import field_of_view
    >>> nearest_unit(field_of_view([[3]], 5), Cell("input", 1, 3))
    (0, 2)
    """
    top, left, _, _ = canvas(trace)
    return trace.nearest_unit(cell.row + top, cell.col + left)


def _over_the_input(trace: FieldOfView, motion: Between[FieldStep], view: View, area: Area) -> tuple[Item, ...]:
    """Nest the fields so far, the current one on its way to the next."""
    top, left, rows, cols = canvas(trace)
    n = trace.sizes[0]
    grid = _grid(trace, "input", np.zeros((rows, cols)), Role.INPUT, view, area, "Input", size_text(n, n))
    earlier = (trace[index] for index in range(motion.here.index))
    nested = (
        box(grid, step.first[0] - top, step.first[1] - left, step.size, step.size, Role.MUTED) for step in earlier
    )
    return (grid, *nested) if view.hidden else (grid, *nested, _current(grid, motion, (top, left)))


def _current(grid: Matrix, motion: Between[FieldStep], origin: tuple[int, int]) -> Frame:
    here, there = motion.here, motion.there
    row, col = (motion.blend(a, b) - start for a, b, start in zip(here.first, there.first, origin, strict=True))
    side = motion.blend(here.size, there.size)
    return box(grid, row, col, side, side, Role.KERNEL, fill=0.12)


def _gradient(trace: FieldOfView, motion: Between[FieldStep], view: View, area: Area) -> tuple[Item, ...]:
    """Show how much each cell counts, within the box that holds it all and the one that holds half."""
    top, left, rows, cols = canvas(trace)
    step, n = motion.here, trace.sizes[0]
    values = np.zeros((rows, cols))
    if not view.hidden:
        values[-top : n - top, -left : n - left] = trace.gradient(step.index)
    words = f"{trace.weights} kernels"
    grid = _grid(trace, "gradient", values, Role.GRADIENT, view, area, "What counts", words)
    if view.hidden:
        return (grid,)
    half = trace.half(step.index)
    row, col = (first - start + (step.size - half) / 2 for first, start in zip(step.first, (top, left), strict=True))
    return grid, _current(grid, motion, (top, left)), box(grid, row, col, half, half, Role.GRADIENT)


def _grid(
    trace: FieldOfView,
    name: str,
    values: Values,
    role: Role,
    view: View,
    area: Area,
    caption: str,
    note: str,
) -> Matrix:
    """Draw (rows, cols) values over the input as large as the area allows; what lies outside is padding."""
    rows, cols = values.shape
    top, left, _, _ = canvas(trace)
    states = np.full(values.shape, CellState.PADDING, np.uint8)
    inside = states[-top : trace.sizes[0] - top, -left : trace.sizes[0] - left]
    inside[...] = CellState.NORMAL if name == "input" else CellState.EMPTY
    states[values > 0] = CellState.NORMAL
    cell = min(area.width / cols, (area.height - caption_height(view)) / rows, view.unit * _LARGEST_CELL)
    if cell >= _WHOLE_PIXELS:
        cell = float(int(cell))
    words = text_width(caption, view.unit, bold=True) + text_width(f" {note}", view.unit)
    x = area.x + (area.width - max(cell * cols, min(words, area.width))) / 2
    y = area.y + (area.height + caption_height(view) - cell * rows) / 2
    shown = name == "gradient"
    scale = Scale(float(values.max()), signed=False, soft=False) if shown else None
    return Matrix(
        name,
        values,
        round(x),
        round(y),
        cell,
        role,
        scale,
        caption,
        note,
        view.unit,
        numbers=shown,
        digits=2,
        states=states,
    )
