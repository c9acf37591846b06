"""The field of view of a unit, layer by layer: how far it reaches, and how much each cell within counts."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.trace.checks import Array, checked_integers, checked_name, checked_pair
from cnnsim.trace.field_of_view_gradient import random_gradient
from cnnsim.trace.field_of_view_layers import SlidingLayer, Ways, checked_layers, checked_sizes
from cnnsim.trace.grain import GrainView, check_index

Weights = Literal["uniform", "random"]
WEIGHTS: tuple[Weights, ...] = ("uniform", "random")
Unit = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FieldStep:
    """How the field of view grows with one layer.

    Parameters
    ----------
    index
        Number of the layer, from 0.
    layer
        Its window.
    jump
        Cells of the input from one cell of the map below to the next: the product of the strides so far.
    before, size
        Side of the field of view below the layer, and with it: size = before + dilation·(kernel_size − 1)·jump.
    unit
        The unit whose field is shown: its row and column in the layer's map.
    first
        Row and column of the input where the field begins; below 0 it begins on padding.
    """

    index: int
    layer: SlidingLayer
    jump: int
    before: int
    size: int
    unit: Unit
    first: Unit


@dataclass(frozen=True, slots=True, eq=False)
class FieldOfView:
    """The layers one after another; `field_of_view` makes it.

    Parameters
    ----------
    layers
        What is stacked.
    sizes
        Sides of the square input and of each map.
    units
        The cell of the input in the middle, and the unit of each map: the last was chosen, and each is in the middle
        of the window of the next.
    weights, seed
        Of the kernels through which the gradient is followed.
    """

    layers: tuple[SlidingLayer, ...]
    sizes: tuple[int, ...]
    units: tuple[Unit, ...]
    weights: Weights
    seed: int

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, index: int) -> FieldStep:
        place = check_index(index, len(self))
        below = self.layers[:place]
        layer, unit = self.layers[place], self.units[place + 1]
        jump = _jump(below)
        before = _extent(below)
        size = before + (layer.extent - 1) * jump
        row, col = (self._first(place, index) for index in unit)
        return FieldStep(place, layer, jump, before, size, unit, (row, col))

    @property
    def output(self) -> Array:
        """Sides of the field of view after each layer: (K,)."""
        return np.array([self[index].size for index in range(len(self))], dtype=np.float64)

    def at(self, grain: str) -> GrainView[FieldStep]:
        """Return the steps: each is a layer at every grain."""
        return GrainView(self, range(1, len(self) + 1))

    def ways(self, index: int) -> tuple[tuple[Ways, Ways], ...]:
        """How often each row and each column of the input and of the maps up to a layer counts for the unit there.

        The last is the layer's own map, where the unit counts once.
        """
        place = check_index(index, len(self))
        found = [tuple(_one(at, self.sizes[place + 1]) for at in self.units[place + 1])]
        for number in range(place, -1, -1):
            layer, n = self.layers[number], self.sizes[number]
            found.append(tuple(layer.ways(ways, n) for ways in found[-1]))
        return tuple((rows, cols) for rows, cols in reversed(found))

    def gradient(self, index: int) -> Array:
        """How much each cell of the input counts for the unit of a layer: (n, n).

        With uniform kernels, in how many ways it gets there; with random ones, the root of the mean square of the
        gradient over many draws, as a share of the largest.
        """
        place = check_index(index, len(self))
        if self.weights == "random":
            part = slice(0, place + 1)
            return random_gradient(self.layers[part], self.sizes[: place + 2], self.units[place + 1], self.seed)
        rows, cols = self.ways(place)[0]
        return np.asarray(np.multiply.outer(rows, cols), dtype=np.float64)

    def sees(self, upper: int, lower: int) -> NDArray[np.bool_]:
        """Which units of a lower map each unit of an upper one sees, along one axis: (upper units, lower units).

        The input is map 0, a layer's map has the layer's number from 1.
        """
        seen = np.eye(self.sizes[upper], dtype=np.bool_)
        for number in range(upper - 1, lower - 1, -1):
            seen = seen @ self.layers[number].sees(self.sizes[number])
        return seen

    def nearest_unit(self, row: int, col: int) -> Unit:
        """Unit of the last map in the middle of whose field a cell of the input is, as nearly as there is one.

        Examples
        --------
        >>> field_of_view([[3, 1], [3, 2]], 11).nearest_unit(5, 0)
        (2, 0)
        """
        last = len(self) - 1
        jump = _jump(self.layers)
        down, right = (round((at - self._first(last, 0) - (self[last].size - 1) / 2) / jump) for at in (row, col))
        return min(max(down, 0), self.sizes[-1] - 1), min(max(right, 0), self.sizes[-1] - 1)

    def half(self, index: int) -> int:
        """Side of the smallest square in the middle of the field that holds half of the gradient."""
        step, gradient = self[index], self.gradient(index)
        for side in range(2 - step.size % 2, step.size + 1, 2):
            top, left = (first + (step.size - side) // 2 for first in step.first)
            inner = gradient[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
            if 2 * inner.sum() >= gradient.sum():
                return side
        return step.size

    def _first(self, place: int, unit: int) -> int:
        """Row or column of the input where the field of a unit begins."""
        for layer in reversed(self.layers[: place + 1]):
            unit = layer.first(unit)
        return unit


def field_of_view(
    layers: Any,
    input_size: int | None = None,
    unit: tuple[int, int] | None = None,
    *,
    weights: str = "uniform",
    seed: int = 0,
) -> FieldOfView:
    """Return how the field of view of a unit grows, layer by layer.

    Parameters
    ----------
    layers
        A row for each layer: kernel size, stride, dilation, padding, and 1 if it is a pooling; columns that are missing
        are 1, 1, 0 and 0.
    input_size
        Rows and columns of the input; as many as the last unit sees if None.
    unit
        Row and column of the unit of the last layer; the one in the middle if None.
    weights
        Kernels through which the gradient is followed: ``"uniform"``, or ``"random"``, drawn anew many times.
    seed
        Of the random ones.

    Returns
    -------
    FieldOfView
        A trace with a step for each layer.

    Raises
    ------
    InputError
        If a number is out of range, the input is too small for a window, or the last map has no such unit.

    References
    ----------
    A. Araujo, W. Norris, J. Sim, Computing receptive fields of convolutional neural networks, Distill (2019).
    W. Luo, Y. Li, R. Urtasun, R. Zemel, Understanding the effective receptive field, NIPS 2016.

    Examples
    --------
    >>> field_of_view([[3, 2], [3, 1]]).output
    array([3., 7.])
    >>> field_of_view([[3], [3]]).gradient(1)[2]
    array([3., 6., 9., 6., 3.])
    """
    stack = checked_layers(layers)
    known = checked_name("weights", weights, WEIGHTS)
    (n,) = checked_integers("input_size", _extent(stack) if input_size is None else input_size, 1)
    sizes = checked_sizes(n, stack)
    last = (sizes[-1] // 2, sizes[-1] // 2) if unit is None else checked_pair("unit", unit)
    if not all(0 <= index < sizes[-1] for index in last):
        raise InputError("unit", last, f"is not in the last map of {sizes[-1]} × {sizes[-1]}", "use smaller numbers")
    return FieldOfView(stack, sizes, _units(stack, sizes, last), known, seed)


def _units(layers: tuple[SlidingLayer, ...], sizes: tuple[int, ...], last: Unit) -> tuple[Unit, ...]:
    """The unit of each map that lies in the middle of the window of the next, the input's cell first."""
    units = [last]
    for layer, n in zip(reversed(layers), reversed(sizes[:-1]), strict=True):
        row, col = (
            min(max(layer.first(index) + layer.kernel_size // 2 * layer.dilation, 0), n - 1) for index in units[-1]
        )
        units.append((row, col))
    return tuple(reversed(units))


def _jump(layers: tuple[SlidingLayer, ...]) -> int:
    return int(np.prod([layer.stride for layer in layers], dtype=np.int64))


def _extent(layers: tuple[SlidingLayer, ...]) -> int:
    return 1 + sum((layer.extent - 1) * _jump(layers[:number]) for number, layer in enumerate(layers))


def _one(index: int, n: int) -> Ways:
    ways = np.zeros(n)
    ways[index] = 1.0
    return ways
