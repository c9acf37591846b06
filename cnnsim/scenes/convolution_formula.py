"""The formula of a convolution: in symbols, with the numbers of the current window, and in words."""

from collections.abc import Iterator

from cnnsim.drawing import Cell, Role, Term, Values
from cnnsim.scenes.numerals import factor, faint, number
from cnnsim.trace import ConvolutionStep, ConvolutionTrace
from cnnsim.typography import digits_that_add_up, exact, format_number

_TO_COME = Term("?", Role.MUTED)
_FEWEST_PRODUCTS = 4


def digits_of(trace: ConvolutionTrace, step: ConvolutionStep) -> int | None:
    """Decimals for the numbers of the current window; None if all of them are small fractions.

    As they are shown, the products add up to the sum, and the sum and the bias to the output cell.
    """
    products = [float(product) for product in trace.products(step.row, step.col).flat]
    factors = (float(factor) for grid in (trace.applied, _window(trace, step)) for factor in grid.flat)
    y = float(trace.output[step.row, step.col])
    if all(exact(value) is not None for value in (*products, *factors, trace.b, y)):
        return None
    total = float(trace.products(step.row, step.col).cumsum()[-1])
    return digits_that_add_up((products, total), ([total, trace.b], y))


def _window(trace: ConvolutionTrace, step: ConvolutionStep) -> Values:
    top, left = step.row * trace.geometry.stride, step.col * trace.geometry.stride
    return trace.padded[top : top + trace.geometry.size, left : left + trace.geometry.size]


def symbolic_terms(trace: ConvolutionTrace) -> tuple[Term, ...]:
    """Write y[i, j] = b + Σ Σ w[r, c] · x[…] with the stride and the padding of this trace."""
    last = trace.w.shape[0] - 1
    weight = f"[{last} − r, {last} − c]" if trace.flip else "[r, c]"
    return (
        Term("y", Role.OUTPUT, bold=True),
        Term("[i, j]  =  "),
        Term("b", Role.KERNEL, bold=True),
        Term("  +  Σ"),
        Term("r", script="sub"),
        Term(" Σ"),
        Term("c", script="sub"),
        Term("  "),
        Term("w", Role.KERNEL, bold=True),
        Term(f"{weight} · "),
        Term("x", Role.INPUT, bold=True),
        Term(f"[{_place('i', 'r', trace)}, {_place('j', 'c', trace)}]"),
        Term(f"      r, c = 0 … {last}", Role.MUTED),
    )


def _place(outer: str, inner: str, trace: ConvolutionTrace) -> str:
    stride, padding = trace.geometry.stride, trace.geometry.padding
    scaled = outer if stride == 1 else f"{stride}{outer}"
    return f"{scaled} + {inner}" + (f" − {padding}" if padding else "")


def numeric_versions(trace: ConvolutionTrace, step: ConvolutionStep) -> Iterator[tuple[Term, ...]]:
    """Write the sum of the current output cell, first with all products, then with ever fewer about the current one."""
    count = trace.w.size
    while count > _FEWEST_PRODUCTS:
        yield numeric_terms(trace, step, count)
        count = count * 3 // 4
    yield numeric_terms(trace, step, count)


def numeric_terms(trace: ConvolutionTrace, step: ConvolutionStep, most: int) -> tuple[Term, ...]:
    """Write the sum with at most so many products; what has not been computed yet is faint."""
    digits = digits_of(trace, step)
    sum_known, cell_known = step.kind != "multiply", step.kind == "bias"
    total = number(step.partial, digits, Role.TEXT, Cell("sum", 0, 0), bold=True) if sum_known else _TO_COME
    bias = factor(trace.b, digits, Role.KERNEL, Cell("bias", 0, 0), bold=cell_known)
    return (
        Term("y", Role.OUTPUT, bold=True),
        Term(f"[{step.row}, {step.col}]  =  "),
        *_products(trace, step, digits, most),
        Term("  =  " if digits is None else "  ≈  ", breaks=True),  # rounded factors do not multiply exactly
        total,
        Term("  +  "),
        bias if sum_known else faint(bias),
        Term("  =  "),
        _result(step, digits) if cell_known else _TO_COME,
    )


def _result(step: ConvolutionStep, digits: int | None) -> Term:
    assert step.y is not None
    return number(step.y, digits, Role.OUTPUT, Cell("output", step.row, step.col), bold=True)


def _products(trace: ConvolutionTrace, step: ConvolutionStep, digits: int | None, most: int) -> tuple[Term, ...]:
    side = trace.w.shape[1]
    active = active_place(step, side)
    first = min(max(active - most // 2, 0), trace.w.size - most)
    terms: list[Term] = [Term("… + ", Role.MUTED)] if first else []
    for place in range(first, first + most):
        group = _product(trace, step, divmod(place, side), digits, bold=place == active)
        if place > first:
            group = (Term(" + "), *group)
        terms.append(Term("", breaks=True))
        terms.extend(group if place <= active else map(faint, group))
    if first + most < trace.w.size:
        terms.append(Term(" + …", Role.MUTED))
    return tuple(terms)


def active_place(step: ConvolutionStep, side: int) -> int:
    """Number of the multiply that is happening, in reading order; beyond the last when all are done."""
    if step.kernel_row is None or step.kernel_col is None:
        return side * side
    return step.kernel_row * side + step.kernel_col


def _product(
    trace: ConvolutionTrace, step: ConvolutionStep, place: tuple[int, int], digits: int | None, bold: bool
) -> tuple[Term, ...]:
    r, c = place
    row, col = step.row * trace.geometry.stride + r, step.col * trace.geometry.stride + c
    w, x = float(trace.applied[r, c]), float(trace.padded[row, col])
    return (
        factor(w, digits, Role.KERNEL, Cell("kernel", r, c), bold),
        Term("·"),
        factor(x, digits, Role.INPUT, Cell("input", row, col), bold),
    )


def narration(trace: ConvolutionTrace, step: ConvolutionStep) -> tuple[Term, ...]:
    """Say in a sentence what this step does."""
    digits = digits_of(trace, step)
    match step.kind:
        case "multiply":
            return _narrate_multiply(trace, step, digits)
        case "sum":
            return (
                Term(f"The {trace.w.size} products add up to "),
                Term(format_number(step.partial, digits), bold=True),
                Term("."),
            )
        case "bias":
            assert step.y is not None
            return (
                Term("Sum "),
                Term(format_number(step.partial, digits), bold=True),
                Term(" plus bias "),
                Term(format_number(trace.b, digits), Role.KERNEL, bold=True),
                Term(f" gives y[{step.row}, {step.col}] = "),
                Term(format_number(step.y, digits), Role.OUTPUT, bold=True),
                Term("."),
            )


def _narrate_multiply(trace: ConvolutionTrace, step: ConvolutionStep, digits: int | None) -> tuple[Term, ...]:
    assert step.w is not None and step.x is not None and step.product is not None
    assert step.x_row is not None and step.x_col is not None
    rows, cols = trace.x.shape
    inside = 0 <= step.x_row < rows and 0 <= step.x_col < cols
    source = f" x[{step.x_row}, {step.x_col}]" if inside else " padding"
    return (
        Term("Weight "),
        factor(step.w, digits, Role.KERNEL, bold=True),
        Term(" times"),
        Term(f"{source} = "),
        factor(step.x, digits, Role.INPUT, bold=True),
        Term(" gives "),
        Term(format_number(step.product, digits), bold=True),
        Term(f";  sum so far {format_number(step.partial, digits)}."),
    )
