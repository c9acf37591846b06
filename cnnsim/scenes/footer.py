"""The lines under the grids: what happens in words, the formula in symbols and in numbers, the size of the output."""

from dataclasses import replace

from cnnsim.drawing import Equation, Term
from cnnsim.scenes.layout import View
from cnnsim.typography import LINE_HEIGHT, fitting_size

_NUMERIC_LINES = 2.1  # the numeric formula may wrap this often before it shrinks


def footer_height(view: View) -> float:
    """Room below the grids."""
    return view.unit * (LINE_HEIGHT * 2 + 0.6) + view.large * LINE_HEIGHT * (1 + _NUMERIC_LINES)


def footer(
    view: View,
    narration: tuple[Term, ...],
    symbolic: tuple[Term, ...],
    numeric: tuple[Term, ...],
    size: tuple[Term, ...],
) -> tuple[Equation, ...]:
    """Place, from top to bottom, what happens in words, the formula in symbols and in numbers, and the output size."""
    margin = view.unit * 1.2
    width = view.width - 2 * margin
    small_line, large_line = view.unit * LINE_HEIGHT, view.large * LINE_HEIGHT
    top = view.height - footer_height(view)
    wanted = Equation(margin, top + small_line + large_line, width, view.large, numeric)
    room = large_line * _NUMERIC_LINES
    return (
        Equation(margin, top, width, view.unit, narration),
        Equation(margin, top + small_line, width, view.large, symbolic),
        replace(wanted, size=fitting_size(wanted, room)),
        Equation(margin, wanted.y + room, width, view.unit, size),
    )
