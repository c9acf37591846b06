"""Dense, local and shared connections: a small sample of the wiring above a table of what the layer costs."""

from cnnsim.drawing import Drawing, Item, Role, Term
from cnnsim.scenes.counts_table import count_at, count_cell, table_items
from cnnsim.scenes.counts_wiring import wiring_items
from cnnsim.scenes.counts_words import formula, narration, note, symbolic, to_come
from cnnsim.scenes.footer import footer, footer_height
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.looking import standing_out
from cnnsim.scenes.motion import between
from cnnsim.trace import GrainView
from cnnsim.trace.counts import Counts, CountStep

_WIRING_SHARE = 0.54  # of the height above the formulas


def counts_scene(steps: GrainView[CountStep], position: float, view: View) -> Drawing:
    """Draw the wiring of the current kind of connection, and the table as far as it has been counted.

    A count that is looked at is explained, and its kind of connection is the one that is drawn.

    Returns a drawing with the matrices ``inputs`` and ``outputs`` of the sample, ``weights``, its matrix, and
    ``counts``, the table.

    Examples
    --------
    >>> from cnnsim.trace.counts import counts
    >>> steps = counts(kernel_size=3).at("row")
    >>> drawing = counts_scene(steps, 3.0, View(800, 560))
    >>> drawing.matrix("weights").values.shape, float(drawing.matrix("counts").values[3, 2])
    ((4, 6), 72.0)
    """
    trace = steps.trace
    assert isinstance(trace, Counts)
    here = between(steps, position).here
    explained = count_at(trace, view.looked_at) or here
    margin = view.unit * 1.2
    width, height = view.width - 2 * margin, view.height - footer_height(view) - 2 * margin
    upper = Area(margin, margin, width, height * _WIRING_SHARE)
    lower = Area(margin, margin + upper.height, width, height - upper.height)
    items: tuple[Item, ...] = (
        *wiring_items(trace.layer, explained, view, upper),
        *table_items(trace, here, explained, view, lower),
        *footer(view, *_lines(trace, here, explained, view)),
    )
    return Drawing(view.width, view.height, items)


def _lines(
    trace: Counts, here: CountStep, explained: CountStep, view: View
) -> tuple[tuple[Term, ...], tuple[Term, ...], tuple[tuple[Term, ...]], tuple[Term, ...]]:
    """Return what is said: in words, in symbols, in numbers, and the note."""
    told = explained.index < here.index or (explained == here and not view.hidden)
    said = to_come(trace, explained) if explained.index > here.index else narration(trace, explained)
    numbers = formula(explained, count_cell(explained), told=told, spelled=told or not view.hidden)
    cells = [cell for cell in (view.looked_at, view.pointed_at) if cell is not None]
    last = (Term("Say it first.", Role.MUTED),) if view.hidden and not told else note(trace, explained)
    return said, symbolic(explained), (standing_out(numbers, cells),), last
