"""What belongs to a cell of the equivariance bench that is looked at: where it moved, what it sees, who sees it."""

from collections.abc import Iterator, Mapping

import numpy as np

from cnnsim.drawing import Cell, Frame, Matrix, Role
from cnnsim.scenes.window import box
from cnnsim.trace.equivariance import Equivariance
from cnnsim.trace.equivariance_layer import Layer
from cnnsim.trace.equivariance_moves import Sources
from cnnsim.trace.geometry import OUTSIDE

_LAYERS = (("input", "f(x)"), ("g(x)", "f(g(x))"))
_MOVES = (("input", "g(x)"), ("f(x)", "g(f(x))"))


def belonging(rule: Equivariance, cell: Cell, grids: Mapping[str, Matrix]) -> Iterator[Frame]:
    """Outline the cells that a cell moved to or came from, that it sees, and that see it."""
    yield from _moves(rule, cell, grids)
    kind, _ = _parted(cell.matrix)
    for (seen, seeing), layer in zip(_LAYERS, (rule.of_image, rule.of_moved), strict=True):
        if kind == seeing:
            yield from _outlined(grids, seen, _window(layer, (cell.row, cell.col)))
        elif kind == seen:
            yield from _outlined(grids, seeing, _seeing(layer, cell))
    if kind == "difference":
        place, origin = (0, cell.row, cell.col), rule.feature_place((0, cell.row, cell.col))
        yield from _outlined(grids, "g(x)", _window(rule.of_moved, rule.place(place)[1:]))
        yield from _outlined(grids, "input", [] if origin is None else _window(rule.of_image, origin[1:]))


def _moves(rule: Equivariance, cell: Cell, grids: Mapping[str, Matrix]) -> Iterator[Frame]:
    kind, channel = _parted(cell.matrix)
    sources = (
        rule.move.sources(rule.of_image.convolution.x.shape),
        rule.feature_move.sources(rule.of_image.output.shape),
    )
    for (before, after), table in zip(_MOVES, sources, strict=True):
        if kind == before and cell.matrix in grids:
            width = grids[cell.matrix].values.shape[1]
            moved = [(row, col) for row, col in np.argwhere(table == cell.row * width + cell.col).tolist()]
            yield from _outlined(grids, after + channel, moved)
        elif kind == after:
            yield from _outlined(grids, before + channel, _origin(table, cell, grids.get(before + channel)))


def _window(layer: Layer, place: tuple[int, ...]) -> list[tuple[int, int]]:
    """Cells of the image that a cell of the output sees."""
    rows, cols = layer.seen(*place)
    return [(row, col) for row in rows.tolist() for col in cols.tolist() if OUTSIDE not in (row, col)]


def _origin(table: Sources, cell: Cell, before: Matrix | None) -> list[tuple[int, int]]:
    source = int(table[cell.row, cell.col])
    return [] if source == OUTSIDE or before is None else [divmod(source, before.values.shape[1])]


def _seeing(layer: Layer, cell: Cell) -> list[tuple[int, int]]:
    """Cells of the output that see a cell of the image."""
    rows, cols = layer.output.shape[1:]
    down = [row for row in range(rows) if cell.row in layer.seen(row, 0)[0]]
    right = [col for col in range(cols) if cell.col in layer.seen(0, col)[1]]
    return [(row, col) for row in down for col in right]


def _outlined(grids: Mapping[str, Matrix], name: str, places: list[tuple[int, int]]) -> Iterator[Frame]:
    """Outline cells of the matrix of that name, or of all its channels."""
    for key, grid in grids.items():
        if key == name or _parted(key)[0] == name:
            for row, col in places:
                yield box(grid, row, col, 1, 1, Role.INPUT if name in ("input", "g(x)") else Role.OUTPUT, fill=0.2)


def _parted(name: str) -> tuple[str, str]:
    """Part the name of a matrix from the indices of its slice."""
    kind, bracket, rest = name.partition("[")
    return kind, bracket + rest
