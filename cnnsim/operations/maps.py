"""What operations on maps of any number share: the shape of their input, and what follows from it."""

from dataclasses import replace
from typing import Protocol, TypeVar

from cnnsim.operations.settings import LARGEST_SIDE, Settings, refuse_shape

MOST_MAPS = 4
"""So many maps can be read beside or above each other."""


class _OnMaps(Settings, Protocol):
    @property
    def channels(self) -> int:
        """Number of maps."""

    @property
    def input_size(self) -> tuple[int, ...]:
        """Rows and columns of a map."""


S = TypeVar("S", bound=_OnMaps)


def resized_maps(settings: S, operand: str, shape: tuple[int, ...], side: int = LARGEST_SIDE) -> S:
    """Return settings with an input of that shape; InputError where another tensor is meant, or for too many cells."""
    if operand != "input" or shape[0] > MOST_MAPS or max(shape[1:]) > side:
        raise refuse_shape(settings, operand, shape)
    return replace(settings, channels=shape[0], input_size=shape[1:])
