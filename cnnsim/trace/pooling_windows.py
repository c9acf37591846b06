"""Where the windows of a pooling stand, and which cells of theirs count: of one size, or dividing any input."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.trace.geometry import Axis, Geometry, checked_geometry

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """The cells that each window takes along one axis: `sizes[i]` neighbours from `firsts[i]` on, in the padded input.

    Parameters
    ----------
    n
        Cells of the input.
    before, after
        Cells around it, whether or not they count.
    firsts, sizes
        (windows,).
    """

    n: int
    before: int
    after: int
    firsts: Indices
    sizes: Indices

    @property
    def windows(self) -> int:
        """How many windows there are."""
        return len(self.firsts)

    @property
    def widest(self) -> int:
        """Cells of the largest window."""
        return int(self.sizes.max())

    @property
    def padded(self) -> int:
        """Cells with those around them."""
        return self.before + self.n + self.after

    def of(self, window: int) -> slice:
        """Places of one window in the padded input."""
        first = int(self.firsts[window])
        return slice(first, first + int(self.sizes[window]))

    def places(self) -> tuple[Indices, NDArray[np.bool_]]:
        """Places of every window, and which are real: two (windows, widest) arrays; smaller windows repeat a place."""
        within = np.arange(self.widest)
        real = within < self.sizes[:, None]
        return self.firsts[:, None] + np.where(real, within, 0), real

    def counted(self) -> NDArray[np.bool_]:
        """Which cells of the padded input count where a window takes them: (padded,)."""
        places = np.arange(self.padded)
        return np.asarray((places >= self.firsts[0]) & (places < self.firsts[-1] + self.sizes[-1]), dtype=np.bool_)

    def coverage(self) -> Indices:
        """How many windows take each cell of the padded input: (padded,)."""
        places, real = self.places()
        return np.bincount(places[real], minlength=self.padded)

    def counts(self) -> Indices:
        """How many windows take each cell of the input: (n,)."""
        return self.coverage()[self.before : self.before + self.n]

    def over(self, place: int) -> Indices:
        """Windows that take a cell of the padded input: neighbours, since no window ends before the one before it."""
        return np.arange(int(self.first_over(np.array(place))), int(np.searchsorted(self.firsts, place, side="right")))

    def first_over(self, places: Indices) -> Indices:
        """The first window that takes each of these cells, or a later one if none does."""
        return np.asarray(np.searchsorted(self.firsts + self.sizes, places, side="right"), dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Windows over the rows and over the columns of a map.

    Parameters
    ----------
    rows, cols
        Which cells count for each window.
    geometry
        Where windows of one size stand, with all that they reach over; None where they divide the input.
    ceil_mode
        Whether the last may stick out.
    """

    rows: Spans
    cols: Spans
    geometry: Geometry | None
    ceil_mode: bool = False

    @property
    def output_shape(self) -> tuple[int, int]:
        """How many windows there are, along both axes."""
        return self.rows.windows, self.cols.windows

    @property
    def largest(self) -> tuple[int, int]:
        """Most rows and most columns that count for a window."""
        return self.rows.widest, self.cols.widest

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """Cells around the input: top, bottom, left, right."""
        return self.rows.before, self.rows.after, self.cols.before, self.cols.after

    @property
    def counts(self) -> Indices:
        """How many cells count for each window: (H', W')."""
        return np.multiply.outer(self.rows.sizes, self.cols.sizes)

    @property
    def overlap(self) -> bool:
        """Whether some cell counts for more than one window."""
        return bool(max(self.rows.coverage().max(), self.cols.coverage().max()) > 1)

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Which cells of the padded input count where a window takes them."""
        return np.logical_and.outer(self.rows.counted(), self.cols.counted())

    def at_once(self) -> tuple[Indices, NDArray[np.bool_]]:
        """Numbers in the padded map of the values of every window, and which are real.

        Both are (H', rows, W', columns), with as many rows and columns as the largest window.
        """
        (rows, real_rows), (cols, real_cols) = self.rows.places(), self.cols.places()
        return rows[:, :, None, None] * self.cols.padded + cols, np.logical_and.outer(real_rows, real_cols)

    def in_turn(self) -> Iterator[tuple[tuple[int, int], tuple[slice, slice, slice]]]:
        """Yield the places in a window of a grid of windows, and where in padded maps all windows have that place.

        Where a window sticks out it has places that do not count, too.
        """
        assert self.geometry is not None
        rows, cols = self.geometry.rows, self.geometry.cols
        for r, t in np.ndindex(rows.size, cols.size):
            yield (r, t), (slice(None), rows.seen_by(r), cols.seen_by(t))

    def coverage(self) -> Indices:
        """How many windows take each cell of the padded input."""
        return np.multiply.outer(self.rows.coverage(), self.cols.coverage())

    def box(self, row: int, col: int) -> tuple[int, int, int, int]:
        """Row, column, rows and columns in the padded input of a window, with all that it reaches over."""
        if self.geometry is None:
            rows, cols = self.rows.of(row), self.cols.of(col)
            return rows.start, cols.start, rows.stop - rows.start, cols.stop - cols.start
        return *self.geometry.place(row, col, 0, 0), *self.geometry.window_shape


def sliding_windows(
    input_shape: tuple[int, int],
    size: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
    *,
    ceil_mode: bool,
    padding_counts: bool,
) -> Windows:
    """Return windows of one size at one distance; with `ceil_mode` the last may stick out, and nothing there counts.

    Examples
    --------
    >>> windows = sliding_windows((1, 5), (1, 2), (1, 2), (0, 0), ceil_mode=True, padding_counts=True)
    >>> windows.cols.firsts.tolist(), windows.cols.sizes.tolist(), windows.frame
    ([0, 2, 4], [2, 2, 1], (0, 0, 0, 1))
    """
    for wide, cells in zip(padding, size, strict=True):
        if 2 * wide > cells:
            rule = f"is more than half of window={cells}"
            raise InputError("padding", wide, rule, "a window would see nothing but padding; use less")
    top, left = padding
    floor = checked_geometry(input_shape, size, "window", stride=stride, padding=(top, top, left, left))
    rows, cols = (_reaching(axis) if ceil_mode else axis for axis in (floor.rows, floor.cols))
    return Windows(_counted(rows, padding_counts), _counted(cols, padding_counts), Geometry(rows, cols), ceil_mode)


def adaptive_windows(input_shape: tuple[int, int], output_size: tuple[int, int]) -> Windows:
    """Return windows that divide an input as evenly as possible: window i of m runs from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉ − 1.

    Examples
    --------
    >>> windows = adaptive_windows((4, 5), (2, 2))
    >>> windows.cols.firsts.tolist(), windows.cols.sizes.tolist()
    ([0, 2], [3, 3])
    """
    rows, cols = (_divided(n, m) for n, m in zip(input_shape, output_size, strict=True))
    return Windows(rows, cols, None)


def _reaching(axis: Axis) -> Axis:
    """The axis with one more window where cells are left over, unless it would begin in the padding after them."""
    last = -(-(axis.padded - axis.extent) // axis.stride)
    if last * axis.stride >= axis.n + axis.before:
        last -= 1
    return replace(axis, after=max(axis.after, last * axis.stride + axis.extent - axis.n - axis.before))


def _counted(axis: Axis, padding_counts: bool) -> Spans:
    """What of each window counts: the input, and the padding (as wide after it as before) if that does."""
    padding = axis.before if padding_counts else 0
    starts = np.arange(axis.windows) * axis.stride
    firsts = np.maximum(starts, axis.before - padding)
    stops = np.minimum(starts + axis.size, axis.before + axis.n + padding)
    return Spans(axis.n, axis.before, axis.after, firsts, stops - firsts)


def _divided(n: int, m: int) -> Spans:
    window = np.arange(m)
    firsts = window * n // m
    return Spans(n, 0, 0, firsts, -(-(window + 1) * n // m) - firsts)
