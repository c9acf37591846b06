"""Operations that compute one output cell after another, each from contributions, as steps with random access.

A `Rule` says which contributions a cell has and how they end up in it; `CellwiseTrace` turns that into steps. Nearly
every operation of a convolutional network, forward and backward, is such a rule.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.grain import Grain, GrainView, check_index

Array = NDArray[np.float64]
Place = tuple[int, ...]
"""Indices of a cell in its tensor; the last two are its row and its column."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A value that takes part in a product: a cell of an operand, or a constant where `place` is None.

    With `divides` the product is divided by it.
    """

    operand: str
    place: Place | None
    value: float
    divides: bool = False

    @classmethod
    def of(cls, operand: str, array: Array, place: Place) -> "Factor":
        """Return a cell of an operand as a factor."""
        return cls(operand, place, float(array[place]))


MINUS_ONE = Factor("sign", None, -1.0)
"""As the first factor it makes a contribution one that is taken away: formulas write a minus sign before it."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one multiply adds to a cell: its factors, and their product."""

    factors: tuple[Factor, ...]
    value: float

    @classmethod
    def product(cls, *factors: Factor) -> "Contribution":
        """Return the product of factors of which none divides."""
        return cls(factors, math.prod(factor.value for factor in factors))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a cellwise trace.

    Parameters
    ----------
    index
        Number of the step in its trace.
    kind
        ``"multiply"``, or the kind of an ending.
    cell
        Output cell that is being computed.
    number
        Which contribution of the cell, from 0; at an ending how many there were.
    contribution
        The contribution of a multiply, else None.
    so_far
        What the contributions up to this one make together.
    value
        The value after an ending, else None.
    y
        The finished cell at its last step, else None.
    """

    index: int
    kind: str
    cell: Place
    number: int
    contribution: Contribution | None
    so_far: float
    value: float | None
    y: float | None


class Rule(Protocol):
    """How an operation computes its output, cell by cell."""

    @property
    def output(self) -> Array:
        """The result; its cells are computed in reading order."""

    @property
    def counts(self) -> int | NDArray[np.intp]:
        """How many contributions each cell has, in reading order; one number if it is the same for all."""

    @property
    def endings(self) -> tuple[str, ...]:
        """What follows the contributions of every cell."""

    def values(self, cell: Place) -> Array:
        """Values of the cell's contributions, in order: (count,)."""

    def contribution(self, cell: Place, number: int) -> Contribution:
        """Return one contribution of the cell."""

    def combined(self, values: Array) -> float:
        """Return what contributions make together."""

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Return the value after each ending; the last is the output cell."""


R_co = TypeVar("R_co", bound=Rule, covariant=True)
R = TypeVar("R", bound=Rule)


@dataclass(frozen=True, slots=True, eq=False)
class CellwiseTrace(Generic[R_co]):
    """Every step of a rule; `ends` holds, for each cell in reading order, one more than the index of its last step."""

    rule: R_co
    ends: Sequence[int]

    def __len__(self) -> int:
        return self.ends[-1]

    def __getitem__(self, index: int) -> Step:
        place = check_index(index, len(self))
        order = bisect_left(self.ends, place + 1)
        cell = cell_at(self.rule, order)
        values = self.rule.values(cell)
        number = place - (self.ends[order - 1] if order else 0)
        if number < len(values):
            so_far = self.rule.combined(values[: number + 1])
            return Step(place, "multiply", cell, number, self.rule.contribution(cell, number), so_far, None, None)
        combined = self.rule.combined(values)
        results = self.rule.after(cell, combined)
        ending = number - len(values)
        y = results[-1] if ending == len(results) - 1 else None
        return Step(place, self.rule.endings[ending], cell, len(values), None, combined, results[ending], y)

    @property
    def output(self) -> Array:
        """The result of the rule."""
        return self.rule.output

    def order(self, cell: Place) -> int:
        """Number of a cell in reading order."""
        return int(np.ravel_multi_index(cell, self.rule.output.shape))

    def last_step(self, cell: Place) -> int:
        """Index of the step that finishes a cell."""
        return self.ends[self.order(cell)] - 1

    def at(self, grain: Grain) -> GrainView[Step]:
        """Return the same steps one multiply, one cell, one row, one map or all of them at a time."""
        shape = self.rule.output.shape
        cells_in_unit = {"cell": 1, "row": shape[-1], "map": int(np.prod(shape[-2:])), "layer": int(np.prod(shape))}
        if grain == "multiply":
            return GrainView(self, range(1, len(self) + 1))
        unit = cells_in_unit[grain]
        return GrainView(self, self.ends[unit - 1 :: unit])


def cell_at(rule: Rule, order: int) -> Place:
    """Indices of the cell with that number in reading order."""
    return tuple(int(index) for index in np.unravel_index(order, rule.output.shape))


def cellwise(rule: R) -> CellwiseTrace[R]:
    """Return the steps of a rule, whose output must not change any more."""
    rule.output.flags.writeable = False
    cells, endings = rule.output.size, len(rule.endings)
    counts = rule.counts
    if isinstance(counts, int):
        unit = counts + endings
        return CellwiseTrace(rule, range(unit, unit * cells + 1, unit))
    return CellwiseTrace(rule, (counts + endings).cumsum().tolist())
