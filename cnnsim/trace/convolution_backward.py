"""The gradients of a convolution, one multiply at a time: to its kernels, its biases and its input."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.convolution import Convolution
from cnnsim.trace.geometry import Array, checked_array
from cnnsim.trace.meetings import Meetings, meetings


@dataclass(frozen=True, slots=True, eq=False)
class KernelGradient:
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
    def counts(self) -> int:
        """Every cell of one output map contributes."""
        return int(self.g[0].size)

    @property
    def endings(self) -> tuple[str, ...]:
        """The products are added up."""
        return ("sum",)

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
        g, x = float(self.g[out, m, n]), float(self.forward.padded[place])
        return Contribution((Factor("gradient", (out, m, n), g), Factor("input", place, x)), g * x)

    def combined(self, values: Array) -> float:
        """Add up."""
        return float(values.cumsum()[-1])

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Nothing follows the sum."""
        return (combined,)


@dataclass(frozen=True, slots=True, eq=False)
class BiasGradient:
    """The rule ∂J/∂b[o] = Σ G[o, m, n]: a bias is added to every cell of its map.

    `output` is (O, 1, 1).
    """

    g: Array
    output: Array

    @property
    def counts(self) -> int:
        """Every cell of the output map contributes."""
        return int(self.g[0].size)

    @property
    def endings(self) -> tuple[str, ...]:
        """The values are added up."""
        return ("sum",)

    def values(self, cell: Place) -> Array:
        """Gradients of one output map."""
        return np.asarray(self.g[cell[0]].ravel(), dtype=np.float64)

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G of one output cell."""
        m, n = divmod(number, self.g.shape[2])
        g = float(self.g[cell[0], m, n])
        return Contribution((Factor("gradient", (cell[0], m, n), g),), g)

    def combined(self, values: Array) -> float:
        """Add up."""
        return float(values.cumsum()[-1])

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Nothing follows the sum."""
        return (combined,)


@dataclass(frozen=True, slots=True, eq=False)
class InputGradient:
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

    @property
    def endings(self) -> tuple[str, ...]:
        """The products are added up."""
        return ("sum",)

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
        g, w = float(self.g[output_place]), float(self.forward.applied[weight_place])
        return Contribution((Factor("gradient", output_place, g), Factor("kernel", weight_place, w)), g * w)

    def combined(self, values: Array) -> float:
        """Add up; a cell that no window covers has gradient 0."""
        return float(values.cumsum()[-1]) if len(values) else 0.0

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Nothing follows the sum."""
        return (combined,)


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
    g = _checked_gradient(rule, g)
    output = np.zeros(rule.w.shape)
    for cell in np.ndindex(*output.shape):
        out, c, r, t = cell
        geometry = rule.geometry
        seen = rule.padded[rule.first_channel(out) + c, geometry.rows.seen_by(r), geometry.cols.seen_by(t)]
        output[cell] = (g[out] * seen).cumsum()[-1]
    return cellwise(KernelGradient(rule, g, output))


def bias_gradient(forward: CellwiseTrace[Convolution], g: Any = None) -> CellwiseTrace[BiasGradient]:
    """Return the steps of the gradient of a convolution with respect to its biases, (O, 1, 1); see `kernel_gradient`.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> bias_gradient(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))).rule.output
    array([[[9.]]])
    """
    g = _checked_gradient(forward.rule, g)
    return cellwise(BiasGradient(g, g.reshape(len(g), -1).cumsum(axis=1)[:, -1, None, None]))


def input_gradient(forward: CellwiseTrace[Convolution], g: Any = None) -> CellwiseTrace[InputGradient]:
    """Return the steps of the gradient of a convolution with respect to its input, (C, H, W); see `kernel_gradient`.

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
    g = _checked_gradient(rule, g)
    mode = rule.geometry.mode
    output = np.zeros(rule.x.shape)
    gradient = InputGradient(rule, g, output, meetings(rule.geometry.rows, mode), meetings(rule.geometry.cols, mode))
    for cell in np.ndindex(*output.shape):
        output[cell] = gradient.combined(gradient.values(cell))
    return cellwise(gradient)


def _checked_gradient(rule: Convolution, g: Any) -> Array:
    array = checked_array("g", np.ones(rule.output.shape) if g is None else g, 2, 3)
    if array.shape != rule.output.shape:
        raise InputError(
            "g", f"array of shape {array.shape}", f"is not {rule.output.shape}", "give one value a cell of y"
        )
    return array
