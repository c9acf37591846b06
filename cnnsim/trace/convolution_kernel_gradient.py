"""The gradients of a convolution to its kernels and its biases, one multiply at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_gradient
from cnnsim.trace.convolution import Convolution
from cnnsim.trace.convolution_products import Products, products_of_input, products_of_weight, products_of_window
from cnnsim.trace.sums import Sum
from cnnsim.trace.uses import Places, Uses, as_places

_MANY_WEIGHTS = 2048


@dataclass(frozen=True, slots=True, eq=False)
class KernelGradient(Sum):
    """The rule ∂J/∂w[o, c, r, t] = Σ G[o, m, n] · x[c, m·s + r·d, n·s + t·d]: a weight meets all it ever multiplied.

    Parameters
    ----------
    forward
        The convolution whose gradient it is.
    g
        Gradient of the loss with respect to its output, ∂J/∂y: (O, H', W').
    output
        Gradient with respect to the kernels as they lie on the windows: (O, C/groups, kh, kw).
    """

    forward: Convolution
    g: Array
    output: Array

    @property
    def of_given(self) -> Array:
        """Gradient with respect to the kernels as they were given, before any turn: (O, C/groups, kh, kw)."""
        return self.output[..., ::-1, ::-1] if self.forward.flip else self.output

    @property
    def counts(self) -> int:
        """Every cell of one output map contributes."""
        return int(self.g[0].size)

    def seen(self, cell: Place) -> Array:
        """Padded input values that a weight multiplied, one for each output cell: (H', W')."""
        out, c, r, t = cell
        geometry = self.forward.geometry
        channel = self.forward.first_channel(out) + c
        return self.forward.padded[channel, geometry.rows.seen_by(r), geometry.cols.seen_by(t)]

    def products(self, cell: Place) -> Array:
        """Products for one weight, one for each output cell: (H', W')."""
        return np.asarray(self.g[cell[0]] * self.seen(cell), dtype=np.float64)

    def values(self, cell: Place) -> Array:
        """Products for one weight in the order of the steps."""
        return self.products(cell).ravel()

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G of one output cell times the value that the weight met there."""
        out, c, r, t = cell
        m, n = divmod(number, self.g.shape[2])
        place = (self.forward.first_channel(out) + c, *self.forward.geometry.place(m, n, r, t))
        g = Factor.of("gradient", self.g, (out, m, n))
        return Contribution.product(g, Factor.of("input", self.forward.padded, place))

    def uses(self, operand: str, place: Place) -> Uses:
        """Return where a G, or a cell of the padded input, takes part."""
        found = (products_of_window if operand == "gradient" else products_of_input)(self.forward, place)
        met = {"input": found.inputs} if operand == "gradient" else {"gradient": found.windows}
        return Uses(found.weights, found.window_numbers(self.forward), met)

    def met(self, cell: Place) -> Products:
        """Return the products behind the contributions of a cell, in the order of the steps."""
        return products_of_weight(self.forward, cell)

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return all of G of one map, and the cells that the weight met."""
        found = self.met(cell)
        return {"gradient": found.windows, "input": found.inputs}


@dataclass(frozen=True, slots=True, eq=False)
class BiasGradient(Sum):
    """The rule ∂J/∂b[o] = Σ G[o, m, n]: a bias is added to every cell of its map.

    `output` is (O, 1, 1).
    """

    g: Array
    output: Array

    @property
    def counts(self) -> int:
        """Every cell of the output map contributes."""
        return int(self.g[0].size)

    def values(self, cell: Place) -> Array:
        """Gradients of one output map."""
        return np.asarray(self.g[cell[0]].ravel(), dtype=np.float64)

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G of one output cell."""
        m, n = divmod(number, self.g.shape[2])
        return Contribution.product(Factor.of("gradient", self.g, (cell[0], m, n)))

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the bias that a G goes to."""
        m, n = place[1:]
        return Uses(as_places([(place[0], 0, 0)]), np.array([m * self.g.shape[2] + n], np.intp), {})

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return all of G of one map."""
        rows, cols = np.indices(self.g.shape[1:], np.intp).reshape(2, -1)
        return {"gradient": np.stack([np.full_like(rows, cell[0]), rows, cols], 1)}


def kernel_gradient(forward: CellwiseTrace[Convolution], g: Any = None) -> CellwiseTrace[KernelGradient]:
    """Return the steps of the gradient of a convolution with respect to its kernels.

    Parameters
    ----------
    forward
        The convolution.
    g
        Gradient of the loss with respect to its output, (H', W') or (O, H', W'); ones if None.

    Returns
    -------
    CellwiseTrace
        Its ``rule.output`` is (O, C/groups, kh, kw). For a true convolution it is the gradient of the turned kernels.

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = kernel_gradient(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")))
    >>> steps.rule.output[0, 0]
    array([[6., 7., 6.],
           [4., 7., 7.],
           [4., 6., 6.]])
    """
    rule = forward.rule
    g = checked_gradient(g, rule.output)
    return cellwise(KernelGradient(rule, g, _kernel_sums(rule, g)))


def bias_gradient(forward: CellwiseTrace[Convolution], g: Any = None) -> CellwiseTrace[BiasGradient]:
    """Return the steps of the gradient of a convolution with respect to its biases, (O, 1, 1); see `kernel_gradient`.

    Parameters
    ----------
    forward
        Steps of the convolution.
    g
        Gradient of its output (O, H', W'), float64; None for ones.

    Returns
    -------
    CellwiseTrace
        One cell per bias; `rule.output` is (O, 1, 1), float64.

    Raises
    ------
    InputError
        If `g` does not have the output's shape.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> bias_gradient(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))).rule.output
    array([[[9.]]])
    """
    g = checked_gradient(g, forward.rule.output)
    return cellwise(added_up(g))


def added_up(g: Array) -> BiasGradient:
    """Return the gradient of biases that are added to maps with this gradient: (O, H', W')."""
    return BiasGradient(g, g.reshape(len(g), -1).cumsum(axis=1)[:, -1, None, None])


def _kernel_sums(rule: Convolution, g: Array) -> Array:
    """Add the products in the order of the steps, which a plain sum would not: for all weights at once if many."""
    return (_window_by_window if rule.w.size >= _MANY_WEIGHTS else _weight_by_weight)(rule, g)


def _window_by_window(rule: Convolution, g: Array) -> Array:
    outs, channels, *size = rule.w.shape
    sums = np.full((rule.groups, outs // rule.groups, channels, *size), -0.0)  # what changes no first product
    products = np.empty(sums.shape)
    g = g.reshape(*sums.shape[:2], 1, *g.shape[1:])
    for a, b in np.ndindex(*rule.geometry.output_shape):
        window = rule.geometry.window(rule.padded, a, b).reshape(rule.groups, 1, channels, *size)
        sums += np.multiply(g[..., a, b, None, None], window, out=products)
    return sums.reshape(rule.w.shape)


def _weight_by_weight(rule: Convolution, g: Array) -> Array:
    rows, cols = rule.geometry.rows, rule.geometry.cols
    outs, channels, *size = rule.w.shape
    output = np.zeros(rule.w.shape)
    for o, r, t in np.ndindex(outs, *size):
        first = rule.first_channel(o)
        seen = rule.padded[first : first + channels, rows.seen_by(r), cols.seen_by(t)]
        output[o, :, r, t] = (g[o] * seen).reshape(channels, -1).cumsum(axis=1)[:, -1]
    return output
