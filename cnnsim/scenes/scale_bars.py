"""Which colour stands for which value, under the grids: a bar for each range of values that is on the screen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from cnnsim.drawing import CellState, Matrix, Role, Scale, ScaleBar
from cnnsim.scenes.layout import Area, View
from cnnsim.typography import MINUS, format_compact, format_number, scale_bar_places

_BETWEEN = 1.7  # units of that text from one bar to the next
_BELOW = 0.72  # units from the area down to the middle of the bars
_LONGEST = 5  # digits and point of a limit that is written exactly
_ROUND = 0.1  # below it, two decimals say too little


@dataclass(frozen=True, slots=True)
class _Form:
    """Size of the text in units, length of a bar in that size, and what is written beside it."""

    size: float
    length: float
    both_ends: bool = False
    shared: bool = False  # one bar goes before the names and limits of all


_FORMS = (
    _Form(0.9, 5.0, both_ends=True),
    _Form(0.9, 3.5),
    _Form(0.8, 2.5),
    *(_Form(size, 3.0, shared=True) for size in (0.9, 0.8, 0.7, 0.6)),
)
"""From the roomiest to the narrowest."""


def scale_bars(view: View, matrices: Iterable[Matrix], area: Area) -> tuple[ScaleBar, ...]:
    """Return a bar for each range of values, side by side under the area that the matrices fill.

    Matrices with one limit share a bar. While a result is hidden, a limit is told only where a cell shows it. Where
    there is little room, all share one and only the limits are told; where nothing fits, there is no bar.

    Examples
    --------
    >>> import numpy as np
    >>> grid = Matrix("input", np.eye(2), 50, 50, 40, Role.INPUT, Scale(2.5), "Input 0")
    >>> (bar,) = scale_bars(View(640, 440), [grid], Area(20, 20, 600, 300))
    >>> bar.ends, bar.names
    (('−2.5', '2.5'), (('Input', <Role.INPUT: 'input'>),))
    """
    y = area.y + area.height + _BELOW * view.unit
    ranges = _ranges(view, tuple(matrices))
    for form in _FORMS:
        placed = _side_by_side(list(_bars(view, form, y, ranges)), area)
        if placed is not None:
            return placed
    return ()


def _ranges(view: View, matrices: Sequence[Matrix]) -> list[tuple[Scale, tuple[tuple[str, Role], ...]]]:
    """Return each range with what has it, in the order of the matrices; one for everything needs no names."""
    found: dict[Scale, dict[tuple[str, Role], None]] = {}
    for matrix in matrices:
        if matrix.scale is not None and matrix.scale.limit > 0:
            name = matrix.caption.rstrip("0123456789, ").split(" = ")[0]
            found.setdefault(matrix.scale, {}).update({(name, matrix.role): None} if name else {})
    if view.hidden and view.scaling != "locked":
        found = {scale: names for scale, names in found.items() if any(_told(scale, matrix) for matrix in matrices)}
    for_all = view.scaling != "matrix" and len(found) == 1
    return [(scale, () if for_all else tuple(names)) for scale, names in found.items()]


def _told(scale: Scale, matrix: Matrix) -> bool:
    """Whether a cell of the matrix that can be seen has the limit of the scale."""
    if matrix.scale != scale:
        return False
    seen = matrix.values if matrix.states is None else matrix.values[matrix.states != CellState.EMPTY]
    return bool((np.abs(seen) == scale.limit).any())


def _bars(
    view: View, form: _Form, y: float, ranges: Sequence[tuple[Scale, tuple[tuple[str, Role], ...]]]
) -> Iterator[ScaleBar]:
    """Yield bars that are still to be moved to their places."""
    size = form.size * view.unit
    length = form.length * size
    if form.shared and ranges:
        yield ScaleBar(0.0, y, length, size, ranges[0][0], (), (MINUS, "+"))
    for scale, names in ranges:
        high = limit_words(scale.limit)
        ends = (MINUS + high, high) if form.both_ends else ("", f"±{high}")
        yield ScaleBar(0.0, y, 0.0 if form.shared else length, size, scale, names, ends)


def limit_words(value: float) -> str:
    """Write a limit with decimals, short ones exactly.

    Examples
    --------
    >>> limit_words(2.5), limit_words(2 / 3), limit_words(0.0123)
    ('2.5', '0.67', '0.012')
    """
    words = format_number(value, 2)
    return words if len(words) <= _LONGEST and value >= _ROUND else format_compact(value)


def _side_by_side(bars: Sequence[ScaleBar], area: Area) -> tuple[ScaleBar, ...] | None:
    """Place the bars in the middle of the width; None if they are too wide."""
    steps = [scale_bar_places(bar).right + _BETWEEN * bar.size for bar in bars]
    total = sum(steps) - (_BETWEEN * bars[0].size if bars else 0.0)
    starts = accumulate(steps, initial=area.x + (area.width - total) / 2)
    return tuple(map(_moved, bars, starts)) if total <= area.width else None


def _moved(bar: ScaleBar, x: float) -> ScaleBar:
    return replace(bar, x=x)
