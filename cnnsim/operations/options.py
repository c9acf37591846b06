"""What an operation can be set to: options as data, from which a command line and a page of controls are made.

An operation declares them once, as the fields of a frozen dataclass:

>>> from dataclasses import dataclass
>>> WINDOW = Group("Window", Role.OUTPUT)
>>> @dataclass(frozen=True, slots=True)
... class Settings:
...     stride: int = option(1, "Stride", "Cells from one window to the next", WINDOW, Whole(1, 8))
>>> options_of(Settings())["stride"].title
'Stride'
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, assert_never

from cnnsim.drawing import Role
from cnnsim.errors import InputError
from cnnsim.operations.source import Pattern, Source

_KEY = "option"


@dataclass(frozen=True, slots=True)
class Group:
    """Options that stand together, under a title in the colour of a role."""

    title: str
    role: Role = Role.TEXT


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a range."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Wholes:
    """Several whole numbers in a range, such as rows and columns; `names` says what each of them is."""

    low: int
    high: int
    names: tuple[str, ...] = ("Rows", "Columns")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range."""

    low: float = -1e6
    high: float = 1e6


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""


@dataclass(frozen=True, slots=True)
class Name:
    """One of several: its key on the command line and in files, its words on a page, and what it means."""

    key: str
    words: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several names; `in_view` shows them side by side where there is room, instead of in a list."""

    names: tuple[Name, ...]
    in_view: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """What can be chosen."""
        return tuple(name.key for name in self.names)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A `Source`: a tensor that starts as a pattern and whose every cell can be changed.

    Parameters
    ----------
    operand
        Name of the tensor in the look of the operation.
    patterns
        What it can start as.
    picture
        Whether it can be loaded from a picture.
    """

    operand: str
    patterns: tuple[Pattern, ...]
    picture: bool = False

    def pattern(self, key: str) -> Pattern:
        """Return a pattern by its key; KeyError if there is none."""
        for pattern in self.patterns:
            if pattern.key == key:
                return pattern
        raise KeyError(key)


Kind = Whole | Wholes | Number | Switch | OneOf | Numbers


def always(_settings: Any) -> bool:
    """Say yes: an option that always means something."""
    return True


@dataclass(frozen=True, slots=True)
class Option:
    """How a field of the settings is offered.

    Parameters
    ----------
    title, tip
        A word or two, and a sentence.
    group
        Where it stands on a page.
    kind
        Which values it takes.
    when
        Whether it means anything with the other settings; a page hides it otherwise.
    flag
        Its name on the command line; that of the field if empty.
    """

    title: str
    tip: str
    group: Group
    kind: Kind
    when: Callable[[Any], bool] = always
    flag: str = ""


def option(
    default: Any,
    title: str,
    tip: str,
    group: Group,
    kind: Kind,
    when: Callable[[Any], bool] = always,
    flag: str = "",
) -> Any:
    """Declare a field of the settings of an operation; the parameters are those of `Option`."""
    return field(default=default, metadata={_KEY: Option(title, tip, group, kind, when, flag)})


def options_of(settings: Any) -> dict[str, Option]:
    """Return the options of an operation by the names of their fields, in order."""
    return {member.name: member.metadata[_KEY] for member in fields(settings) if _KEY in member.metadata}


def checked(argument: str, value: Any, kind: Kind) -> Any:
    """Return a value of an option, as files and command lines give it, if the option takes it.

    Raises
    ------
    InputError
        Naming `argument`, the value and what would do.

    Examples
    --------
    >>> checked("stride", 2, Whole(1, 8)), checked("size", 5, Wholes(1, 64))
    (2, (5, 5))
    >>> checked("stride", 9, Whole(1, 8))
    Traceback (most recent call last):
    ...
    cnnsim.errors.InputError: stride=9 is out of range: use a whole number from 1 to 8
    """
    match kind:
        case Whole():
            return _whole(argument, value, kind.low, kind.high)
        case Wholes():
            return _wholes(argument, value, kind)
        case Number():
            return _number(argument, value, kind)
        case Switch():
            if not isinstance(value, bool):
                raise InputError(argument, repr(value), "is neither on nor off", "use true or false")
            return value
        case OneOf():
            if value not in kind.keys:
                raise InputError(argument, value, "is unknown", f"choose one of {', '.join(kind.keys)}")
            return value
        case Numbers():
            return _source(argument, value, kind)
        case _:
            assert_never(kind)


def _whole(argument: str, value: Any, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(argument, repr(value), "is no whole number", f"use one from {low} to {high}")
    if not low <= value <= high:
        raise InputError(argument, value, "is out of range", f"use a whole number from {low} to {high}")
    return value


def _wholes(argument: str, value: Any, kind: Wholes) -> tuple[int, ...]:
    values = (value,) * len(kind.names) if isinstance(value, int) else value
    if not isinstance(values, tuple | list) or len(values) != len(kind.names):
        words = ", ".join(kind.names).lower()
        raise InputError(argument, repr(value), "has the wrong length", f"give one number, or {words}")
    return tuple(_whole(argument, one, kind.low, kind.high) for one in values)


def _number(argument: str, value: Any, kind: Number) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise InputError(argument, repr(value), "is no number", "use one such as 0.5")
    if not kind.low <= value <= kind.high:  # NaN is in no range
        raise InputError(argument, value, "is out of range", f"use a number from {kind.low:g} to {kind.high:g}")
    return float(value)


def _source(argument: str, value: Any, kind: Numbers) -> Source:
    source = Source(value) if isinstance(value, str) else value
    keys = [pattern.key for pattern in kind.patterns]
    if not isinstance(source, Source) or source.pattern not in keys:
        shown = source.pattern if isinstance(source, Source) else repr(value)
        raise InputError(argument, shown, "is unknown", f"choose one of {', '.join(keys)}")
    return source
