"""Pooling and its gradient, one value at a time."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.geometry import Array, Geometry, checked_array, checked_geometry
from cnnsim.trace.meetings import Meetings, meetings

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
        return self.geometry.window(self.x[channel : channel + 1], row, col)[0]

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
        squared = self.mode == "l2"
        return Contribution((factor, factor) if squared else (factor,), factor.value ** (2 if squared else 1))

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
    size = (window, window) if isinstance(window, int) else window
    steps = size if stride is None else (stride, stride) if isinstance(stride, int) else stride
    geometry = checked_geometry(x.shape[1:], size, "window", stride=steps)
    output = np.zeros((len(x), *geometry.output_shape))
    rule = Pooling(x, geometry, known, output)
    for cell in np.ndindex(*output.shape):
        output[cell] = rule.after(cell, rule.combined(rule.values(cell)))[-1]
    output.flags.writeable = False
    return cellwise(rule)


@dataclass(frozen=True, slots=True, eq=False)
class PoolingGradient:
    """The rule that each window hands its G back to its values: all of it to the winner, or to each its share.

    An input cell gets from every window over it that gives it anything: G of the windows it won; G/k² of each for the
    average; G·x/y of each for the root of the sum of squares (0 where y is 0).

    Parameters
    ----------
    forward
        The pooling whose gradient it is.
    g
        Gradient of the loss with respect to its output: (C, H', W').
    output
        Gradient with respect to its input: (C, H, W).
    windows
        For each input cell in reading order the output cells, (n, 3), that hand something to it.
    """

    forward: Pooling
    g: Array
    output: Array
    windows: tuple[NDArray[np.intp], ...]

    @property
    def counts(self) -> NDArray[np.intp]:
        """How many windows hand something to each input cell."""
        return np.array([len(places) for places in self.windows], dtype=np.intp)

    @property
    def endings(self) -> tuple[str, ...]:
        """What comes is added up."""
        return ("sum",)

    def windows_of(self, cell: Place) -> NDArray[np.intp]:
        """Output cells that hand something to an input cell: (n, 3)."""
        return self.windows[int(np.ravel_multi_index(cell, self.output.shape))]

    def values(self, cell: Place) -> Array:
        """What each of those windows hands over."""
        return np.array([self.contribution(cell, number).value for number in range(len(self.windows_of(cell)))])

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G of one window times the cell's share in it."""
        place = tuple(int(index) for index in self.windows_of(cell)[number])
        g = Factor("gradient", place, float(self.g[place]))
        share = self._share(cell, place)
        return Contribution((g,) if share is None else (g, share), g.value * (1.0 if share is None else share.value))

    def _share(self, cell: Place, window: Place) -> Factor | None:
        match self.forward.mode:
            case "max":
                return None
            case "average":
                return Factor("share", None, 1 / self.forward.counts)
            case "l2":
                y = float(self.forward.output[window])
                return Factor("share", None, float(self.forward.x[cell]) / y if y else 0.0)

    def combined(self, values: Array) -> float:
        """Add up; a cell that gets nothing has gradient 0."""
        return float(values.cumsum()[-1]) if len(values) else 0.0

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Nothing follows the sum."""
        return (combined,)


def pooling_gradient(forward: CellwiseTrace[Pooling], g: Any = None) -> CellwiseTrace[PoolingGradient]:
    """Return the steps of the gradient of a pooling with respect to its input.

    Parameters
    ----------
    forward
        The pooling.
    g
        Gradient of the loss with respect to its output, (H', W') or (C, H', W'); ones if None.

    Returns
    -------
    CellwiseTrace
        Its ``rule.output`` is (C, H, W).

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> pooling_gradient(pooling(gallery.POOLING_IMAGE)).rule.output[0]
    array([[0., 0., 0., 0.],
           [0., 1., 0., 1.],
           [1., 0., 0., 0.],
           [0., 0., 0., 1.]])
    """
    rule = forward.rule
    array = checked_array("g", np.ones(rule.output.shape) if g is None else g, 2, 3)
    if array.shape != rule.output.shape:
        raise InputError(
            "g", f"array of shape {array.shape}", f"is not {rule.output.shape}", "give one value a cell of y"
        )
    find = _won_windows if rule.mode == "max" else _covering_windows
    output = np.zeros(rule.x.shape)
    gradient = PoolingGradient(rule, array, output, find(rule))
    for cell in np.ndindex(*output.shape):
        output[cell] = gradient.combined(gradient.values(cell))
    return cellwise(gradient)


def _won_windows(rule: Pooling) -> tuple[NDArray[np.intp], ...]:
    won: dict[Place, list[Place]] = {cell: [] for cell in np.ndindex(*rule.x.shape)}
    for window in np.ndindex(*rule.output.shape):
        won[rule.winner(window)].append(window)
    return tuple(np.array(windows, dtype=np.intp).reshape(-1, 3) for windows in won.values())


def _covering_windows(rule: Pooling) -> tuple[NDArray[np.intp], ...]:
    rows, cols = (meetings(axis, "zeros") for axis in (rule.geometry.rows, rule.geometry.cols))
    return tuple(_windows_over(cell, rows, cols) for cell in np.ndindex(*rule.x.shape))


def _windows_over(cell: Place, rows: Meetings, cols: Meetings) -> NDArray[np.intp]:
    channel, row, col = cell
    m, n = np.meshgrid(rows.of(row).window, cols.of(col).window, indexing="ij")
    return np.stack([np.full(m.size, channel), m.ravel(), n.ravel()], axis=1)
