"""Finds decimals for the formula of a cell: few, but enough for what is shown to be true."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

import numpy as np

from cnnsim.drawing import Term
from cnnsim.scenes.cellwise_formula import MOST_SHOWN
from cnnsim.scenes.digits import EXACT, Digits, enough, first_that_fits
from cnnsim.scenes.look import Look
from cnnsim.trace import Step, sources
from cnnsim.trace.cellwise import Array, Contribution, Place, Rule
from cnnsim.typography import MINUS, decimals_of, exact, product_of, rounds_to, same, shown, sides, sum_of, value_of

_IRRATIONAL = frozenset({"exponential", "logarithm", "root", "power", "sigmoid", "tanh", "scaled_tanh"})
"""Endings that seldom make a fraction of a fraction, but may come so close to one that it is written."""


def digits_of(look: Look, step: Step, least: int = 2) -> Digits:
    """Return the decimals for the numbers of the current cell, at least so many for its result.

    What is added up has as many as it takes until the sum of the shown numbers rounds to the sum that is shown; and so
    has what the result is made of. Where all numbers are small fractions they are written exactly.

    Examples
    --------
    >>> from cnnsim.scenes.drawn import look_of
    >>> from cnnsim.trace import dense_input_gradient, dense
    >>> thirds = look_of(dense_input_gradient(dense([1], [[1 / 3], [2 / 3]]), [1, 1]))
    >>> digits_of(thirds, thirds.trace[0])
    Digits(terms=None, totals=None, results=None, equal=())
    >>> roots = look_of(dense_input_gradient(dense([1], [[2**0.5], [3**0.5]]), [1, 1]))
    >>> digits_of(roots, roots.trace[0])  # 1.41 + 1.73 would make 3.14, but it is 3.146
    Digits(terms=3, totals=3, results=2, equal=(False,))
    """
    return _found(_Asked(look.trace.rule, step.cell, least, look))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A cell of a rule; any look of that rule writes the same numbers."""

    rule: Rule
    cell: Place
    least: int
    look: Look = field(compare=False)


@lru_cache(maxsize=16)
def _found(asked: _Asked) -> Digits:
    """Find digits once for all frames of a cell."""
    rule, line = asked.rule, _line(asked.look, asked.cell)
    values = rule.values(asked.cell)
    if _all_exact(line, values):
        rational = rule.endings[-1] not in _IRRATIONAL
        return EXACT if rational else replace(EXACT, equal=line.equal(EXACT))
    assert line.last.y is not None
    first = decimals_of(line.last.y, asked.least, float(np.abs(values).max(initial=0.0)))
    digits = first_that_fits(first, lambda results: _before_result(line, results))
    return replace(digits, equal=line.equal(digits))


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """The numeric formula of a finished cell: contributions, perhaps what they make together, the result.

    Parameters
    ----------
    look, last
        The look, and the step that finishes the cell.
    contributions
        What is added up, unless it is too much to be shown.
    signs
        How many signs of equality there are after the name of the cell.
    """

    look: Look
    last: Step
    contributions: tuple[Contribution, ...] | None
    signs: int

    def fits(self, number: int, digits: Digits) -> bool:
        """Say whether what stands before a sign, as it is shown, rounds to what stands behind it."""
        return rounds_to(*self._around(number, digits), digits.totals if number + 1 < self.signs else digits.results)

    def equal(self, digits: Digits) -> tuple[bool, ...]:
        """Say of each sign whether what is shown on both sides is equal."""
        told = self.contributions is not None
        return tuple((told or number > 0) and same(*self._around(number, digits)) for number in range(self.signs))

    def _around(self, number: int, digits: Digits) -> tuple[Decimal, Decimal]:
        """Return the values of what is shown before and after a sign; of sums that go on, only of the sum."""
        if not number and self.signs > 1:
            return self._combined(digits.terms), shown(self.last.so_far, digits.totals)
        after = sides(self.look.endings(self.last, digits))
        if number:
            return value_of(after[number]), value_of(after[number + 1])
        opening, _, closing = self.look.joint
        combined = Term(f"({self._combined(digits.terms):f})".replace("-", MINUS))
        return value_of([Term(opening), combined, Term(closing), *after[0]]), value_of(after[1])

    def _combined(self, decimals: int | None) -> Decimal:
        """Return what the contributions make together as they are shown."""
        products = [
            product_of([(part.value, part.divides) for part in contribution.factors], decimals)
            for contribution in self.contributions or ()
        ]
        return max(products) if self.look.trace.rule.endings[0] == "largest" else sum_of(products)


def _line(look: Look, cell: Place) -> _Line:
    trace = look.trace
    last, count = trace[trace.last_step(cell)], len(trace.rule.values(cell))
    told = tuple(trace.rule.contribution(cell, number) for number in range(count)) if count <= MOST_SHOWN else None
    return _Line(look, last, told, len(sides(look.endings(last, EXACT))) - 1)


def _before_result(line: _Line, results: int) -> tuple[Digits, bool]:
    """Find decimals for what stands before a result with so many, from the right to the left, and say whether any fit.

    Of too many contributions not all are shown: nobody can add them up.
    """
    digits, fits = Digits(results, results, results), True
    if line.signs > 1:
        totals, fits = enough(results, lambda more: line.fits(line.signs - 1, replace(digits, totals=more)))
        digits = Digits(totals, totals, results)
    if line.contributions is None:
        return digits, fits
    terms, total_fits = enough(digits.totals or 0, lambda more: line.fits(0, _finer(line, digits, more)))
    return _finer(line, digits, terms), fits and total_fits


def _finer(line: _Line, digits: Digits, terms: int) -> Digits:
    """Return digits with so many for what is added up, and for all before the result where no sum stands between."""
    return replace(digits, terms=terms, totals=digits.totals if line.signs > 1 else terms)


def _all_exact(line: _Line, values: Array) -> bool:
    """Whether all numbers of a cell are small fractions."""
    rule, cell = line.look.trace.rule, line.last.cell
    numbers = np.concatenate([values, _factors(line), rule.after(cell, rule.combined(values))])
    return all(exact(value) is not None for value in set(numbers.tolist()))


def _factors(line: _Line) -> Array:
    """Values of all factors of the current cell; of very many, those that are cells of tensors."""
    if line.contributions is not None:
        return np.array([part.value for contribution in line.contributions for part in contribution.factors])
    read, tensors = sources(line.look.trace.rule, line.last.cell).items(), line.look.tensors
    return np.concatenate([tensors[name].array[tuple(at.T)] for name, at in read if name in tensors] or [[]])
