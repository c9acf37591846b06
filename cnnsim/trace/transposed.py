"""Transposed convolution, one multiply at a time: as the convolution of its stretched input, and as a scatter.

Both end in the same numbers. The scatter stamps a multiple of the kernel for every input cell onto a canvas, of which
the padding is cut off. Read from an output cell the same products are those of an ordinary convolution: of the input
with s − 1 zeros between neighbours and d(k − 1) − p around it, and of the kernel turned by 180°.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_array, checked_integers, checked_pair
from cnnsim.trace.convolution import Convolution, convolution, convolved
from cnnsim.trace.geometry import Geometry
from cnnsim.trace.meetings import meetings
from cnnsim.trace.recast import Recast
from cnnsim.trace.scatter import ScatterTrace
from cnnsim.trace.stretch import Stretch, checked_stretch, stretched
from cnnsim.trace.uses import Places, as_places

_ALONG: tuple[Literal["row", "column"], ...] = ("row", "column")


@dataclass(frozen=True, slots=True, eq=False)
class TransposedConvolution(Recast[Convolution]):
    """The rule y[o, i, j] = b[o] + Σ w[c, o, r, t] · x[c, m, n] where m·s + r·d − p = i and n·s + t·d − p = j.

    Its steps are those of the convolution of the stretched input with the turned kernels. Factors of the input are
    placed in the stretched input, factors of the kernel in the kernels turned by 180°.

    Parameters
    ----------
    x, w, b
        Input (C, H, W), kernels (C, O/groups, kh, kw), biases (O,).
    rows, cols
        The two axes.
    groups
        Output maps see only the input maps of their group.
    """

    x: Array
    w: Array
    b: Array
    rows: Stretch
    cols: Stretch
    groups: int

    @property
    def stretched(self) -> Array:
        """The input with zeros inserted and its border: (C, rows, columns)."""
        return self.rule.padded

    def factor(self, factor: Factor) -> Factor:
        """Place a weight in the kernels of the transposed convolution: (input map, output map of the group, r, t)."""
        if factor.operand != "kernel" or factor.place is None:
            return factor
        return replace(factor, place=tuple(self.outer_places("kernel", as_places([factor.place]))[0].tolist()))

    def inner_place(self, operand: str, place: Place) -> Place:
        """Place of a weight in the kernels of the convolution inside: (output map, input map of the group, r, t)."""
        if operand != "kernel":
            return place
        group, channel = divmod(place[0], len(self.w) // self.groups)
        return group * self.w.shape[1] + place[1], channel, *place[2:]

    def outer_places(self, operand: str, places: Places) -> Places:
        """Places of weights in the kernels of the transposed convolution: (input map, output map of the group, …)."""
        if operand != "kernel":
            return places
        out, channel, r, t = places.T
        group, of_group = np.divmod(out, self.w.shape[1])
        return np.stack([group * (len(self.w) // self.groups) + channel, of_group, r, t], 1)


def transposed_convolution(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    output_padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> CellwiseTrace[TransposedConvolution]:
    """Return the steps of a transposed convolution as the convolution of its stretched input.

    Parameters
    ----------
    x
        Input, (H, W) or (C, H, W).
    w
        Kernels, (kh, kw) or (C, O/groups, kh, kw): the kernels of the convolution that this is the transpose of.
    b
        Biases: None, a number for all maps, or (O,).
    stride, dilation
        A number, or one for rows and one for columns.
    padding
        Rows and columns cut off every side of the output. It is the padding of the convolution that this is the
        transpose of; the equivalent convolution pads d(k − 1) − p.
    output_padding
        Rows and columns added at the bottom and right, fewer than the stride or the dilation.
    groups
        Parts into which the maps are divided.

    Returns
    -------
    CellwiseTrace
        Each output cell takes a step for every weight, one for the sum and one for the bias. Its ``rule.output`` is
        (O, H', W') with H' = (H − 1)·stride − 2·padding + dilation·(kh − 1) + output_padding + 1.

    Raises
    ------
    InputError
        If an array is ragged, empty or not finite, the numbers of maps do not fit, nothing is left of the output, or a
        number is out of range.

    References
    ----------
    V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285 (2016), chapter 4.

    Examples
    --------
    >>> transposed_convolution([[1, 2]], [[1, 10, 100]], stride=2).rule.output[0]
    array([[  1.,  10., 102.,  20., 200.]])
    """
    x, w = checked_array("x", x, 2, 3), checked_array("w", w, 2, 4)
    _check_maps(x, w, groups)
    steps, spread = checked_pair("stride", stride), checked_pair("dilation", dilation)
    crop, more = checked_pair("padding", padding), checked_pair("output_padding", output_padding)
    rows, cols = (
        checked_stretch(x.shape[1 + axis], w.shape[2 + axis], steps[axis], crop[axis], more[axis], spread[axis], along)
        for axis, along in enumerate(_ALONG)
    )
    inner = convolution(stretched(x, rows, cols), _exchanged(w, groups), b, dilation=spread, groups=groups, flip=True)
    return cellwise(TransposedConvolution(inner.rule, x, w, inner.rule.b, rows, cols, groups))


def transposed_scatter(forward: CellwiseTrace[TransposedConvolution]) -> ScatterTrace:
    """Return the steps by which every input cell stamps its multiple of the kernel onto the canvas.

    Parameters
    ----------
    forward
        The transposed convolution.

    Returns
    -------
    ScatterTrace
        C·H·W·(O/groups)·kh·kw steps. The ``partial`` of the last is the canvas (O, H' + 2p, W' + 2p): the output with
        the rows and columns that the padding cuts off. Every cell begins with its bias.

    Examples
    --------
    >>> steps = transposed_scatter(transposed_convolution([[1, 2]], [[1, 10, 100]], stride=2))
    >>> steps.partial(3)[0], steps[3].before, steps[3].after
    (array([[  1.,  10., 102.,   0.,   0.]]), 100.0, 102.0)
    """
    rule = forward.rule
    stamps = _stamps(rule, np.zeros((len(rule.b), rule.rows.canvas, rule.cols.canvas)))
    down, across = (meetings(axis, "zeros") for axis in (stamps.geometry.rows, stamps.geometry.cols))
    return ScatterTrace(rule, stamps, rule.x, "input", rule.b, rule.output, down, across)


def on_canvas(rule: TransposedConvolution, maps: Array) -> Convolution:
    """Return the convolution that this is the transpose of, on maps of the output's shape; what was cut off is 0."""
    sides = ((rule.rows.crop,) * 2, (rule.cols.crop,) * 2)
    return _stamps(rule, np.pad(maps, ((0, 0), *sides)))


def _stamps(rule: TransposedConvolution, canvas: Array) -> Convolution:
    """Convolve the canvas with as many windows as there are stamps."""
    geometry = Geometry(rule.rows.axis(), rule.cols.axis())
    return convolved(canvas, rule.w, np.zeros(len(rule.w)), geometry, rule.groups)


def _exchanged(w: Array, groups: int) -> Array:
    """(C, O/groups, kh, kw) kernels as those of a convolution: (O, C/groups, kh, kw)."""
    inputs, outs, *size = w.shape
    by_group = w.reshape(groups, inputs // groups, outs, *size)
    return by_group.swapaxes(1, 2).reshape(groups * outs, inputs // groups, *size)


def _check_maps(x: Array, w: Array, groups: int) -> None:
    checked_integers("groups", groups, 1)
    if groups < 1 or len(x) % groups:
        raise InputError("groups", groups, f"does not divide {len(x)} input maps", "use a divisor")
    if len(w) != len(x):
        rule = f"has {len(w)} kernels, but there are {len(x)} input maps"
        raise InputError("w", f"array of shape {w.shape}", rule, "use one kernel for each input map")
