"""A small sample of the wiring, as units with lines between them and as the matrix of its weights."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Cell, CellState, Item, Label, Line, Matrix, Role, Scale, Tint, Values
from cnnsim.scenes.counts_table import TABLE
from cnnsim.scenes.layout import Area, View, caption_height, size_text
from cnnsim.trace.counts import CountStep, LayerShape, Quantity
from cnnsim.trace.counts_wiring import wiring

_PALEST = 0.45  # of the scale: no weight looks like none
_LARGEST_CELL = 2.6  # units
_GAP = 3.0  # units between the two pictures
_NAME = 5.0  # units for a name at the left
_CHOSEN = 2.6  # times as thick is a line that belongs to what is looked at
_BETWEEN = 3.2  # cells from the inputs down to the outputs
_SCALE = Scale(1.0, soft=False)
_UNITS = ("inputs", "outputs")
_COUNTED: Mapping[Quantity, tuple[str, ...]] = {
    "inputs": ("inputs",),
    "outputs": ("outputs",),
    "weights": ("weights",),
    "biases": ("outputs",),  # one for each output, or one that some of them share
    "parameters": ("outputs", "weights"),
    "macs": ("inputs", "outputs", "weights"),
    "parameter bytes": ("outputs", "weights"),
    "activation bytes": ("inputs", "outputs"),
}
"""What of the sample stands for what is counted."""


@dataclass(frozen=True, slots=True, eq=False)
class _Lit:
    """What of the sample belongs to what is looked at: inputs, outputs, and the weights between them."""

    inputs: NDArray[np.bool_]
    outputs: NDArray[np.bool_]
    weights: NDArray[np.bool_]


def wiring_items(layer: LayerShape, step: CountStep, view: View, area: Area) -> tuple[Item, ...]:
    """Draw units with a line for each weight, and the weights as a matrix: equal ones in equal colours.

    What is counted lights up where a count is looked at.
    """
    weights = wiring(layer, step.connection)
    outputs, inputs = weights.shape
    tall = max(_BETWEEN + 1, outputs)
    cell = min(
        (area.height - caption_height(view) - view.unit) / tall,
        (area.width - (_GAP + _NAME) * view.unit) / (2 * inputs),
        view.unit * _LARGEST_CELL,
    )
    cell = float(int(cell))
    left = area.x + (area.width - 2 * inputs * cell - (_GAP - _NAME) * view.unit) / 2
    top = round(area.y + caption_height(view))
    lit = _lit(weights, view.looked_at, step)
    upper = _units("inputs", lit.inputs, "Inputs", Role.INPUT, left, top, cell, view)
    x = left + (inputs - outputs) * cell / 2
    lower = _units("outputs", lit.outputs, "", Role.OUTPUT, x, top + _BETWEEN * cell, cell, view)
    colours = _colours(weights)
    matrix = Matrix(
        "weights",
        colours,
        left + inputs * cell + _GAP * view.unit,
        top,
        cell,
        Role.KERNEL,
        _SCALE,
        "Weights",
        f"{size_text(outputs, inputs)} sample, a colour each",
        view.unit,
        numbers=False,
        states=np.where(weights > 0, CellState.NORMAL, CellState.EMPTY).astype(np.uint8),
        tints=_tint(lit.weights, Role.KERNEL),
    )
    name = Label("Outputs", lower.x - view.unit, lower.y + cell / 2, view.unit, Role.OUTPUT, bold=True, anchor="end")
    return (*_lines(colours, weights, lit.weights, upper, lower), upper, lower, name, matrix)


def _lit(weights: NDArray[np.intp], cell: Cell | None, step: CountStep) -> _Lit:
    """Return what belongs to a cell of the sample, or what a cell of the table counts."""
    joined = weights > 0
    if cell is None or cell.matrix != TABLE:
        chosen = _chosen(weights, cell)
        return _Lit(np.logical_or.reduce(chosen, axis=0), np.logical_or.reduce(chosen, axis=1), chosen)
    counted = _COUNTED[step.quantity]
    inputs, outputs = (np.full(n, name in counted) for n, name in zip(joined.shape[::-1], _UNITS, strict=True))
    return _Lit(inputs, outputs, joined & ("weights" in counted))


def _chosen(weights: NDArray[np.intp], cell: Cell | None) -> NDArray[np.bool_]:
    """Which connections belong to the cell that is looked at: all of a unit, or all that share a weight."""
    chosen = np.zeros(weights.shape, np.bool_)
    if cell is not None:
        match cell.matrix:
            case "inputs":
                chosen[:, cell.col] = True
            case "outputs":
                chosen[cell.col] = True
            case "weights":
                chosen = weights == weights[cell.row, cell.col]
    return np.asarray(chosen & (weights > 0), dtype=np.bool_)


def _tint(mask: NDArray[np.bool_], role: Role) -> tuple[Tint, ...]:
    return (Tint(mask, role),) if mask.any() else ()


def _units(
    name: str, chosen: NDArray[np.bool_], caption: str, role: Role, x: float, y: float, cell: float, view: View
) -> Matrix:
    return Matrix(
        name,
        np.zeros((1, len(chosen))),
        round(x),
        round(y),
        cell,
        role,
        caption=caption,
        text_size=view.unit,
        numbers=False,
        tints=_tint(chosen[None], role),
    )


def _lines(
    colours: Values, weights: NDArray[np.intp], chosen: NDArray[np.bool_], upper: Matrix, lower: Matrix
) -> Iterator[Line]:
    thickness = max(1.0, upper.cell * 0.07)
    for output, source in zip(*(index.tolist() for index in np.nonzero(weights)), strict=True):
        yield Line(
            upper.x + (source + 0.5) * upper.cell,
            upper.y + upper.height,
            lower.x + (output + 0.5) * lower.cell,
            lower.y,
            thickness=thickness * (_CHOSEN if chosen[output, source] else 1),
            value=float(colours[output, source]),
            scale=_SCALE,
        )


def _colours(weights: NDArray[np.intp]) -> Values:
    """Spread the numbers of the weights over both halves of the scale, apart from its pale middle."""
    share = (weights - 1) / max(int(weights.max()) - 1, 1)
    strength = np.where(share < 0.5, 2 * share * (1 - _PALEST) - 1, _PALEST + (2 * share - 1) * (1 - _PALEST))
    return np.asarray(np.where(weights > 0, strength, 0.0), dtype=np.float64)
