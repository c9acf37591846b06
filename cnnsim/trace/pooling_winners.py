"""Which input cells hold the largest value of a window, for all windows at once."""

import numpy as np

from cnnsim.trace.pooling_results import first_largest
from cnnsim.trace.pooling_rule import Pooling
from cnnsim.trace.pooling_windows import Indices


def first_winners(rule: Pooling) -> tuple[Indices, Indices]:
    """Return the first input cell that holds the largest value of each window, and the windows.

    It stands in the first row that has that value, at the first place there; cells and windows are numbered in reading
    order through all maps.

    Examples
    --------
    >>> from cnnsim.trace import pooling
    >>> first_winners(pooling([[1, 3, 0, 5], [3, 2, 5, 5]]).rule)
    (array([1, 3]), array([0, 1]))
    """
    in_rows, cols = first_largest(rule.padded, rule.windows.cols)
    rows = first_largest(in_rows.swapaxes(1, 2), rule.windows.rows)[1].swapaxes(1, 2)
    channel, col = np.arange(len(rows))[:, None, None], np.arange(rows.shape[2])
    top, _, left, _ = rule.windows.frame
    cells = np.ravel_multi_index((channel, rows - top, cols[channel, rows, col] - left), rule.x.shape)
    return cells.ravel(), np.arange(rows.size)


def all_winners(rule: Pooling) -> tuple[Indices, Indices]:
    """Return the input cells that hold the largest value of a window, and that window, both numbered through all maps.

    They come window after window, and in reading order in each.

    Examples
    --------
    >>> from cnnsim.trace import pooling
    >>> all_winners(pooling([[1, 3, 0, 5], [3, 2, 5, 5]]).rule)
    (array([1, 4, 3, 6, 7]), array([0, 0, 1, 1, 1]))
    """
    channel, m, n, row = _rows_with_winners(rule)
    places, real = rule.windows.cols.places()
    wins = (rule.padded[channel[:, None], row[:, None], places[n]] == rule.output[channel, m, n][:, None]) & real[n]
    which, within = np.nonzero(wins)
    channel, m, n, row = channel[which], m[which], n[which], row[which]
    top, _, left, _ = rule.windows.frame
    cells = np.ravel_multi_index((channel, row - top, places[n, within] - left), rule.x.shape)
    return cells, np.ravel_multi_index((channel, m, n), rule.output.shape)


def _rows_with_winners(rule: Pooling) -> tuple[Indices, Indices, Indices, Indices]:
    """Return windows, as channel, row and column, and rows of the padded map in which they have their largest value."""
    places, real = rule.windows.rows.places()
    in_rows, _ = first_largest(rule.padded, rule.windows.cols)
    alike = (in_rows[:, places] == rule.output[:, :, None]) & real[:, :, None]
    channel, m, n, within = np.nonzero(alike.swapaxes(2, 3).copy())
    return channel, m, n, places[m, within]
