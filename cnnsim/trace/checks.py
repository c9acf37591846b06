"""What every operation checks of the arrays and numbers that it is given."""

from collections.abc import Sequence
from numbers import Integral
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError

Array = NDArray[np.float64]
Name = TypeVar("Name", bound=str)
LARGEST = 1e100
"""Numbers up to this size can be multiplied, squared and added up without an overflow."""


def checked_array(argument: str, values: object, *ndims: int) -> Array:
    """Return `values` as a read-only float64 array with leading axes of length 1 up to the most of `ndims` axes."""
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(argument, values, "is no grid of numbers", "give rows of equal length") from error
    if array.ndim not in ndims or array.size == 0:
        raise InputError(argument, f"array of shape {array.shape}", "is no grid", "give one or more rows of numbers")
    if not np.isfinite(array).all():
        rule = "has a cell that is not finite" if array.ndim else "is not finite"
        raise InputError(argument, array.tolist(), rule, "use ordinary numbers")
    if np.abs(array).max() > LARGEST:
        rule = f"{'has a cell' if array.ndim else 'is'} beyond ±{LARGEST:g}"
        raise InputError(argument, array.tolist(), rule, "use smaller numbers")
    array = array.reshape((1,) * (max(ndims) - array.ndim) + array.shape)
    array.flags.writeable = False
    return array


def checked_vector(argument: str, values: object) -> Array:
    """Return a number or a list of numbers, as a row or a column or neither, as a read-only (n,) float64 array."""
    array = checked_array(argument, values, 0, 1, 2)
    if max(array.shape) < array.size:
        raise InputError(argument, f"array of shape {array.shape}", "is no vector", "give one row of numbers")
    return array.ravel()


def checked_gradient(g: object, output: Array) -> Array:
    """Return `g` as (C, H', W') like `output`, ones if it is None."""
    array = checked_array("g", np.ones(output.shape) if g is None else g, 2, 3)
    if array.shape != output.shape:
        raise InputError("g", f"array of shape {array.shape}", f"is not {output.shape}", "give one value a cell of y")
    return array


def checked_integers(argument: str, value: object, *lengths: int) -> tuple[int, ...]:
    """Return a whole number, or a sequence of one of these lengths of them, as a tuple."""
    numbers = tuple(value) if isinstance(value, Sequence) else (value,)
    whole = tuple(int(number) for number in numbers if isinstance(number, Integral))
    if len(numbers) not in lengths or len(whole) < len(numbers):
        allowed = " or ".join(str(length) for length in lengths)
        raise InputError(argument, value, "is no whole number", f"use {allowed} whole number{'s' * (max(lengths) > 1)}")
    return whole


def checked_pair(argument: str, value: object) -> tuple[int, int]:
    """Return the number for the rows and the one for the columns; one number is for both."""
    numbers = checked_integers(argument, value, 1, 2)
    return numbers[0], numbers[-1]


def checked_name(argument: str, value: str, known: tuple[Name, ...]) -> Name:
    """Return the one of the known names that `value` is."""
    found = next((name for name in known if name == value), None)
    if found is None:
        raise InputError(argument, value, "is unknown", f"choose one of {', '.join(known)}")
    return found
