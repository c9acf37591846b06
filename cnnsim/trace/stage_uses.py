"""Where the rules of stages use a cell of an operand, from their index arrays at once."""

from collections.abc import Iterable

import numpy as np

from cnnsim.trace.cellwise import Place
from cnnsim.trace.stage_parts import Part, Product
from cnnsim.trace.uses import Places


def contributions_with(product: Product, shape: Place, operand: str, place: Place) -> Places:
    """Return the indices of the contributions, of that shape, in which a cell of an operand is a factor: (n, ndim).

    Examples
    --------
    >>> from cnnsim.trace.stage_parts import index_grid
    >>> product = (Part("x", np.ones((1, 3)), index_grid((1, 3))),)
    >>> contributions_with(product, (1, 3), "x", (0, 2)).tolist()
    [[0, 2]]
    """
    found = np.zeros(shape, np.bool_)
    for part in product:
        if part.operand == operand and part.places is not None:
            same = [np.broadcast_to(indices == index, shape) for indices, index in zip(part.places, place, strict=True)]
            found |= np.logical_and.reduce(same)
    return np.argwhere(found)


def partners_of(product: Product, shape: Place, at: Places, operand: str, place: Place) -> dict[str, Places]:
    """Return the other factors of contributions, by operand.

    Examples
    --------
    >>> from cnnsim.trace.stage_parts import index_grid
    >>> product = tuple(Part(name, np.ones((1, 3)), index_grid((1, 3))) for name in "xy")
    >>> partners_of(product, (1, 3), np.array([[0, 2]]), "x", (0, 2))["y"].tolist()
    [[0, 2]]
    """
    found: list[tuple[str, Places]] = []
    for part in product:
        if part.places is not None:
            met = _places(part, shape, at)
            found.append((part.operand, met[(met != place).any(axis=1)] if part.operand == operand else met))
    return merged(found)


def read_by(product: Product, shape: Place, at: Places) -> dict[str, Places]:
    """Return the places that contributions read, each once, by operand.

    Examples
    --------
    >>> from cnnsim.trace.stage_parts import index_grid
    >>> square = (Part("x", np.ones((1, 3)), index_grid((1, 3))),) * 2
    >>> read_by(square, (1, 3), np.array([[0, 0], [0, 1]]))["x"].tolist()
    [[0, 0], [0, 1]]
    """
    return merged((part.operand, _places(part, shape, at)) for part in product if part.places is not None)


def merged(found: Iterable[tuple[str, Places]]) -> dict[str, Places]:
    """Return the places of each operand together, each once, in the order of their first appearance.

    Examples
    --------
    >>> merged([("x", np.array([[2]])), ("x", np.array([[1], [2]]))])["x"].tolist()
    [[2], [1]]
    """
    together: dict[str, list[Places]] = {}
    for operand, places in found:
        if len(places):
            together.setdefault(operand, []).append(places)
    return {operand: _once(np.concatenate(parts)) for operand, parts in together.items()}


def _once(places: Places) -> Places:
    _, first = np.unique(places, axis=0, return_index=True)
    return places[np.sort(first)]


def _places(part: Part, shape: Place, at: Places) -> Places:
    assert part.places is not None
    return np.stack([np.broadcast_to(indices, shape)[tuple(at.T)] for indices in part.places], axis=1)
