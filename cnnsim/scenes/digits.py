"""How many decimals the numbers of a formula have, so that who reckons with what is shown gets what is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, log10

_SIGNIFICANT, _MOST_SIGNIFICANT = 2, 7  # digits of a result that is not 0: at least, and where that needs no decimals
_IN_CELLS = 2
_MOST = 12  # decimals: what is less than that is rounding
_ROUNDING = 1e-12  # of the largest number that is added up
_MORE = 40  # decimals that what is added up may have beyond its sum
_TRIES = 4  # decimals of a result


@dataclass(frozen=True, slots=True)
class Digits:
    """Decimals of the numbers of a formula; None writes them exactly.

    Parameters
    ----------
    terms
        Of what is multiplied and added up.
    totals
        Of what stands on the way from there to the result.
    results
        Of the result.
    equal
        Whether what is shown on both sides of each sign is equal, in order, or only nearly.
    """

    terms: int | None
    totals: int | None
    results: int | None
    equal: tuple[bool, ...] = ()

    @property
    def cells(self) -> int | None:
        """Of the numbers in matrices, where smaller ones may stand beside a large result."""
        return None if self.results is None else max(self.results, _IN_CELLS)


EXACT = Digits(None, None, None)


def first_that_fits(first: int, before: Callable[[int], tuple[Digits, bool]]) -> Digits:
    """Return digits for a result with as few decimals as possible, from the first number of them on.

    Parameters
    ----------
    first
        The fewest decimals of the result.
    before
        From the decimals of a result to the digits with which it is made, and whether what is shown then fits.

    Examples
    --------
    >>> first_that_fits(2, lambda results: (Digits(4, results, results), results == 3)).results
    3
    """
    for results in range(first, first + _TRIES):
        digits, fits = before(results)
        if fits:
            break
    return digits


def enough(first: int, fits: Callable[[int], bool]) -> tuple[int, bool]:
    """Return the fewest decimals that fit, from the first on, and whether any do.

    Examples
    --------
    >>> enough(2, lambda decimals: round(1 / 3, decimals) > 0.3332)
    (4, True)
    """
    for decimals in range(first, first + _MORE):
        if fits(decimals):
            return decimals, True
    return first, False


def decimals_of(result: float, largest: float, least: int) -> int:
    """Return the decimals of a result: enough not to write 0 for what is not 0, and none that nobody needs.

    Parameters
    ----------
    result
        The number.
    largest
        The largest of what it is the sum of: a result far below that is rounding.
    least
        The fewest decimals of a number of ordinary size.

    Examples
    --------
    >>> decimals_of(0.00213, 1.0, 2), decimals_of(21.3, 1.0, 2), decimals_of(1e-17, 1.0, 2), decimals_of(2e8, 1.0, 2)
    (4, 2, 2, 0)
    """
    if abs(result) <= _ROUNDING * max(1.0, largest):
        return least
    size = floor(log10(abs(result)))
    return max(min(least, max(_MOST_SIGNIFICANT - 1 - size, 0)), min(_SIGNIFICANT - 1 - size, _MOST))
