"""The lines under the grids: what happens in words, the formula in symbols and in numbers, the size of the output."""

from collections.abc import Iterable
from dataclasses import replace

from cnnsim.drawing import Equation, Term
from cnnsim.scenes.layout import View
from cnnsim.typography import LINE_HEIGHT, fitting_size

_READABLE = 0.8  # of the ordinary text size
_BELOW = 0.6  # units between the last line and the lower edge
_NUMERIC_LINES = 2.1  # the numeric formula may wrap this often before it shrinks


def footer_height(view: View) -> float:
    """Room below the grids."""
    return view.unit * (LINE_HEIGHT * 2 + _BELOW) + view.large * LINE_HEIGHT * (1 + _NUMERIC_LINES)


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
) -> tuple[Equation, ...]:
    """Place, from top to bottom, what happens in words, the formula in symbols and in numbers, and the output size.

    Of the numeric formula the first version is taken that can be read in the room there is, or else the last.
    """
    small, large = view.unit * LINE_HEIGHT, view.large * LINE_HEIGHT
    top = view.height - footer_height(view)
    second, third = top + small, top + small + large
    room = large * _NUMERIC_LINES
    versions = (_fitted(view, third, view.large, terms, room) for terms in numeric)
    return (
        _fitted(view, top, view.unit, narration, small),
        _fitted(view, second, view.large, symbolic, large),
        _first_readable(versions, view.unit * _READABLE),
        _fitted(view, third + room, view.unit, size, small),
    )


def _fitted(view: View, y: float, size: float, terms: tuple[Term, ...], room: float) -> Equation:
    wanted = Equation(view.unit * 1.2, y, view.width - 2.4 * view.unit, size, terms)
    return replace(wanted, size=fitting_size(wanted, room))


def _first_readable(versions: Iterable[Equation], least: float) -> Equation:
    for version in versions:
        if version.size >= least:
            return version
    return version
