"""Widths of text in the family that ships with the program, and the wrapping of equations."""

from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageFont

from cnnsim.assets_path import asset
from cnnsim.drawing import Cell, Equation, Role, Term

FAMILY = "cnnsim Sans"
_REFERENCE_SIZE = 200  # widths scale with the size: measured once, large enough for the rounding to vanish
_SCRIPT_SIZE = 0.68
_SCRIPT_RAISE = {"sub": 0.22, "normal": 0.0, "super": -0.38}
LINE_HEIGHT = 1.65
_SMALLEST = 6.0  # pixels
_ROUNDING = 0.5  # pixels


@dataclass(frozen=True, slots=True)
class Run:
    """A term of an equation with its place; `y` is the middle of its line."""

    text: str
    x: float
    y: float
    width: float
    size: float
    role: Role
    bold: bool
    faint: bool
    cell: Cell | None


def font_path(bold: bool) -> str:
    """Path of the font file of that weight."""
    return str(asset(f"fonts/cnnsim-sans-{'semibold' if bold else 'regular'}.ttf"))


@lru_cache(maxsize=2)
def _reference_font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_path(bold), _REFERENCE_SIZE, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def _reference_width(text: str, bold: bool) -> float:
    return float(_reference_font(bold).getlength(text))


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width in pixels of `text` at `size` pixels.

    Examples
    --------
    >>> text_width("00", 20) == 2 * text_width("7", 20)
    True
    """
    return _reference_width(text, bold) * size / _REFERENCE_SIZE


def flow(equation: Equation) -> tuple[tuple[Run, ...], float]:
    """Place the terms of an equation; return the runs and the height of the block in pixels."""
    lines = _lines(equation)
    leading = equation.size * LINE_HEIGHT
    runs = tuple(
        run
        for number, line in enumerate(lines)
        for run in _placed(line, equation, equation.y + (number + 0.5) * leading)
    )
    return runs, leading * len(lines)


def fitting_size(equation: Equation, height: float) -> float:
    """Largest size, at most the equation's own, at which the block is no higher than `height` and no line too wide."""
    widths = [sum(_term_width(term, 1.0) for term in group) for group in _unbreakable(equation.terms)]
    size = equation.size
    while size > _SMALLEST and not _fits(widths, size, equation.width, height):
        size *= 0.94
    return size


def _fits(widths: list[float], size: float, room: float, height: float) -> bool:
    """Whether groups of terms, of these widths at size 1, fit into lines as `flow` breaks them."""
    lines, used = 1, 0.0
    for width in widths:
        if used and (used + width) * size > room:
            lines, used = lines + 1, 0.0
        used += width
        if used * size > room + _ROUNDING:
            return False
    return lines * size * LINE_HEIGHT <= height


def _lines(equation: Equation) -> list[list[Term]]:
    """Break the terms into lines: greedy, and only in front of a term that allows it."""
    lines: list[list[Term]] = [[]]
    room = equation.width
    for group in _unbreakable(equation.terms):
        width = sum(_term_width(term, equation.size) for term in group)
        if width > room and lines[-1]:
            lines.append([])
            room = equation.width
        lines[-1].extend(group)
        room -= width
    return lines


def _unbreakable(terms: tuple[Term, ...]) -> list[list[Term]]:
    groups: list[list[Term]] = []
    for term in terms:
        if term.breaks or not groups:
            groups.append([])
        groups[-1].append(term)
    return groups


def _placed(line: list[Term], equation: Equation, middle: float) -> list[Run]:
    widths = [_term_width(term, equation.size) for term in line]
    x = equation.x + ((equation.width - sum(widths)) / 2 if equation.centred else 0.0)
    runs = []
    for term, width in zip(line, widths, strict=True):
        y = middle + _SCRIPT_RAISE[term.script] * equation.size
        size = _term_size(term, equation.size)
        runs.append(Run(term.text, x, y, width, size, term.role, term.bold, term.faint, term.cell))
        x += width
    return runs


def _term_size(term: Term, size: float) -> float:
    return size if term.script == "normal" else size * _SCRIPT_SIZE


def _term_width(term: Term, size: float) -> float:
    return text_width(term.text, _term_size(term, size), term.bold)
