"""Tensors as people type, paste and copy them: rows of numbers, or Python and NumPy text."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.operations.source import Array

_LARGEST_SIDE = 64
_LARGEST_VALUE = 1e6
_LONGEST_TEXT = 700_000  # eight maps of 64 × 64 with every digit
_REMEDY = "write rows such as '1 0; 0.5 1/9', or [[1, 0], [0.5, 0.1]]"
_WRAPPING = re.compile(
    r"^\s*(?:\w+\s*=\s*)?(?:\w+\.)*(?:array|asarray|tensor)\s*\(|,?\s*(?:dtype|device|requires_grad)\s*=[^)]*|\)\s*;?\s*$"
)
_TOKEN = re.compile(r"[\[\]]|[^\s,\[\]]+")


def parse_matrix(argument: str, text: str, names: Sequence[str] = ()) -> Array:
    r"""Read a tensor from text.

    Rows end with a semicolon or a line end; numbers are separated by spaces, commas or tabs, and may be fractions.
    Slices of a tensor with more axes are separated by ``|`` or an empty line. Nested brackets as Python and NumPy print
    them do too.

    Parameters
    ----------
    argument
        Named in messages.
    text
        What was given.
    names
        What could have been given instead of numbers.

    Returns
    -------
    ndarray
        (rows, cols) float64, or with more axes where the text has more.

    Raises
    ------
    InputError
        If rows are of unequal length, something is no finite number, there is nothing, or there are more than 64 rows
        or columns.

    Examples
    --------
    >>> parse_matrix("kernel", "1 2; 3 1/2").tolist()
    [[1.0, 2.0], [3.0, 0.5]]
    >>> parse_matrix("kernel", "np.array([[1., 0.],\n [0., −1.]], dtype=float32)").tolist()
    [[1.0, 0.0], [0.0, -1.0]]
    """
    if len(text) > _LONGEST_TEXT:
        raise InputError(argument, f"{len(text):,} characters", "are too many", f"give at most {_LONGEST_TEXT:,}")
    nested = _bracketed(argument, text, names) if "[" in text else _rows(argument, text, names)
    widths = _shape(argument, text, nested)
    if max(widths) > _LARGEST_SIDE:
        size = " × ".join(map(str, widths))
        raise InputError(argument, size, "is too large", f"use at most {_LARGEST_SIDE} rows and columns")
    array = np.array(nested, dtype=np.float64)
    return array.reshape(1, -1) if array.ndim == 1 else array


def format_matrix(array: Array) -> str:
    r"""Write a tensor as text that `parse_matrix`, a spreadsheet and people can read: tabs, lines, empty lines.

    Examples
    --------
    >>> format_matrix(np.array([[1.0, 0.5], [-2.0, 0.1]]))
    '1\t0.5\n-2\t0.1'
    """
    planes = array.reshape(-1, *array.shape[-2:]) if array.ndim > 2 else array[None]
    return "\n\n".join("\n".join("\t".join(map(_written, row)) for row in plane) for plane in planes)


def _written(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _rows(argument: str, text: str, names: Sequence[str]) -> list[Any]:
    planes = [plane for plane in re.split(r"\||\n\s*\n", text.strip()) if plane.strip()]
    tensors = [
        [[_number(argument, text, word, names) for word in row.replace(",", " ").split()] for row in _lines(plane)]
        for plane in planes
    ]
    return tensors[0] if len(tensors) == 1 else tensors


def _lines(plane: str) -> list[str]:
    return [row for row in plane.replace("\n", ";").split(";") if row.strip()]


def _bracketed(argument: str, text: str, names: Sequence[str]) -> list[Any]:
    tokens = iter(_TOKEN.findall(_WRAPPING.sub("", text)))
    if next(tokens, "") != "[":
        raise _no_matrix(argument, text)
    nested = _inside(argument, text, names, tokens, 1)
    if next(tokens, None) is not None:
        raise _no_matrix(argument, text)
    return nested


def _inside(argument: str, text: str, names: Sequence[str], tokens: Iterator[str], depth: int) -> list[Any]:
    """Read up to the closing bracket."""
    if depth > 8:
        raise InputError(argument, _excerpt(text), "has too many brackets", _REMEDY)
    found: list[Any] = []
    for token in tokens:
        if token == "[":
            found.append(_inside(argument, text, names, tokens, depth + 1))
        elif token == "]":
            return found
        else:
            found.append(_number(argument, text, token, names))
    raise _no_matrix(argument, text)


def _shape(argument: str, text: str, nested: Any) -> tuple[int, ...]:
    """Return the lengths of all axes; InputError if there is nothing, or lists of one level differ."""
    if not isinstance(nested, list):
        return ()
    numbers = set(map(type, nested)) == {float}
    shapes = {()} if numbers else {_shape(argument, text, part) for part in nested}
    if not nested:
        raise InputError(argument, _excerpt(text), "is empty", _REMEDY)
    if len(shapes) != 1:
        raise InputError(argument, _excerpt(text), "is ragged", "write rows of equal length, such as '1 0; 0 1'")
    return (len(nested), *shapes.pop())


def _number(argument: str, text: str, word: str, names: Sequence[str]) -> float:
    try:
        value = _plain_number(word)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        if word.lower().lstrip("+-") in ("nan", "inf", "infinity"):
            raise InputError(argument, word, "is not finite", "use ordinary numbers") from error
        choose = f"choose one of {', '.join(names)}, or {_REMEDY}" if names else _REMEDY
        what = "is neither in the gallery nor a matrix of numbers" if names else f"has {word!r}, which is no number"
        raise InputError(argument, _excerpt(text), what, choose) from error
    if not isfinite(value) or abs(value) > _LARGEST_VALUE:
        raise InputError(argument, word, "is too large to show", "stay between −1,000,000 and 1,000,000")
    return value


def _plain_number(word: str) -> float:
    """Read a number, or a fraction of two; ValueError or OverflowError if it is none that is finite."""
    word = word.replace("\N{MINUS SIGN}", "-")
    try:
        value = float(word)
    except ValueError:
        return float(Fraction(word))
    return value if isfinite(value) else float(Fraction(word))


def _no_matrix(argument: str, text: str) -> InputError:
    return InputError(argument, _excerpt(text), "is no matrix", _REMEDY)


def _excerpt(text: str) -> str:
    shown = " ".join(text.split())
    return repr(shown if len(shown) <= 60 else f"{shown[:57]}…")
