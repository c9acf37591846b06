"""How many decimals the numbers of a formula have, so that who reckons with what is shown gets what is shown."""

from collections.abc import Callable
from dataclasses import dataclass

_IN_CELLS = 2
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
