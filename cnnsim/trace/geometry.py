"""Where windows stand along an axis, shared by every operation that slides one over a grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.trace.checks import Array, checked_integers, checked_pair

PaddingMode = Literal["zeros", "replicate", "reflect", "circular"]
PADDING_MODES: tuple[PaddingMode, ...] = ("zeros", "replicate", "reflect", "circular")

Pair = int | tuple[int, int]
Padding = int | str | tuple[int, ...]
_NUMPY_MODES = {"zeros": "constant", "replicate": "edge", "reflect": "reflect", "circular": "wrap"}
OUTSIDE = -1
"""Source of a padding cell that repeats no cell of the input."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Windows along one axis: places are counted in the padded input, window i begins at i·stride.

    Parameters
    ----------
    n
        Cells of the input.
    size
        Cells of the window.
    stride
        Cells from one window to the next.
    before, after
        Cells of padding at either end.
    dilation
        Distance of neighbouring cells of the window in the input.
    most
        Windows at most, where fewer are wanted than fit; None for all that fit.
    """

    n: int
    size: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    most: int | None = None

    @property
    def padded(self) -> int:
        """Cells with padding."""
        return self.n + self.before + self.after

    @property
    def extent(self) -> int:
        """Cells from the first to the last that a window sees."""
        return self.dilation * (self.size - 1) + 1

    @property
    def windows(self) -> int:
        """⌊(n + p − d(k − 1) − 1)/s⌋ + 1, unless there are to be fewer."""
        fitting = (self.padded - self.extent) // self.stride + 1
        return fitting if self.most is None else min(fitting, self.most)

    @property
    def unread(self) -> int:
        """How many last cells of the padded input no window reaches."""
        return self.padded - ((self.windows - 1) * self.stride + self.extent)

    def place(self, window: int, within: int) -> int:
        """Place in the padded input of a cell of a window."""
        return window * self.stride + within * self.dilation

    def seen_by(self, within: int) -> slice:
        """Places in the padded input that one cell of the window meets, window after window."""
        first = within * self.dilation
        return slice(first, first + (self.windows - 1) * self.stride + 1, self.stride)

    def covered(self) -> NDArray[np.bool_]:
        """(padded,); True where some window has a cell."""
        covered = np.zeros(self.padded, np.bool_)
        for within in range(self.size):
            covered[self.seen_by(within)] = True
        return covered

    def sources(self, mode: PaddingMode) -> NDArray[np.intp]:
        """(padded,); which cell of the input each place shows, `OUTSIDE` for a zero."""
        cells = np.arange(self.n)
        if mode == "zeros":
            return np.pad(cells, (self.before, self.after), constant_values=OUTSIDE)
        return np.pad(cells, (self.before, self.after), mode=_NUMPY_MODES[mode])  # type: ignore[call-overload,no-any-return]

    def seen(self, mode: PaddingMode) -> NDArray[np.intp]:
        """(windows, size); which cell of the input each cell of each window shows, `OUTSIDE` for a zero."""
        window, within = np.indices((self.windows, self.size))
        return np.asarray(self.sources(mode)[window * self.stride + within * self.dilation], dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Geometry:
    """Windows over the rows and over the columns of an input."""

    rows: Axis
    cols: Axis
    mode: PaddingMode = "zeros"

    @property
    def input_shape(self) -> tuple[int, int]:
        """Shape of a map of the input."""
        return self.rows.n, self.cols.n

    @property
    def padded_shape(self) -> tuple[int, int]:
        """Shape of a map of the padded input."""
        return self.rows.padded, self.cols.padded

    @property
    def window_shape(self) -> tuple[int, int]:
        """Shape of a window."""
        return self.rows.size, self.cols.size

    @property
    def output_shape(self) -> tuple[int, int]:
        """Shape of a map of the output."""
        return self.rows.windows, self.cols.windows

    def covered(self) -> NDArray[np.bool_]:
        """Padded shape; True where some window has a cell."""
        return np.logical_and.outer(self.rows.covered(), self.cols.covered())

    def padded(self, maps: Array) -> Array:
        """(C, H, W) with the padding filled as the mode says."""
        widths = ((0, 0), (self.rows.before, self.rows.after), (self.cols.before, self.cols.after))
        return np.asarray(np.pad(maps, widths, mode=_NUMPY_MODES[self.mode]), dtype=np.float64)  # type: ignore[call-overload]

    def window(self, padded: Array, row: int, col: int) -> Array:
        """Values of one window in every map: (C, size, size); a view."""
        top, left = row * self.rows.stride, col * self.cols.stride
        return padded[
            :, top : top + self.rows.extent : self.rows.dilation, left : left + self.cols.extent : self.cols.dilation
        ]

    def seen(self) -> NDArray[np.intp]:
        """Number in its map of the input cell that each cell of each window shows, H·W for a zero: (H', kh, W', kw)."""
        rows = self.rows.seen(self.mode)[:, :, None, None]
        cols = self.cols.seen(self.mode)
        zero = self.rows.n * self.cols.n
        return np.where((rows == OUTSIDE) | (cols == OUTSIDE), zero, rows * self.cols.n + cols)

    def place(self, row: int, col: int, r: int, c: int) -> tuple[int, int]:
        """Place in the padded input of cell (r, c) of window (row, col)."""
        return self.rows.place(row, r), self.cols.place(col, c)


def checked_geometry(
    input_shape: tuple[int, int],
    size: tuple[int, int],
    size_name: str,
    *,
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int, int, int] = (0, 0, 0, 0),
    dilation: tuple[int, int] = (1, 1),
    mode: str = "zeros",
) -> Geometry:
    """Return the geometry, or raise `InputError` if no window fits; padding is top, bottom, left, right."""
    for argument, values, least in (
        (size_name, size, 1),
        ("stride", stride, 1),
        ("padding", padding, 0),
        ("dilation", dilation, 1),
    ):
        _check_least(argument, values, least)
    known = next((known for known in PADDING_MODES if known == mode), None)
    if known is None:
        raise InputError("padding_mode", mode, "is unknown", f"choose one of {', '.join(PADDING_MODES)}")
    rows = Axis(input_shape[0], size[0], stride[0], padding[0], padding[1], dilation[0])
    cols = Axis(input_shape[1], size[1], stride[1], padding[2], padding[3], dilation[1])
    for axis in (rows, cols):
        _check_axis(axis, size_name, known)
    return Geometry(rows, cols, known)


def _check_least(argument: str, values: Sequence[int], least: int) -> None:
    for value in values:
        if value < least:
            raise InputError(argument, value, f"is less than {least}", f"use {least} or more")


def _check_axis(axis: Axis, size_name: str, mode: PaddingMode) -> None:
    widest = max(axis.before, axis.after)
    if (mode == "reflect" and widest >= axis.n) or (mode == "circular" and widest > axis.n):
        most = axis.n - 1 if mode == "reflect" else axis.n
        raise InputError("padding", widest, f"is too wide for {mode} padding of {axis.n} cells", f"use at most {most}")
    if axis.extent > axis.padded:
        spread = f" (spread over {axis.extent} cells by dilation={axis.dilation})" if axis.dilation > 1 else ""
        raise InputError(
            size_name,
            f"{axis.size}{spread}",
            f"is larger than the padded input ({axis.padded})",
            f"use a size of at most {(axis.padded - 1) // axis.dilation + 1}, a larger input, or more padding",
        )


def named_geometry(
    input_shape: tuple[int, ...], size: tuple[int, ...], stride: Pair, padding: Padding, dilation: Pair, mode: str
) -> Geometry:
    """Return where the windows of a convolution stand, whose padding may be ``"same"`` or ``"valid"``.

    Examples
    --------
    >>> named_geometry((5, 7), (3, 3), 1, "same", 1, "zeros").output_shape
    (5, 7)
    """
    (height, width), (rows, cols) = input_shape, size
    strides, dilations = checked_pair("stride", stride), checked_pair("dilation", dilation)
    sides = _sides(padding, size, strides, dilations)
    return checked_geometry(
        (height, width), (rows, cols), "kernel_size", stride=strides, padding=sides, dilation=dilations, mode=mode
    )


def _sides(
    padding: Padding, size: tuple[int, ...], stride: tuple[int, int], dilation: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Top, bottom, left, right."""
    if padding == "valid":
        return 0, 0, 0, 0
    if padding == "same":
        if stride != (1, 1):
            raise InputError("padding", "same", f"does not go with stride={max(stride)}", "use stride=1, or a number")
        rows, cols = (d * (k - 1) for k, d in zip(size, dilation, strict=True))
        return rows // 2, rows - rows // 2, cols // 2, cols - cols // 2
    if isinstance(padding, str):
        raise InputError("padding", padding, "is unknown", "use a number, 'valid' or 'same'")
    numbers = checked_integers("padding", padding, 1, 2, 4)
    if len(numbers) == 4:
        top, bottom, left, right = numbers
        return top, bottom, left, right
    return numbers[0], numbers[0], numbers[-1], numbers[-1]
