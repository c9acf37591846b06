"""The numbers in the cells of a matrix: how they are written, how large, and in which colour."""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Matrix, Values
from cnnsim.painting.grids import Numbers
from cnnsim.painting.theme import Theme
from cnnsim.typography import format_compact, format_number, text_width

_SHARE, _SMALL_SHARE = 0.42, 0.62  # of a cell's side, of a roomy cell and of a small one
_ROOMY, _SMALL = 28.0, 14.0  # pixels
_WIDEST = 0.84  # of a cell's side
_CRAMPED = 0.2  # of a cell's side, the smallest size for exact numbers
_READABLE = 0.72  # of the size of captions, the smallest size for more than two decimals
_FEWEST_DECIMALS = 2
_SMALLEST = 6.5  # pixels, below which a number is left out

Written = tuple[tuple[str, ...], NDArray[np.intp], float]
"""Every text that occurs, the number of each cell's text, and the size."""
Write = Callable[[float], str]


def cell_numbers(matrix: Matrix, theme: Theme, colours: NDArray[np.uint8]) -> Numbers | None:
    """Return the numbers in the cells, on tiles of these colours (rows, cols, 3); None where they would be too small.

    Exact numbers are written as long as they can be read, else shorter ones, all of one tensor in one size.
    """
    values = matrix.values
    own = _bytes(values)
    alike = own if matrix.alike is None else _bytes(matrix.alike)
    written = _written(own, alike, matrix.digits, matrix.cell, matrix.text_size)
    if written is None:
        return None
    words, which, size = written
    states = np.zeros(values.shape, np.uint8) if matrix.states is None else matrix.states
    quiet = (states == CellState.PADDING) | (states == CellState.UNREACHED) | (states == CellState.INSERTED)
    shade = np.where(quiet, 2, theme.dark(colours)).astype(np.uint8)
    shown = (states != CellState.EMPTY) & ~np.isnan(values)
    palette = (theme.on_light, theme.on_dark, theme.muted)
    return Numbers(matrix.x, matrix.y, matrix.cell, size, words, which.reshape(values.shape), palette, shade, shown)


def _bytes(values: Values) -> bytes:
    return np.ascontiguousarray(values, dtype=np.float64).tobytes()


@lru_cache(maxsize=256)
def _written(values: bytes, alike: bytes, digits: int | None, cell: float, caption: float) -> Written | None:
    """Write float64 numbers; remembered, since most matrices are the same from frame to frame."""
    form = _form(alike, digits, cell, caption)
    if form is None:
        return None
    write, size = form
    different, which = np.unique(np.frombuffer(values), return_inverse=True)
    words = tuple(write(number) for number in different[~np.isnan(different)].tolist())
    return (*words, "?"), which, size


@lru_cache(maxsize=64)
def _form(values: bytes, digits: int | None, cell: float, caption: float) -> tuple[Write, float] | None:
    """Choose how to write numbers in cells of one size: as exactly as can be read; None where nothing can."""
    numbers, _ = np.unique(np.frombuffer(values), return_counts=True)  # without counts it would load numpy.ma
    known = numbers[~np.isnan(numbers)].tolist()
    for write, least in _forms(digits, cell, caption):
        size = _common_size(known, write, cell, least)
        if size is not None:
            return write, size
    return None


def _forms(digits: int | None, cell: float, caption: float) -> Iterator[tuple[Write, float]]:
    """Yield ways to write numbers, from the longest, each with the smallest size that it may have."""
    cramped = max(_SMALLEST, cell * _CRAMPED)
    for fewer in range(digits or 0, _FEWEST_DECIMALS, -1):
        yield partial(format_number, digits=fewer), max(cramped, caption * _READABLE)
    yield partial(format_number, digits=None if digits is None else min(digits, _FEWEST_DECIMALS)), cramped
    yield format_compact, _SMALLEST


def _common_size(numbers: list[float], write: Write, cell: float, least: float) -> float | None:
    """Return the size at which the widest number fits; None as soon as one would be smaller than the least size."""
    common = _size("?", cell)
    for number in numbers:
        common = min(common, _size(write(number), cell))
        if common < least:
            return None
    return common


def _size(words: str, cell: float) -> float:
    """Size at which a number fits its cell: in small cells it takes a larger share."""
    small = min(max((_ROOMY - cell) / (_ROOMY - _SMALL), 0.0), 1.0)
    size = cell * (_SHARE + (_SMALL_SHARE - _SHARE) * small)
    return size * min(1.0, cell * _WIDEST / text_width(words, size))
