"""The numbers in the cells of a matrix: how they are written, how large, and in which colour."""

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Matrix
from cnnsim.painting.grids import Numbers
from cnnsim.painting.theme import Theme
from cnnsim.typography import format_compact, format_number, text_width

_SHARE, _SMALL_SHARE = 0.42, 0.62  # of a cell's side, of a roomy cell and of a small one
_ROOMY, _SMALL = 28.0, 14.0  # pixels
_WIDEST = 0.84  # of a cell's side
_CRAMPED = 0.2  # of a cell's side, the smallest size for exact numbers
_SMALLEST = 6.5  # pixels, below which a number is left out

Written = tuple[tuple[str, ...], NDArray[np.intp], float]
"""Every text that occurs, the number of each cell's text, and the size."""


def cell_numbers(matrix: Matrix, theme: Theme, colours: NDArray[np.uint8]) -> Numbers | None:
    """Return the numbers in the cells, on tiles of these colours (rows, cols, 3); None where they would be too small.

    Exact numbers are written as long as they can be read, else shorter ones, all of one matrix in one size.
    """
    values = np.ascontiguousarray(matrix.values, dtype=np.float64)
    written = _written(values.tobytes(), matrix.digits, matrix.cell)
    if written is None:
        return None
    words, which, size = written
    states = np.zeros(values.shape, np.uint8) if matrix.states is None else matrix.states
    quiet = (states == CellState.PADDING) | (states == CellState.UNREACHED) | (states == CellState.INSERTED)
    shade = np.where(quiet, 2, theme.dark(colours)).astype(np.uint8)
    shown = (states != CellState.EMPTY) & ~np.isnan(values)
    palette = (theme.on_light, theme.on_dark, theme.muted)
    return Numbers(matrix.x, matrix.y, matrix.cell, size, words, which.reshape(values.shape), palette, shade, shown)


@lru_cache(maxsize=64)
def _written(values: bytes, digits: int | None, cell: float) -> Written | None:
    """Write float64 numbers; remembered, since most matrices are the same from frame to frame."""
    different, which = np.unique(np.frombuffer(values), return_inverse=True)
    numbers = different[~np.isnan(different)].tolist()
    words = _fitting(numbers, lambda value: format_number(value, digits), cell, max(_SMALLEST, cell * _CRAMPED))
    if words is None:
        words = _fitting(numbers, format_compact, cell, _SMALLEST)
    if words is None:
        return None
    return (*words, "?"), which, _size(words, cell)


def _fitting(numbers: list[float], write: Callable[[float], str], cell: float, least: float) -> tuple[str, ...] | None:
    """Write all numbers; None as soon as one of them would be smaller than the least size."""
    words = []
    for number in numbers:
        words.append(write(number))
        if _size(words[-1:], cell) < least:
            return None
    return tuple(words)


def _size(words: Iterable[str], cell: float) -> float:
    """Size at which the widest number fits its cell: in small cells it takes a larger share."""
    small = min(max((_ROOMY - cell) / (_ROOMY - _SMALL), 0.0), 1.0)
    size = cell * (_SHARE + (_SMALL_SHARE - _SHARE) * small)
    widest = max((text_width(number, size) for number in words), default=0.0)
    return size * min(1.0, cell * _WIDEST / widest) if widest else size
