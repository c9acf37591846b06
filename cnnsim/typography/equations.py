"""Where the terms of an equation stand: lines, scripts, limits of sums, fractions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from cnnsim.drawing import Cell, Drawing, Equation, Role, Script, Term
from cnnsim.typography.arithmetic import SIGNS_OF_EQUALITY
from cnnsim.typography.text import text_width

LINE_HEIGHT = 1.65
_SIZES: dict[Script, float] = {
    "normal": 1.0,
    "sub": 0.68,
    "super": 0.68,
    "under": 0.52,
    "over": 0.52,
    "numerator": 0.7,
    "denominator": 0.7,
}
_DROPS: dict[Script, float] = {
    "normal": 0.0,
    "sub": 0.22,
    "super": -0.38,
    "under": 0.64,
    "over": -0.64,
    "numerator": -0.4,
    "denominator": 0.4,
}
_IN_A_COLUMN = ("under", "over", "numerator", "denominator")
_BAR_OVERHANG = 0.08
_UNDERLINE = 0.52  # of the size, below the middle
_SMALLEST = 6.0  # pixels
_ROUNDING = 0.5  # pixels
_REACH = 0.6  # of the size, above and below the middle of a term that still hits it


@dataclass(frozen=True, slots=True)
class Run:
    """A term of an equation with its place; `y` is the middle of its height, `rule` that of a line along it."""

    term: Term
    x: float
    y: float
    width: float
    size: float
    rule: float | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """Terms that stand in one column, each with its distance from the piece's left edge and its width, in ems."""

    placed: tuple[tuple[Term, float, float], ...]
    width: float
    bar: bool

    @property
    def breaks(self) -> bool:
        return self.placed[0][0].breaks

    @property
    def role(self) -> Role:
        """That of all its terms; a bar between terms of several belongs to none of them."""
        roles = {term.role for term, _, _ in self.placed}
        return roles.pop() if len(roles) == 1 else Role.TEXT

    @property
    def equals(self) -> bool:
        """Whether it is a sign of equality that allows a new line."""
        return self.breaks and self.placed[0][0].text in SIGNS_OF_EQUALITY


@lru_cache(maxsize=64)  # a formula stays the same while frames move, and while the pointer moves over it
def flow(equation: Equation) -> tuple[tuple[Run, ...], float]:
    """Place the terms of an equation; return the runs and the height of the block in pixels.

    Examples
    --------
    >>> total = Equation(0, 0, 100, 20, (Term("Σ"), Term("r", script="under"), Term("x")), centred=False)
    >>> runs, height = flow(total)
    >>> [(run.term.text, run.y, run.size) for run in runs], height
    ([('Σ', 16.5, 20.0), ('r', 29.3, 10.4), ('x', 16.5, 20.0)], 33.0)
    """
    lines = _lines(_pieces(equation.terms), equation.size, equation.width)
    leading = equation.size * LINE_HEIGHT
    runs = tuple(
        run
        for number, line in enumerate(lines)
        for run in _placed(line, equation, equation.y + (number + 0.5) * leading)
    )
    return runs, leading * len(lines)


def fitting_size(equation: Equation, height: float) -> float:
    """Largest size, at most the equation's own, at which the block is no higher than `height` and no line too wide."""
    widths = [sum(piece.width for piece in group) for group in _unbreakable(_pieces(equation.terms))]
    size = equation.size
    while size > _SMALLEST and not _fits(widths, size, equation.width, height):
        size *= 0.94
    return size


def term_at(drawing: Drawing, x: float, y: float) -> Cell | None:
    """Return the cell whose number stands at the point of an equation, or None.

    Examples
    --------
    >>> terms = (Term("y = "), Term("4", cell=Cell("output", 0, 2)))
    >>> drawing = Drawing(100, 40, (Equation(0, 0, 100, 20, terms, centred=False),))
    >>> term_at(drawing, text_width("y = ", 20) + 2, 16)
    Cell(matrix='output', row=0, col=2)
    """
    for item in drawing.items:
        if isinstance(item, Equation) and item.y <= y and any(term.cell for term in item.terms):
            for run in flow(item)[0]:
                if run.term.cell and run.x <= x < run.x + run.width and abs(y - run.y) <= _REACH * run.size:
                    return run.term.cell
    return None


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


