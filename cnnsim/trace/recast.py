"""A rule in another part: the same contributions, with names of their own.

The gradient of a transposed convolution is a convolution, and a convolution of signals is one of images of one row.
Such an operation is a class of its own, so that it has its own picture, but its arithmetic is that of the rule inside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import Contribution, Factor, Place, Rule
from cnnsim.trace.checks import Array
from cnnsim.trace.uses import Places, Uses, sources, uses

R_co = TypeVar("R_co", bound=Rule, covariant=True)


@dataclass(frozen=True, slots=True, eq=False)
class Recast(Generic[R_co]):
    """A rule whose operands are called by other names; a subclass gives these, and more where it has to.

    Parameters
    ----------
    rule
        Computes the cells.

    Examples
    --------
    >>> from cnnsim.trace import Convolution, convolution
    >>> class Negative(Recast[Convolution]):
    ...     names = {"kernel": "film"}
    >>> Negative(convolution([[2.0]], [[3.0]]).rule).contribution((0, 0, 0), 0).factors[0].operand
    'film'
    """

    rule: R_co

    names: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """New names of operands by those that the rule inside gives them."""

    @property
    def output(self) -> Array:
        """The result."""
        return self.rule.output

    @property
    def counts(self) -> int | NDArray[np.intp]:
        """How many contributions each cell has."""
        return self.rule.counts

    @property
    def endings(self) -> tuple[str, ...]:
        """What follows the contributions of every cell."""
        return self.rule.endings

    def values(self, cell: Place) -> Array:
        """Values of the cell's contributions."""
        return self.rule.values(cell)

    def contribution(self, cell: Place, number: int) -> Contribution:
        """Return one contribution of the cell, its factors renamed."""
        given = self.rule.contribution(cell, number)
        return replace(given, factors=tuple(map(self.factor, given.factors)))

    def factor(self, factor: Factor) -> Factor:
        """Return a factor under its new name."""
        return replace(factor, operand=self.names.get(factor.operand, factor.operand))

    def combined(self, values: Array) -> float:
        """Return what contributions make together."""
        return self.rule.combined(values)

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Return the value after each ending."""
        return self.rule.after(cell, combined)

    def uses(self, operand: str, place: Place) -> Uses:
        """Return where a cell of an operand takes part."""
        inner = next((inner for inner, name in self.names.items() if name == operand), operand)
        found = uses(self.rule, inner, self.inner_place(inner, place))
        return replace(found, partners=self._renamed(found.partners))

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the places of all factors of an output cell."""
        return self._renamed(sources(self.rule, cell))

    def inner_place(self, operand: str, place: Place) -> Place:
        """Return a place of an operand of the rule inside, as that rule counts it."""
        return place

    def outer_places(self, operand: str, places: Places) -> Places:
        """Return places of an operand of the rule inside, as they are counted outside: the inverse of `inner_place`."""
        return places

    def _renamed(self, read: Mapping[str, Places]) -> dict[str, Places]:
        return {self.names.get(name, name): self.outer_places(name, places) for name, places in read.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Unbiased(Recast[R_co]):
    """A convolution in the part of a gradient: there is no bias to be added after the sum."""

    @property
    def endings(self) -> tuple[str, ...]:
        """The products are added up."""
        return ("sum",)

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Nothing follows the sum."""
        return (combined,)
