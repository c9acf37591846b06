"""Named arrays in one vector."""

from collections.abc import Mapping
from dataclasses import dataclass

from numpy.typing import DTypeLike

from cnnsim.engine import memory
from cnnsim.nn.layer import Floats, Shape


@dataclass(frozen=True, slots=True)
class Layout:
    """Where named arrays lie in a vector."""

    slices: Mapping[str, slice]
    shapes: Mapping[str, Shape]

    def views(self, vector: Floats) -> dict[str, Floats]:
        """Name the parts of a vector: an array for each name, in its shape."""
        return {name: vector[part].reshape(self.shapes[name]) for name, part in self.slices.items()}


def packed(arrays: Mapping[str, Floats], dtype: DTypeLike) -> tuple[Floats, Layout]:
    """Put arrays one behind the other into a vector of `dtype`."""
    slices, end = {}, 0
    for name, array in arrays.items():
        slices[name] = slice(end, end + array.size)
        end += array.size
    vector = memory.empty((end,), dtype)
    for name, array in arrays.items():
        vector[slices[name]] = array.ravel()
    return vector, Layout(slices, {name: array.shape for name, array in arrays.items()})
