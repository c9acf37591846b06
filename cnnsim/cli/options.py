"""Option values that several subcommands share, checked where they are read."""

import argparse
from typing import TYPE_CHECKING, Any

from cnnsim.errors import InputError

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[Any]
else:
    Subparsers = object

DATA_HELP = (
    "auto: MNIST from the cache or by download, else synthetic digits; mnist; synthetic; or a folder with the four "
    "files of MNIST (default: %(default)s)"
)


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--data`` as `cnnsim.data.load` understands it."""
    parser.add_argument("--data", metavar="SOURCE", default="auto", help=DATA_HELP)


def require_range(option: str, value: float, low: float, high: float) -> None:
    """Raise `InputError` unless low ≤ value ≤ high; NaN is in no range.

    Examples
    --------
    >>> require_range("--epochs", 0, 1, 1000)
    Traceback (most recent call last):
    ...
    cnnsim.errors.InputError: --epochs=0 is out of range: use a value from 1 to 1000
    """
    if not low <= value <= high:
        raise InputError(option, value, "is out of range", f"use a value from {low} to {high}")
