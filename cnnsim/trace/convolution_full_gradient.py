"""The gradient of a convolution to its input as what textbooks call it: a full convolution with the turned kernel.

G gets s − 1 zeros between its cells and d(k − 1) − p around them, and every kernel is turned by 180°. An ordinary
convolution of that ends in the same numbers as gathering the products cell by cell, or scattering them.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_gradient
from cnnsim.trace.convolution import Convolution, convolved
from cnnsim.trace.geometry import Axis, Geometry
from cnnsim.trace.recast import Unbiased
from cnnsim.trace.uses import Places, as_places


@dataclass(frozen=True, slots=True, eq=False)
class FullInputGradient(Unbiased[Convolution]):
    """The rule ∂J/∂x[c, i, j] = Σ w[o, c, r, t] · G[o, m, n] as a convolution of the stretched G with turned kernels.

    Factors of the gradient are placed in the stretched G, factors of the kernel in the kernels turned by 180°.

    Parameters
    ----------
    forward
        The convolution whose gradient it is.
    g
        Gradient of the loss with respect to its output: (O, H', W').
    """

    forward: Convolution
    g: Array

    names = MappingProxyType({"input": "gradient"})

    @property
    def stretched(self) -> Array:
        """G with zeros between its cells and its border: (O, rows, columns)."""
        return self.rule.x

    @property
    def turned(self) -> Array:
        """The kernels as they lay on the windows of the convolution, turned by 180°: (O, C/groups, kh, kw)."""
        return self.forward.applied[..., ::-1, ::-1]

    def factor(self, factor: Factor) -> Factor:
        """Place a weight in the kernels of the convolution: (output map, input map of the group, r, t)."""
        if factor.operand != "kernel" or factor.place is None:
            return replace(factor, operand=self.names.get(factor.operand, factor.operand))
        return replace(factor, place=tuple(self.outer_places("kernel", as_places([factor.place]))[0].tolist()))

    def inner_place(self, operand: str, place: Place) -> Place:
        """Place of a weight in the exchanged kernels: (input map, output map of the group, r, t)."""
        if operand != "kernel":
            return place
        outs, channels = self._of_group
        group, of_group = divmod(place[0], outs)
        return group * channels + place[1], of_group, *place[2:]

    def outer_places(self, operand: str, places: Places) -> Places:
        """Places of weights in the kernels of the convolution."""
        if operand != "kernel":
            return places
        outs, channels = self._of_group
        group, channel = np.divmod(places[:, 0], channels)
        return np.stack([group * outs + places[:, 1], channel, places[:, 2], places[:, 3]], 1)

    @property
    def _of_group(self) -> tuple[int, int]:
        """Output and input maps of a group."""
        return len(self.forward.w) // self.forward.groups, self.forward.w.shape[1]


def full_input_gradient(forward: CellwiseTrace[Convolution], g: Any = None) -> CellwiseTrace[FullInputGradient]:
    """Return the steps of the gradient of a convolution with respect to its input, as a full convolution.

    Parameters
    ----------
    forward
        The convolution, without padding or padded by zeros.
    g
        Gradient of the loss with respect to its output, (H', W') or (O, H', W'); ones if None.

    Returns
    -------
    CellwiseTrace
        Each input cell takes a step for every weight and one for the sum. Its ``rule.output`` is (C, H, W).

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output; or if the padding repeats cells of the
        input, which get more than one convolution gives them.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> steps = full_input_gradient(convolution([[1, 2, 3, 4, 5]], [[1, 10, 100]], stride=2), [[7, 8]])
    >>> steps.rule.stretched[0], steps.rule.turned[0, 0], steps.rule.output[0]
    (array([[0., 0., 7., 0., 8., 0., 0.]]), array([[100.,  10.,   1.]]), array([[  7.,  70., 708.,  80., 800.]]))
    """
    rule = forward.rule
    g = checked_gradient(g, rule.output)
    if rule.geometry.mode != "zeros" and rule.geometry.padded_shape != rule.geometry.input_shape:
        reason = "repeats cells, which get more than one convolution gives them"
        raise InputError("padding_mode", rule.geometry.mode, reason, "use zeros, or gather the gradient")
    inner = Geometry(_inner(rule.geometry.rows), _inner(rule.geometry.cols))
    wide, kernels, biases = _stretched(g, rule.geometry), _exchanged(rule), np.zeros(len(rule.x))
    full = convolved(wide, kernels, biases, inner, rule.groups, flip=True)
    return cellwise(FullInputGradient(full, rule, g))


def border(axis: Axis) -> tuple[int, int]:
    """Return the zeros before and after the stretched G, d(k − 1) − p; where negative, cells of it are left out.

    Examples
    --------
    >>> border(Axis(n=5, size=3)), border(Axis(n=6, size=3, stride=2, before=1))
    ((2, 2), (1, 2))
    """
    beyond = axis.extent - 1
    return beyond - axis.before, beyond + axis.unread - axis.after


def _inner(axis: Axis) -> Axis:
    """Windows over the stretched G: one for each cell of the input."""
    return Axis(axis.n + axis.extent - 1, axis.size, dilation=axis.dilation)


def _stretched(g: Array, geometry: Geometry) -> Array:
    """Place the cells of G between zeros."""
    rows, cols = geometry.rows, geometry.cols
    wide = np.zeros((len(g), rows.n + rows.extent - 1, cols.n + cols.extent - 1))
    row, col = (np.arange(axis.windows) * axis.stride + border(axis)[0] for axis in (rows, cols))
    down, across = (row >= 0) & (row < wide.shape[1]), (col >= 0) & (col < wide.shape[2])
    wide[:, row[down][:, None], col[across]] = g[:, down][:, :, across]
    wide.flags.writeable = False
    return wide


def _exchanged(rule: Convolution) -> Array:
    """Kernels with the maps that they read and make exchanged: (C, O/groups, kh, kw)."""
    outs, channels, *size = rule.applied.shape
    by_group = rule.applied.reshape(rule.groups, outs // rule.groups, channels, *size)
    return by_group.swapaxes(1, 2).reshape(rule.groups * channels, outs // rule.groups, *size)
