"""The gradient of a pooling, one window at a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_gradient
from cnnsim.trace.meetings import Indices, Meetings, meetings
from cnnsim.trace.pooling import Pooling


@dataclass(frozen=True, slots=True, eq=False)
class Won:
    """Windows that an input cell won, in reading order; those of cell i stand from ``starts[i]`` to ``starts[i + 1]``.

    Windows and cells are numbered in reading order through all maps.
    """

    starts: Indices
    windows: Indices

    @property
    def counts(self) -> Indices:
        """How many windows each input cell won: (C·H·W,)."""
        return np.diff(self.starts)

    def of(self, cell: int) -> Indices:
        """Return the windows that one input cell won."""
        return self.windows[int(self.starts[cell]) : int(self.starts[cell + 1])]


@dataclass(frozen=True, slots=True, eq=False)
class Covering:
    """Windows over an input cell, in reading order, from the meetings along both axes.

    Windows and cells are numbered in reading order through all maps.
    """

    rows: Meetings
    cols: Meetings
    output_shape: tuple[int, ...]

    @property
    def counts(self) -> Indices:
        """How many windows lie over each input cell: (C·H·W,)."""
        return np.tile(np.multiply.outer(self.rows.counts, self.cols.counts).ravel(), self.output_shape[0])

    def of(self, cell: int) -> Indices:
        """Return the windows over one input cell."""
        _, height, width = self.output_shape
        rest, col = divmod(cell, len(self.cols.counts))
        channel, row = divmod(rest, len(self.rows.counts))
        m, n = self.rows.of(row).window, self.cols.of(col).window
        return np.asarray((channel * height + m[:, None]) * width + n, dtype=np.intp).ravel()


@dataclass(frozen=True, slots=True, eq=False)
class PoolingGradient:
    """The rule that each window hands its G back to its values: all of it to the winner, or to each its share.

    An input cell gets from every window over it that gives it anything: G of the windows it won; G/k² of each for the
    average; G·x/y of each for the root of the sum of squares (0 where y is 0).

    Parameters
    ----------
    forward
        The pooling whose gradient it is.
    g
        Gradient of the loss with respect to its output: (C, H', W').
    output
        Gradient with respect to its input: (C, H, W).
    windows
        Which windows hand something to an input cell.
    """

    forward: Pooling
    g: Array
    output: Array
    windows: Won | Covering

    @property
    def counts(self) -> NDArray[np.intp]:
        """How many windows hand something to each input cell."""
        return self.windows.counts

    @property
    def endings(self) -> tuple[str, ...]:
        """What comes is added up."""
        return ("sum",)

    def windows_of(self, cell: Place) -> NDArray[np.intp]:
        """Output cells that hand something to an input cell: (n, 3)."""
        return np.stack(np.unravel_index(self._numbers(cell), self.g.shape), axis=1)

    def values(self, cell: Place) -> Array:
        """What each of those windows hands over."""
        windows = self._numbers(cell)
        g = self.g.ravel()[windows]
        match self.forward.mode:
            case "max":
                return g
            case "average":
                return np.asarray(g * (1 / self.forward.counts), dtype=np.float64)
            case "l2":
                return g * _share_of_root(self.forward.x[cell], self.forward.output.ravel()[windows])

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G of one window times the cell's share in it."""
        window = np.unravel_index(int(self._numbers(cell)[number]), self.g.shape)
        place = tuple(int(index) for index in window)
        g = Factor("gradient", place, float(self.g[place]))
        match self.forward.mode:
            case "max":
                return Contribution((g,), g.value)
            case "average":
                share = 1 / self.forward.counts
            case "l2":
                share = float(_share_of_root(self.forward.x[cell], self.forward.output[place]))
        return Contribution((g, Factor("share", None, share)), g.value * share)

    def combined(self, values: Array) -> float:
        """Add up; a cell that gets nothing has gradient 0."""
        return float(values.cumsum()[-1]) if len(values) else 0.0

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Nothing follows the sum."""
        return (combined,)

    def _numbers(self, cell: Place) -> Indices:
        return self.windows.of(int(np.ravel_multi_index(cell, self.output.shape)))


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
    """
    rule = forward.rule
    g = checked_gradient(g, rule.output)
    if rule.mode == "max":
        winners = _winners(rule)
        order = np.argsort(winners, kind="stable")
        starts = np.searchsorted(winners[order], np.arange(rule.x.size + 1))
        # bincount adds one window after the other, as the steps do.
        output = np.asarray(np.bincount(winners, g.ravel(), rule.x.size), dtype=np.float64).reshape(rule.x.shape)
        output.flags.writeable = False
        return cellwise(PoolingGradient(rule, g, output, Won(starts, order)))
    rows, cols = (meetings(axis, "zeros") for axis in (rule.geometry.rows, rule.geometry.cols))
    output = _shared_out(rule, g)
    output.flags.writeable = False
    return cellwise(PoolingGradient(rule, g, output, Covering(rows, cols, g.shape)))


def _winners(rule: Pooling) -> Indices:
    """Number of the input cell that won each window; the first among equals: (C·H'·W',)."""
    rows, cols = rule.geometry.rows, rule.geometry.cols
    seen = [rule.x[:, rows.seen_by(r), cols.seen_by(t)] for r, t in np.ndindex(rows.size, cols.size)]
    r, t = np.divmod(np.argmax(seen, axis=0), cols.size)
    channel, m, n = np.indices(rule.output.shape)
    places = channel, m * rows.stride + r, n * cols.stride + t
    return np.asarray(np.ravel_multi_index(places, rule.x.shape), dtype=np.intp).ravel()


def _shared_out(rule: Pooling, g: Array) -> Array:
    """Add what the windows hand over one after the other in the order of the steps."""
    x = rule.x.reshape(len(rule.x), -1)
    output = np.zeros(x.shape)
    targets = rule.geometry.seen()
    for c, total in enumerate(output):
        window = g[c, :, None, :, None]
        if rule.mode == "l2":
            shares = window * _share_of_root(x[c, targets], rule.output[c, :, None, :, None])
        else:
            shares = np.broadcast_to(window * (1 / rule.counts), targets.shape)
        np.add.at(total, targets.ravel(), shares.ravel())
    return output.reshape(rule.x.shape)


def _share_of_root(x: Array, root: Array) -> Array:
    """x/√Σx², 0 where all x are 0."""
    shape = np.broadcast_shapes(np.shape(x), np.shape(root))
    return np.divide(x, root, out=np.zeros(shape), where=root != 0)
