"""How many windows a pooling has, and where they lie, in formulas."""

from collections.abc import Callable
from math import isclose

from cnnsim.drawing import Role, Term
from cnnsim.scenes.layout import size_text
from cnnsim.scenes.size_formula import along, axis_place, unread_terms
from cnnsim.trace import Geometry, Pooling
from cnnsim.trace.geometry import Axis
from cnnsim.trace.pooling_windows import Spans
from cnnsim.typography import format_number, shown

_ROUNDING = 1e-12


def pooling_size(rule: Pooling) -> tuple[Term, ...]:
    """Write the formula of the output's size; of an adaptive pooling, that it has none."""
    geometry = rule.windows.geometry
    if geometry is None:
        result = size_text(*rule.windows.output_shape)
        given = "Global pooling: an input of any size gives " if result == "1 × 1" else "An input of any size gives "
        return (Term(given, Role.MUTED), Term(result, Role.OUTPUT, bold=True), Term(" a map.", Role.MUTED))
    size = _size(geometry, _rounded_up if rule.windows.ceil_mode else along)
    skipped = [int((axis.counts() == 0).sum()) for axis in (rule.windows.rows, rule.windows.cols)]
    if geometry.rows.stride <= geometry.rows.size and geometry.cols.stride <= geometry.cols.size:
        return (*size, *unread_terms(*skipped))
    return (
        (*size, Term("     hatched: cells that every window skips", Role.WARNING, breaks=True))
        if any(skipped)
        else size
    )


def place_in_symbols(rule: Pooling) -> str:
    """Write the place in the input of value (r, t) of window (i, j)."""
    geometry = rule.windows.geometry
    channel = "c, " if len(rule.x) > 1 else ""
    if geometry is None:
        return f"[{channel}r, t]"
    return f"[{channel}{axis_place('i', 'r', geometry.rows)}, {axis_place('j', 't', geometry.cols)}]"


def bounds_in_symbols(rule: Pooling) -> str:
    """Write what r and t run over."""
    rows, cols = rule.windows.rows, rule.windows.cols
    geometry = rule.windows.geometry
    if geometry is None:
        return f"r = {_divided('i', rows)}, t = {_divided('j', cols)}"
    last_row, last_col = geometry.rows.size - 1, geometry.cols.size - 1
    return f"r, t = 0 … {last_row}" if last_row == last_col else f"r = 0 … {last_row}, t = 0 … {last_col}"


def divisor_in_symbols(rule: Pooling) -> str:
    """Write what the sum is divided by, where it is."""
    if rule.endings[-1] != "divide":
        return ""
    alike = float(rule.divisors.flat[0])
    if "weight" in rule.kind.operands:
        words = format_number(alike, 2)
        sign = "=" if isclose(float(shown(alike, 2)), alike, rel_tol=_ROUNDING) else "≈"
        return f", S = Σ w {sign} {words}" if (rule.divisors == alike).all() else ", S = Σ w"
    return f", n = {int(alike)}" if (rule.divisors == alike).all() else ", n values in the window"


def _divided(window: str, axis: Spans) -> str:
    """Write where window i of m begins and ends along n cells.

    Examples
    --------
    >>> from cnnsim.trace.pooling_windows import adaptive_windows
    >>> _divided("i", adaptive_windows((5, 5), (2, 2)).rows)
    '⌊5i/2⌋ … ⌈5(i + 1)/2⌉ − 1'
    """
    n, m = axis.n, axis.windows
    if m == 1:
        return f"0 … {n - 1}"
    return f"⌊{n}{window}/{m}⌋ … ⌈{n}({window} + 1)/{m}⌉ − 1"


def _size(geometry: Geometry, write: Callable[[Axis], tuple[Term, ...]]) -> tuple[Term, ...]:
    """Write the formula for both axes, or one by one where they differ."""
    if geometry.rows == geometry.cols:
        return (Term("Output size  ", Role.MUTED), *write(geometry.rows))
    rows, cols = Term("Output rows  ", Role.MUTED), Term("     columns  ", Role.MUTED, breaks=True)
    return (rows, *write(geometry.rows), cols, *write(geometry.cols))


def _rounded_up(axis: Axis) -> tuple[Term, ...]:
    """Write ⌈(n + 2p − k)/s⌉ + 1 with numbers."""
    # Padding is as wide after the input as before it; what sticks out comes on top of that.
    quotient = (axis.n + 2 * axis.before - axis.size) / axis.stride
    begins_outside = axis.windows <= -(-quotient // 1)
    less = " − 1" * begins_outside
    rounded = () if quotient.is_integer() else (Term(f" = ⌈{format_number(quotient)}⌉ + 1{less}"),)
    return (
        Term("⌈("),
        Term(str(axis.n), Role.INPUT),
        Term(f" + 2·{axis.before} − "),
        Term(str(axis.size), Role.KERNEL),
        Term(f") / {axis.stride}⌉ + 1{less}"),
        *rounded,
        Term(" = "),
        Term(str(axis.windows), Role.OUTPUT, bold=True),
        *((Term(", for one begins outside"),) if begins_outside else ()),
    )
