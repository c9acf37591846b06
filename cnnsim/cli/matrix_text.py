"""Matrices as people type them on a command line."""

from collections.abc import Sequence
from fractions import Fraction

from cnnsim.errors import InputError

_LARGEST = 64


def parse_matrix(option: str, text: str, names: Sequence[str]) -> list[list[float]]:
    """Turn ``"1 0 1; 0 1 0; 1/9 0 -1.5"`` into rows of numbers.

    Rows end with a semicolon or a line end, numbers are separated by spaces or commas, and may be fractions.

    Parameters
    ----------
    option
        The option that was given, for the message.
    text
        What was given.
    names
        What could have been given instead of a matrix.

    Raises
    ------
    InputError
        If a row is longer than another, a cell is no number, or there are more than 64 rows or columns.

    Examples
    --------
    >>> parse_matrix("--kernel", "1 2; 3 1/2", ("emboss",))
    [[1.0, 2.0], [3.0, 0.5]]
    """
    words = [row.replace(",", " ").split() for row in text.replace("\n", ";").split(";") if row.strip()]
    rows = [[_number(option, text, word, names) for word in row] for row in words]
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise InputError(option, repr(text), "is no matrix", "write rows of equal length, such as '1 0; 0 1'")
    rows_and_cols = (len(rows), widths.pop())
    if max(rows_and_cols) > _LARGEST:
        size = "{} × {}".format(*rows_and_cols)
        raise InputError(option, size, "is too large", f"use at most {_LARGEST} rows and columns")
    return rows


def _number(option: str, text: str, word: str, names: Sequence[str]) -> float:
    try:
        return float(Fraction(word.replace("\N{MINUS SIGN}", "-")))
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        remedy = f"choose one of {', '.join(names)}, or write rows such as '1 0; 0.5 1/9'"
        raise InputError(option, repr(text), "is neither in the gallery nor a matrix of numbers", remedy) from error
