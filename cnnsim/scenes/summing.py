"""What follows the products of a cell that ends with a sum and a bias, in numbers and in words."""

from cnnsim.drawing import Cell, Role, Term
from cnnsim.scenes.cellwise_formula import TO_COME, narrate_multiply, result
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.look import Look
from cnnsim.scenes.numerals import factor, faint, number
from cnnsim.trace import Step
from cnnsim.trace.cellwise import Place
from cnnsim.typography import EQUALS, format_number


def sum_and_bias(look: Look, step: Step, digits: Digits) -> tuple[Term, ...]:
    """Write the sum, the bias and the result; the biases are the look's tensor ``"bias"``."""
    return added_bias(look, step, digits, (step.cell[0], 0, 0), Cell("sum", 0, 0))


def added_bias(look: Look, step: Step, digits: Digits, place: Place, summed: Cell | None = None) -> tuple[Term, ...]:
    """Write what follows products whose sum, in the cell `summed`, gets the bias at a place: all sides are equal."""
    biases = look.tensors["bias"]
    bias = factor(float(biases.array[place]), digits.totals, Role.KERNEL, biases.cell(place), bold=step.y is not None)
    known_sum = step.contribution is None
    total = number(step.so_far, digits.totals, Role.TEXT, summed, bold=True) if known_sum else TO_COME
    bias = bias if known_sum else faint(bias)
    left = (Term(" + ", breaks=True), bias, EQUALS)
    return (*left, total, Term("  +  "), bias, EQUALS, result(look, step, digits))


def narrate_sum_and_bias(look: Look, step: Step, digits: Digits) -> tuple[Term, ...]:
    """Say in a sentence what a step of such a cell does."""
    so_far = Term(format_number(step.so_far, digits.totals), bold=True)
    if step.contribution is not None:
        return narrate_multiply(look, step, digits, "sum so far")
    if step.y is None:
        return (Term(f"The {step.number} products add up to "), so_far, Term("."))
    return (
        Term("Sum "),
        so_far,
        Term(" plus bias "),
        Term(format_number(bias_of(look, step), digits.totals), Role.KERNEL, bold=True),
        Term(f" gives {look.output.words(step.cell)} = "),
        Term(format_number(step.y, digits.results), look.output.role, bold=True),
        Term("."),
    )


def bias_of(look: Look, step: Step) -> float:
    """Return the bias of the map that a step is in."""
    return float(look.tensors["bias"].array[step.cell[0], 0, 0])
