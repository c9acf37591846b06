"""Random access to steps, and coarser looks at the same steps.

A trace holds no cursor and no history: step i is computed from the inputs each time it is asked for.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError

Grain = Literal["multiply", "cell", "row", "map", "layer"]
GRAINS: tuple[Grain, ...] = ("multiply", "cell", "row", "map", "layer")

Step_co = TypeVar("Step_co", covariant=True)
Step = TypeVar("Step")


class Trace(Protocol[Step_co]):
    """Steps 0 to ``len(trace) - 1``, each computed on demand in constant time."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Step_co: ...


class Stepped(Trace[Step_co], Protocol[Step_co]):
    """A trace with its result, that can be looked at in coarser units."""

    @property
    def output(self) -> NDArray[np.float64]:
        """What the steps compute."""

    def at(self, grain: Any) -> "GrainView[Any]":
        """Return the same steps in units of a grain that the trace knows."""


@dataclass(frozen=True, slots=True)
class GrainView(Generic[Step]):
    """A trace seen in units of several steps; a unit shows its last step, when all of it is done.

    Parameters
    ----------
    trace
        The trace underneath.
    ends
        For each unit, one more than the index of its last step; a range takes no memory.
    """

    trace: Trace[Step]
    ends: Sequence[int]

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, index: int) -> Step:
        return self.trace[self.base_index(index)]

    def base_index(self, index: int) -> int:
        """Index of the unit's last step in the trace underneath; negative indices count from the end."""
        return self.ends[check_index(index, len(self))] - 1

    def position_of(self, base_index: int) -> int:
        """Index of the unit that contains a step of the trace underneath."""
        return bisect_right(self.ends, base_index)


def check_index(index: int, length: int) -> int:
    """Turn a possibly negative index into one from 0 to length − 1; IndexError ends a for loop over a trace."""
    place = index + length if index < 0 else index
    if not 0 <= place < length:
        raise IndexError(f"step {index} of a trace of {length} steps")
    return place


def check_grain(grain: str) -> Grain:
    """Return `grain` if it is one.

    Parameters
    ----------
    grain
        "multiply", "cell", "row", "map" or "layer".

    Returns
    -------
    str
        The same.

    Raises
    ------
    InputError
        If there is no such grain.

    Examples
    --------
    >>> check_grain("cell")
    'cell'
    """
    for known in GRAINS:
        if grain == known:
            return known
    raise InputError("grain", grain, "is unknown", f"choose one of {', '.join(GRAINS)}")
