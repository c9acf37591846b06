"""The sentence and the arithmetic of one step of a scatter."""

from cnnsim.drawing import Role, Term
from cnnsim.scenes.cellwise_formula import TO_COME
from cnnsim.scenes.numerals import factor, number
from cnnsim.scenes.scatter_look import ScatterLook
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import ScatterStep
from cnnsim.typography import digits_that_add_up, exact, format_number


def digits_of_scatter(step: ScatterStep) -> int | None:
    """Decimals for the numbers of a step; None if all of them are small fractions."""
    values = [part.value for part in step.contribution.factors] + [step.contribution.value]
    if step.before is not None and step.after is not None:
        values += [step.before, step.after]
    if all(exact(value) is not None for value in values):
        return None
    if step.before is None or step.after is None:
        return 2
    return digits_that_add_up(([step.before, step.contribution.value], step.after))


def numeric(look: ScatterLook, step: ScatterStep, target: Tensor, digits: int | None, hidden: bool) -> tuple[Term, ...]:
    """Write what a step adds to what is there; not the result if that is hidden."""
    value, weight = step.contribution.factors
    assert value.place is not None and weight.place is not None
    spread, kernel = look.tensors[value.operand], look.tensors[weight.operand]
    product = (
        factor(value.value, digits, spread.role, spread.cell(value.place), bold=True),
        Term("·"),
        factor(weight.value, digits, kernel.role, kernel.cell(weight.place), bold=True),
    )
    if step.target is None or step.before is None or step.after is None or not _kept(step, target):
        return (*product, Term(f"  {look.lost}", Role.MUTED))
    end = number(step.after, digits, target.role, target.cell(step.target), bold=True)
    return (
        Term(target.letter, target.role, bold=True),
        Term(f"{target.words(step.target).removeprefix(target.letter)}  =  "),
        number(step.before, digits, target.role),
        Term(" + "),
        *product,
        Term("  =  " if digits is None else "  ≈  "),
        TO_COME if hidden else end,
    )


def narration(
    look: ScatterLook, step: ScatterStep, target: Tensor, digits: int | None, hidden: bool
) -> tuple[Term, ...]:
    """Say in a sentence what a step does."""
    value, weight = step.contribution.factors
    assert value.place is not None and weight.place is not None
    spread, kernel = look.tensors[value.operand], look.tensors[weight.operand]
    product = Term(format_number(step.contribution.value, digits), bold=True)
    return (
        Term(f"{spread.words(value.place)} = "),
        factor(value.value, digits, spread.role, bold=True),
        Term(f" {look.verb} {kernel.words(weight.place)} = "),
        factor(weight.value, digits, kernel.role, bold=True),
        *((Term(".  How much is there now?"),) if hidden else (Term(": "), product, Term(_fate(step, target)))),
    )


def _kept(step: ScatterStep, target: Tensor) -> bool:
    """Whether a product goes to a cell of the result."""
    return step.target is not None and target.place(target.cell(step.target)) is not None


def _fate(step: ScatterStep, target: Tensor) -> str:
    return " more." if _kept(step, target) else " lost."
