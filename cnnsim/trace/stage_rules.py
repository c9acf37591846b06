"""Two rules that stages are made of: a reduction of many cells to one, and a formula with a few addends.

Both take their factors by index arrays, so that the whole output is computed at once with the arithmetic of the steps,
in their order: a step and the result agree to the last bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import Array, CellwiseTrace, Contribution, Place, cellwise
from cnnsim.trace.stage_parts import LARGEST, MINUS, Finish, Product, contribution_of, multiplied
from cnnsim.trace.stage_uses import contributions_with, merged, partners_of, read_by
from cnnsim.trace.uses import Places, Uses

_QUIETLY = np.errstate(over="ignore", invalid="ignore")
"""What is not finite is refused in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Reduction:
    """The rule that a cell is the sum, or the largest, of products over many places; by `reduction`.

    Parameters
    ----------
    product
        Its factors, for contributions of shape (*output's, most that a cell has).
    counts
        How many contributions each cell has, in reading order; a number if it is the same for all.
    finish
        What follows.
    output
        The result.
    """

    product: Product
    counts: int | NDArray[np.intp]
    finish: tuple[Finish, ...]
    output: Array

    @property
    def operands(self) -> frozenset[str]:
        """Names of the tensors that take part."""
        return frozenset(part.operand for part in self.product if part.places is not None)

    @property
    def multiplies(self) -> bool:
        """Whether contributions are more than numbers that are added as they are."""
        return _multiplies(self.product)

    @property
    def endings(self) -> tuple[str, ...]:
        """Names of what follows the contributions."""
        return tuple(finish.kind for finish in self.finish)

    def values(self, cell: Place) -> Array:
        """The products of a cell."""
        return multiplied(self.product, self._shape, cell)[: int(self._counts[cell])]

    def contribution(self, cell: Place, number: int) -> Contribution:
        """One product of a cell."""
        return contribution_of(self.product, (*cell, number))

    def combined(self, values: Array) -> float:
        """Add up, or take the largest."""
        return float(_combined(values, self.finish))

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """The value after each of what follows."""
        return _after(self.finish, combined, self.output, cell)

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the contributions that have a cell of an operand as a factor."""
        at = contributions_with(self.product, self._shape, operand, place)
        at = at[at[:, -1] < self._counts[tuple(at.T[:-1])]]
        return Uses(at[:, :-1], at[:, -1], partners_of(self.product, self._shape, at, operand, place))

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the places that a cell is computed from, by operand."""
        count = int(self._counts[cell])
        at = np.column_stack([*(np.full(count, index) for index in cell), np.arange(count)])
        return read_by(self.product, self._shape, at)

    @property
    def _shape(self) -> Place:
        return *self.output.shape, int(np.max(self.counts))

    @property
    def _counts(self) -> NDArray[np.intp]:
        return np.broadcast_to(self.counts, self.output.size).reshape(self.output.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """The rule that a cell is the sum of a few products of different kinds; by `formula`.

    Parameters
    ----------
    addends
        The products, each for contributions of the output's shape.
    finish
        What follows.
    output
        The result.
    """

    addends: tuple[Product, ...]
    finish: tuple[Finish, ...]
    output: Array

    @property
    def operands(self) -> frozenset[str]:
        """Names of the tensors that take part."""
        return frozenset(part.operand for product in self.addends for part in product if part.places is not None)

    @property
    def multiplies(self) -> bool:
        """Whether contributions are more than numbers that are added as they are, or taken away."""
        return any(map(_multiplies, self.addends))

    @property
    def counts(self) -> int:
        """How many addends a cell has."""
        return len(self.addends)

    @property
    def endings(self) -> tuple[str, ...]:
        """Names of what follows the addends."""
        return tuple(finish.kind for finish in self.finish)

    def values(self, cell: Place) -> Array:
        """The products of a cell."""
        return np.array([multiplied(product, self.output.shape, cell) for product in self.addends])

    def contribution(self, cell: Place, number: int) -> Contribution:
        """One product of a cell."""
        return contribution_of(self.addends[number], cell)

    def combined(self, values: Array) -> float:
        """Add up."""
        return float(_combined(values, self.finish))

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """The value after each of what follows."""
        return _after(self.finish, combined, self.output, cell)

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the addends that have a cell of an operand as a factor."""
        shape = self.output.shape
        found = [contributions_with(product, shape, operand, place) for product in self.addends]
        numbers = np.repeat(np.arange(len(found)), [len(at) for at in found])
        met = (partners_of(product, shape, at, operand, place) for product, at in zip(self.addends, found, strict=True))
        return Uses(np.concatenate(found), numbers, merged(item for partners in met for item in partners.items()))

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the places that a cell is computed from, by operand."""
        read = (read_by(product, self.output.shape, np.array([cell])) for product in self.addends)
        return merged(item for places in read for item in places.items())


@_QUIETLY
def reduction(
    shape: Place, counts: int | NDArray[np.intp], product: Product, *finish: Finish
) -> CellwiseTrace[Reduction]:
    """Return the steps of a reduction.

    Parameters
    ----------
    shape
        Of the output.
    counts
        How many contributions a cell has; in reading order if it is not the same for all.
    product
        Their factors, for contributions of shape (*shape, most).
    finish
        What follows them; that it begins with ``"largest"`` takes the largest, anything else their sum.

    Examples
    --------
    >>> from cnnsim.trace.stage_parts import SUM, Part, divided_by, index_grid
    >>> x = np.array([[1.0, 2.0, 6.0]])
    >>> mean = reduction((1, 1), 3, (Part("x", x, index_grid((1, 1, 3))[1:]),), SUM, divided_by(3))
    >>> mean.output, [mean[index].so_far for index in range(3)]
    (array([[3.]]), [1.0, 3.0, 9.0])
    """
    most = int(np.max(counts))
    values = multiplied(product, (*shape, most))
    if not isinstance(counts, int):
        # Zeros after the last contribution change no sum.
        values = np.where(np.arange(most) < counts.reshape(*shape, 1), values, 0.0)
    return cellwise(Reduction(product, counts, finish, _finished(_combined(values, finish), finish)))


@_QUIETLY
def formula(shape: Place, addends: tuple[Product, ...], *finish: Finish) -> CellwiseTrace[Formula]:
    """Return the steps of a formula with a few addends.

    Parameters
    ----------
    shape
        Of the output.
    addends
        The products, each for contributions of that shape.
    finish
        What follows their sum.

    Examples
    --------
    >>> from cnnsim.trace.stage_parts import MINUS, SUM, Part, index_grid
    >>> x = np.array([[1.0, 2.0]])
    >>> shifted = formula((1, 2), ((Part("x", x, index_grid((1, 2))),), (MINUS, Part("one", np.array(1.0)))), SUM)
    >>> shifted.output
    array([[0., 1.]])
    """
    values = np.stack([multiplied(product, shape) for product in addends], axis=-1)
    return cellwise(Formula(addends, finish, _finished(_combined(values, finish), finish)))


def _multiplies(product: Product) -> bool:
    return len(product) > 1 + (product[0] is MINUS)


def _combined(values: Array, finish: tuple[Finish, ...]) -> Array:
    """Add up along the last axis one after the other, or take the largest."""
    combined = values.max(axis=-1) if finish[0] is LARGEST else values.cumsum(axis=-1)[..., -1]
    return np.asarray(combined, dtype=np.float64)


def _finished(combined: Array, finish: tuple[Finish, ...]) -> Array:
    """Apply what follows to all cells."""
    for after in finish:
        combined = after.function(combined)
    if not np.isfinite(combined).all():
        raise InputError("x", "a cell", "leads to a number that is not finite", "use smaller numbers")
    combined.flags.writeable = False
    return combined


def _after(finish: tuple[Finish, ...], combined: float, output: Array, cell: Place) -> tuple[float, ...]:
    """Return the values after each of what follows.

    The last is looked up: a function of one number may differ in the last bit from the function of an array.
    """
    values = accumulate(finish[:-1], lambda value, after: float(after.function(np.asarray(value))), initial=combined)
    return *list(values)[1:], float(output[cell])
