"""Pooling, one look at a time."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.trace.geometry import Geometry, Grid, checked_geometry, checked_grid
from cnnsim.trace.grain import Grain, GrainView, check_index

Mode = Literal["max", "average"]
MODES: tuple[Mode, ...] = ("max", "average")


@dataclass(frozen=True, slots=True)
class PoolingStep:
    """What happens at one step.

    Parameters
    ----------
    index
        Number of the step in its trace.
    kind
        ``"look"`` (one more value of the window) or ``"result"`` (the cell is finished).
    row, col
        Output cell that is being computed.
    x_row, x_col, x
        The input cell looked at and its value; None at a result.
    so_far
        Largest value so far, or the sum so far.
    winner_row, winner_col
        Input cell of the largest value so far, the first in reading order among equals; None for the average.
    y
        The finished cell; None before the result.
    """

    index: int
    kind: Literal["look", "result"]
    row: int
    col: int
    x_row: int | None
    x_col: int | None
    x: float | None
    so_far: float
    winner_row: int | None
    winner_col: int | None
    y: float | None


@dataclass(frozen=True, slots=True, eq=False)
class PoolingTrace:
    """Every step of a pooling; made by `pooling`.

    Parameters
    ----------
    x
        Input, (H, W) float64.
    geometry
        Where the windows stand; no padding.
    mode
        ``"max"`` or ``"average"``.
    output
        The result.
    winners
        (H', W', 2) row and column of each maximum in the input; None for the average.
    """

    x: Grid
    geometry: Geometry
    mode: Mode
    output: Grid
    winners: NDArray[np.intp] | None

    @property
    def steps_per_cell(self) -> int:
        """One look at each value of the window, and the result."""
        return self.geometry.size**2 + 1

    def __len__(self) -> int:
        return self.output.size * self.steps_per_cell

    def __getitem__(self, index: int) -> PoolingStep:
        place = check_index(index, len(self))
        cell, within = divmod(place, self.steps_per_cell)
        row, col = divmod(cell, self.output.shape[1])
        looks = self.window(row, col).ravel()
        last = min(within, looks.size - 1)
        so_far = float(looks[: last + 1].max() if self.mode == "max" else looks[: last + 1].cumsum()[-1])
        winner_row, winner_col = self._winner(row, col, last)
        if within == looks.size:
            y = float(self.output[row, col])
            return PoolingStep(place, "result", row, col, None, None, None, so_far, winner_row, winner_col, y)
        x_row, x_col = self._input_cell(row, col, within)
        x = float(looks[within])
        return PoolingStep(place, "look", row, col, x_row, x_col, x, so_far, winner_row, winner_col, None)

    def _winner(self, row: int, col: int, last: int) -> tuple[int, int] | tuple[None, None]:
        if self.mode != "max":
            return None, None
        return self._input_cell(row, col, int(self.window(row, col).ravel()[: last + 1].argmax()))

    def _input_cell(self, row: int, col: int, within: int) -> tuple[int, int]:
        r, c = divmod(within, self.geometry.size)
        return row * self.geometry.stride + r, col * self.geometry.stride + c

    def window(self, row: int, col: int) -> Grid:
        """Values of one window: (size, size)."""
        top, left = row * self.geometry.stride, col * self.geometry.stride
        return self.x[top : top + self.geometry.size, left : left + self.geometry.size]

    def at(self, grain: Grain) -> GrainView[PoolingStep]:
        """Return the same steps one look, one output cell or one output row at a time."""
        units = {"multiply": 1, "cell": self.steps_per_cell, "row": self.steps_per_cell * self.output.shape[1]}
        return GrainView(self, units[grain])


def pooling(x: Any, window: int = 2, stride: int = 2, mode: str = "max") -> PoolingTrace:
    """Return the steps of a pooling of one map.

    Parameters
    ----------
    x
        Input, (H, W).
    window
        Side of the square window.
    stride
        Cells from one window to the next; less than `window` makes them overlap.
    mode
        ``"max"`` or ``"average"``. Among equal largest values the first in reading order wins.

    Returns
    -------
    PoolingTrace
        ``len`` is (window² + 1) · output cells.

    Raises
    ------
    InputError
        If the grid is ragged, empty or not finite, the window is larger than it, a number is out of range, or the
        mode is unknown.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> pooling(gallery.POOLING_IMAGE).output
    array([[6., 8.],
           [3., 4.]])
    """
    x = checked_grid("x", x)
    known = next((known for known in MODES if known == mode), None)
    if known is None:
        raise InputError("mode", mode, "is unknown", f"choose one of {', '.join(MODES)}")
    geometry = checked_geometry(x, window, stride, 0, "window")
    windows = sliding_window_view(x, (window, window))[::stride, ::stride].reshape(*geometry.output_shape, -1)
    output = windows.max(axis=2) if known == "max" else windows.cumsum(axis=2)[..., -1] / window**2
    output.flags.writeable = False
    return PoolingTrace(x, geometry, known, output, _winners(windows, geometry) if known == "max" else None)


def _winners(windows: Grid, geometry: Geometry) -> NDArray[np.intp]:
    rows, cols = np.indices(geometry.output_shape)
    r, c = np.divmod(windows.argmax(axis=2), geometry.size)
    return np.stack([rows * geometry.stride + r, cols * geometry.stride + c], axis=2)
