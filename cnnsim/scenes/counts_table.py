"""The table of counts: a row for each kind of connection, every count a cell that can be pointed at."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Cell, CellState, Item, Label, Role, Table, Tint
from cnnsim.scenes.counts_words import HEADINGS, count_words, row_words
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.looking import looked_at_mark
from cnnsim.trace.counts import QUANTITIES, Counts, CountStep, Quantity
from cnnsim.typography import text_width

TABLE = "counts"
"""Name of the table."""
_COLUMN_GAP = 1.0  # of the text size
_LINE = 1.7  # of the text size
_PARTS: Mapping[Quantity, tuple[Quantity, ...]] = {
    "parameters": ("weights", "biases"),
    "parameter bytes": ("parameters",),
    "activation bytes": ("inputs", "outputs"),
}
"""Counts of the same row that a count is made of."""


def count_cell(step: CountStep) -> Cell:
    """Return the cell of the table that shows a count.

    Examples
    --------
    >>> from cnnsim.trace.counts import counts
    >>> count_cell(counts()[10])
    Cell(matrix='counts', row=1, col=2)
    """
    return Cell(TABLE, *divmod(step.index, len(QUANTITIES)))


def count_at(trace: Counts, cell: Cell | None) -> CountStep | None:
    """Return the count that a cell of the picture shows, or None.

    Examples
    --------
    >>> from cnnsim.trace.counts import counts
    >>> count_at(counts(), Cell("counts", 3, 4)).value, count_at(counts(), Cell("weights", 0, 0))
    (208, None)
    """
    if cell is None or cell.matrix != TABLE or cell.row >= len(trace.connections):
        return None
    return trace[cell.row * len(QUANTITIES) + cell.col]


def table_items(trace: Counts, here: CountStep, explained: CountStep, view: View, area: Area) -> tuple[Item, ...]:
    """Write headings, names and counts as large as there is room for; what has not been counted yet is a dot.

    Parameters
    ----------
    trace
        The counts.
    here, explained
        The present count, and the one that the formula tells of.
    view, area
        How the table is looked at, and where it stands.
    """
    names = [row_words(trace.layer, connection) for connection in trace.connections]
    columns = [_column(trace, quantity) for quantity in QUANTITIES]
    widths = [max(text_width(words, 1.0, bold=True) for words in column) for column in ([*names], *columns)]
    needed = sum(widths) + _COLUMN_GAP * len(columns)
    size = min(view.unit, area.width / needed, area.height / ((len(names) + 1) * _LINE))
    left, gap, line = area.x + (area.width - needed * size) / 2, _COLUMN_GAP * size, _LINE * size
    ends = left + np.cumsum(widths) * size + np.arange(len(widths)) * gap
    first = float(ends[0] + gap / 2)
    edges = tuple((ends + gap / 2 - first).tolist())
    table = Table(
        TABLE,
        trace.output,
        first,
        area.y + line,
        line,
        Role.OUTPUT,
        states=_states(trace, here, hidden=view.hidden),
        tints=_parts(trace, view),
        edges=edges,
    )
    marks = [
        mark for cell in (view.looked_at, view.pointed_at) if cell for mark in looked_at_mark(cell, {TABLE: table})
    ]
    labels = (
        *_names(names, explained, left, table, size),
        *_entries(columns, here, explained, table, size, view.hidden),
    )
    return (table, *labels, *marks)


def _column(trace: Counts, quantity: Quantity) -> list[str]:
    """Return the heading of a column, then its counts."""
    return [
        HEADINGS[quantity],
        *(count_words(trace.value(connection, quantity), quantity) for connection in trace.connections),
    ]


def _states(trace: Counts, here: CountStep, *, hidden: bool) -> NDArray[np.uint8]:
    states = np.full(len(trace), CellState.EMPTY, np.uint8)
    states[: here.index + (not hidden)] = CellState.NORMAL
    return states.reshape(-1, len(QUANTITIES))


def _parts(trace: Counts, view: View) -> tuple[Tint, ...]:
    """Light up what the count that is looked at is made of."""
    step = count_at(trace, view.looked_at)
    parts = () if step is None else _PARTS.get(step.quantity, ())
    if step is None or not parts:
        return ()
    mask = np.zeros((len(trace.connections), len(QUANTITIES)), np.bool_)
    mask[count_cell(step).row, [QUANTITIES.index(part) for part in parts]] = True
    return (Tint(mask, Role.OUTPUT),)


def _names(names: list[str], explained: CountStep, left: float, table: Table, size: float) -> Iterator[Label]:
    for row, name in enumerate(names):
        current = row == count_cell(explained).row
        y = table.y + (row + 0.5) * table.cell
        yield Label(name, left, y, size, Role.TEXT if current else Role.MUTED, bold=current)


def _entries(
    columns: list[list[str]], here: CountStep, explained: CountStep, table: Table, size: float, hidden: bool
) -> Iterator[Label]:
    """Write headings and counts, each to the right end of its column."""
    gap = _COLUMN_GAP * size / 2
    for col, (heading, *counted) in enumerate(columns):
        end = table.x + table.edges[col + 1] - gap
        y = table.y - table.cell / 2
        yield Label(heading, end, y, size, Role.MUTED, bold=col == count_cell(explained).col, anchor="end")
        for row, words in enumerate(counted):
            place, y = row * len(columns) + col, table.y + (row + 0.5) * table.cell
            if place > here.index:
                yield Label("·", end, y, size, Role.MUTED, anchor="end")
            elif place == here.index:
                yield Label("?" if hidden else words, end, y, size, Role.KERNEL, bold=True, anchor="end")
            else:
                yield Label(words, end, y, size, Role.TEXT, anchor="end")
