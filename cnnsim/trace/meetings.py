"""Which windows meet an input cell, and with which of their cells: geometry read backwards."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.geometry import OUTSIDE, Axis, PaddingMode

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """Windows that see an input cell, and the cell of the window that lies on it: two (n,) arrays."""

    window: Indices
    within: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Meetings along one axis, sorted by input cell; those of cell i stand from ``starts[i]`` to ``starts[i + 1]``.

    A cell that the padding repeats also has the meetings of its copies.
    """

    starts: Indices
    window: Indices
    within: Indices

    @property
    def counts(self) -> Indices:
        """How many meetings each input cell has: (n,)."""
        return np.diff(self.starts)

    def of(self, index: int) -> Met:
        """Return the meetings of one input cell."""
        part = slice(int(self.starts[index]), int(self.starts[index + 1]))
        return Met(self.window[part], self.within[part])

    def rank(self, window: Indices, within: Indices) -> Indices:
        """Return which of the meetings of its input cell each of these is: (n,)."""
        span = int(self.within.max(initial=0)) + 1
        keys = self.window * span + self.within
        order = np.argsort(keys)
        found = order[np.searchsorted(keys, window * span + within, sorter=order)]
        return np.asarray(found - self.starts[np.searchsorted(self.starts, found, side="right") - 1], dtype=np.intp)


def meetings(axis: Axis, mode: PaddingMode) -> Meetings:
    """Return all meetings along an axis.

    Examples
    --------
    >>> found = meetings(Axis(n=5, size=3), "zeros")
    >>> found.counts.tolist(), found.of(1).window.tolist(), found.of(1).within.tolist()
    ([1, 2, 3, 2, 1], [0, 1], [1, 0])
    """
    window, within = (index.ravel() for index in np.indices((axis.windows, axis.size)))
    source = axis.seen(mode).ravel()
    real = source != OUTSIDE
    order = np.argsort(source[real], kind="stable")
    starts = np.searchsorted(source[real][order], np.arange(axis.n + 1))
    return Meetings(starts, window[real][order], within[real][order])
