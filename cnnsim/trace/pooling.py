"""A pooling, one value at a time."""

from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_array, checked_pair
from cnnsim.trace.geometry import Geometry, checked_geometry

Mode = Literal["max", "average", "l2"]
MODES: tuple[Mode, ...] = ("max", "average", "l2")

_ENDINGS: dict[Mode, tuple[str, ...]] = {"max": ("largest",), "average": ("sum", "divide"), "l2": ("sum", "root")}


@dataclass(frozen=True, slots=True, eq=False)
class Pooling:
    """The rule that a window of a map becomes its largest value, its mean, or the root of its sum of squares.

    Parameters
    ----------
    x
        Maps, (C, H, W).
    geometry
        Where the windows stand; no padding.
    mode
        ``"max"``, ``"average"`` or ``"l2"``.
    output
        (C, H', W').
    """

    x: Array
    geometry: Geometry
    mode: Mode
    output: Array

    @property
    def counts(self) -> int:
        """Values of one window."""
        return self.geometry.rows.size * self.geometry.cols.size

    @property
    def endings(self) -> tuple[str, ...]:
        """What is done with the values together."""
        return _ENDINGS[self.mode]

    def window(self, cell: Place) -> Array:
        """Values of one window: (size, size)."""
        channel, row, col = cell
        return np.asarray(self.geometry.window(self.x[channel : channel + 1], row, col)[0], dtype=np.float64)

    def values(self, cell: Place) -> Array:
        """What each value of a window contributes: itself, or its square."""
        window = self.window(cell).ravel()
        return np.asarray(np.square(window) if self.mode == "l2" else window, dtype=np.float64)

    def place(self, cell: Place, number: int) -> Place:
        """Input cell of one value of a window."""
        channel, row, col = cell
        return channel, *self.geometry.place(row, col, *divmod(number, self.geometry.cols.size))

    def contribution(self, cell: Place, number: int) -> Contribution:
        """One value of the window; squared it has two factors."""
        place = self.place(cell, number)
        factor = Factor("input", place, float(self.x[place]))
        if self.mode == "l2":
            return Contribution((factor, factor), factor.value * factor.value)
        return Contribution((factor,), factor.value)

    def combined(self, values: Array) -> float:
        """Return the largest, or the sum."""
        return float(values.max() if self.mode == "max" else values.cumsum()[-1])

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """The result, by way of the sum where there is one."""
        match self.mode:
            case "max":
                return (combined,)
            case "average":
                return combined, combined / self.counts
            case "l2":
                return combined, float(np.sqrt(combined))

    def winner(self, cell: Place, looked_at: int | None = None) -> Place:
        """Input cell of the largest of the first so many values, all if None; the first among equals."""
        return self.place(cell, int(self.values(cell)[:looked_at].argmax()))


def pooling(
    x: Any, window: int | tuple[int, int] = 2, stride: int | tuple[int, int] | None = None, mode: str = "max"
) -> CellwiseTrace[Pooling]:
    """Return the steps of a pooling.

    Parameters
    ----------
    x
        Maps, (H, W) or (C, H, W); each is pooled on its own.
    window
        Sides of the window.
    stride
        Cells from one window to the next; the window if None. Less than `window` makes windows overlap.
    mode
        ``"max"``, ``"average"``, or ``"l2"`` for the root of the sum of squares. Among equal largest values the first
        in reading order wins.

    Returns
    -------
    CellwiseTrace
        Each output cell takes a step for every value of its window, and one or two to finish. Its ``rule.output`` is
        (C, H', W').

    Raises
    ------
    InputError
        If the array is ragged, empty or not finite, the window is larger than it, a number is out of range, or the mode
        is unknown.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> pooling(gallery.POOLING_IMAGE).rule.output[0]
    array([[6., 8.],
           [3., 4.]])
    """
    x = checked_array("x", x, 2, 3)
    known = next((known for known in MODES if known == mode), None)
    if known is None:
        raise InputError("mode", mode, "is unknown", f"choose one of {', '.join(MODES)}")
    size = checked_pair("window", window)
    steps = size if stride is None else checked_pair("stride", stride)
    geometry = checked_geometry(x.shape[1:], size, "window", stride=steps)
    output = _pool(x, geometry, known)
    output.flags.writeable = False
    return cellwise(Pooling(x, geometry, known, output))


def _pool(x: Array, geometry: Geometry, mode: Mode) -> Array:
    """Take the values in the order of the steps, so that a step and the result agree to the last bit."""
    rows, cols = geometry.rows, geometry.cols
    seen = (x[:, rows.seen_by(r), cols.seen_by(t)] for r, t in np.ndindex(*geometry.window_shape))
    match mode:
        case "max":
            return reduce(np.maximum, seen).copy()
        case "average":
            return np.asarray(reduce(np.add, seen) / (rows.size * cols.size), dtype=np.float64)
        case "l2":
            return np.asarray(np.sqrt(reduce(np.add, map(np.square, seen))), dtype=np.float64)
