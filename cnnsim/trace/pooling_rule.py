"""What a window of a map becomes, value by value."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import Contribution, Factor, Place
from cnnsim.trace.checks import Array
from cnnsim.trace.pooling_kinds import KINDS, Kind, Mode, Ties
from cnnsim.trace.pooling_products import products_of_input, products_of_weight, products_of_window
from cnnsim.trace.pooling_windows import Windows
from cnnsim.trace.uses import Places, Uses, as_places


@dataclass(frozen=True, slots=True, eq=False)
class Pooling:
    """The rule that a window of a map becomes its largest value, its mean, or what its kind says.

    Parameters
    ----------
    x
        Maps, (C, H, W).
    padded
        The same among the zeros around them.
    windows
        Where the windows stand, and which of their cells count.
    mode
        ``"max"``, ``"average"``, ``"l2"`` or ``"weighted"``.
    ties
        Who gets the gradient among equal largest values: the ``"first"``, or all, ``"split"``.
    weights
        (rows, cols) of the largest window; ones unless the kind multiplies by weights.
    divisors
        Sum of the weights of the values that count: (H', W').
    output
        (C, H', W').
    """

    x: Array
    padded: Array
    windows: Windows
    mode: Mode
    ties: Ties
    weights: Array
    divisors: Array
    output: Array

    @property
    def kind(self) -> Kind:
        """What is done with the values."""
        return KINDS[self.mode]

    @property
    def counts(self) -> int | NDArray[np.intp]:
        """Values of one window, or of each."""
        counts = self.windows.counts
        alike = int(counts.flat[0])
        return alike if (counts == alike).all() else np.tile(counts.ravel(), len(self.x))

    @property
    def endings(self) -> tuple[str, ...]:
        """What is done with the values together."""
        return self.kind.endings

    def window(self, cell: Place) -> Array:
        """Values of one window that count: (rows, cols)."""
        channel, row, col = cell
        return np.asarray(self.padded[channel, self.windows.rows.of(row), self.windows.cols.of(col)], dtype=np.float64)

    def values(self, cell: Place) -> Array:
        """What each value of a window contributes: itself, its square, or its product with a weight."""
        window = self.window(cell)
        weights = self.weights[: window.shape[0], : window.shape[1]]
        return np.asarray(self.kind.values(window, weights), dtype=np.float64).ravel()

    def place(self, cell: Place, number: int) -> Place:
        """Cell of the padded input of one value of a window."""
        channel, row, col = cell
        rows, cols = self.windows.rows.of(row), self.windows.cols.of(col)
        r, t = divmod(number, cols.stop - cols.start)
        return channel, rows.start + r, cols.start + t

    def contribution(self, cell: Place, number: int) -> Contribution:
        """One value of the window, with itself or with its weight."""
        place = self.place(cell, number)
        weight = divmod(number, int(self.windows.cols.sizes[cell[2]]))
        operands = {
            "input": Factor.of("input", self.padded, place),
            "weight": Factor.of("weight", self.weights, weight),
        }
        return Contribution.product(*(operands[name] for name in self.kind.operands))

    def combined(self, values: Array) -> float:
        """Return the largest, or the sum."""
        return float(self.kind.combine.accumulate(values)[-1])

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """The result, by way of the sum where there is one."""
        finished = self.kind.finish(np.asarray(combined), self.divisors[cell[1:]])
        return tuple(float(value) for value in finished)

    def winners(self, cell: Place, looked_at: int | None = None) -> tuple[Place, ...]:
        """Cells of the padded input that hold the largest of the first so many values, all if None."""
        values = self.values(cell)[:looked_at]
        return tuple(self.place(cell, int(number)) for number in np.flatnonzero(values == values.max()))

    def winner(self, cell: Place, looked_at: int | None = None) -> Place:
        """The first of the winners in reading order."""
        return self.place(cell, int(self.values(cell)[:looked_at].argmax()))

    def padded_place(self, cell: Place) -> Place:
        """Where a cell of the input stands in the padded input."""
        top, _, left, _ = self.windows.frame
        return cell[0], cell[1] + top, cell[2] + left

    def index(self, cell: Place) -> int:
        """Row · W + column of the first winner in its map: what the backward pass remembers."""
        top, _, left, _ = self.windows.frame
        _, row, col = self.winner(cell)
        return (row - top) * int(self.x.shape[2]) + col - left

    def uses(self, operand: str, place: Place) -> Uses:
        """Return where a weight, or a cell of the padded input, takes part; of an index, the winner that it names."""
        if operand == "index":
            number = int(self.values(place).argmax())
            return Uses(as_places([place]), np.array([number]), {"input": as_places([self.place(place, number)])})
        if operand == "weight":
            found = products_of_weight(self.windows, place, len(self.x))
            return Uses(found.windows, found.numbers_in_window(self.windows), {"input": found.inputs})
        found = products_of_input(self.windows, place)
        met = {"weight": found.weights} if "weight" in self.kind.operands else {}
        return Uses(found.windows, found.numbers_in_window(self.windows), met)

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the cells of the window, and the weights."""
        found = products_of_window(self.windows, cell)
        places = {"input": found.inputs, "weight": found.weights}
        return {name: np.repeat(places[name], self.kind.operands.count(name), 0) for name in self.kind.operands}
