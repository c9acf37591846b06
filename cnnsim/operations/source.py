"""Where the numbers of a tensor come from: a pattern, and the cells that a person changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, product
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Place = tuple[int, ...]
OWN = "own"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way to fill a tensor.

    Parameters
    ----------
    key
        On the command line and in files.
    words
        On a page.
    make
        Returns the array for a shape and a seed.
    random
        Whether the seed changes anything.
    """

    key: str
    words: str
    make: Callable[[tuple[int, ...], int], Array]
    random: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A tensor of any shape: a pattern with single cells changed.

    The changes are kept apart from the shape: making a tensor smaller and larger again loses none of them.

    Parameters
    ----------
    pattern
        Key of the pattern.
    edits
        Values by the indices of their cells.

    Examples
    --------
    >>> source = Source("ones").with_cell((2, 2), 7.0)
    >>> source.over(np.ones((2, 2))).sum(), source.over(np.ones((3, 3))).sum()
    (np.float64(4.0), np.float64(15.0))
    """

    pattern: str
    edits: Mapping[Place, float] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, array: Any) -> "Source":
        """Return a source of exactly these numbers.

        Examples
        --------
        >>> Source.of([[1, 0], [0, 2]]).over(np.zeros((2, 2))).tolist()
        [[1.0, 0.0], [0.0, 2.0]]
        """
        values = np.asarray(array, dtype=np.float64)
        places = product(*map(range, values.shape))
        return cls(OWN, MappingProxyType(dict(zip(places, values.ravel().tolist(), strict=True))))

    def with_cell(self, place: Place, value: float) -> "Source":
        """Return the source with a cell changed."""
        return replace(self, edits=MappingProxyType({**self.edits, place: value}))

    def over(self, array: Array) -> Array:
        """Return a copy of the pattern's array with the changes that lie inside it."""
        edited = np.array(array, dtype=np.float64)
        edits = self.edits
        if not set(map(len, edits)) <= {edited.ndim}:
            edits = {place: value for place, value in edits.items() if len(place) == edited.ndim}
        if edits:
            indices = np.fromiter(chain.from_iterable(edits), np.intp, edited.ndim * len(edits))
            places = indices.reshape(-1, edited.ndim)
            inside = (places < edited.shape).all(axis=1)
            edited[tuple(places[inside].T)] = np.fromiter(edits.values(), np.float64, len(edits))[inside]
        return edited
