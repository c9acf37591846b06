"""The output-size formula with its numbers, and what the stride leaves unread."""

from cnnsim.drawing import Role, Term
from cnnsim.trace import Geometry
from cnnsim.typography import format_number


def size_terms(geometry: Geometry) -> tuple[Term, ...]:
    """Write ⌊(n + 2p − k)/s⌋ + 1 with numbers; rows and columns where they differ."""
    rows, cols = geometry.input_shape
    intro = (Term("Output size  ", Role.MUTED),)
    if rows == cols:
        return (*intro, *_along(geometry, 0), *_unread(geometry))
    return (
        Term("Output rows  ", Role.MUTED),
        *_along(geometry, 0),
        Term("     Output columns  ", Role.MUTED, breaks=True),
        *_along(geometry, 1),
        *_unread(geometry),
    )


def _along(geometry: Geometry, axis: int) -> tuple[Term, ...]:
    n, k, s, p = geometry.input_shape[axis], geometry.size, geometry.stride, geometry.padding
    out = geometry.output_shape[axis]
    quotient = (n + 2 * p - k) / s
    rounded = () if quotient.is_integer() else (Term(f" = ⌊{format_number(quotient)}⌋ + 1"),)
    return (
        Term("⌊("),
        Term(str(n), Role.INPUT),
        Term(f" + 2·{p} − "),
        Term(str(k), Role.KERNEL),
        Term(f") / {s}⌋ + 1"),
        *rounded,
        Term(" = "),
        Term(str(out), Role.OUTPUT, bold=True),
    )


def _unread(geometry: Geometry) -> tuple[Term, ...]:
    rows, cols = geometry.unreached
    if geometry.stride > geometry.size:
        words = f"stride {geometry.stride} is wider than the window: hatched cells are skipped"
    elif rows or cols:
        words = f"hatched: {_count(rows, 'row')} and {_count(cols, 'column')} that no window reaches"
    else:
        return ()
    return (Term(f"     {words}", Role.WARNING, breaks=True),)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
