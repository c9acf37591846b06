"""Which colour stands for which value, under the grids: a bar for each range of values that is on the screen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from cnnsim.drawing import Matrix, Role, Scale, ScaleBar
from cnnsim.scenes.footer import footer_height
from cnnsim.scenes.layout import Area, View
from cnnsim.typography import MINUS, format_compact, format_number, scale_bar_places

_BETWEEN = 2.4  # units of that text from one bar to the next
_ABOVE = 0.66  # units from the middle of the bars down to the footer
_LONGEST = 5  # digits and point of a limit that is written exactly


@dataclass(frozen=True, slots=True)
class _Form:
    """Size of the text in units, length of a bar in that size, and what is written beside it."""

    size: float
    length: float
    named: bool
    both_ends: bool


_FORMS = (
    _Form(0.72, 5.0, named=True, both_ends=True),
    _Form(0.6, 3.5, named=True, both_ends=True),
    _Form(0.6, 2.5, named=True, both_ends=False),
    _Form(0.72, 5.0, named=False, both_ends=True),
    _Form(0.6, 2.5, named=False, both_ends=True),
)
"""From the roomiest to the narrowest."""


def scale_bars(view: View, matrices: Iterable[Matrix], area: Area) -> tuple[ScaleBar, ...]:
    """Return a bar for each range of values, side by side under the area that the matrices fill.

    Matrices with one limit share a bar. The less room there is, the less is written beside the bars; where nothing
    fits, there is no bar.

    Examples
    --------
    >>> import numpy as np
    >>> grid = Matrix("input", np.eye(2), 50, 50, 40, Role.INPUT, Scale(2.5), "Input 0")
    >>> (bar,) = scale_bars(View(640, 440), [grid], Area(20, 20, 600, 300))
    >>> bar.ends, bar.names
    (('−2.5', '2.5'), (('Input', <Role.INPUT: 'input'>),))
    """
    y = view.height - footer_height(view) - _ABOVE * view.unit
    ranges = _ranges(view, matrices)
    for form in _FORMS:
        placed = _side_by_side([_bar(view, form, y, *one) for one in ranges], area)
        if placed is not None:
            return placed
    return ()


def _ranges(view: View, matrices: Iterable[Matrix]) -> list[tuple[Scale, tuple[tuple[str, Role], ...]]]:
    """Return each range with what has it, in the order of the matrices; one for everything needs no names."""
    found: dict[Scale, dict[tuple[str, Role], None]] = {}
    for matrix in matrices:
        if matrix.scale is not None and matrix.scale.limit > 0:
            name = matrix.caption.rstrip("0123456789, ")
            found.setdefault(matrix.scale, {}).update({(name, matrix.role): None} if name else {})
    for_all = view.scaling != "matrix" and len(found) == 1
    return [(scale, () if for_all else tuple(names)) for scale, names in found.items()]


def _bar(view: View, form: _Form, y: float, scale: Scale, names: tuple[tuple[str, Role], ...]) -> ScaleBar:
    """Return a bar that is still to be moved to its place."""
    words = format_number(scale.limit)
    high = words if len(words) <= _LONGEST else format_compact(scale.limit)
    ends = (MINUS + high, high) if form.both_ends else ("", f"±{high}")
    size = form.size * view.unit
    return ScaleBar(0.0, y, form.length * size, size, scale, names if form.named else (), ends)


def _side_by_side(bars: Sequence[ScaleBar], area: Area) -> tuple[ScaleBar, ...] | None:
    """Place the bars in the middle of the width; None if they are too wide."""
    steps = [scale_bar_places(bar).right + _BETWEEN * bar.size for bar in bars]
    total = sum(steps) - (_BETWEEN * bars[0].size if bars else 0.0)
    starts = accumulate(steps, initial=area.x + (area.width - total) / 2)
    return tuple(map(_moved, bars, starts)) if total <= area.width else None


def _moved(bar: ScaleBar, x: float) -> ScaleBar:
    return replace(bar, x=x)
