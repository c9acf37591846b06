"""Many small matrices of one shape in rows under a common caption."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnnsim.drawing import Item, Label, Matrix, Role, Scale, ScaleBar, Values
from cnnsim.scenes.layout import Area
from cnnsim.scenes.scale_bars import limit_words
from cnnsim.typography import text_width

_QUIET = 0.9  # of the size of the caption: the note
_BAR, _BAR_LENGTH = 0.8, 2.2  # of that size: the text beside the colours, and their bar


@dataclass(frozen=True, slots=True)
class Tiles:
    """What to lay out.

    Parameters
    ----------
    name
        Matrix n is called ``name[n]``.
    values
        Arrays of one shape, (rows, cols) each.
    columns
        Matrices in a row.
    caption, note
        The heading, and what follows it in a quieter tone.
    role
        Colour of the heading.
    signed
        Whether colours run from negative to positive, or from zero upwards.
    """

    name: str
    values: Sequence[Values]
    columns: int
    caption: str
    note: str
    role: Role
    signed: bool = True


def tiles(what: Tiles, area: Area, text_size: float) -> tuple[Item, ...]:
    """Lay the matrices out as large as the area allows, all on one colour scale, from its top left corner."""
    top = area.y + text_size * 1.6
    rows, cols = what.values[0].shape
    lines = -(-len(what.values) // what.columns)
    gap = max(1.0, round(text_size * 0.2))
    room = min(
        (area.width - gap * (what.columns - 1)) / (what.columns * cols),
        (area.y + area.height - top - gap * (lines - 1)) / (lines * rows),
    )
    cell = max(float(int(room * cols)), 1.0) / cols  # whole pixels for a tile: its edges stay sharp
    scale = Scale(max(float(abs(values).max()) for values in what.values), signed=what.signed, soft=False)
    matrices = (
        Matrix(
            f"{what.name}[{number}]",
            values,
            round(area.x) + (number % what.columns) * (cols * cell + gap),
            round(top) + (number // what.columns) * (rows * cell + gap),
            cell,
            what.role,
            scale,
            numbers=False,
        )
        for number, values in enumerate(what.values)
    )
    return (*_heading(what, scale, area, text_size), *matrices)


def _heading(what: Tiles, scale: Scale, area: Area, size: float) -> Iterator[Item]:
    """Yield caption and note, and which colours stand for positive and negative values if there are any."""
    y = area.y + size * 0.6
    after = area.x + text_width(what.caption, size, bold=True) + size * 0.5
    yield Label(what.caption, area.x, y, size, what.role, bold=True)
    if what.note:
        yield Label(what.note, after, y, size * _QUIET, Role.MUTED)
        after += text_width(what.note, size * _QUIET) + size * 0.5
    if scale.signed and scale.limit > 0:
        yield ScaleBar(after, y, _BAR_LENGTH * size, size * _BAR, scale, (), ("", f"±{limit_words(scale.limit)}"))
