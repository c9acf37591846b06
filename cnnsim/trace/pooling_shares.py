"""Who gets the gradient of a window: the winner, or every value its share."""

from dataclasses import dataclass

import numpy as np

from cnnsim.trace.cellwise import Place
from cnnsim.trace.checks import Array
from cnnsim.trace.pooling_kinds import Share
from cnnsim.trace.pooling_products import products_of_input
from cnnsim.trace.pooling_results import are_few
from cnnsim.trace.pooling_rule import Pooling
from cnnsim.trace.pooling_windows import Indices
from cnnsim.trace.pooling_winners import all_winners, first_winners


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
    cells, windows = all_winners(rule) if rule.ties == "split" else first_winners(rule)
    equals = np.bincount(windows)[windows].astype(np.float64) if rule.ties == "split" else None
    order = np.argsort(cells.astype(np.min_scalar_type(rule.x.size)), kind="stable")  # quick for short integers
    starts = np.searchsorted(cells[order], np.arange(rule.x.size + 1))
    return Won(starts, windows[order], None if equals is None else equals[order])


def shared(g: Array, times: Array | None, by: Array | None) -> Array:
    """G · times / by, 0 where `by` is."""
    product = g if times is None else np.asarray(g * times, dtype=np.float64)
    if by is None:
        return product
    shape = np.broadcast_shapes(product.shape, by.shape)
    return np.divide(product, by, out=np.zeros(shape), where=by != 0)


def shared_out(rule: Pooling, share: Share, g: Array) -> Array:
    """Return what input cells get, (C, H, W): shares of the G of the windows over each, added up in reading order."""
    got = (_shared_at_once if are_few(len(g), rule.windows) else _shared_in_turn)(rule, share, g)
    top, _, left, _ = rule.windows.frame
    return got[:, top : top + rule.x.shape[1], left : left + rule.x.shape[2]].copy()


def _shared_at_once(rule: Pooling, share: Share, g: Array) -> Array:
    places, real = rule.windows.at_once()
    got = np.empty(rule.padded.shape)
    for c, x in enumerate(rule.padded):
        windows = {"divisor": rule.divisors, "output": rule.output[c]}
        values = {"weight": rule.weights[:, None, :], "input": x.ravel()[places], None: None}
        by = windows[share.by][:, None, :, None]
        handed = np.broadcast_to(shared(g[c, :, None, :, None], values[share.times], by), real.shape)
        got[c] = np.bincount(places[real], handed[real], x.size).reshape(x.shape)
    return got


def _shared_in_turn(rule: Pooling, share: Share, g: Array) -> Array:
    """Go through the places from the last to the first: so the windows over a cell come in reading order."""
    by = np.broadcast_to(rule.divisors if share.by == "divisor" else rule.output, g.shape)
    g, by = np.where(by != 0, g, 0.0), np.where(by != 0, by, 1.0)
    got = np.zeros(rule.padded.shape)
    alike = g / by
    for within, cells in reversed(list(rule.windows.in_turn())):
        match share.times:
            case "weight":
                got[cells] += g * rule.weights[within] / by
            case "input":
                got[cells] += g * rule.padded[cells] / by
            case None:
                got[cells] += alike
    return got
