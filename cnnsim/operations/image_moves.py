"""What the operations share that move an image: how far, what enters, and the hand that drags it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from cnnsim.drawing import Cell
from cnnsim.errors import InputError
from cnnsim.operations.options import Group, Name, OneOf, Wholes, always, option
from cnnsim.operations.settings import Settings, refuse_shape

LARGEST_SIDE = 32
"""Rows or columns of an image that stands beside its moved copy."""

_FARTHEST = LARGEST_SIDE - 1
_ENTERINGS = OneOf(
    (
        Name("zeros", "Zeros", "Zeros come in where nothing is left"),
        Name("circular", "The other side", "What goes out on one side comes in on the other"),
    )
)


class _Moving(Settings, Protocol):
    @property
    def shift(self) -> tuple[int, ...]:
        """Rows down and columns to the right."""


S = TypeVar("S", bound=_Moving)


def shift(group: Group, when: Callable[[Any], bool] = always) -> Any:
    """Declare how far the image is shifted."""
    tip = "Rows down and columns to the right; or drag the image"
    return option((0, 1), "Shift", tip, group, Wholes(-_FARTHEST, _FARTHEST, ("Down", "Right")), when)


def entering(group: Group, when: Callable[[Any], bool] = always) -> Any:
    """Declare what a shift lets in."""
    return option("zeros", "Enters", "What a shift lets in", group, _ENTERINGS, when)


def resized(settings: S, operand: str, shape: tuple[int, ...]) -> S:
    """Return settings with one image or one kernel of that shape; InputError for several, and for too many cells."""
    if max(shape[:-2]) > 1:
        raise refuse_shape(settings, operand, shape)
    if max(shape) > LARGEST_SIDE:
        size = f"{shape[-2]} × {shape[-1]}"
        raise InputError(operand, size, "is too large to show", f"use at most {LARGEST_SIDE} rows and columns")
    return replace(settings, **{f"{operand}_size": shape[-2:]})


def dragged(settings: S, start: Cell, end: Cell) -> S:
    """Shift the image as far as the pointer went over it.

    Examples
    --------
    >>> from cnnsim.operations import operation_named
    >>> dragged(operation_named("shift").start, Cell("input", 2, 2), Cell("input", 4, 1)).shift
    (2, 0)
    """
    if start.matrix != end.matrix or start.matrix not in ("input", "g(x)"):
        return settings
    farther = (settings.shift[0] + end.row - start.row, settings.shift[1] + end.col - start.col)
    return replace(settings, shift=tuple(min(max(by, -_FARTHEST), _FARTHEST) for by in farther))
