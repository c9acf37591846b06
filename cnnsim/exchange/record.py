"""What an ONNX file says, as plain records: nothing here needs the library."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError

Array = NDArray[Any]
Arrays = tuple[Array | None, ...]
"""None where an input that may be left out was left out."""

LARGEST = 2**28
"""Numbers that an array may hold: a file of a few bytes can ask for more than any memory."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operator in its place.

    Parameters
    ----------
    kind
        ``Conv``, ``Relu``, ...
    name
        Of this one.
    version
        Of the set of operators that the file was written for.
    attributes
        Numbers, texts and lists of integers by name.
    inputs, outputs
        Names of arrays; an empty one stands for none.
    """

    kind: str
    name: str
    version: int
    attributes: Mapping[str, Any]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


@dataclass(frozen=True, slots=True)
class Value:
    """An array that the file wants: None or a name for a size that is open, None as shape if even the rank is."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int | str | None, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Operators in an order in which they can run."""

    inputs: tuple[Value, ...]
    outputs: tuple[str, ...]
    constants: Mapping[str, Array]
    operations: tuple[Operation, ...]


def check_size(shape: tuple[int, ...]) -> None:
    """Raise `InputError` if an array of this shape would be too large, or no array can have it."""
    size = 1
    for n in shape:
        size *= n
    if size > LARGEST or any(n < 0 for n in shape):
        raise InputError("shape", shape, f"is negative or holds more than {LARGEST:,} numbers", "use a smaller one")
