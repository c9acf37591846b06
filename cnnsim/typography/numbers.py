"""Numbers as a teacher writes them: exact fractions where they are small, a real minus sign, never a negative zero."""

from fractions import Fraction
from functools import lru_cache
from math import floor, isnan, log10

UNTOLD = "?"
MINUS = "\N{MINUS SIGN}"
_LARGEST_DENOMINATOR = 10_000
_LARGEST_NUMERATOR = 1_000_000
_TOLERANCE = 1e-12  # above the rounding of a few hundred float64 additions, far below any number shown
_TINY, _HALF = 0.0005, 0.5
_EVERYDAY_DECIMALS, _MOST_DECIMALS = 2, 4
_SIGNIFICANT, _MOST_SIGNIFICANT = 2, 7  # digits of a result that is not 0: at least, and where that needs no decimals
_MOST_OF_ALL = 12  # decimals: what is less than that is rounding
_EVERYDAY_DENOMINATOR = 256


@lru_cache(maxsize=16_384)
def exact(value: float) -> Fraction | None:
    """Return the small fraction that `value` stands for, or None if there is none.

    Examples
    --------
    >>> exact(0.1 + 0.2), exact(1 / 9), exact(2**0.5)
    (Fraction(3, 10), Fraction(1, 9), None)
    >>> exact(28450875523 / 8362)
    """
    if isnan(value):
        return None
    fraction = Fraction(value).limit_denominator(_LARGEST_DENOMINATOR)
    near = abs(float(fraction) - value) <= _TOLERANCE * max(1.0, abs(value))
    # Near a large number, some small fraction is always closer than the tolerance: it would stand for nothing.
    told = fraction.denominator == 1 or abs(fraction.numerator) <= _LARGEST_NUMERATOR
    return fraction if near and told else None


@lru_cache(maxsize=16_384)
def format_number(value: float, digits: int | None = None) -> str:
    """Write a number.

    Parameters
    ----------
    value
        Finite; NaN stands for a number that is not told.
    digits
        None writes whole numbers and small fractions exactly, and anything else with two decimals. A number writes
        decimals only: short ones as they are, others rounded to so many digits.

    Examples
    --------
    >>> format_number(-3.0), format_number(0.25), format_number(1 / 9), format_number(2**0.5), format_number(-1e-7)
    ('−3', '0.25', '1/9', '1.41', '0.00')
    >>> format_number(float("nan"))
    '?'
    >>> format_number(1 / 9, 3), format_number(0.5, 3)
    ('0.111', '0.5')
    """
    if isnan(value):
        return UNTOLD
    fraction = exact(value)
    if digits is None:
        return format_to(value, _EVERYDAY_DECIMALS) if fraction is None else _write_fraction(fraction)
    if fraction is None or abs(value - float(fraction)) * 10**digits >= _HALF:  # more is asked for than is a fraction
        return format_to(value, digits)
    return _as_decimal(fraction, digits) or format_to(value, digits)


def format_to(value: float, digits: int) -> str:
    """Write `value` with exactly `digits` decimals.

    Examples
    --------
    >>> format_to(-1.5, 3), format_to(-0.0001, 2)
    ('−1.500', '0.00')
    """
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", MINUS)


def decimals_of(result: float, least: int, largest: float = 1.0) -> int:
    """Return the decimals of a result: enough not to write 0 for what is not 0, and none that nobody needs.

    Parameters
    ----------
    result
        The number.
    least
        The fewest decimals of a number of ordinary size.
    largest
        The largest of what it is the sum of: a result far below that, and far below 1, is rounding.

    Examples
    --------
    >>> decimals_of(0.00213, 2), decimals_of(21.3, 2), decimals_of(1e-17, 2), decimals_of(2e8, 2)
    (4, 2, 2, 0)
    """
    if abs(result) <= _TOLERANCE * max(1.0, largest):
        return least
    size = floor(log10(abs(result)))
    return max(min(least, max(_MOST_SIGNIFICANT - 1 - size, 0)), min(_SIGNIFICANT - 1 - size, _MOST_OF_ALL))


@lru_cache(maxsize=16_384)
def format_compact(value: float) -> str:
    """Write `value` with two significant digits, for cells with little room; tiny ones with one and a power.

    Examples
    --------
    >>> format_compact(1 / 256), format_compact(-12.34), format_compact(7.0), format_compact(1 / 4096)
    ('0.004', '−12', '7', '2e−4')
    """
    if isnan(value):
        return UNTOLD
    if value == int(value):
        return format_to(value, 0)
    if abs(value) < _TINY:
        mantissa, power = f"{value:.0e}".split("e")
        return f"{mantissa}e{int(power)}".replace("-", MINUS)
    return format_to(value, min(max(1 - floor(log10(abs(value))), 0), 3))


def nice_ceiling(value: float) -> float:
    """Return the smallest 1, 2, 4 or 8 times a power of ten that is not below a positive `value`: the top of an axis.

    Examples
    --------
    >>> nice_ceiling(2.31), nice_ceiling(0.05), nice_ceiling(100.0)
    (4.0, 0.08, 100.0)
    """
    power = 10.0 ** floor(log10(value))
    return next(round(step * power, 12) for step in (1, 2, 4, 8, 10) if step * power >= value * (1 - _TOLERANCE))


def _write_fraction(fraction: Fraction) -> str:
    """Write short decimals as decimals, simple fractions as fractions, and what is left as it comes out shorter."""
    return (
        _as_decimal(fraction, _EVERYDAY_DECIMALS)
        or (_as_quotient(fraction) if fraction.denominator <= _EVERYDAY_DENOMINATOR else None)
        or _as_decimal(fraction, _MOST_DECIMALS)
        or _as_quotient(fraction)
    )


def _as_decimal(fraction: Fraction, most: int) -> str | None:
    """Write the fraction with the fewest decimals that are exact; None if `most` are not enough."""
    for decimals in range(most + 1):
        if (fraction * 10**decimals).denominator == 1:
            return format_to(float(fraction), decimals)
    return None


def _as_quotient(fraction: Fraction) -> str:
    return f"{MINUS if fraction < 0 else ''}{abs(fraction.numerator)}/{fraction.denominator}"
