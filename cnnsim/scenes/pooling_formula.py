"""The formula of a pooling: in symbols, with the numbers of the current window, and in words."""

from collections.abc import Iterator

from cnnsim.drawing import Cell, Role, Term
from cnnsim.scenes.numerals import factor, faint, number
from cnnsim.trace import PoolingStep, PoolingTrace
from cnnsim.typography import digits_that_add_up, exact, format_number

_TO_COME = Term("?", Role.MUTED)
_FEWEST_VALUES = 4


def digits_of(trace: PoolingTrace, step: PoolingStep) -> int | None:
    """Decimals with which the values of the window add up as they are shown; None if all are small fractions."""
    window = trace.window(step.row, step.col)
    values, total = [float(value) for value in window.flat], float(window.cumsum()[-1])
    if all(exact(value) is not None for value in (*values, total, float(trace.output[step.row, step.col]))):
        return None
    return digits_that_add_up((values, total))


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


def numeric_versions(trace: PoolingTrace, step: PoolingStep) -> Iterator[tuple[Term, ...]]:
    """Write the current output cell, first with all values, then with ever fewer about the current one."""
    count = trace.geometry.size**2
    while count > _FEWEST_VALUES:
        yield numeric_terms(trace, step, count)
        count = count * 3 // 4
    yield numeric_terms(trace, step, count)


def numeric_terms(trace: PoolingTrace, step: PoolingStep, most: int) -> tuple[Term, ...]:
    """Write the current output cell with at most so many values; what has not been looked at yet is faint."""
    digits = digits_of(trace, step)
    is_max, known = trace.mode == "max", step.y is not None
    opening, separator, closing = ("max( ", ",  ", " )") if is_max else ("( ", " + ", " )")
    divided = () if is_max else (Term(f" / {trace.geometry.size**2}"),)
    total = () if is_max or not known else (Term("  =  "), number(step.so_far, digits, Role.TEXT), *divided)
    return (
        Term("y", Role.OUTPUT, bold=True),
        Term(f"[{step.row}, {step.col}]  =  "),
        Term(opening),
        *_values(trace, step, digits, separator, most),
        Term(closing),
        *divided,
        *total,
        Term("  =  " if is_max or digits is None else "  ≈  ", breaks=True),
        _TO_COME if step.y is None else _result(step, step.y, digits),
    )


def _result(step: PoolingStep, y: float, digits: int | None) -> Term:
    return number(y, digits, Role.OUTPUT, Cell("output", step.row, step.col), bold=True)


def _values(trace: PoolingTrace, step: PoolingStep, digits: int | None, separator: str, most: int) -> tuple[Term, ...]:
    count = trace.geometry.size**2
    active = count if step.kind == "result" else _looked(trace, step)
    first = min(max(active - most // 2, 0), count - most)
    terms: list[Term] = [Term(f"…{separator}", Role.MUTED)] if first else []
    for place in range(first, first + most):
        term = _value(trace, step, place, digits)
        group = (Term(separator), term) if place > first else (term,)
        terms.append(Term("", breaks=True))
        terms.extend(group if place <= active else map(faint, group))
    if first + most < count:
        terms.append(Term(f"{separator}…", Role.MUTED))
    return tuple(terms)


def _value(trace: PoolingTrace, step: PoolingStep, place: int, digits: int | None) -> Term:
    r, c = divmod(place, trace.geometry.size)
    row, col = step.row * trace.geometry.stride + r, step.col * trace.geometry.stride + c
    winner = (row, col) == (step.winner_row, step.winner_col)
    write = number if trace.mode == "max" else factor
    role = Role.OUTPUT if winner else Role.INPUT
    return write(float(trace.x[row, col]), digits, role, Cell("input", row, col), bold=winner)


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
