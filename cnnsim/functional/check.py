"""Checking arguments before they reach a kernel: messages name the argument, its value, the rule and the remedy."""

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnsim.errors import InputError
from cnnsim.errors import number as number

Floats = NDArray[Any]
"""float32 or float64."""

Pair = tuple[int, int]
Padding = int | Pair | tuple[Pair, Pair] | Literal["same", "valid"]
_MOST = 2**31 - 1
"""The largest step or size: with it no offset that a kernel computes leaves 64 bits."""
LARGEST = 2**29
"""Numbers, 4 GiB of float64, up to which padding, a stride or a size may make an array grow: an option with a digit too
many asks for memory that no computer has. Arrays that are given may hold more; they lie in memory already."""
_AXES = {2: "(N, features)", 3: "(N, C, length)", 4: "(N, C, H, W)"}


def floats(name: str, value: ArrayLike, rank: int | None = None) -> Floats:
    """`value` as an array of float32 or float64 with `rank` axes."""
    array = array_of(name, value)
    if array.dtype not in (np.float32, np.float64):
        rule, remedy = "is neither float32 nor float64", f"convert it with {name}.astype(numpy.float32)"
        raise InputError(f"{name}.dtype", array.dtype, rule, remedy)
    if rank is not None and array.ndim != rank:
        raise InputError(f"{name}.shape", array.shape, f"does not have {rank} axes", f"reshape it to {_AXES[rank]}")
    return array


def array_of(name: str, value: ArrayLike) -> NDArray[Any]:
    """`value` as an array of whatever it holds."""
    try:
        return np.asarray(value)
    except ValueError as ragged:
        rule = f"is no array ({ragged})"
        raise InputError(name, type(value).__name__, rule, "give rows of equal length") from None


def with_cells(x: Floats) -> Floats:
    """`x`, whose maps must have cells."""
    if 0 in x.shape[2:]:
        raise InputError("x.shape", x.shape, "has maps without cells", "give maps of at least 1×1")
    return x


def with_channels(x: ArrayLike) -> Floats:
    """`x` as an array (N, C, ...) of float32 or float64."""
    array = floats("x", x)
    if array.ndim < 2:
        raise InputError("x.shape", array.shape, "is not (N, C, ...)", "reshape it to (N, C, ...)")
    return array


def like(name: str, value: ArrayLike, other_name: str, other: Floats, shape: tuple[int, ...]) -> Floats:
    """`value` as an array of the dtype of `other` and the given shape."""
    array = array_of(name, value)
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
    if max(numbers) > _MOST:
        raise InputError(name, value, f"is more than {_MOST}", "no image is so large; use less")
    return int(numbers[0]), int(numbers[1])


def room(name: str, value: object, shape: tuple[int, ...], given: int = 0) -> None:
    """Refuse an option that asks for an array (N, ...) of more than `LARGEST` numbers, and than twice those `given`.

    An empty batch is measured as one image.
    """
    numbers = max(1, shape[0]) * math.prod(shape[1:])
    if numbers > max(LARGEST, 2 * given):
        rule = f"asks for an array of {numbers:,} numbers, and {LARGEST:,} are allowed"
        raise InputError(name, value, rule, "use less")


def padding_sides(padding: Padding, size: Pair, stride: Pair, dilation: Pair) -> tuple[int, int, int, int]:
    """`padding` as (top, bottom, left, right) for a window of this size."""
    if isinstance(padding, str) and padding == "valid":
        return (0, 0, 0, 0)
    if isinstance(padding, str) and padding == "same":
        if stride != (1, 1):
            raise InputError("padding", "same", f"keeps no size with stride={stride}", "use stride=1, or give numbers")
        rows, columns = (d * (k - 1) for d, k in zip(dilation, size, strict=True))
        return rows // 2, rows - rows // 2, columns // 2, columns - columns // 2
    if isinstance(padding, str):
        raise InputError("padding", repr(padding), "is unknown", "use 'same', 'valid' or numbers")
    if isinstance(padding, tuple | list) and len(padding) == 2 and all(isinstance(p, tuple | list) for p in padding):
        (top, bottom), (left, right) = (pair("padding", both, 0) for both in padding)
        return top, bottom, left, right
    top, left = pair("padding", padding, 0)  # type: ignore[arg-type]
    return top, top, left, left


def count(name: str, value: int) -> int:
    """`value` as an integer of at least 1."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        raise InputError(name, value, "is not an integer", "use 1 or more")
    if value < 1:
        raise InputError(name, value, "is less than 1", "use 1 or more")
    return int(value)


def flag(name: str, value: bool) -> bool:
    """`value` as True or False."""
    if not isinstance(value, int | np.integer | np.bool_):
        raise InputError(name, repr(value), "is neither True nor False", "use one of them")
    return bool(value)


def loss_gradient(dy: ArrayLike, like: Floats, shape: tuple[int, ...]) -> Floats:
    """`dy` in the dtype of `like` and the shape of a loss, where a plain number will do."""
    scale = array_of("dy", dy)
    if scale.dtype.kind not in "iuf":
        raise InputError("dy.dtype", scale.dtype, "is no dtype of numbers", f"convert it to {like.dtype}")
    if scale.shape != shape:
        raise InputError("dy.shape", scale.shape, f"is not {shape}", f"give dy the shape {shape}")
    return scale.astype(like.dtype)


def reduction_of(reduction: str) -> None:
    """Refuse what is no way to reduce losses."""
    if not isinstance(reduction, str) or reduction not in ("mean", "sum", "none"):
        raise InputError("reduction", repr(reduction), "is unknown", 'use "mean", "sum" or "none"')


def own(array: Floats) -> Floats:
    """A contiguous, writeable array in native byte order: kernels are compiled for those only."""
    native = np.ascontiguousarray(array)
    return native if native.flags.writeable and native.ndim == array.ndim else native.copy().reshape(array.shape)
