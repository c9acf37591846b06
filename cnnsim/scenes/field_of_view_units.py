"""The layers as a table to be edited, and the units of all maps along a row, down to the input."""

import numpy as np

from cnnsim.drawing import CellState, Item, Label, Line, Matrix, Role, Scale
from cnnsim.scenes.layout import Area, View, caption_height
from cnnsim.scenes.motion import Between
from cnnsim.scenes.tensors import Tensor
from cnnsim.scenes.window import box
from cnnsim.trace.field_of_view import FieldOfView, FieldStep
from cnnsim.trace.field_of_view_layers import Ways

_NAMES = 3.6  # units for the names of layers
_LABELS = ("f", "s", "d", "p", "pool")
_HEADING = 2.8  # units above the table
_LARGEST_ROW = 1.9  # units
_TABLE_SHARE = 0.58  # of the height, at most
_UNIT_SHARE = 0.55  # of the distance of two rows of units


def layers_tensor(trace: FieldOfView) -> Tensor:
    """Return the layers as numbers, a row for each."""
    rows = [
        (layer.kernel_size, layer.stride, layer.dilation, layer.padding, float(layer.pools)) for layer in trace.layers
    ]
    return Tensor("layers", Role.KERNEL, np.array(rows, dtype=np.float64), "layer")


def layers_and_units(trace: FieldOfView, motion: Between[FieldStep], view: View, area: Area) -> tuple[Item, ...]:
    """Draw the table of the layers above the units of their maps."""
    wanted = view.unit * (_HEADING + _LARGEST_ROW * len(trace))
    upper = Area(area.x, area.y, area.width, min(wanted, area.height * _TABLE_SHARE))
    lower = Area(area.x, area.y + upper.height, area.width, area.height - upper.height)
    return (*_layer_table(trace, motion, view, upper), *_pyramid(trace, motion.here.index - view.hidden, view, lower))


def _layer_table(trace: FieldOfView, motion: Between[FieldStep], view: View, area: Area) -> tuple[Item, ...]:
    """Draw the table of the layers, with the current one marked."""
    heading = view.unit * _HEADING
    cell = (area.height - heading) / len(trace)
    tensor = layers_tensor(trace)
    grid = Matrix(
        tensor.name,
        tensor.array,
        area.x + _NAMES * view.unit,
        area.y + heading,
        cell,
        tensor.role,
        caption="Layers",
        text_size=view.unit,
        editable=True,
        row_labels=tuple(layer.name for layer in trace.layers),
        col_labels=_LABELS,
    )
    row = motion.blend(motion.here.index, motion.there.index)
    return grid, box(grid, row, 0, 1, len(_LABELS), Role.KERNEL, fill=0.12)


def _pyramid(trace: FieldOfView, index: int, view: View, area: Area) -> tuple[Item, ...]:
    """Draw the units of every map along the row of the chosen one, and how often each counts up to a layer.

    Before the first layer, at −1, none has been counted.
    """
    pitch = (area.height - caption_height(view)) / len(trace.sizes)
    ways = [cols for _, cols in trace.ways(index)] if index >= 0 else []
    grids = [
        _units(trace, number, ways[number] if number < len(ways) else None, view, area, pitch)
        for number in range(len(trace.sizes))
    ]
    names = ("input", *(layer.name for layer in trace.layers))
    size = min(view.unit * 0.85, pitch * 0.8)
    labels = (
        Label(name, area.x + (_NAMES - 0.5) * view.unit, grid.y + grid.height / 2, size, Role.MUTED, anchor="end")
        for name, grid in zip(names, grids, strict=True)
    )
    title = Label("Units along a row", area.x + _NAMES * view.unit, area.y + view.unit, view.unit, bold=True)
    cones = (
        line
        for number in range(index + 1)
        for line in _cone(grids[number + 1], ways[number + 1], grids[number], ways[number])
    )
    return title, *cones, *grids, *labels


def _units(trace: FieldOfView, number: int, ways: Ways | None, view: View, area: Area, pitch: float) -> Matrix:
    """Draw the units of a map in their row, as wide as what they stand for of the input, if there is room."""
    count, jump = trace.sizes[number], np.prod([layer.stride for layer in trace.layers[:number]], dtype=int)
    width = area.width - _NAMES * view.unit
    cell = min(width / trace.sizes[0] * float(jump), pitch * _UNIT_SHARE, width / count)
    values = np.zeros((1, count)) if ways is None else ways[None]
    return Matrix(
        f"units {number}",
        values,
        area.x + _NAMES * view.unit + (width - cell * count) / 2,
        area.y + caption_height(view) + (len(trace.sizes) - 1 - number + 0.5) * pitch - cell / 2,
        cell,
        Role.OUTPUT if number else Role.INPUT,
        Scale(float(values.max()) or 1.0, signed=False),
        states=np.where(values > 0, CellState.NORMAL, CellState.EMPTY).astype(np.uint8),
    )


def _cone(upper: Matrix, above: Ways, lower: Matrix, below: Ways) -> tuple[Line, ...]:
    """Join the ends of the units that count in two neighbouring rows."""
    tops, bottoms = np.flatnonzero(above), np.flatnonzero(below)
    if tops.size == 0 or bottoms.size == 0:
        return ()
    ends = ((tops[0], bottoms[0]), (tops[-1] + 1, bottoms[-1] + 1))
    return tuple(
        Line(
            upper.x + top * upper.cell, upper.y + upper.height, lower.x + bottom * lower.cell, lower.y, Role.KERNEL, 1.5
        )
        for top, bottom in ends
    )
