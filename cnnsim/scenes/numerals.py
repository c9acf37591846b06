"""Numbers inside formulas."""

from cnnsim.drawing import Cell, Role, Term
from cnnsim.typography import MINUS, format_number


def number(value: float, digits: int | None, role: Role, cell: Cell | None = None, bold: bool = False) -> Term:
    """Return the term that shows a value."""
    return Term(format_number(value, digits), role, bold=bold, cell=cell)


def factor(value: float, digits: int | None, role: Role, cell: Cell | None = None, bold: bool = False) -> Term:
    """Return the term that shows a factor or an addend: a negative one or a fraction stands in parentheses."""
    words = format_number(value, digits)
    wrapped = f"({words})" if words.startswith(MINUS) or "/" in words else words
    return Term(wrapped, role, bold=bold, cell=cell)


def faint(term: Term) -> Term:
    """Return the same term as something that is still to come."""
    # Several times as fast as `replace`: a long formula has a hundred terms to come in every frame.
    return Term(term.text, term.role, term.bold, term.script, True, term.cell, term.breaks, term.underlined)
