"""The options of an operation on the command line."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, assert_never

from cnnsim.errors import InputError
from cnnsim.operations import Operation, Option, Settings, Source, options_of, with_array
from cnnsim.operations.matrix_text import parse_matrix
from cnnsim.operations.options import Number, Numbers, OneOf, Switch, Whole, Wholes, checked


def add_operation_options(parser: argparse.ArgumentParser, operation: Operation[Any]) -> None:
    """Add an option for every field of the operation's settings."""
    for name, option in options_of(operation.start).items():
        default = getattr(operation.start, name)
        words = f"{option.tip[0].lower()}{option.tip[1:]}"
        if isinstance(option.kind, Switch):
            switch = argparse.BooleanOptionalAction
            parser.add_argument(flag(name, option), dest=name, action=switch, default=default, help=words)
            continue
        text = _text(default, option)
        parser.add_argument(
            flag(name, option),
            dest=name,
            metavar=_metavar(option),
            help=f"{words}{_choices(option)} (default: {text})".replace("%", "%%"),
        )


def settings_from(operation: Operation[Any], args: argparse.Namespace) -> Settings:
    """Return the operation's settings with what was given on the command line; InputError names the option."""
    settings: Settings = operation.start
    matrices: list[tuple[str, Any]] = []
    for name, option in options_of(settings).items():
        given = getattr(args, name)
        if given is None:
            continue
        if isinstance(option.kind, Numbers) and given not in _keys(option):
            matrices.append((option.kind.operand, parse_matrix(flag(name, option), given, _keys(option))))
        else:
            settings = replace(settings, **{name: _parsed(flag(name, option), given, option)})
    for operand, matrix in sorted(matrices, key=lambda given: given[0] == "gradient"):  # whose shape follows
        settings = with_array(settings, operand, matrix)
    return settings


def plain_options(settings: Settings) -> dict[str, Any]:
    """Return the values of the options for a record: a tensor as its pattern, or ``own``."""
    values = {name: getattr(settings, name) for name in options_of(settings)}
    return {name: value.pattern if isinstance(value, Source) else value for name, value in values.items()}


def flag(name: str, option: Option) -> str:
    """Return the option as it is typed.

    Examples
    --------
    >>> from cnnsim.operations import operation_named
    >>> settings = operation_named("convolution").start
    >>> flag("padding_mode", options_of(settings)["padding_mode"])
    '--padding-mode'
    """
    return f"--{(option.flag or name).replace('_', '-')}"


def _metavar(option: Option) -> str:
    match option.kind:
        case OneOf():
            return "NAME"
        case Wholes(names=names):
            return "N[x…]" if len(names) != 2 else "N[xM]"
        case Numbers():
            return "NUMBERS"
        case Whole():
            return "N"
        case Number() | Switch():
            return "X"
        case _:
            assert_never(option.kind)


def _choices(option: Option) -> str:
    match option.kind:
        case OneOf(names=names):
            return f": {', '.join(name.key for name in names)}"
        case Numbers():
            return f": {', '.join(_keys(option))}, or rows such as '1 0; 0 1'"
        case _:
            return ""


def _keys(option: Option) -> Sequence[str]:
    assert isinstance(option.kind, Numbers)
    return [pattern.key for pattern in option.kind.patterns]


def _text(value: Any, option: Option) -> str:
    match option.kind:
        case Numbers():
            return str(value.pattern)
        case Wholes():
            return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))
        case _:
            return str(value)


def _parsed(argument: str, given: Any, option: Option) -> Any:
    match option.kind:
        case Whole():
            return checked(argument, _number(argument, given, int, "a whole number"), option.kind)
        case Number():
            return checked(argument, _number(argument, given, float, "a number"), option.kind)
        case Wholes():
            parts = [_number(argument, part, int, "whole numbers such as 5x7") for part in _split(given)]
            return checked(argument, parts[0] if len(parts) == 1 else parts, option.kind)
        case _:
            return checked(argument, given, option.kind)


def _split(text: str) -> list[str]:
    return text.lower().replace("×", "x").replace(",", "x").split("x")


def _number(argument: str, text: str, kind: type, wanted: str) -> Any:
    try:
        return kind(text.replace("−", "-"))
    except ValueError as error:
        raise InputError(argument, repr(text), "is no number", f"use {wanted}") from error
