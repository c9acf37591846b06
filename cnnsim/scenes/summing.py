"""What follows the products of a cell that ends with a sum and a bias, in numbers and in words."""

from cnnsim.drawing import Cell, Role, Term
from cnnsim.scenes.cellwise_formula import TO_COME, equals, narrate_multiply, result
from cnnsim.scenes.look import Look
from cnnsim.scenes.numerals import factor, faint, number
from cnnsim.trace import Step
from cnnsim.typography import format_number


def sum_and_bias(look: Look, step: Step, digits: int | None) -> tuple[Term, ...]:
    """Write the sum, the bias and the result; the biases are the look's tensor ``"bias"``."""
    value, cell = bias_of(look, step), look.tensors["bias"].cell((step.cell[0], 0, 0))
    bias = factor(value, digits, Role.KERNEL, cell, bold=step.y is not None)
    known_sum = step.contribution is None
    total = number(step.so_far, digits, Role.TEXT, Cell("sum", 0, 0), bold=True) if known_sum else TO_COME
    return (
        equals(digits),
        total,
        Term("  +  "),
        bias if known_sum else faint(bias),
        Term("  =  "),
        result(look, step, digits),
    )


def narrate_sum_and_bias(look: Look, step: Step, digits: int | None) -> tuple[Term, ...]:
    """Say in a sentence what a step of such a cell does."""
    so_far = Term(format_number(step.so_far, digits), bold=True)
    if step.contribution is not None:
        return narrate_multiply(look, step, digits, "sum so far")
    if step.y is None:
        return (Term(f"The {step.number} products add up to "), so_far, Term("."))
    return (
        Term("Sum "),
        so_far,
        Term(" plus bias "),
        Term(format_number(bias_of(look, step), digits), Role.KERNEL, bold=True),
        Term(f" gives {look.output.words(step.cell)} = "),
        Term(format_number(step.y, digits), look.output.role, bold=True),
        Term("."),
    )


def bias_of(look: Look, step: Step) -> float:
    """Return the bias of the map that a step is in."""
    return float(look.tensors["bias"].array[step.cell[0], 0, 0])
