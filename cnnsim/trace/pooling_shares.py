"""Who gets the gradient of a window: the winner, or every value its share."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import Place
from cnnsim.trace.checks import Array
from cnnsim.trace.pooling_kinds import Share
from cnnsim.trace.pooling_products import products_of_input
from cnnsim.trace.pooling_rule import Pooling
from cnnsim.trace.pooling_windows import Indices


@dataclass(frozen=True, slots=True, eq=False)
class Handed:
    """Windows that hand something to an input cell, numbered through all maps, and what: G · times / by.

    All are (n,); None stands for 1. Where `by` is 0 nothing is handed over.
    """

    windows: Indices
    times: Array | None
    by: Array | None

    def of(self, g: Array) -> Array:
        """What is handed over of each G."""
        return shared(g, self.times, self.by)

    def one(self, number: int) -> "Handed":
        """Return one of them, with arrays of no axes."""
        times, by = (None if array is None else array[number, ...] for array in (self.times, self.by))
        return Handed(self.windows[number, ...], times, by)


@dataclass(frozen=True, slots=True, eq=False)
class Won:
    """Windows that an input cell won, in reading order; those of cell i stand from ``starts[i]`` to ``starts[i + 1]``.

    Windows and cells are numbered in reading order through all maps. `equals` says how many won the same window; None
    where one gets all.
    """

    starts: Indices
    windows: Indices
    equals: Array | None

    @property
    def all(self) -> Handed:
        """What all input cells get, one after the other."""
        return Handed(self.windows, None, self.equals)

    @property
    def counts(self) -> Indices:
        """How many windows each input cell won: (C·H·W,)."""
        return np.diff(self.starts)

    def of(self, cell: Place, number: int) -> Handed:
        """Return the windows that one input cell won."""
        part = slice(int(self.starts[number]), int(self.starts[number + 1]))
        return Handed(self.windows[part], None, None if self.equals is None else self.equals[part])

    def uses(self, window: int) -> tuple[Indices, Indices]:
        """Return the input cells that won a window, and which of the windows that each won it is."""
        places = np.flatnonzero(self.windows == window)
        cells = np.searchsorted(self.starts, places, side="right") - 1
        return np.asarray(cells, dtype=np.intp), places - self.starts[cells]


@dataclass(frozen=True, slots=True, eq=False)
class Covering:
    """Windows that take an input cell, in reading order; each owes it a share."""

    forward: Pooling
    share: Share

    @property
    def counts(self) -> Indices:
        """How many windows take each input cell: (C·H·W,)."""
        rows, cols = self.forward.windows.rows.counts(), self.forward.windows.cols.counts()
        return np.tile(np.multiply.outer(rows, cols).ravel(), len(self.forward.x))

    def of(self, cell: Place, number: int) -> Handed:
        """Return the windows that take one input cell."""
        rule, found = self.forward, products_of_input(self.forward.windows, self.forward.padded_place(cell))
        channel, m, n = found.windows.T
        times: Array | None = None
        if self.share.times is not None:
            times = (
                rule.weights[tuple(found.weights.T)] if self.share.times == "weight" else np.full(len(m), rule.x[cell])
            )
        by = rule.divisors[m, n] if self.share.by == "divisor" else rule.output[channel, m, n]
        return Handed(np.ravel_multi_index((channel, m, n), rule.output.shape), times, by)


def won_windows(rule: Pooling) -> Won:
    """Return the windows that each input cell won, as the rule for ties says."""
    cells, windows = all_winners(rule) if rule.ties == "split" else _first_winners(rule)
    equals = np.bincount(windows)[windows].astype(np.float64) if rule.ties == "split" else None
    order = np.lexsort((windows, cells))
    starts = np.searchsorted(cells[order], np.arange(rule.x.size + 1))
    return Won(starts, windows[order], None if equals is None else equals[order])


def shared(g: Array, times: Array | None, by: Array | None) -> Array:
    """G · times / by, 0 where `by` is."""
    product = g if times is None else np.asarray(g * times, dtype=np.float64)
    if by is None:
        return product
    shape = np.broadcast_shapes(product.shape, by.shape)
    return np.divide(product, by, out=np.zeros(shape), where=by != 0)


def _first_winners(rule: Pooling) -> tuple[Indices, Indices]:
    """Input cell that won each window, and the windows."""
    firsts = np.full(rule.output.shape, -1)
    for cells, wins in _wins(rule):
        np.copyto(firsts, cells, where=wins & (firsts < 0))
    return firsts.ravel(), np.arange(firsts.size)


def all_winners(rule: Pooling) -> tuple[Indices, Indices]:
    """Return the input cells that hold the largest value of a window, and that window, numbered through all maps."""
    found = [(np.broadcast_to(cells, wins.shape)[wins], np.flatnonzero(wins)) for cells, wins in _wins(rule)]
    cells, windows = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return cells, windows


def _wins(rule: Pooling) -> Iterator[tuple[Indices, NDArray[np.bool_]]]:
    """For each place in a window: numbers of the input cells there, and where they hold the largest value."""
    top, bottom, left, right = rule.windows.frame
    numbers = np.pad(np.arange(rule.x.size).reshape(rule.x.shape), ((0, 0), (top, bottom), (left, right)))
    (rows, real_row), (cols, real_col) = rule.windows.rows.places(), rule.windows.cols.places()
    for r, t in np.ndindex(*rule.weights.shape):
        place = slice(None), rows[:, r, None], cols[:, t]
        real = np.logical_and.outer(real_row[:, r], real_col[:, t])
        yield numbers[place], (rule.padded[place] == rule.output) & real
