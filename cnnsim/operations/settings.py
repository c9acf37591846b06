"""What every operation's settings can do: give a trace, and have any cell, tensor or option changed."""

from collections.abc import Iterator
from dataclasses import Field, replace
from typing import Any, ClassVar, Protocol, Self, TypeVar

import numpy as np

from cnnsim.errors import InputError
from cnnsim.operations.options import Numbers, options_of
from cnnsim.operations.source import Array, Place, Source
from cnnsim.trace import Stepped

LARGEST_SIDE = 64
"""Rows or columns of a tensor that is shown cell by cell."""


class Settings(Protocol):
    """All that an operation can be set to: a frozen dataclass with fields declared by `option`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def seed(self) -> int:
        """Draws the random patterns."""

    def trace(self) -> Stepped[Any]:
        """Return the steps; InputError if the settings do not go together."""

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of a tensor that can be edited."""

    def resized(self, operand: str, shape: tuple[int, ...]) -> Self:
        """Return settings under which the tensor has another shape; InputError if it cannot have it."""


S = TypeVar("S", bound=Settings)


def sources_of(settings: Settings) -> Iterator[tuple[str, Numbers, Source]]:
    """Give the name of the field, the option and the source of every tensor that can be edited and means something."""
    for name, option in options_of(settings).items():
        if isinstance(option.kind, Numbers) and option.when(settings):
            yield name, option.kind, getattr(settings, name)


def draws(settings: Settings) -> bool:
    """Whether any tensor starts from random numbers, so that the seed means something."""
    return any(kind.pattern(source.pattern).random for _, kind, source in sources_of(settings))


def array_of(settings: Settings, operand: str) -> Array:
    """Return the numbers of a tensor.

    Examples
    --------
    >>> from cnnsim.operations import operation_named
    >>> array_of(operation_named("pooling").start, "input")[0, 0].tolist()
    [1.0, 1.0, 2.0, 4.0]
    """
    _, kind, source = _source_of(settings, operand)
    return source.over(kind.pattern(source.pattern).make(settings.shape(operand), settings.seed))


def with_cell(settings: S, operand: str, place: Place, value: float) -> S:
    """Return the settings with one cell of a tensor changed."""
    name, _, source = _source_of(settings, operand)
    return replace(settings, **{name: source.with_cell(place, value)})


def with_array(settings: S, operand: str, array: Array) -> S:
    """Return the settings with all of a tensor changed, and of the size that it has.

    Parameters
    ----------
    settings
        Before.
    operand
        Name of the tensor.
    array
        Its new numbers; leading axes of length 1 may be missing.

    Raises
    ------
    InputError
        If the tensor cannot have that shape.
    """
    name, _, _ = _source_of(settings, operand)
    rank = len(settings.shape(operand))
    values = np.asarray(array, dtype=np.float64)
    if values.ndim > rank:
        raise InputError(operand, f"{values.ndim} axes", "are too many", f"give at most {rank}")
    values = _with_all_axes(values, settings.shape(operand))
    if max(values.shape) > LARGEST_SIDE:
        size = " × ".join(map(str, values.shape))
        raise InputError(operand, size, "is too large to show", f"use at most {LARGEST_SIDE} rows and columns")
    settings, values = _fitted(settings, operand, values)
    return replace(settings, **{name: Source.of(values)})


def _with_all_axes(values: Array, wanted: tuple[int, ...]) -> Array:
    """Add leading axes: those of the tensor if it has as many planes of that size, as text of it has, else of length 1.

    Examples
    --------
    >>> _with_all_axes(np.ones((2, 3, 3)), (2, 1, 3, 3)).shape, _with_all_axes(np.ones((2, 4, 3)), (2, 1, 3, 3)).shape
    ((2, 1, 3, 3), (1, 2, 4, 3))
    """
    if values.ndim < len(wanted) and values.size == np.prod(wanted) and values.shape[-2:] == wanted[-2:]:
        return values.reshape(wanted)
    return values.reshape((1,) * (len(wanted) - values.ndim) + values.shape)


def _fitted(settings: S, operand: str, values: Array) -> tuple[S, Array]:
    """Return settings for numbers of that shape; a row may stand for a column, where only that fits."""
    if values.shape == settings.shape(operand):
        return settings, values
    try:
        return settings.resized(operand, values.shape), values
    except InputError:
        if values.shape[-1] < values.size:
            raise
        column = values.reshape(-1, *(1,) * (values.ndim - 1))
        if column.shape != settings.shape(operand):
            settings = settings.resized(operand, column.shape)
        return settings, column


def refuse_shape(settings: Settings, operand: str, shape: tuple[int, ...]) -> InputError:
    """Return the error for a tensor whose shape follows from the others."""
    given, wanted = (" × ".join(map(str, sizes)) for sizes in (shape, settings.shape(operand)))
    return InputError(operand, given, "does not fit the other tensors", f"give {wanted} numbers")


def _source_of(settings: Settings, operand: str) -> tuple[str, Numbers, Source]:
    for name, kind, source in sources_of(settings):
        if kind.operand == operand:
            return name, kind, source
    raise KeyError(operand)
