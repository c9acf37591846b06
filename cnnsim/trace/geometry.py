"""Where windows stand, shared by every operation that slides one over a grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError

Grid = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Geometry:
    """A square window of `size` cells that moves by `stride` over an input framed by `padding` cells.

    Rows and columns of windows are counted in the padded input: window (i, j) covers rows
    ``i·stride … i·stride + size − 1`` of it.
    """

    input_shape: tuple[int, int]
    size: int
    stride: int
    padding: int

    @property
    def padded_shape(self) -> tuple[int, int]:
        """Shape of the input with its frame of padding."""
        rows, cols = self.input_shape
        return rows + 2 * self.padding, cols + 2 * self.padding

    @property
    def output_shape(self) -> tuple[int, int]:
        """⌊(n + 2p − k)/s⌋ + 1 along both axes."""
        rows, cols = self.padded_shape
        return (rows - self.size) // self.stride + 1, (cols - self.size) // self.stride + 1

    @property
    def unreached(self) -> tuple[int, int]:
        """How many last rows and columns of the padded input no window covers."""
        rows, cols = self.padded_shape
        out_rows, out_cols = self.output_shape
        return (
            rows - ((out_rows - 1) * self.stride + self.size),
            cols - ((out_cols - 1) * self.stride + self.size),
        )

    def covered(self) -> NDArray[np.bool_]:
        """Padded shape; True where at least one window covers the cell."""
        return np.logical_and.outer(*(self._covered_along(axis) for axis in (0, 1)))

    def _covered_along(self, axis: int) -> NDArray[np.bool_]:
        length, windows = self.padded_shape[axis], self.output_shape[axis]
        covered = np.zeros(length, np.bool_)
        for window in range(windows):
            covered[window * self.stride : window * self.stride + self.size] = True
        return covered


def checked_geometry(x: Grid, size: int, stride: int, padding: int, size_name: str) -> Geometry:
    """Return the geometry, or raise `InputError` if no window fits."""
    for argument, value, least in ((size_name, size, 1), ("stride", stride, 1), ("padding", padding, 0)):
        if value < least:
            raise InputError(argument, value, f"is less than {least}", f"use {least} or more")
    geometry = Geometry((x.shape[0], x.shape[1]), size, stride, padding)
    smallest = min(geometry.padded_shape)
    if size > smallest:
        raise InputError(
            size_name,
            size,
            f"is larger than the padded input ({smallest})",
            f"use at most {smallest}, a larger input, or more padding",
        )
    return geometry


def checked_grid(argument: str, values: object) -> Grid:
    """Return `values` as a read-only 2-D float64 array, or raise `InputError`."""
    try:
        grid = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(argument, values, "is no grid of numbers", "give rows of equal length") from error
    if grid.ndim != 2 or grid.size == 0:
        raise InputError(argument, f"array of shape {grid.shape}", "is no grid", "give one or more rows of numbers")
    if not np.isfinite(grid).all():
        raise InputError(argument, grid.tolist(), "has a cell that is not finite", "use ordinary numbers")
    grid.flags.writeable = False
    return grid
