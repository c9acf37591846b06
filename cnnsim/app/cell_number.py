"""Read a number as a person types it."""

from math import isfinite

from cnnsim.errors import InputError
from cnnsim.typography.numbers import MINUS

_LARGEST = 1e6


def parse_number(text: str, argument: str = "cell") -> float:
    """Read a decimal or a fraction.

    Parameters
    ----------
    text
        Such as ``"-0.5"``, ``"−2"`` or ``"1/9"``.
    argument
        Named in the message.

    Raises
    ------
    InputError
        If it is no number, not finite, divides by zero or is too large to show.

    Examples
    --------
    >>> parse_number("−1/4"), parse_number(" 2 ")
    (-0.25, 2.0)
    """
    above, slash, below = text.replace(MINUS, "-").partition("/")
    try:
        value = float(above) / float(below) if slash else float(above)
    except ZeroDivisionError as error:
        raise InputError(argument, text, "divides by zero", "use another denominator") from error
    except ValueError as error:
        shown = text.strip() or "nothing"
        raise InputError(argument, shown, "is not a number", "type one such as −2, 0.5 or 1/9") from error
    if not isfinite(value):
        raise InputError(argument, text, "is not finite", "type an ordinary number")
    if abs(value) > _LARGEST:
        raise InputError(argument, text, "is too large to show", "stay between −1,000,000 and 1,000,000")
    return value + 0.0  # never −0
