"""What rules have in common whose cells are sums; what else a rule needs is which contributions a cell has."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import MINUS_ONE, Array, Contribution, Factor, Place
from cnnsim.trace.uses import Places, Uses, as_places

_ROUNDING = 1e-12
"""Of the largest value: by so much sums of the same products in another order may differ."""


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


class Difference(Sum, ABC):
    """A rule whose every cell is one number less another."""

    __slots__ = ()

    @property
    def counts(self) -> int:
        """Two terms for each cell."""
        return 2

    @property
    def endings(self) -> tuple[str, ...]:
        """One term less the other."""
        return ("difference",)

    @abstractmethod
    def terms(self, cell: Place) -> tuple[Factor, Factor]:
        """Return both numbers of a cell; the second is taken away from the first."""

    def values(self, cell: Place) -> Array:
        """Return the first number, and minus the second."""
        first, second = self.terms(cell)
        return np.array([first.value, -second.value])

    def contribution(self, cell: Place, number: int) -> Contribution:
        """Return the first number, or −1 times the second."""
        first, second = self.terms(cell)
        return Contribution.product(MINUS_ONE, second) if number else Contribution.product(first)


def beyond_rounding(difference: Array, *terms: Array) -> NDArray[np.bool_]:
    """Say which differences of terms are more than sums in another order make.

    Examples
    --------
    >>> terms = np.array([0.1 + 0.2 + 0.3, 1.0]), np.array([0.3 + 0.2 + 0.1, 1.5])
    >>> (terms[0] != terms[1]).tolist(), beyond_rounding(terms[0] - terms[1], *terms).tolist()
    ([True, True], [False, True])
    """
    largest = max(np.abs(term).max() for term in terms)
    return np.asarray(np.abs(difference) > _ROUNDING * largest, dtype=np.bool_)
