"""Which weight meets which input cell in which window: every product of a convolution and of its gradients."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import Place
from cnnsim.trace.convolution import Convolution
from cnnsim.trace.convolution_backward import KernelGradient
from cnnsim.trace.convolution_input_gradient import InputGradient

Indices = NDArray[np.intp]
ConvolutionRule = Convolution | KernelGradient | InputGradient


@dataclass(frozen=True, slots=True, eq=False)
class Meets:
    """Meetings of weights with places of the padded input, as arrays of one shape.

    Parameters
    ----------
    out, row, col
        The output cell.
    channel, r, t
        The weight of kernel `out`; the channel counts within the group.
    """

    out: Indices
    row: Indices
    col: Indices
    channel: Indices
    r: Indices
    t: Indices


def meets_of(rule: ConvolutionRule, cell: Place) -> Meets:
    """Return the meetings behind the contributions of a cell, in the order of the steps: (count,) arrays.

    Examples
    --------
    >>> from cnnsim.trace import convolution, input_gradient
    >>> forward = convolution([[1, 2, 3, 4]], [[5, 6]])
    >>> meets_of(forward.rule, (0, 0, 2)).t.tolist()
    [0, 1]
    >>> gathered = meets_of(input_gradient(forward).rule, (0, 0, 2))
    >>> gathered.col.tolist(), gathered.t.tolist()
    ([1, 2], [1, 0])
    """
    if isinstance(rule, Convolution):
        return _met(*cell, *np.indices(rule.w.shape[1:]))
    if isinstance(rule, KernelGradient):
        out, *weight = cell
        return _met(out, *np.indices(rule.g.shape[1:]), *weight)
    rows, cols, outs = rule.rows.of(cell[1]), rule.cols.of(cell[2]), rule.outs(cell[0])
    out_of, a, b = np.ogrid[outs.start : outs.stop, : len(rows.window), : len(cols.window)]
    channel = cell[0] % rule.forward.w.shape[1]
    return _met(out_of, rows.window[a], cols.window[b], channel, rows.within[a], cols.within[b])


def _met(*indices: int | Indices) -> Meets:
    """Bring numbers and arrays of indices to one length."""
    return Meets(*(np.asarray(index, np.intp).ravel() for index in np.broadcast_arrays(*indices)))


def meets_at(forward: Convolution, operand: str, place: Place) -> Meets:
    """Return every meeting that a cell takes part in: of ``"input"``, ``"kernel"`` or ``"output"``.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> rule = convolution([[1, 2, 3, 4]], [[5, 6]]).rule
    >>> meets_at(rule, "input", (0, 0, 2)).t.tolist(), meets_at(rule, "kernel", (0, 0, 0, 1)).col.tolist()
    ([1, 0], [0, 1, 2])
    """
    met = all_meets(forward)
    indices = {
        "input": (channels_of(forward, met), *sources_of(forward, met)),
        "kernel": (met.out, met.channel, met.r, met.t),
        "output": (met.out, met.row, met.col),
    }
    here = np.logical_and.reduce([index == at for index, at in zip(indices[operand], place, strict=True)])
    return Meets(met.out[here], met.row[here], met.col[here], met.channel[here], met.r[here], met.t[here])


def channels_of(forward: Convolution, met: Meets) -> Indices:
    """Input maps of the meetings."""
    group = met.out // (len(forward.w) // forward.groups)
    return np.asarray(group * forward.w.shape[1] + met.channel, np.intp)


def sources_of(forward: Convolution, met: Meets) -> tuple[Indices, Indices]:
    """Rows and columns of the input cells under the weights, `OUTSIDE` for a zero."""
    rows, cols, mode = forward.geometry.rows, forward.geometry.cols, forward.geometry.mode
    row = rows.sources(mode)[met.row * rows.stride + met.r * rows.dilation]
    return row, cols.sources(mode)[met.col * cols.stride + met.t * cols.dilation]


def all_meets(rule: Convolution) -> Meets:
    """Return every meeting there is."""
    return Meets(*(index.ravel() for index in np.indices((*rule.output.shape, *rule.w.shape[1:]))))
