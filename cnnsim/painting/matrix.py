"""A matrix as tiles with numbers, a caption above and an outline in the colour of its role."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Matrix, Role, Tint
from cnnsim.painting.cell_numbers import cell_numbers
from cnnsim.painting.grids import Boxes, Painted, Tiles
from cnnsim.painting.primitives import Colour, Primitive, Rect
from cnnsim.painting.theme import Theme
from cnnsim.painting.tints import lower_outlines, tinted
from cnnsim.painting.words import text
from cnnsim.typography import text_width

_SMALLEST_GAPS = 9.0  # pixels, below which tiles touch
_STROKE_OPACITY = 110
_MOST_HIGHLIGHTS = 200
_CAPTION_GAP = 0.95  # of the text size, from the grid up to the caption's middle


def lower_matrix(matrix: Matrix, theme: Theme) -> Iterator[Painted]:
    """Yield the primitives of one matrix, its tiles and its numbers as one each."""
    values = _value_colours(matrix, theme)
    yield _tiles(matrix, theme, _tile_colours(matrix, theme, values))
    yield from _highlights(matrix, theme)
    yield from lower_outlines(matrix, theme)
    numbers = cell_numbers(matrix, theme, values) if matrix.numbers else None
    if numbers is not None:
        yield numbers
    yield from _captions(matrix, theme)
    yield from _side_labels(matrix, theme)


def _value_colours(matrix: Matrix, theme: Theme) -> NDArray[np.uint8]:
    """(rows, cols, 3) colours that the values have."""
    if matrix.scale is None:
        return np.broadcast_to(np.array(theme.empty[:3], np.uint8), (*matrix.values.shape, 3))
    return theme.cell_colours(matrix.values, matrix.scale)


def _tile_colours(matrix: Matrix, theme: Theme, values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(rows, cols, 3) colours of the tiles: of the values, unless the state of a cell or a tint says otherwise."""
    colours = values.copy()
    if matrix.states is not None:
        for state, colour in _plain(theme).items():
            there = np.equal(matrix.states, state)
            if there.any():
                np.copyto(colours, np.array(colour[:3], np.uint8), where=there[..., None])
    return tinted(colours, (*matrix.tints, *_many_highlights(matrix)), theme)


def _plain(theme: Theme) -> dict[CellState, Colour]:
    """Colours of cells whose values have none."""
    return {CellState.EMPTY: theme.empty, CellState.PADDING: theme.padding, CellState.INSERTED: theme.empty}


def _many_highlights(matrix: Matrix) -> Iterator[Tint]:
    """Light up whole cells where they are too many, and so too small, for frames of their own."""
    if len(matrix.highlights) <= _MOST_HIGHLIGHTS:
        return
    for role in dict.fromkeys(mark.role for mark in matrix.highlights):
        mask = np.zeros(matrix.values.shape, np.bool_)
        mask[tuple(np.transpose([(mark.row, mark.col) for mark in matrix.highlights if mark.role == role]))] = True
        yield Tint(mask, role)


def _tiles(matrix: Matrix, theme: Theme, colours: NDArray[np.uint8]) -> Tiles:
    """Lay the tiles; those that no window reaches are hatched."""
    hatched = None if matrix.states is None else matrix.states == CellState.UNREACHED
    gap = max(1.0, round(matrix.cell * 0.04)) if matrix.cell >= _SMALLEST_GAPS else 0.0
    strokes = (*theme.muted[:3], _STROKE_OPACITY)
    return Tiles(matrix.x, matrix.y, matrix.cell, colours, gap, theme.background, hatched, strokes)


def _highlights(matrix: Matrix, theme: Theme) -> Iterator[Boxes]:
    if len(matrix.highlights) > _MOST_HIGHLIGHTS:
        return
    alike: dict[tuple[Role, float], list[tuple[int, int]]] = {}
    for mark in matrix.highlights:
        alike.setdefault((mark.role, mark.strength), []).append((mark.row, mark.col))
    for (role, strength), cells in alike.items():
        box = _highlight(matrix.cell, theme.role(role, 0.16 * strength), theme.role(role, strength))
        yield Boxes(matrix.x, matrix.y, matrix.cell, box, tuple(cells))


def _highlight(cell: float, fill: Colour, stroke: Colour) -> Rect:
    inset, side = max(1.0, cell * 0.05), cell - 2 * max(1.0, cell * 0.05)
    return Rect(inset, inset, side, side, fill, stroke, thickness=max(1.5, cell * 0.05), radius=cell * 0.12)


def _captions(matrix: Matrix, theme: Theme) -> Iterator[Primitive]:
    y = matrix.y - matrix.text_size * _CAPTION_GAP
    if matrix.col_labels:
        y -= matrix.text_size * 1.2
    if matrix.caption:
        yield text(matrix.caption, matrix.x, y, matrix.text_size, theme.role(matrix.role), bold=True)
    if matrix.shape:
        start = matrix.x
        if matrix.caption:
            start += text_width(matrix.caption, matrix.text_size, True) + matrix.text_size * 0.5
        yield text(matrix.shape, start, y, matrix.text_size, theme.role(Role.MUTED))


def _side_labels(matrix: Matrix, theme: Theme) -> Iterator[Primitive]:
    size = min(matrix.text_size * 0.85, matrix.cell * 0.6)
    for row, words in enumerate(matrix.row_labels):
        y = matrix.y + (row + 0.5) * matrix.cell
        yield text(words, matrix.x - size * 0.5, y, size, theme.muted, anchor="end")
    for col, words in enumerate(matrix.col_labels):
        x = matrix.x + (col + 0.5) * matrix.cell
        yield text(words, x, matrix.y - size * 0.8, size, theme.muted, anchor="middle")
