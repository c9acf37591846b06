"""The sentence and the arithmetic of a step of a scatter: of one product, or of all that a value is spread to."""

from decimal import Decimal

from cnnsim.drawing import Role, Term
from cnnsim.scenes.cellwise_formula import TO_COME
from cnnsim.scenes.digits import EXACT, Digits, enough, first_that_fits
from cnnsim.scenes.numerals import factor, number
from cnnsim.scenes.scatter_look import ScatterLook
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import ScatterStep
from cnnsim.trace.geometry import Axis
from cnnsim.typography import EQUALS, MINUS, decimals_of, exact, format_number, rounds_to, same, value_of, with_signs

_LEAST = 2

Lines = tuple[tuple[Term, ...], tuple[Term, ...]]
"""A sentence, and a line of arithmetic."""


def digits_of_scatter(step: ScatterStep) -> Digits:
    """Return the decimals for the numbers of a step, with which the sum that is shown rounds to the shown result."""
    values = [part.value for part in step.contribution.factors] + [step.contribution.value]
    if step.before is not None and step.after is not None:
        values += [step.before, step.after]
    if all(exact(value) is not None for value in values):
        return EXACT
    if step.before is None or step.after is None:
        return Digits(_LEAST, _LEAST, _LEAST)
    first = decimals_of(step.after, _LEAST, max(abs(step.before), abs(step.contribution.value)))
    return first_that_fits(first, lambda results: _before_result(step, results))


def _before_result(step: ScatterStep, results: int) -> tuple[Digits, bool]:
    """Find decimals for what is added up to a result with so many, and say whether any fit."""
    terms, fits = enough(results, lambda more: rounds_to(*_around(step, more, results), results))
    return Digits(terms, terms, results, (same(*_around(step, terms, results)),)), fits


def _around(step: ScatterStep, terms: int, results: int) -> tuple[Decimal, Decimal]:
    """Return the values of what is shown before and after the sign of equality, with so many decimals."""
    assert step.before is not None and step.after is not None
    factors = (Term("·"), *(factor(part.value, terms, Role.TEXT) for part in step.contribution.factors))
    shown = number(step.before, terms, Role.TEXT), Term(" + "), factors[1], factors[0], factors[2]
    return value_of(shown), value_of([number(step.after, results, Role.TEXT)])


def product_lines(look: ScatterLook, step: ScatterStep, target: Tensor, digits: Digits, hidden: bool) -> Lines:
    """Say what one value does with one weight, and what that adds to what is there; the result may be hidden."""
    (spread, value), (kernel, weight) = _factors(look, step, digits.terms)
    sentence = (Term(f"{spread} = "), value, Term(f" {look.verb} {kernel} = "), weight)
    if step.target is None or step.before is None or step.after is None or not kept(step, target):
        lost = (Term(": "), Term(format_number(step.contribution.value, digits.results), bold=True), Term(" lost."))
        return (*sentence, *lost), (value, Term("·"), weight, Term(f"  {look.lost}", Role.MUTED))
    more = (Term(": "), Term(format_number(step.contribution.value, digits.results), bold=True), Term(" more."))
    after = number(step.after, digits.results, target.role, target.cell(step.target), bold=True)
    return (*sentence, *((Term("."),) if hidden else more)), (
        Term(target.letter, target.role, bold=True, cell=target.cell(step.target)),
        Term(f"{target.words(step.target).removeprefix(target.letter)}  =  "),
        number(step.before, digits.terms, target.role),
        *(Term(" + "), value, Term("·"), weight),
        *with_signs([EQUALS], digits.equal),
        TO_COME if hidden else after,
    )


def stamp_lines(look: ScatterLook, step: ScatterStep, target: Tensor, digits: Digits) -> Lines:
    """Say what one value does with the whole kernel, and to which cells that is added."""
    (spread, value), _ = _factors(look, step, digits.terms)
    count = look.trace.forward.counts
    geometry, (_, row, col) = look.trace.forward.geometry, step.source
    across = _reach(geometry.cols, col, target.frame[2])
    places = across if target.vector else f"{_reach(geometry.rows, row, target.frame[0])},  {across}"
    kernel = Term("w", Role.KERNEL, bold=True)
    products = Term(f":  {count} product{'s' * (count > 1)}.")
    return (
        (Term(f"{spread} = "), value, Term(f" {look.verb} all of "), kernel, products),
        (Term(target.letter, target.role, bold=True), Term(f"[{places}]  gets  "), value, Term(" · "), kernel),
    )


def kept(step: ScatterStep, target: Tensor) -> bool:
    """Whether a product goes to a cell of the result."""
    return step.target is not None and target.place(target.cell(step.target)) is not None


def _factors(look: ScatterLook, step: ScatterStep, digits: int | None) -> tuple[tuple[str, Term], ...]:
    """Return the place in words and the number of the value and of the weight."""
    found = []
    for part in step.contribution.factors:
        tensor = look.tensors[part.operand]
        assert part.place is not None
        cell = tensor.cell(part.place)
        found.append((tensor.words(part.place), factor(part.value, digits, tensor.role, cell, bold=True)))
    return tuple(found)


def _reach(axis: Axis, window: int, cut_off: int) -> str:
    """Write the first and the last cell of a window along an axis, as the result counts them."""
    first = axis.place(window, 0) - axis.before - cut_off
    cells = [first] if axis.size == 1 else [first, first + axis.extent - 1]
    return " … ".join(str(cell).replace("-", MINUS) for cell in cells)
