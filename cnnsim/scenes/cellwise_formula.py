"""Formulas of operations that compute cell by cell, with the numbers of the current cell."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cnnsim.drawing import Cell, Role, Term
from cnnsim.scenes.digits import Digits, enough
from cnnsim.scenes.look import Look
from cnnsim.scenes.numerals import factor, faint, number
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import Contribution, Step
from cnnsim.trace.cellwise import MINUS_ONE
from cnnsim.typography import format_number, product_of, rounds_to, shown, with_signs

_FEWEST, MOST_SHOWN = 4, 40
TO_COME = Term("?", Role.MUTED)
_NEW_LINE = Term("", breaks=True)
_CONSTANTS = {"epsilon": "ε", "k": "k", "share": "α/n", "slope": "2αβ/n", "same": "[c = k]"}
"""Letters of operands that are no tensors but have one in formulas."""


def versions(look: Look, step: Step, digits: Digits) -> Iterator[tuple[Term, ...]]:
    """Write the current cell in numbers, first with all contributions, then with ever fewer about the current one."""
    count = min(len(look.trace.rule.values(step.cell)), MOST_SHOWN)
    while count > _FEWEST:
        yield numeric(look, step, digits, count)
        count = count * 3 // 4
    yield numeric(look, step, digits, count)


def numeric(look: Look, step: Step, digits: Digits, most: int) -> tuple[Term, ...]:
    """Write the current cell with at most so many contributions; what has not been computed yet is faint."""
    opening, _, closing = look.joint
    left = (
        Term(look.output.letter, look.output.role, bold=True, cell=look.output.cell(step.cell)),
        Term(f"{look.output.words(step.cell).removeprefix(look.output.letter)}  =  {opening}"),
    )
    endings = with_signs(look.endings(step, digits), digits.equal)
    if not len(look.trace.rule.values(step.cell)):
        return *left, *endings[1:]  # without a sign of equality between nothing and the result
    return *left, *_contributions(look, step, digits, most), Term(closing), *endings


def result(look: Look, step: Step, digits: Digits) -> Term:
    """Return the finished cell, or a question mark before it is."""
    if step.y is None:
        return TO_COME
    return number(step.y, digits.results, look.output.role, look.output.cell(step.cell), bold=True)


def _contributions(look: Look, step: Step, digits: Digits, most: int) -> tuple[Term, ...]:
    separator = look.joint[1]
    count = len(look.trace.rule.values(step.cell))
    active = step.number
    first = min(max(active - most // 2, 0), count - most)
    tensors = look.tensors
    terms: list[Term] = [Term(f"…{separator}", Role.MUTED)] if first else []
    for place in range(first, first + most):
        contribution = look.trace.rule.contribution(step.cell, place)
        before, contribution = _signed(contribution, separator) if place > first else ((_NEW_LINE,), contribution)
        parts = (*before, *product(look, tensors, contribution, digits, bold=place == active))
        terms.extend(parts if place <= active else map(faint, parts))
    if first + most < count:
        terms.append(Term(f"{separator}…", Role.MUTED))
    return tuple(terms)


def _signed(contribution: Contribution, separator: str) -> tuple[tuple[Term, ...], Contribution]:
    """Return what stands before a contribution that is not the first, and what is left of it."""
    if separator == " + " and contribution.factors[0] == MINUS_ONE:
        return (Term(" − ", breaks=True),), replace(contribution, factors=contribution.factors[1:])
    if separator.startswith(","):  # a line may begin with a sign, but not with a comma
        return (Term(separator), _NEW_LINE), contribution
    return (Term(separator, breaks=True),), contribution


def product(
    look: Look, tensors: Mapping[str, Tensor], contribution: Contribution, digits: Digits, bold: bool
) -> tuple[Term, ...]:
    """Write the factors of a contribution, each in the colour of its matrix."""
    terms: list[Term] = []
    write = factor if len(contribution.factors) > 1 or "+" in look.joint[1] else number
    for part in contribution.factors:
        tensor = tensors.get(part.operand)
        cell: Cell | None = None if tensor is None or part.place is None else tensor.cell(part.place)
        role = Role.TEXT if tensor is None else tensor.role
        if terms:
            terms.append(Term(" / " if part.divides else "·"))
        terms.append(write(part.value, digits.terms, role, cell, bold))
    return tuple(terms)


def narrate_multiply(look: Look, step: Step, digits: Digits, so_far: str | None) -> tuple[Term, ...]:
    """Name the factors with their places, their product, and what there is so far unless that is None."""
    assert step.contribution is not None
    terms: list[Term] = []
    factors, value = step.contribution.factors, step.contribution.value
    taken = factors[0] == MINUS_ONE
    decimals = _of_factors(step.contribution, digits)
    for part in factors[1:] if taken else factors:
        tensor = look.tensors.get(part.operand)
        if terms:
            terms.append(Term(" divided by " if part.divides else " times "))
        if tensor is not None and part.place is not None:
            terms.append(Term(f"{tensor.words(part.place)} = "))
        elif part.operand in _CONSTANTS:
            terms.append(Term(f"{_CONSTANTS[part.operand]} = "))
        terms.append(number(part.value, decimals, Role.TEXT if tensor is None else tensor.role, bold=True))
    if taken:
        terms.insert(0, Term("Take away "))
    if len(factors) - taken > 1:
        terms += [Term(" gives "), Term(format_number(-value if taken else value, digits.results), bold=True)]
    if so_far is not None:
        shown_to = digits.terms if len(factors) - taken == 1 else digits.totals
        terms += [Term(f";  {so_far} "), Term(format_number(step.so_far, shown_to), bold=True)]
    return (*terms, Term("."))


def _of_factors(contribution: Contribution, digits: Digits) -> int | None:
    """Return the decimals of factors whose product, as they are shown, rounds to the product that is shown."""
    if digits.terms is None or digits.results is None:
        return None
    factors = [(part.value, part.divides) for part in contribution.factors]
    wanted, decimals = shown(contribution.value, digits.results), digits.results
    return enough(digits.terms, lambda more: rounds_to(product_of(factors, more), wanted, decimals))[0]
