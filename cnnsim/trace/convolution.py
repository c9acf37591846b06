"""A convolution, one multiply at a time."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.geometry import Geometry, Grid, checked_geometry, checked_grid
from cnnsim.trace.grain import Grain, GrainView, check_index

Kind = Literal["multiply", "sum", "bias"]


@dataclass(frozen=True, slots=True)
class ConvolutionStep:
    """What happens at one step.

    Parameters
    ----------
    index
        Number of the step in its trace.
    kind
        ``"multiply"`` (one weight by one value), ``"sum"`` (all products of the cell added up) or ``"bias"`` (the
        bias added: the cell is finished).
    row, col
        Output cell that is being computed.
    kernel_row, kernel_col
        Weight that is being multiplied, as it lies over the window; None unless a multiply.
    x_row, x_col
        Cell of the input under it; outside the input it is padding. None unless a multiply.
    x, w, product
        The two factors and their product; None unless a multiply.
    partial
        Sum of the products so far.
    y
        The finished cell; None before the bias.
    """

    index: int
    kind: Kind
    row: int
    col: int
    kernel_row: int | None
    kernel_col: int | None
    x_row: int | None
    x_col: int | None
    x: float | None
    w: float | None
    product: float | None
    partial: float
    y: float | None


@dataclass(frozen=True, slots=True, eq=False)
class ConvolutionTrace:
    """Every step of y[i, j] = b + Σ w[r, c] · x[i·s + r, j·s + c]; made by `convolution`.

    Parameters
    ----------
    x, w
        Input (H, W) and kernel (k, k), float64.
    b
        Bias.
    geometry
        Where the windows stand.
    flip
        True convolution: the kernel is turned by 180° before it is laid on the window.
    padded, applied, output
        The input with its zeros, the kernel as it lies on the window, and the result.
    """

    x: Grid
    w: Grid
    b: float
    geometry: Geometry
    flip: bool
    padded: Grid
    applied: Grid
    output: Grid

    @property
    def steps_per_cell(self) -> int:
        """k² multiplies, the sum, the bias."""
        return self.w.size + 2

    def __len__(self) -> int:
        return self.output.size * self.steps_per_cell

    def __getitem__(self, index: int) -> ConvolutionStep:
        place = check_index(index, len(self))
        cell, within = divmod(place, self.steps_per_cell)
        row, col = divmod(cell, self.output.shape[1])
        if within < self.w.size:
            return self._multiply(place, row, col, within)
        total = float(self.products(row, col).cumsum()[-1])
        finished = within == self.w.size + 1
        y = float(self.output[row, col]) if finished else None
        kind: Kind = "bias" if finished else "sum"
        return ConvolutionStep(place, kind, row, col, None, None, None, None, None, None, None, total, y)

    def _multiply(self, index: int, row: int, col: int, within: int) -> ConvolutionStep:
        r, c = divmod(within, self.w.shape[1])
        x_row, x_col = row * self.geometry.stride + r, col * self.geometry.stride + c
        x, w = float(self.padded[x_row, x_col]), float(self.applied[r, c])
        partial = float(self.products(row, col).cumsum()[within])
        frame = self.geometry.padding
        return ConvolutionStep(
            index, "multiply", row, col, r, c, x_row - frame, x_col - frame, x, w, x * w, partial, None
        )

    def products(self, row: int, col: int) -> Grid:
        """Products of one window: (k, k)."""
        top, left = row * self.geometry.stride, col * self.geometry.stride
        rows, cols = self.w.shape
        products: Grid = self.padded[top : top + rows, left : left + cols] * self.applied
        return products

    def at(self, grain: Grain) -> GrainView[ConvolutionStep]:
        """Return the same steps one multiply, one output cell or one output row at a time."""
        units = {"multiply": 1, "cell": self.steps_per_cell, "row": self.steps_per_cell * self.output.shape[1]}
        return GrainView(self, units[grain])


def convolution(
    x: Any, w: Any, b: float = 0.0, *, stride: int = 1, padding: int = 0, flip: bool = False
) -> ConvolutionTrace:
    """Return the steps of a 2-D convolution of one channel.

    Parameters
    ----------
    x
        Input, (H, W).
    w
        Square kernel, (k, k).
    b
        Bias.
    stride
        Cells from one window to the next.
    padding
        Zeros added on every side.
    flip
        False: cross-correlation, as every deep-learning library computes it. True: true convolution.

    Returns
    -------
    ConvolutionTrace
        ``len`` is (k² + 2) · output cells; its ``output`` is (H', W') with H' = ⌊(H + 2·padding − k)/stride⌋ + 1.

    Raises
    ------
    InputError
        If a grid is ragged, empty or not finite, the kernel is not square or larger than the padded input, or the
        stride or padding is out of range.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, equations 9.4 and 9.6.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))
    >>> steps.output
    array([[4., 3., 4.],
           [2., 4., 3.],
           [2., 3., 4.]])
    >>> steps[1].x, steps[1].w, steps[1].product, steps[1].partial
    (1.0, 0.0, 0.0, 1.0)
    """
    x, w = checked_grid("x", x), checked_grid("w", w)
    if w.shape[0] != w.shape[1]:
        raise InputError("w", f"array of shape {w.shape}", "is not square", "use as many rows as columns")
    if not np.isfinite(b):
        raise InputError("b", b, "is not finite", "use an ordinary number")
    geometry = checked_geometry(x, w.shape[0], stride, padding, "kernel_size")
    padded = np.pad(x, padding)
    applied = w[::-1, ::-1] if flip else w
    output = _convolve(padded, applied, float(b), geometry)
    for grid in (padded, output):
        grid.flags.writeable = False
    return ConvolutionTrace(x, w, float(b), geometry, flip, padded, applied, output)


def _convolve(padded: Grid, applied: Grid, b: float, geometry: Geometry) -> Grid:
    """Add the products in the order of the steps, so that a step and the result agree to the last bit."""
    total = np.zeros(geometry.output_shape)
    rows, cols = geometry.output_shape
    s = geometry.stride
    for (r, c), weight in np.ndenumerate(applied):
        total += weight * padded[r : r + (rows - 1) * s + 1 : s, c : c + (cols - 1) * s + 1 : s]
    return total + b
