"""Formulas of operations that compute cell by cell, with the numbers of the current cell."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from cnnsim.drawing import Cell, Role, Term
from cnnsim.scenes.look import Look
from cnnsim.scenes.numerals import factor, faint, number
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import Contribution, Step, sources
from cnnsim.trace.cellwise import MINUS_ONE, Array
from cnnsim.trace.stage_parts import APPLIED
from cnnsim.typography import digits_that_add_up, exact, format_number

_FEWEST, _MOST_SHOWN, _MOST_PRODUCTS = 4, 40, 12
TO_COME = Term("?", Role.MUTED)


def digits_of(look: Look, step: Step, least: int = 2) -> int | None:
    """Decimals, at least so many, for the numbers of the current cell; None if all of them are small fractions.

    As they are shown, the contributions add up to their sum, and the sum and what is added to it to the output cell.
    """
    rule = look.trace.rule
    values = rule.values(step.cell)
    combined = rule.combined(values)
    results = rule.after(step.cell, combined)
    numbers = np.concatenate([values, _factors(look, step, len(values)), results])
    if all(exact(value) is not None for value in set(numbers.tolist())):
        return None
    sums = [] if rule.endings[-1] in APPLIED else [([combined, results[-1] - combined], results[-1])]
    if len(values) <= _most_added(look, step) and np.isclose(values.sum(), combined):  # others are no sums
        sums.insert(0, (values.tolist(), combined))
    return digits_that_add_up(*sums, least=least)


def _most_added(look: Look, step: Step) -> int:
    """How many contributions are to add up as they are shown.

    Of products the formula shows the factors, and rounded products of many seldom add up: a dozen decimals would not
    make that easier to follow.
    """
    first = look.trace.rule.contribution(step.cell, 0).factors if len(look.trace.rule.values(step.cell)) else ()
    return _MOST_PRODUCTS if len(first) > 1 else _MOST_SHOWN


def _factors(look: Look, step: Step, count: int) -> Array:
    """Values of all factors of the current cell; of very many, those that are cells of tensors."""
    rule = look.trace.rule
    if count <= _MOST_SHOWN:
        parts = (part for place in range(count) for part in rule.contribution(step.cell, place).factors)
        return np.array([part.value for part in parts])
    read = sources(rule, step.cell).items()
    return np.concatenate([look.tensors[name].array[tuple(at.T)] for name, at in read if name in look.tensors] or [[]])


def versions(look: Look, step: Step, digits: int | None) -> Iterator[tuple[Term, ...]]:
    """Write the current cell in numbers, first with all contributions, then with ever fewer about the current one."""
    count = min(len(look.trace.rule.values(step.cell)), _MOST_SHOWN)
    while count > _FEWEST:
        yield numeric(look, step, digits, count)
        count = count * 3 // 4
    yield numeric(look, step, digits, count)


def numeric(look: Look, step: Step, digits: int | None, most: int) -> tuple[Term, ...]:
    """Write the current cell with at most so many contributions; what has not been computed yet is faint."""
    opening, _, closing = look.joint
    left = (
        Term(look.output.letter, look.output.role, bold=True, cell=look.output.cell(step.cell)),
        Term(f"{look.output.words(step.cell).removeprefix(look.output.letter)}  =  {opening}"),
    )
    endings = look.endings(step, digits)
    if not len(look.trace.rule.values(step.cell)):
        return *left, *endings[1:]  # without a sign of equality between nothing and the result
    return *left, *_contributions(look, step, digits, most), Term(closing), *endings


def equals(digits: int | None) -> Term:
    """Return the sign before a sum: rounded factors do not multiply exactly."""
    return Term("  =  " if digits is None else "  ≈  ", breaks=True)


def result(look: Look, step: Step, digits: int | None) -> Term:
    """Return the finished cell, or a question mark before it is."""
    if step.y is None:
        return TO_COME
    return number(step.y, digits, look.output.role, look.output.cell(step.cell), bold=True)


def _contributions(look: Look, step: Step, digits: int | None, most: int) -> tuple[Term, ...]:
    separator = look.joint[1]
    count = len(look.trace.rule.values(step.cell))
    active = step.number
    first = min(max(active - most // 2, 0), count - most)
    tensors = look.tensors
    terms: list[Term] = [Term(f"…{separator}", Role.MUTED)] if first else []
    for place in range(first, first + most):
        contribution = look.trace.rule.contribution(step.cell, place)
        sign, contribution = _signed(contribution, separator) if place > first else ((), contribution)
        group = product(look, tensors, contribution, digits, bold=place == active)
        new_line = Term("", breaks=True)  # begins with a sign, but not with a comma
        parts = (*sign, new_line, *group) if separator.startswith(",") else (new_line, *sign, *group)
        terms.extend(parts if place <= active else map(faint, parts))
    if first + most < count:
        terms.append(Term(f"{separator}…", Role.MUTED))
    return tuple(terms)


def _signed(contribution: Contribution, separator: str) -> tuple[tuple[Term, ...], Contribution]:
    """Return what stands before a contribution that is not the first, and what is left of it."""
    if separator == " + " and contribution.factors[0] == MINUS_ONE:
        return (Term(" − "),), replace(contribution, factors=contribution.factors[1:])
    return (Term(separator),), contribution


def product(
    look: Look, tensors: Mapping[str, Tensor], contribution: Contribution, digits: int | None, bold: bool
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
        terms.append(write(part.value, digits, role, cell, bold))
    return tuple(terms)


def narrate_multiply(look: Look, step: Step, digits: int | None, so_far: str | None) -> tuple[Term, ...]:
    """Name the factors with their places, their product, and what there is so far unless that is None."""
    assert step.contribution is not None
    terms: list[Term] = []
    factors = step.contribution.factors
    taken = factors[0] == MINUS_ONE
    for part in factors[1:] if taken else factors:
        tensor = look.tensors.get(part.operand)
        if terms:
            terms.append(Term(" divided by " if part.divides else " times "))
        if tensor is not None and part.place is not None:
            terms.append(Term(f"{tensor.words(part.place)} = "))
        terms.append(number(part.value, digits, Role.TEXT if tensor is None else tensor.role, bold=True))
    if taken:
        terms.insert(0, Term("Take away "))
    if len(factors) - taken > 1:
        value = -step.contribution.value if taken else step.contribution.value
        terms += [Term(" gives "), Term(format_number(value, digits), bold=True)]
    if so_far is not None:
        terms += [Term(f";  {so_far} "), Term(format_number(step.so_far, digits), bold=True)]
    return (*terms, Term("."))
