"""The formula of a pooling: in symbols, with the numbers of the current window, and in words."""

from cnnsim.drawing import Cell, Role, Term
from cnnsim.scenes.numerals import factor, faint, number
from cnnsim.trace import PoolingStep, PoolingTrace
from cnnsim.typography import digits_that_add_up, format_number


def digits_of(trace: PoolingTrace, step: PoolingStep) -> int:
    """Decimals with which the values of the window add up as they are shown."""
    values = [float(value) for value in trace.window(step.row, step.col).flat]
    return digits_that_add_up(values, sum(values)) or 2


def symbolic_terms(trace: PoolingTrace) -> tuple[Term, ...]:
    """Write y[i, j] as the largest value, or the mean, of x[…] with the stride of this trace."""
    last, count = trace.geometry.size - 1, trace.geometry.size**2
    value = (Term("x", Role.INPUT, bold=True), Term(f"[{_place('i', 'r', trace)}, {_place('j', 'c', trace)}]"))
    target = (Term("y", Role.OUTPUT, bold=True), Term("[i, j]  =  "))
    bounds = Term(f"      r, c = 0 … {last}", Role.MUTED)
    if trace.mode == "max":
        return (*target, Term("max"), Term("r, c", script="sub"), Term("  "), *value, bounds)
    mean = (Term(f"1/{count}  Σ"), Term("r", script="sub"), Term(" Σ"), Term("c", script="sub"), Term("  "))
    return (*target, *mean, *value, bounds)


def _place(outer: str, inner: str, trace: PoolingTrace) -> str:
    stride = trace.geometry.stride
    return f"{outer if stride == 1 else f'{stride}{outer}'} + {inner}"


def numeric_terms(trace: PoolingTrace, step: PoolingStep) -> tuple[Term, ...]:
    """Write the current output cell; what has not been looked at yet is faint."""
    digits = digits_of(trace, step)
    known = step.y is not None
    target = (Term("y", Role.OUTPUT, bold=True), Term(f"[{step.row}, {step.col}]  =  "))
    opening, separator, closing = ("max( ", ",  ", " )") if trace.mode == "max" else ("( ", " + ", " )")
    count = trace.geometry.size**2
    divided = () if trace.mode == "max" else (Term(f" / {count}"),)
    total = (
        () if trace.mode == "max" or not known else (Term("  =  "), number(step.so_far, digits, Role.TEXT), *divided)
    )
    return (
        *target,
        Term(opening),
        *_values(trace, step, digits, separator),
        Term(closing),
        *divided,
        *total,
        Term("  =  ", breaks=True),
        number(step.y, digits, Role.OUTPUT, Cell("output", step.row, step.col), bold=True)
        if step.y is not None
        else Term("?", Role.MUTED),
    )


def _values(trace: PoolingTrace, step: PoolingStep, digits: int, separator: str) -> tuple[Term, ...]:
    size, s = trace.geometry.size, trace.geometry.stride
    seen = size * size if step.kind == "result" else _looked(trace, step) + 1
    terms: list[Term] = []
    for place in range(size * size):
        row, col = step.row * s + place // size, step.col * s + place % size
        winner = (row, col) == (step.winner_row, step.winner_col)
        value = float(trace.x[row, col])
        write = number if trace.mode == "max" else factor
        term = write(value, digits, Role.OUTPUT if winner else Role.INPUT, Cell("input", row, col), bold=winner)
        group = (Term(separator), term) if place else (term,)
        terms.append(Term("", breaks=True))
        terms.extend(group if place < seen else map(faint, group))
    return tuple(terms)


def _looked(trace: PoolingTrace, step: PoolingStep) -> int:
    """Number of the look that is happening, in reading order of the window."""
    return step.index % trace.steps_per_cell


def narration(trace: PoolingTrace, step: PoolingStep) -> tuple[Term, ...]:
    """Say in a sentence what this step does."""
    digits = digits_of(trace, step)
    so_far = Term(format_number(step.so_far, digits), bold=True)
    if step.y is not None:
        y = Term(format_number(step.y, digits), Role.OUTPUT, bold=True)
        if trace.mode == "max":
            place = f" at x[{step.winner_row}, {step.winner_col}] wins; "
            return (
                Term("The largest value "),
                y,
                Term(place),
                Term("among equals, the first in reading order.", Role.MUTED),
            )
        return (Term("The sum "), so_far, Term(f" divided by {trace.geometry.size**2} is "), y, Term("."))
    assert step.x is not None
    looked = Term(format_number(step.x, digits), Role.INPUT, bold=True)
    outcome = ";  largest so far " if trace.mode == "max" else ";  sum so far "
    return (Term(f"Look at x[{step.x_row}, {step.x_col}] = "), looked, Term(outcome), so_far, Term("."))