def _lines(pieces: Iterable[_Piece], size: float, width: float) -> list[list[_Piece]]:
    """Break the pieces into lines: greedy, and only in front of a term that allows it."""
    lines: list[list[_Piece]] = [[]]
    room = width
    for group in _unbreakable(pieces):
        needed = sum(piece.width for piece in group) * size
        if needed > room and lines[-1]:
            lines.append([])
            room = width
            group = _without_gap(group)
        lines[-1].extend(group)
        room -= needed
    return _with_equal_sides(lines, size, width)


def _with_equal_sides(lines: list[list[_Piece]], size: float, width: float) -> list[list[_Piece]]:
    """Begin the last line at the first sign of equality of the line before it, where one tears the sides apart."""
    if len(lines) < 2 or not lines[-1][0].equals:
        return lines
    *above, torn, last = lines
    start = next((number for number, piece in enumerate(torn) if number and piece.equals), None)
    if start is None or sum(piece.width for piece in (*torn[start:], *last)) * size > width:
        return lines
    return [*above, torn[:start], torn[start:] + last]


def _without_gap(group: list[_Piece]) -> list[_Piece]:
    """Leave out the space that keeps a group off the one before it: nothing stands before a new line."""
    return group if group[0].placed[0][0].text.strip() else group[1:]


def _unbreakable(pieces: Iterable[_Piece]) -> list[list[_Piece]]:
    groups: list[list[_Piece]] = []
    for piece in pieces:
        if piece.breaks or not groups:
            groups.append([])
        groups[-1].append(piece)
    return groups


@lru_cache(maxsize=16)  # asked for to find the size that fits, and then to place them
def _pieces(terms: tuple[Term, ...]) -> tuple[_Piece, ...]:
    groups: list[list[Term]] = []
    for term in terms:
        if term.script not in _IN_A_COLUMN or not groups or not _stands_with(term, groups[-1]):
            groups.append([term])
        else:
            groups[-1].append(term)
    return tuple(map(_piece, groups))


def _stands_with(term: Term, group: list[Term]) -> bool:
    """Whether a term belongs into the column of the terms before it."""
    if term.script == "numerator":
        return all(other.script == "numerator" for other in group)
    return term.script in ("under", "over", "denominator")


def _piece(group: list[Term]) -> _Piece:
    """Centre the rows of a column on each other."""
    bar = group[0].script == "numerator"
    if len(group) == 1 and not bar:
        width = _width(group[0])
        return _Piece(((group[0], 0.0, width),), width, False)
    widths = {script: sum(_width(term) for term in group if term.script == script) for script in _SIZES}
    width = max(widths.values()) + 2 * _BAR_OVERHANG * bar
    lefts = {script: (width - row) / 2 for script, row in widths.items()}
    placed = []
    for term in group:
        own = _width(term)
        placed.append((term, lefts[term.script], own))
        lefts[term.script] += own
    return _Piece(tuple(placed), width, bar)


def _width(term: Term) -> float:
    return text_width(term.text, _SIZES[term.script], term.bold)


def _placed(line: list[_Piece], equation: Equation, middle: float) -> Iterator[Run]:
    size = equation.size
    length = sum(piece.width for piece in line) * size
    x = equation.x + ((equation.width - length) / 2 if equation.centred else 0.0)
    for piece in line:
        for term, left, width in piece.placed:
            yield _run(term, x + left * size, middle, width * size, size)
        if piece.bar:
            yield Run(Term("", piece.role), x, middle, piece.width * size, size, middle)
        x += piece.width * size


def _run(term: Term, x: float, middle: float, width: float, size: float) -> Run:
    own, y = _SIZES[term.script] * size, middle + _DROPS[term.script] * size
    rule = y + _UNDERLINE * own if term.underlined else None
    return Run(term, x, y, width, own, rule)
