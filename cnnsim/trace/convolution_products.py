"""The products of a convolution: which window, weight and input cell belong together.

Forward and both gradients are sums over the same products. Each asks for those of one of the three, all at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import Place
from cnnsim.trace.geometry import Axis
from cnnsim.trace.uses import Places

if TYPE_CHECKING:  # the rules themselves import this module
    from cnnsim.trace.convolution import Convolution

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """n products: cells of the output (n, 3), weights (n, 4), and cells of the padded input (n, 3)."""

    windows: Places
    weights: Places
    inputs: Places

    def weight_numbers(self, rule: Convolution) -> Indices:
        """Number of each weight within its kernel."""
        return np.asarray(np.ravel_multi_index(tuple(self.weights[:, 1:].T), rule.w.shape[1:]), dtype=np.intp)

    def window_numbers(self, rule: Convolution) -> Indices:
        """Number of each window within its map."""
        return np.asarray(np.ravel_multi_index(tuple(self.windows[:, 1:].T), rule.output.shape[1:]), dtype=np.intp)

    def sources(self, rule: Convolution) -> Places:
        """Cells of the input that those of the padded input show, with `OUTSIDE` for a zero: (n, 3)."""
        channel, row, col = self.inputs.T
        rows, cols = (axis.sources(rule.geometry.mode) for axis in (rule.geometry.rows, rule.geometry.cols))
        return np.stack([channel, rows[row], cols[col]], 1)


def all_products(rule: Convolution) -> Products:
    """Return every product of a convolution, window after window."""
    return products_of(rule, *_grid(*rule.output.shape, *rule.w.shape[1:]))


def products_of_window(rule: Convolution, window: Place) -> Products:
    """Return the products of one output cell, weight after weight."""
    c, r, t = _grid(*rule.w.shape[1:])
    return products_of(rule, window[0], window[1], window[2], c, r, t)


def products_of_weight(rule: Convolution, weight: Place) -> Products:
    """Return the products of one weight, window after window."""
    row, col = _grid(*rule.output.shape[1:])
    return products_of(rule, weight[0], row, col, *weight[1:])


def products_of_input(rule: Convolution, place: Place) -> Products:
    """Return the products of one cell of the padded input, window after window.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> rule = convolution([[1, 2, 3]], [[1, 1]]).rule
    >>> found = products_of_input(rule, (0, 0, 1))
    >>> found.windows.tolist(), found.weights.tolist()
    ([[0, 0, 0], [0, 0, 1]], [[0, 0, 0, 1], [0, 0, 0, 0]])
    """
    channel, row, col = place
    group, c = divmod(channel, rule.w.shape[1])
    outs = len(rule.w) // rule.groups
    (rows, r), (cols, t) = _meeting(rule.geometry.rows, row), _meeting(rule.geometry.cols, col)
    out, a, b = _grid(outs, len(rows), len(cols))
    return products_of(rule, group * outs + out, rows[a], cols[b], c, r[a], t[b])


def products_of_source(rule: Convolution, cell: Place) -> Products:
    """Return the products of one cell of the input: of all cells of the padded input that show it.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> rule = convolution([[1, 2, 3]], [[1, 1]], padding=(0, 0, 0, 1), padding_mode="circular").rule
    >>> products_of_source(rule, (0, 0, 0)).inputs.tolist()
    [[0, 0, 0], [0, 0, 3]]
    """
    axes = zip((rule.geometry.rows, rule.geometry.cols), cell[1:], strict=True)
    rows, cols = (np.flatnonzero(axis.sources(rule.geometry.mode) == place) for axis, place in axes)
    found = [products_of_input(rule, (cell[0], row, col)) for row in rows.tolist() for col in cols.tolist()]
    tables = zip(*((part.windows, part.weights, part.inputs) for part in found), strict=True)
    return Products(*map(np.concatenate, tables))


def _meeting(axis: Axis, place: int) -> tuple[Indices, Indices]:
    """Windows over a place along one axis, and the cell of each that lies on it."""
    window = np.arange(axis.windows)
    within, rest = np.divmod(place - window * axis.stride, axis.dilation)
    met = (rest == 0) & (within >= 0) & (within < axis.size)
    return window[met], within[met]


def _grid(*shape: int) -> tuple[Indices, ...]:
    """All indices of an array of that shape, in reading order."""
    return tuple(index.ravel() for index in np.indices(shape))


def products_of(rule: Convolution, out: object, row: object, col: object, c: object, r: object, t: object) -> Products:
    """Return the products of windows and weights: numbers, and arrays of one length."""
    out, row, col, c, r, t = np.broadcast_arrays(*map(np.asarray, (out, row, col, c, r, t)))
    channel = out // (len(rule.w) // rule.groups) * rule.w.shape[1] + c
    rows, cols = rule.geometry.rows, rule.geometry.cols
    place = (channel, row * rows.stride + r * rows.dilation, col * cols.stride + t * cols.dilation)
    return Products(np.stack([out, row, col], 1), np.stack([out, c, r, t], 1), np.stack(place, 1))
