"""A matrix as tiles with numbers, a caption above and an outline in the colour of its role."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Matrix, Role
from cnnsim.painting.primitives import Colour, Pixels, Polyline, Primitive, Rect
from cnnsim.painting.theme import Theme
from cnnsim.painting.tints import lower_outlines, tinted
from cnnsim.painting.words import text
from cnnsim.typography import format_compact, format_number, text_width

_NUMBER_SHARE = 0.42  # of a cell's side
_WIDEST_NUMBER = 0.84  # of a cell's side
_CRAMPED = 0.2  # of a cell's side, the smallest size for exact numbers
_SMALLEST_TEXT = 6.5  # pixels, below which a number is left out
_SMALLEST_GAPS = 9.0  # pixels, below which tiles touch
_CAPTION_GAP = 0.95  # of the text size, from the grid up to the caption's middle


def lower_matrix(matrix: Matrix, theme: Theme) -> Iterator[Primitive]:
    """Yield the primitives of one matrix."""
    colours = _tile_colours(matrix, theme)
    yield Pixels(matrix.x, matrix.y, matrix.width, matrix.height, colours)
    yield from _hatching(matrix, theme)
    if matrix.cell >= _SMALLEST_GAPS:
        yield from _gaps(matrix, theme)
    yield from _highlights(matrix, theme)
    yield from lower_outlines(matrix, theme)
    if matrix.numbers:
        yield from _numbers(matrix, theme, colours)
    yield from _captions(matrix, theme)
    yield from _side_labels(matrix, theme)


def _states(matrix: Matrix) -> NDArray[np.uint8]:
    return np.zeros(matrix.values.shape, np.uint8) if matrix.states is None else matrix.states


def _tile_colours(matrix: Matrix, theme: Theme) -> NDArray[np.uint8]:
    """(rows, cols, 3) colours of the tiles."""
    if matrix.scale is None:
        colours = np.broadcast_to(np.array(theme.empty[:3], np.uint8), (*matrix.values.shape, 3)).copy()
    else:
        colours = theme.cell_colours(matrix.values, matrix.scale)
    if matrix.states is not None:
        colours[matrix.states == CellState.EMPTY] = theme.empty[:3]
        colours[matrix.states == CellState.PADDING] = theme.padding[:3]
    return tinted(colours, matrix, theme)


def _hatching(matrix: Matrix, theme: Theme) -> Iterator[Polyline]:
    """Strike through the cells that no window reaches."""
    if matrix.states is None:
        return
    red, green, blue, _ = theme.muted
    for row, col in np.argwhere(_states(matrix) == CellState.UNREACHED):
        left, top = matrix.x + col * matrix.cell, matrix.y + row * matrix.cell
        for start, end in (((0, 0.5), (0.5, 0)), ((0, 1), (1, 0)), ((0.5, 1), (1, 0.5))):
            ends = tuple((left + x * matrix.cell, top + y * matrix.cell) for x, y in (start, end))
            yield Polyline(ends, (red, green, blue, 110), max(1.0, matrix.cell * 0.03))


def _gaps(matrix: Matrix, theme: Theme) -> Iterator[Polyline]:
    thickness = max(1.0, round(matrix.cell * 0.04))
    right, bottom = matrix.x + matrix.width, matrix.y + matrix.height
    rows, cols = matrix.values.shape
    for row in range(1, rows):
        y = matrix.y + row * matrix.cell
        yield Polyline(((matrix.x, y), (right, y)), theme.background, thickness)
    for col in range(1, cols):
        x = matrix.x + col * matrix.cell
        yield Polyline(((x, matrix.y), (x, bottom)), theme.background, thickness)


def _highlights(matrix: Matrix, theme: Theme) -> Iterator[Rect]:
    inset = max(1.0, matrix.cell * 0.05)
    for mark in matrix.highlights:
        yield Rect(
            matrix.x + mark.col * matrix.cell + inset,
            matrix.y + mark.row * matrix.cell + inset,
            matrix.cell - 2 * inset,
            matrix.cell - 2 * inset,
            fill=theme.role(mark.role, 0.16 * mark.strength),
            stroke=theme.role(mark.role, mark.strength),
            thickness=max(1.5, matrix.cell * 0.05),
            radius=matrix.cell * 0.12,
        )


def _numbers(matrix: Matrix, theme: Theme, colours: NDArray[np.uint8]) -> Iterator[Primitive]:
    states = _states(matrix)
    places = [(int(row), int(col)) for row, col in np.argwhere(states != CellState.EMPTY)]
    words, size = _fitted([float(matrix.values[place]) for place in places], matrix)
    if size < _SMALLEST_TEXT:
        return
    for (row, col), number in zip(places, words, strict=True):
        colour = _number_colour(int(states[row, col]), colours[row, col], theme)
        x, y = matrix.x + (col + 0.5) * matrix.cell, matrix.y + (row + 0.5) * matrix.cell
        yield text(number, x, y, size, colour, anchor="middle")


def _fitted(values: list[float], matrix: Matrix) -> tuple[list[str], float]:
    """Write all numbers of a matrix in one size that fits; shorter where exact ones would be too small to read."""
    words = [format_number(value, matrix.digits) for value in values]
    size = _number_size(words, matrix.cell)
    if size >= max(_SMALLEST_TEXT, matrix.cell * _CRAMPED):
        return words, size
    compact = [format_compact(value) for value in values]
    return compact, _number_size(compact, matrix.cell)


def _number_size(words: list[str], cell: float) -> float:
    """Size at which the widest number fits its cell."""
    size = cell * _NUMBER_SHARE
    widest = max((text_width(number, size) for number in words), default=0.0)
    return size * min(1.0, cell * _WIDEST_NUMBER / widest) if widest else size


def _number_colour(state: int, tile: NDArray[np.uint8], theme: Theme) -> Colour:
    return theme.muted if state in (CellState.PADDING, CellState.UNREACHED) else theme.text_on(tile)


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
