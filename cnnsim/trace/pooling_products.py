"""Which window, weight and input cell of a pooling belong together: all of a window, an input cell or a weight."""

from dataclasses import dataclass

import numpy as np

from cnnsim.trace.cellwise import Place
from cnnsim.trace.pooling_windows import Indices, Windows
from cnnsim.trace.uses import Places


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """n values in windows: the windows (n, 3), places within them (n, 2), and cells of the padded input (n, 3)."""

    windows: Places
    weights: Places
    inputs: Places

    def numbers_in_window(self, windows: Windows) -> Indices:
        """Which value of its window each of them is."""
        r, t = self.weights.T
        return np.asarray(r * windows.cols.sizes[self.windows[:, 2]] + t, dtype=np.intp)

    def numbers_at_input(self, windows: Windows) -> Indices:
        """Which of the windows over its input cell each window is."""
        m, n = (self.windows[:, axis] for axis in (1, 2))
        row, col = (self.inputs[:, axis] for axis in (1, 2))
        across = windows.cols.coverage()[col]
        return np.asarray((m - windows.rows.first_over(row)) * across + n - windows.cols.first_over(col), dtype=np.intp)

    def inside(self, windows: Windows) -> "Products":
        """Return those of cells that are no padding."""
        (top, _, left, _), (_, row, col) = windows.frame, self.inputs.T
        rows, cols = windows.rows.n, windows.cols.n
        kept = (top <= row) & (row < top + rows) & (left <= col) & (col < left + cols)
        return Products(self.windows[kept], self.weights[kept], self.inputs[kept])


def products_of_window(windows: Windows, window: Place) -> Products:
    """Return the values of one window, in reading order."""
    channel, m, n = window
    r, t = _grid(np.arange(windows.rows.sizes[m]), np.arange(windows.cols.sizes[n]))
    return _products(windows, channel, m, n, r, t)


def products_of_input(windows: Windows, place: Place) -> Products:
    """Return what one cell of the padded input is in every window over it, in reading order of the windows."""
    channel, row, col = place
    m, n = _grid(windows.rows.over(row), windows.cols.over(col))
    return _products(windows, channel, m, n, row - windows.rows.firsts[m], col - windows.cols.firsts[n])


def products_of_weight(windows: Windows, weight: Place, channels: int) -> Products:
    """Return all values that lie under one place of the window."""
    r, t = weight
    rows, cols = np.flatnonzero(windows.rows.sizes > r), np.flatnonzero(windows.cols.sizes > t)
    channel, m, n = _grid(np.arange(channels), rows, cols)
    return _products(windows, channel, m, n, r, t)


def _grid(*axes: Indices) -> tuple[Indices, ...]:
    """All combinations, in reading order."""
    return tuple(index.ravel() for index in np.meshgrid(*axes, indexing="ij"))


def _products(windows: Windows, channel: object, m: object, n: object, r: object, t: object) -> Products:
    """Complete products from numbers and arrays of one length."""
    channel, m, n, r, t = np.broadcast_arrays(*map(np.asarray, (channel, m, n, r, t)))
    place = channel, windows.rows.firsts[m] + r, windows.cols.firsts[n] + t
    return Products(np.stack([channel, m, n], 1), np.stack([r, t], 1), np.stack(place, 1))
