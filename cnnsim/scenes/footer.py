"""The lines under the grids: what happens in words, the formula in symbols and in numbers, the size of the output."""

from collections.abc import Iterable
from dataclasses import replace

from cnnsim.drawing import Equation, Term
from cnnsim.scenes.layout import View
from cnnsim.typography import LINE_HEIGHT, fitting_size

_READABLE = 0.8  # of the ordinary text size
_BELOW = 0.6  # units between the last line and the lower edge
_NUMERIC_LINES = 2.1  # the numeric formula may wrap this often before it shrinks


def footer_height(view: View, note_lines: int = 1) -> float:
    """Room below the grids, with so many lines for the note."""
    return view.unit * (LINE_HEIGHT * (1 + note_lines) + _BELOW) + view.large * LINE_HEIGHT * (1 + _NUMERIC_LINES)


def lines_of_note(view: View, note: tuple[Term, ...]) -> int:
    """How many lines a note needs to be read: two where it would be small in one.

    Examples
    --------
    >>> short, long = (Term("Output size 5"),), (Term("Output size 5"), Term("as padding " * 12, breaks=True))
    >>> lines_of_note(View(1000, 660), short), lines_of_note(View(1000, 660), long)
    (1, 2)
    """
    in_one = _fitted(view, 0.0, view.unit, note, view.unit * LINE_HEIGHT)
    return 1 if in_one.size >= view.unit * _READABLE else 2


def note_height(view: View) -> float:
    """Room of the last line, the note, down to the lower edge of the picture.

    Examples
    --------
    >>> note_height(View(1000, 660))
    45.0
    """
    return view.unit * (LINE_HEIGHT + _BELOW)


def footer(
    view: View,
    narration: tuple[Term, ...],
    symbolic: tuple[Term, ...],
    numeric: Iterable[tuple[Term, ...]],
    size: tuple[Term, ...],
    note_lines: int = 1,
) -> tuple[Equation, ...]:
    """Place, from top to bottom, what happens in words, the formula in symbols and in numbers, and the output size.

    Of the numeric formula the first version is taken that can be read in the room there is, or else the last. The size,
    or another note, gets the room of so many lines.
    """
    small, large = view.unit * LINE_HEIGHT, view.large * LINE_HEIGHT
    top = view.height - footer_height(view, note_lines)
    second, third = top + small, top + small + large
    room = large * _NUMERIC_LINES
    versions = (_fitted(view, third, view.large, terms, room) for terms in numeric)
    return (
        _fitted(view, top, view.unit, narration, small),
        _fitted(view, second, view.large, symbolic, large),
        _first_readable(versions, view.unit * _READABLE),
        _fitted(view, third + room, view.unit, size, small * note_lines),
    )


def _fitted(view: View, y: float, size: float, terms: tuple[Term, ...], room: float) -> Equation:
    wanted = Equation(view.unit * 1.2, y, view.width - 2.4 * view.unit, size, terms)
    return replace(wanted, size=fitting_size(wanted, room))


def _first_readable(versions: Iterable[Equation], least: float) -> Equation:
    for version in versions:
        if version.size >= least:
            return version
    return version
