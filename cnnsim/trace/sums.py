"""What rules have in common whose cells are sums; what else a rule needs is which contributions a cell has."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from cnnsim.trace.cellwise import Array, Contribution, Place
from cnnsim.trace.uses import Places, Uses, as_places


class Sum:
    """A rule whose contributions are added up.

    Nothing follows the sum; a rule that goes on, as with the bias of a convolution, says so by its own `endings` and
    `after`.
    """

    __slots__ = ()

    @property
    def endings(self) -> tuple[str, ...]:
        """What follows the contributions of every cell."""
        return ("sum",)

    def combined(self, values: Array) -> float:
        """Add up in the order of the steps; a cell without contributions is 0."""
        return float(values.cumsum()[-1]) if len(values) else 0.0

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Return the value after each ending."""
        return (combined,)


class SingleTerm(Sum, ABC):
    """A rule whose every cell has one contribution."""

    __slots__ = ()

    @property
    def counts(self) -> int:
        """One contribution for each cell."""
        return 1

    def values(self, cell: Place) -> Array:
        """Return the value of the one contribution."""
        return np.array([self.contribution(cell, 0).value])

    @abstractmethod
    def contribution(self, cell: Place, number: int) -> Contribution:
        """Return the one contribution."""


class Elementwise(SingleTerm):
    """A rule whose every cell is computed from the cells at its own place, in each of `operands`."""

    __slots__ = ()

    operands: ClassVar[tuple[str, ...]]

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the one contribution of the cell at the same place."""
        at = as_places([place])
        return Uses(at, np.zeros(1, np.intp), {name: at for name in self.operands if name != operand})

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the same place in every operand."""
        return dict.fromkeys(self.operands, as_places([cell]))
