"""The gradient of a pooling, one window at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_gradient
from cnnsim.trace.pooling_products import Products, products_of_input, products_of_weight, products_of_window
from cnnsim.trace.pooling_rule import Pooling
from cnnsim.trace.pooling_shares import Covering, Handed, Won, shared_out, won_windows
from cnnsim.trace.sums import Sum
from cnnsim.trace.uses import Places, Uses, as_places


@dataclass(frozen=True, slots=True, eq=False)
class PoolingGradient(Sum):
    """The rule that each window hands its G back to its values: all of it to the winner, or to each its share.

    An input cell gets from every window over it that gives it anything: G of the windows it won, divided among equals
    if ties are split; G·w/Σw of each for an average (w = 1 without weights); G·x/y of each for the root of the sum of
    squares (0 where y is 0).

    Parameters
    ----------
    forward
        The pooling whose gradient it is.
    g
        Gradient of the loss with respect to its output: (C, H', W').
    output
        Gradient with respect to its input: (C, H, W).
    handed
        Which windows hand something to an input cell.
    """

    forward: Pooling
    g: Array
    output: Array
    handed: Won | Covering

    @property
    def counts(self) -> NDArray[np.intp]:
        """How many windows hand something to each input cell."""
        return self.handed.counts

    def windows_of(self, cell: Place) -> NDArray[np.intp]:
        """Output cells that hand something to an input cell: (n, 3)."""
        return np.stack(np.unravel_index(self._handed(cell).windows, self.g.shape), axis=1)

    def values(self, cell: Place) -> Array:
        """What each of those windows hands over."""
        handed = self._handed(cell)
        return handed.of(self.g.ravel()[handed.windows])

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G of one window times the cell's share in it."""
        handed = self._handed(cell).one(number)
        place = tuple(int(index) for index in np.unravel_index(int(handed.windows), self.g.shape))
        g = Factor.of("gradient", self.g, place)
        factors = [g]
        if handed.times is not None:
            factors.append(self._multiplier(cell, place, float(handed.times)))
        if handed.by is not None:
            factors.append(self._divisor(place, float(handed.by)))
        return Contribution(tuple(factors), float(handed.of(self.g[place])))

    def _multiplier(self, cell: Place, window: Place, value: float) -> Factor:
        """The input cell itself, or the weight that lay on it."""
        channel, row, col = self.forward.padded_place(cell)
        if self._share_has("input"):
            return Factor("input", (channel, row, col), value)
        rows, cols = self.forward.windows.rows.of(window[1]), self.forward.windows.cols.of(window[2])
        return Factor("weight", (row - rows.start, col - cols.start), value)

    def _divisor(self, window: Place, value: float) -> Factor:
        """What the window was divided by; a root of 0 hands nothing over."""
        if value == 0:
            return Factor("nothing", None, 0.0)
        if self._share_has("output"):
            return Factor("output", window, value, divides=True)
        return Factor("divisor", None, value, divides=True)

    def _share_has(self, operand: str) -> bool:
        share = self.forward.kind.share
        return share is not None and operand in (share.times, share.by)

    def uses(self, operand: str, place: Place) -> Uses:
        """Return where a G takes part, or a weight, an input cell or an output cell by which it is shared.

        An index of a winner takes part where the G of its window does; an input cell, in what it won.
        """
        if isinstance(self.handed, Won):
            return self._uses_of_won(self.handed, operand, place)
        found = self._products(operand, place).inside(self.forward.windows)
        met = {name: places for name, places in self._operands(found).items() if name != operand}
        cells = found.inputs - self.forward.padded_place((0, 0, 0))
        return Uses(cells, found.numbers_at_input(self.forward.windows), met)

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the windows that hand something over, and what they share it by."""
        if isinstance(self.handed, Won):
            return {"gradient": self.windows_of(cell)}
        return self._operands(products_of_input(self.forward.windows, self.forward.padded_place(cell)))

    def _uses_of_won(self, won: Won, operand: str, place: Place) -> Uses:
        if operand == "input":
            top, _, left, _ = self.forward.windows.frame
            cell = place[0], place[1] - top, place[2] - left
            inside = all(0 <= index < length for index, length in zip(cell, self.output.shape, strict=True))
            windows = self.windows_of(cell) if inside else np.empty((0, 3), np.intp)
            return Uses(np.tile(cell, (len(windows), 1)), np.arange(len(windows)), {"gradient": windows})
        cells, numbers = won.uses(int(np.ravel_multi_index(place, self.g.shape)))
        met = {"gradient": as_places([place])} if operand == "index" else {}
        return Uses(np.stack(np.unravel_index(cells, self.output.shape), axis=1), numbers, met)

    def _products(self, operand: str, place: Place) -> Products:
        windows = self.forward.windows
        if operand == "weight":
            return products_of_weight(windows, place, len(self.g))
        return (products_of_input if operand == "input" else products_of_window)(windows, place)

    def _operands(self, found: Products) -> dict[str, Places]:
        """Places by the names of the factors."""
        places = {"gradient": found.windows, "weight": found.weights, "input": found.inputs, "output": found.windows}
        return {name: place for name, place in places.items() if name == "gradient" or self._share_has(name)}

    def _handed(self, cell: Place) -> Handed:
        return self.handed.of(cell, int(np.ravel_multi_index(cell, self.output.shape)))


def pooling_gradient(forward: CellwiseTrace[Pooling], g: Any = None) -> CellwiseTrace[PoolingGradient]:
    """Return the steps of the gradient of a pooling with respect to its input.

    Parameters
    ----------
    forward
        The pooling.
    g
        Gradient of the loss with respect to its output, (H', W') or (C, H', W'); ones if None.

    Returns
    -------
    CellwiseTrace
        Its ``rule.output`` is (C, H, W).

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import pooling
    >>> pooling_gradient(pooling(gallery.POOLING_IMAGE)).rule.output[0]
    array([[0., 0., 0., 0.],
           [0., 1., 0., 1.],
           [1., 0., 0., 0.],
           [0., 0., 0., 1.]])
    >>> pooling_gradient(pooling([[3, 3], [1, 3]], ties="split"), [[6]]).rule.output[0]
    array([[2., 2.],
           [0., 2.]])
    """
    rule = forward.rule
    g = checked_gradient(g, rule.output)
    if rule.kind.share is None:
        won = won_windows(rule)
        handed: Won | Covering = won
        # bincount adds one window after the other, as the steps do.
        cells = np.repeat(np.arange(rule.x.size), won.counts)
        values = won.all.of(g.ravel()[won.windows])
        output = np.bincount(cells, values, rule.x.size).astype(np.float64).reshape(rule.x.shape)
    else:
        handed = Covering(rule, rule.kind.share)
        output = shared_out(rule, rule.kind.share, g)
    return cellwise(PoolingGradient(rule, g, output, handed))
