"""What the rules of stages are made of: factors at many places at once, and what follows a sum."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import Array, Contribution, Factor, Place

Indices = tuple[NDArray[np.intp], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A factor of the contributions of every cell.

    Parameters
    ----------
    operand
        Name of the tensor.
    array
        The tensor; without places a constant, or one for every contribution.
    places
        For each axis of the tensor the indices that the contributions take: arrays with as many axes as those, where
        length 1 stands for any length.
    divides
        Whether the product is divided by it.
    """

    operand: str
    array: Array
    places: Indices | None = None
    divides: bool = False

    def values(self, shape: Place, index: Place = ()) -> Array:
        """Return the values for contributions of a shape, or for those of them at an index."""
        if self.places is None:
            return np.asarray(np.broadcast_to(self.array, shape)[index], dtype=np.float64)
        places = tuple(np.broadcast_to(place, shape)[index] for place in self.places)
        return np.asarray(self.array[places], dtype=np.float64)

    def factor(self, index: Place) -> Factor:
        """Return the factor of one contribution."""
        if self.places is None:
            return Factor(self.operand, None, float(_one(self.array, index)), self.divides)
        place = tuple(int(_one(indices, index)) for indices in self.places)
        return Factor(self.operand, place, float(self.array[place]), self.divides)


Product = tuple[Part, ...]
MINUS = Part("sign", np.array(-1.0))
"""Makes a product one that is taken away."""


@dataclass(frozen=True, slots=True)
class Finish:
    """What happens to a cell after its contributions: its name, and the function of what there is before."""

    kind: str
    function: Callable[[Array], Array]


SUM = Finish("sum", np.positive)
LARGEST = Finish("largest", np.positive)
EXPONENTIAL = Finish("exponential", np.exp)
LOGARITHM = Finish("logarithm", np.log)
ROOT = Finish("root", np.sqrt)
NEGATIVE = Finish("negative", np.negative)


APPLIED = frozenset({"largest", "exponential", "logarithm", "root", "negative", "divide", "power"})
"""Kinds that apply a function to what there is, rather than add to it."""


def divided_by(count: int) -> Finish:
    """Return the division that makes a mean of a sum."""
    return Finish("divide", lambda total: np.asarray(total / count, dtype=np.float64))


def power(exponent: float) -> Finish:
    """Return the power with an exponent."""
    return Finish("power", lambda base: np.asarray(base**exponent, dtype=np.float64))


def index_grid(shape: Place) -> Indices:
    """Return the indices of every cell of a shape, each along its own axis."""
    return tuple(np.asarray(index, dtype=np.intp) for index in np.ogrid[tuple(slice(length) for length in shape)])


def multiplied(product: Product, shape: Place, index: Place = ()) -> Array:
    """Multiply the factors in order."""
    total = product[0].values(shape, index)
    for part in product[1:]:
        values = part.values(shape, index)
        total = np.asarray(total / values if part.divides else total * values, dtype=np.float64)
    return total


def contribution_of(product: Product, index: Place) -> Contribution:
    """Multiply the factors of one contribution in order."""
    factors = tuple(part.factor(index) for part in product)
    value = factors[0].value
    for factor in factors[1:]:
        value = value / factor.value if factor.divides else value * factor.value
    return Contribution(factors, value)


def _one(array: Array | NDArray[np.intp], index: Place) -> float:
    """Value of an array at an index to which it broadcasts; an array without axes has one value for all."""
    return float(array[tuple(i if length > 1 else 0 for i, length in zip(index, array.shape, strict=False))])
