"""What lights up for the cell that is looked at, and which step is explained for it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from math import nan

from cnnsim.drawing import Cell, Frame, Matrix, Term, Tint
from cnnsim.scenes.look import Look
from cnnsim.scenes.marks import tints
from cnnsim.scenes.panels import Column
from cnnsim.scenes.window import box
from cnnsim.trace import Step, sources, uses
from cnnsim.trace.cellwise import Place
from cnnsim.trace.uses import as_places

_PRODUCTS = "products"


def target(look: Look, cell: Cell | None) -> Place | None:
    """Return the cell of the operation's output that a cell of the picture shows, or None.

    Its steps end with ``look.trace.last_step(place)``.

    Examples
    --------
    >>> from cnnsim.scenes.drawn import look_of
    >>> from cnnsim.trace import activation
    >>> look = look_of(activation([[-2, 3]]))
    >>> target(look, Cell("output", 0, 1)), target(look, Cell("input", 0, 1))
    ((0, 0, 1), None)
    """
    return None if cell is None else look.output.shown(cell)


def operand(look: Look, cell: Cell) -> tuple[str, Place] | None:
    """Return the operand that a cell of the picture shows and the place in it, as factors count it, or None.

    Examples
    --------
    >>> from cnnsim.scenes.drawn import look_of
    >>> from cnnsim.trace import activation
    >>> operand(look_of(activation([[-2, 3]])), Cell("input", 0, 1))
    ('input', (0, 0, 1))
    """
    for name, tensor in look.tensors.items():
        place = tensor.shown(cell)
        if place is not None:
            return name, place
    return None


def told(look: Look, here: Step, looked_at: Cell | None) -> Step:
    """Return the step to explain: the last one of the output cell that is looked at, else the present one."""
    place = target(look, looked_at)
    if place is None or place == here.cell:
        return here
    last = look.trace.last_step(place)
    return look.trace[last] if last < here.index else untold(look, look.trace[last])


def untold(look: Look, step: Step) -> Step:
    """Return the step with everything multiplied and nothing added up, for someone who is to say the result."""
    count = len(look.trace.rule.values(step.cell))
    if count and step.contribution is None:
        step = look.trace[look.trace.last_step(step.cell) - len(look.trace.rule.endings)]
    return replace(step, number=count, so_far=nan, value=None, y=None)


def columns(look: Look, here: Step, explained: Step) -> Sequence[Column]:
    """Return the matrices of the explained step, but tensors as they are at the present one."""
    shown = look.columns(explained)
    if explained is here:
        return shown
    tensors = (look.output, *look.tensors.values())
    now = {
        panel.name: panel
        for column in look.columns(here)
        for row in column
        for panel in row
        if any(tensor.lead(panel.name) is not None for tensor in tensors)
    }
    return [tuple(tuple(now.get(panel.name, panel) for panel in row) for row in column) for column in shown]


def lit(look: Look, looked_at: Cell, explained: Step, matrices: Sequence[Matrix]) -> tuple[Matrix, ...]:
    """Return the matrices with all that belongs to the cell lit up."""
    grids = {matrix.name: matrix for matrix in matrices}
    found: dict[str, list[Tint]] = {}
    for name, tint in _belonging(look, looked_at, explained, grids):
        found.setdefault(name, []).append(tint)
    return tuple(replace(matrix, tints=(*matrix.tints, *found.get(matrix.name, ()))) for matrix in matrices)


def looked_at_mark(looked_at: Cell, grids: Mapping[str, Matrix]) -> tuple[Frame, ...]:
    """Return a frame around the cell that is looked at; none where a pinned cell is no longer there."""
    grid = grids.get(looked_at.matrix)
    if grid is None or looked_at.row >= grid.values.shape[0] or looked_at.col >= grid.values.shape[1]:
        return ()
    return (box(grid, looked_at.row, looked_at.col, 1, 1, grid.role),)


def standing_out(terms: tuple[Term, ...], cells: Collection[Cell]) -> tuple[Term, ...]:
    """Underline the terms of cells, which moves none of them away from under the pointer."""
    return tuple(replace(term, underlined=True) if term.cell in cells else term for term in terms)


def _belonging(look: Look, cell: Cell, explained: Step, grids: Mapping[str, Matrix]) -> Iterator[tuple[str, Tint]]:
    place, used = target(look, cell), operand(look, cell)
    if place is not None:
        for name, places in sources(look.trace.rule, place).items():
            if name in look.tensors:
                yield from tints(look.tensors[name], places, look.output.role, grids)
    elif used is not None:
        found = uses(look.trace.rule, *used)
        role = look.tensors[used[0]].role
        yield from tints(look.output, found.cells, role, grids)
        for name, places in found.partners.items():
            if name in look.tensors:
                yield from tints(look.tensors[name], places, role, grids)
    else:
        yield from _factors(look, cell, explained, grids)


def _factors(look: Look, cell: Cell, explained: Step, grids: Mapping[str, Matrix]) -> Iterator[tuple[str, Tint]]:
    """Yield the factors of the product that is looked at."""
    number = _product(cell, grids)
    if number is None or number >= len(look.trace.rule.values(explained.cell)):
        return
    for part in look.trace.rule.contribution(explained.cell, number).factors:
        if part.place is not None and part.operand in look.tensors:
            tensor = look.tensors[part.operand]
            yield from tints(tensor, as_places([part.place]), tensor.role, grids)


def _product(cell: Cell, grids: Mapping[str, Matrix]) -> int | None:
    """Number of the contribution that a cell of the products shows: they stand in the order of the steps."""
    before = 0
    for name, grid in grids.items():
        if name == cell.matrix and name.startswith(_PRODUCTS):
            return before + cell.row * int(grid.values.shape[1]) + cell.col
        before += int(grid.values.size) * name.startswith(_PRODUCTS)
    return None
