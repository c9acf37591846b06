"""A rule read backwards: what an output cell is computed from, and where a cell of an operand takes part.

Any rule can be searched contribution by contribution. A rule that may be large says it in closed form instead, with the
methods of `Foreseen`.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import Place, Rule, cell_at

Places = NDArray[np.intp]
"""(n, ndim): the indices of n cells of a tensor."""


@dataclass(frozen=True, slots=True, eq=False)
class Uses:
    """All contributions in which a cell of an operand is a factor.

    Parameters
    ----------
    cells
        The output cells that they go to: (n, ndim of the output).
    numbers
        Which contribution of that cell each of them is: (n,).
    partners
        The cells that it is multiplied by, by operand.
    """

    cells: Places
    numbers: NDArray[np.intp]
    partners: Mapping[str, Places]


@runtime_checkable
class Foreseen(Protocol):
    """A rule that knows without a search where its operands are used."""

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the contributions that have that cell as a factor."""

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the places of all factors of an output cell, by operand, in the order of its contributions."""


def uses(rule: Rule, operand: str, place: Place) -> Uses:
    """Return where a cell of an operand takes part.

    Parameters
    ----------
    rule
        The operation.
    operand
        The name that its factors use.
    place
        Indices in the operand, as its factors count them.

    Returns
    -------
    Uses
        The output cells, the numbers of the contributions, and the cells that it meets there.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> found = uses(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).rule, "input", (0, 0, 1))
    >>> found.cells.tolist(), found.numbers.tolist(), found.partners["kernel"].tolist()
    ([[0, 0, 0], [0, 0, 1]], [1, 0], [[0, 0, 0, 1], [0, 0, 0, 0]])
    """
    if isinstance(rule, Foreseen):
        return rule.uses(operand, place)
    return _searched(rule, operand, place) if isinstance(rule, Hashable) else _search(rule, operand, place)


def sources(rule: Rule, cell: Place) -> Mapping[str, Places]:
    """Return the places of all factors of an output cell, by operand.

    Parameters
    ----------
    rule
        The operation.
    cell
        Indices in its output.

    Returns
    -------
    dict
        From an operand to the places in it, in the order of the contributions.

    Examples
    --------
    >>> from cnnsim.trace import activation
    >>> sources(activation([[-2, 3]]).rule, (0, 0, 1))["input"].tolist()
    [[0, 0, 1]]
    """
    if isinstance(rule, Foreseen):
        return _foreseen(rule, cell) if isinstance(rule, Hashable) else rule.sources(cell)
    return _factors(rule, cell)


@lru_cache(maxsize=8)
def _foreseen(rule: Foreseen, cell: Place) -> Mapping[str, Places]:
    """Remember what is asked several times for one frame."""
    return rule.sources(cell)


def _factors(rule: Rule, cell: Place) -> dict[str, Places]:
    found: dict[str, list[Place]] = {}
    for number in range(len(rule.values(cell))):
        for part in rule.contribution(cell, number).factors:
            if part.place is not None:
                found.setdefault(part.operand, []).append(part.place)
    return {operand: as_places(places) for operand, places in found.items()}


def _search(rule: Rule, operand: str, place: Place) -> Uses:
    """Look at every contribution."""
    cells: list[Place] = []
    numbers: list[int] = []
    partners: dict[str, list[Place]] = {}
    for cell, number in _all(rule):
        factors = rule.contribution(cell, number).factors
        if any(part.operand == operand and part.place == place for part in factors):
            cells.append(cell)
            numbers.append(number)
            for part in factors:
                if part.place is not None and (part.operand, part.place) != (operand, place):
                    partners.setdefault(part.operand, []).append(part.place)
    met = {name: as_places(places) for name, places in partners.items()}
    return Uses(as_places(cells, rule.output.ndim), np.array(numbers, np.intp), met)


_searched = lru_cache(maxsize=4)(_search)  # the same cell is looked at frame after frame


def _all(rule: Rule) -> Iterator[tuple[Place, int]]:
    for order in range(rule.output.size):
        cell = cell_at(rule, order)
        for number in range(len(rule.values(cell))):
            yield cell, number


def as_places(places: list[Place], ndim: int = 0) -> Places:
    """Return a list of places as (n, ndim); `ndim` counts only where there is none."""
    return np.array(places, np.intp).reshape(len(places), len(places[0]) if places else ndim)
