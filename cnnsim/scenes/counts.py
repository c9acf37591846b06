"""Dense, local and shared connections: a small sample of the wiring above a table of what the layer costs."""

from collections.abc import Iterator

from cnnsim.drawing import Drawing, Item, Label, Role, Term
from cnnsim.scenes.counts_wiring import wiring_items
from cnnsim.scenes.counts_words import HEADINGS, count_words, formula, narration, note, row_words, symbolic
from cnnsim.scenes.footer import footer, footer_height
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.motion import between
from cnnsim.trace import GrainView
from cnnsim.trace.counts import QUANTITIES, Counts, CountStep
from cnnsim.typography import text_width

_WIRING_SHARE = 0.54  # of the height above the formulas
_COLUMN_GAP = 1.0  # of the text size
_LINE = 1.7  # of the text size


def counts_scene(steps: GrainView[CountStep], position: float, view: View) -> Drawing:
    """Draw the wiring of the current kind of connection, and the table as far as it has been counted.

    Returns a drawing with the matrices ``inputs`` and ``outputs`` of the sample, and ``weights``, its matrix.

    Examples
    --------
    >>> from cnnsim.trace.counts import counts
    >>> steps = counts(kernel_size=3).at("row")
    >>> counts_scene(steps, 3.0, View(800, 560)).matrix("weights").values.shape
    (4, 6)
    """
    trace = steps.trace
    assert isinstance(trace, Counts)
    step = between(steps, position).here
    margin = view.unit * 1.2
    width, height = view.width - 2 * margin, view.height - footer_height(view) - 2 * margin
    upper = Area(margin, margin, width, height * _WIRING_SHARE)
    lower = Area(margin, margin + upper.height, width, height - upper.height)
    told = (Term("Say it first.", Role.MUTED),) if view.hidden else note(trace, step)
    lines = (narration(trace, step), symbolic(step), (formula(step, view.hidden),), told)
    items: tuple[Item, ...] = (
        *wiring_items(trace.layer, step.connection, view, upper),
        *_table(trace, step, view, lower),
        *footer(view, *lines),
    )
    return Drawing(view.width, view.height, items)


def _table(trace: Counts, step: CountStep, view: View, area: Area) -> Iterator[Label]:
    """Write headings, names and counts as large as there is room for; what has not been counted yet is a dot."""
    names = [row_words(trace.layer, connection) for connection in trace.connections]
    counted = [
        [count_words(trace.value(connection, quantity), quantity) for quantity in QUANTITIES]
        for connection in trace.connections
    ]
    columns = [
        [HEADINGS[quantity], *column] for quantity, column in zip(QUANTITIES, zip(*counted, strict=True), strict=True)
    ]
    widths = [max(text_width(words, 1.0, bold=True) for words in column) for column in ([*names], *columns)]
    needed = sum(widths) + _COLUMN_GAP * len(columns)
    size = min(view.unit, area.width / needed, area.height / ((len(names) + 1) * _LINE))
    left = area.x + (area.width - needed * size) / 2
    ends = [left + (sum(widths[: number + 1]) + _COLUMN_GAP * number) * size for number in range(len(widths))]
    for row in range(len(names) + 1):
        y = area.y + (row + 0.5) * _LINE * size
        if row:
            current = trace.connections[row - 1] == step.connection
            yield Label(names[row - 1], left, y, size, Role.TEXT if current else Role.MUTED, bold=current)
        for number, column in enumerate(columns):
            hidden = view.hidden and (row - 1) * len(columns) + number == step.index
            yield _entry(step, row - 1, number, "?" if hidden else column[row], ends[number + 1], y, size)


def _entry(step: CountStep, row: int, number: int, words: str, end: float, y: float, size: float) -> Label:
    place = row * len(QUANTITIES) + number
    if row < 0:
        return Label(words, end, y, size, Role.MUTED, bold=number == step.index % len(QUANTITIES), anchor="end")
    if place > step.index:
        return Label("·", end, y, size, Role.MUTED, anchor="end")
    now = place == step.index
    return Label(words, end, y, size, Role.KERNEL if now else Role.TEXT, bold=now, anchor="end")
