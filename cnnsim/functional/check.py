"""Checking arguments before they reach a kernel: messages name the argument, its value, the rule and the remedy."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnsim.errors import InputError

Floats = NDArray[Any]
"""float32 or float64."""

Pair = tuple[int, int]
_AXES = {2: "(N, features)", 3: "(N, C, length)", 4: "(N, C, H, W)"}


def floats(name: str, value: ArrayLike, rank: int | None = None) -> Floats:
    """`value` as an array of float32 or float64 with `rank` axes."""
    array = np.asarray(value)
    if array.dtype not in (np.float32, np.float64):
        rule, remedy = "is neither float32 nor float64", f"convert it with {name}.astype(numpy.float32)"
        raise InputError(f"{name}.dtype", array.dtype, rule, remedy)
    if rank is not None and array.ndim != rank:
        raise InputError(f"{name}.shape", array.shape, f"does not have {rank} axes", f"reshape it to {_AXES[rank]}")
    return array


def like(name: str, value: ArrayLike, other_name: str, other: Floats, shape: tuple[int, ...]) -> Floats:
    """`value` as an array of the dtype of `other` and the given shape."""
    array = np.asarray(value)
    if array.dtype != other.dtype:
        rule = f"differs from {other_name}.dtype={other.dtype}"
        raise InputError(f"{name}.dtype", array.dtype, rule, "convert one of them to the other's dtype")
    if array.shape != shape:
        raise InputError(f"{name}.shape", array.shape, f"is not {shape}", f"give {name} the shape {shape}")
    return array


def pair(name: str, value: int | Pair, least: int) -> Pair:
    """`value` as (rows, columns), both integers of at least `least`."""
    numbers = value if isinstance(value, tuple | list) else (value, value)
    whole = all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in numbers)
    if len(numbers) != 2 or not whole:
        raise InputError(name, value, "is neither an integer nor a pair of integers", "use for example 2 or (2, 3)")
    if min(numbers) < least:
        raise InputError(name, value, f"is less than {least}", f"use {least} or more")
    return int(numbers[0]), int(numbers[1])


def count(name: str, value: int) -> int:
    """`value` as an integer of at least 1."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        raise InputError(name, value, "is not an integer", "use 1 or more")
    if value < 1:
        raise InputError(name, value, "is less than 1", "use 1 or more")
    return int(value)


def own(array: Floats) -> Floats:
    """A contiguous, writeable array in native byte order: kernels are compiled for those only."""
    native = np.ascontiguousarray(array)
    return native if native.flags.writeable and native.ndim == array.ndim else native.copy().reshape(array.shape)
