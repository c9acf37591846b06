"""The output-size formula with its numbers, and what the stride leaves unread."""

from cnnsim.drawing import Role, Term
from cnnsim.trace import Geometry
from cnnsim.trace.geometry import Axis
from cnnsim.typography import format_number


def size_terms(geometry: Geometry) -> tuple[Term, ...]:
    """Write ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1 with numbers; for rows and for columns where they differ."""
    if geometry.rows == geometry.cols:
        return (Term("Output size  ", Role.MUTED), *along(geometry.rows), *_unread(geometry))
    return (
        Term("Output rows  ", Role.MUTED),
        *along(geometry.rows),
        Term("     columns  ", Role.MUTED, breaks=True),
        *along(geometry.cols),
        *_unread(geometry),
    )


def axis_place(window: str, within: str, axis: Axis) -> str:
    """Write the place in the input of a cell of a window, along one axis.

    Examples
    --------
    >>> axis_place("i", "r", Axis(n=7, size=3, stride=2, before=1, after=1))
    '2i + r − 1'
    """
    scaled = window if axis.stride == 1 else f"{axis.stride}{window}"
    spread = within if axis.dilation == 1 else f"{axis.dilation}{within}"
    return f"{scaled} + {spread}" + (f" − {axis.before}" if axis.before else "")


def along(axis: Axis) -> tuple[Term, ...]:
    """Write the formula with the numbers of one axis."""
    quotient = (axis.padded - axis.extent) / axis.stride
    rounded = () if quotient.is_integer() else (Term(f" = ⌊{format_number(quotient)}⌋ + 1"),)
    padding = f"2·{axis.before}" if axis.before == axis.after else f"{axis.before} + {axis.after}"
    size = Term(str(axis.size), Role.KERNEL)
    window = (size,) if axis.dilation == 1 else (Term(f"{axis.dilation}·("), size, Term(" − 1) − 1"))
    return (
        Term("⌊("),
        Term(str(axis.n), Role.INPUT),
        Term(f" + {padding} − "),
        *window,
        Term(f") / {axis.stride}⌋ + 1"),
        *rounded,
        Term(" = "),
        Term(str(axis.windows), Role.OUTPUT, bold=True),
    )


def _unread(geometry: Geometry) -> tuple[Term, ...]:
    if not geometry.rows.unread and not geometry.cols.unread and not geometry.covered().all():
        return _warning("hatched: cells that every window skips")
    return unread_terms(geometry.rows.unread, geometry.cols.unread, odd=_odd(geometry.rows, geometry.cols))


def _odd(*axes: Axis) -> bool:
    """Whether the padding of slides cannot repair it: 2p leaves an odd rest odd."""
    return any(axis.stride == 2 and axis.unread == 1 for axis in axes)


def unread_terms(rows: int, cols: int, *, odd: bool = False) -> tuple[Term, ...]:
    """Say that no window reaches so many last rows and columns, if there are any; an odd rest is not for padding."""
    if not rows and not cols:
        return ()
    hatched = "hatched: " + " and ".join(
        _count(number, noun) for number, noun in ((rows, "row"), (cols, "column")) if number
    )
    rest = " unread; padding by 2p cannot repair that" if odd else " that no window reaches"
    return _warning(f"{hatched}{rest}")


def _warning(words: str) -> tuple[Term, ...]:
    return Term("     ", breaks=True), Term(words, Role.WARNING)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
