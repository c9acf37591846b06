"""The gradient of a convolution to its input, one multiply at a time, gathered cell by cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_gradient
from cnnsim.trace.convolution import Convolution
from cnnsim.trace.convolution_products import Products, products_of, products_of_weight, products_of_window
from cnnsim.trace.geometry import OUTSIDE, Geometry
from cnnsim.trace.meetings import Meetings, meetings
from cnnsim.trace.sums import Sum
from cnnsim.trace.uses import Places, Uses


@dataclass(frozen=True, slots=True, eq=False)
class InputGradient(Sum):
    """The rule ∂J/∂x[c, i, j] = Σ w[o, c, r, t] · G[o, m, n] over every meeting of the input cell with a weight.

    Each window over the cell hands its G back through the weight that lay on the cell. With stride 1 the weights met in
    turn are the kernel turned by 180°: a full convolution of G.

    Parameters
    ----------
    forward
        The convolution whose gradient it is.
    g
        Gradient of the loss with respect to its output, ∂J/∂y: (O, H', W').
    output
        Gradient with respect to its input: (C, H, W).
    rows, cols
        The meetings along both axes.
    """

    forward: Convolution
    g: Array
    output: Array
    rows: Meetings
    cols: Meetings

    @property
    def counts(self) -> NDArray[np.intp]:
        """Meetings of each input cell, in every output map of its group."""
        outs = len(self.g) // self.forward.groups
        return np.tile(outs * np.multiply.outer(self.rows.counts, self.cols.counts).ravel(), len(self.output))

    def outs(self, channel: int) -> range:
        """Output maps that see an input map."""
        outs, channels = len(self.g) // self.forward.groups, self.forward.w.shape[1]
        first = channel // channels * outs
        return range(first, first + outs)

    def products(self, cell: Place) -> Array:
        """Products for one input cell: (output maps, meetings along the rows, meetings along the columns)."""
        channel, row, col = cell
        outs, rows, cols = self.outs(channel), self.rows.of(row), self.cols.of(col)
        g = self.g[outs.start : outs.stop][:, rows.window][:, :, cols.window]
        w = self.forward.applied[outs.start : outs.stop, channel % self.forward.w.shape[1]]
        return np.asarray(g * w[:, rows.within][:, :, cols.within], dtype=np.float64)

    def values(self, cell: Place) -> Array:
        """Products for one input cell in the order of the steps."""
        return self.products(cell).ravel()

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G of one window times the weight that lay on the cell."""
        channel, row, col = cell
        rows, cols = self.rows.of(row), self.cols.of(col)
        shape = (len(self.outs(channel)), len(rows.window), len(cols.window))
        o, a, b = (int(index) for index in np.unravel_index(number, shape))
        out = self.outs(channel)[o]
        output_place = (out, int(rows.window[a]), int(cols.window[b]))
        weight_place = (out, channel % self.forward.w.shape[1], int(rows.within[a]), int(cols.within[b]))
        g = Factor.of("gradient", self.g, output_place)
        return Contribution.product(g, Factor.of("kernel", self.forward.applied, weight_place))

    def uses(self, operand: str, place: Place) -> Uses:
        """Return where a G or a weight takes part; what lay on zeros of the padding goes nowhere."""
        found = (products_of_window if operand == "gradient" else products_of_weight)(self.forward, place)
        cells = found.sources(self.forward)
        real = (cells != OUTSIDE).all(axis=1)
        cells, windows, weights = cells[real], found.windows[real], found.weights[real]
        a = self.rows.rank(windows[:, 1], weights[:, 2])
        b = self.cols.rank(windows[:, 2], weights[:, 3])
        outs = windows[:, 0] % (len(self.g) // self.forward.groups)
        numbers = (outs * self.rows.counts[cells[:, 1]] + a) * self.cols.counts[cells[:, 2]] + b
        return Uses(cells, numbers, {"kernel": weights} if operand == "gradient" else {"gradient": windows})

    def met(self, cell: Place) -> Products:
        """Return the products behind the contributions of a cell, in the order of the steps."""
        channel, row, col = cell
        outs, rows, cols = self.outs(channel), self.rows.of(row), self.cols.of(col)
        o, a, b = np.indices((len(outs), len(rows.window), len(cols.window)), np.intp).reshape(3, -1)
        within = channel % self.forward.w.shape[1]
        return products_of(
            self.forward, outs.start + o, rows.window[a], cols.window[b], within, rows.within[a], cols.within[b]
        )

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the G of the windows over an input cell, and the weights that lay on it."""
        found = self.met(cell)
        return {"gradient": found.windows, "kernel": found.weights}


def input_gradient(forward: CellwiseTrace[Convolution], g: Any = None) -> CellwiseTrace[InputGradient]:
    """Return the steps of the gradient of a convolution with respect to its input, (C, H, W); see `kernel_gradient`.

    Parameters
    ----------
    forward
        Steps of the convolution.
    g
        Gradient of its output (O, H', W'), float64; None for ones.

    Returns
    -------
    CellwiseTrace
        One cell per cell of the input; `rule.output` is (C, H, W), float64.

    Raises
    ------
    InputError
        If `g` does not have the output's shape, or the convolution copies its border.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> input_gradient(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))).rule.output[0]
    array([[1., 1., 2., 1., 1.],
           [1., 2., 3., 2., 1.],
           [2., 3., 5., 3., 2.],
           [1., 2., 3., 2., 1.],
           [1., 1., 2., 1., 1.]])
    """
    rule = forward.rule
    g = checked_gradient(g, rule.output)
    rows, cols = (meetings(axis, rule.geometry.mode) for axis in (rule.geometry.rows, rule.geometry.cols))
    return cellwise(InputGradient(rule, g, _input_sums(rule, g), rows, cols))


def _input_sums(rule: Convolution, g: Array) -> Array:
    """Add the products one after the other in the order of the steps, so that these agree to the last bit."""
    if rule.geometry.mode != "zeros" and rule.padded.shape != rule.x.shape:
        return _sums_of_copies(rule, g)
    outs, channels, *size = rule.applied.shape
    by_group = rule.groups, outs // rule.groups
    weights, g = rule.applied.reshape(*by_group, channels, *size), g.reshape(*by_group, 1, *g.shape[1:])
    sums = np.zeros((rule.groups, channels, *rule.geometry.padded_shape))
    few = g[0, 0].size < np.prod(size)
    for o in range(by_group[1]):
        (_window_by_window if few else _weight_by_weight)(sums, g[:, o], weights[:, o], rule.geometry)
    (top, left), (rows, cols) = (rule.geometry.rows.before, rule.geometry.cols.before), rule.x.shape[1:]
    return sums[..., top : top + rows, left : left + cols].reshape(rule.x.shape)


def _window_by_window(sums: Array, g: Array, weights: Array, geometry: Geometry) -> None:
    """Add G times the weights of one output map, in reading order of the windows."""
    for a, b in np.ndindex(*geometry.output_shape):
        window = geometry.window(sums.reshape(-1, *sums.shape[2:]), a, b)
        window += (g[:, :, a, b, None, None] * weights).reshape(window.shape)


def _weight_by_weight(sums: Array, g: Array, weights: Array, geometry: Geometry) -> None:
    """Go through the weights of one output map from the last: so the windows over a cell come in reading order."""
    products = np.empty((*weights.shape[:2], *geometry.output_shape))
    for r, t in reversed(list(np.ndindex(*geometry.window_shape))):
        cells = sums[:, :, geometry.rows.seen_by(r), geometry.cols.seen_by(t)]
        cells += np.multiply(g, weights[:, :, r, t, None, None], out=products)


def _sums_of_copies(rule: Convolution, g: Array) -> Array:
    """Add also what windows hand to copies of cells beyond the border, all in reading order of the windows."""
    totals = np.zeros((len(rule.x), rule.x[0].size + 1))  # the last cell takes what is on zeros
    targets = rule.geometry.seen().ravel()
    for o, c in np.ndindex(*rule.w.shape[:2]):
        products = g[o, :, None, :, None] * rule.applied[o, c][:, None, :]
        np.add.at(totals[rule.first_channel(o) + c], targets, products.ravel())
    return totals[:, :-1].reshape(rule.x.shape)
