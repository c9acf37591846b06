"""A convolution, one multiply at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_array, checked_integers
from cnnsim.trace.convolution_products import Products, products_of_input, products_of_weight, products_of_window
from cnnsim.trace.geometry import Geometry, named_geometry
from cnnsim.trace.sums import Sum
from cnnsim.trace.uses import Places, Uses


@dataclass(frozen=True, slots=True, eq=False)
class Convolution(Sum):
    """The rule y[o, i, j] = b[o] + Σ w[o, c, r, t] · x[c, i·s + r·d, j·s + t·d]; `convolution` makes its steps.

    Parameters
    ----------
    x, w, b
        Input (C, H, W), kernels (O, C/groups, kh, kw), biases (O,).
    geometry
        Where the windows stand.
    groups
        Output map o sees only the input maps of its group.
    flip
        True convolution: the kernels are turned by 180° before they are laid on the windows.
    padded, applied, output
        The input with its padding, the kernels as they lie on the windows, and the result (O, H', W').
    """

    x: Array
    w: Array
    b: Array
    geometry: Geometry
    groups: int
    flip: bool
    padded: Array
    applied: Array
    output: Array

    @property
    def counts(self) -> int:
        """Weights of one kernel."""
        return int(self.w[0].size)

    @property
    def endings(self) -> tuple[str, ...]:
        """The products are added up, then the bias is added."""
        return "sum", "bias"

    def first_channel(self, out: int) -> int:
        """First input map of the group of an output map."""
        return int(out // (len(self.w) // self.groups) * self.w.shape[1])

    def window(self, cell: Place) -> Array:
        """Input values under a kernel: (C/groups, kh, kw)."""
        out, row, col = cell
        first = self.first_channel(out)
        return self.geometry.window(self.padded[first : first + self.w.shape[1]], row, col)

    def products(self, cell: Place) -> Array:
        """Products of one window: (C/groups, kh, kw)."""
        return np.asarray(self.window(cell) * self.applied[cell[0]], dtype=np.float64)

    def values(self, cell: Place) -> Array:
        """Products of one window in the order of the steps: channel by channel, row by row."""
        return self.products(cell).ravel()

    def contribution(self, cell: Place, number: int) -> Contribution:
        """One weight times the input value under it."""
        out, row, col = cell
        c, r, t = (int(index) for index in np.unravel_index(number, self.w.shape[1:]))
        place = (self.first_channel(out) + c, *self.geometry.place(row, col, r, t))
        weight = Factor.of("kernel", self.applied, (out, c, r, t))
        return Contribution.product(weight, Factor.of("input", self.padded, place))

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """The sum, and the sum with the bias."""
        return combined, combined + float(self.b[cell[0]])

    def uses(self, operand: str, place: Place) -> Uses:
        """Return where a weight, or a cell of the padded input, takes part; a bias comes after the products."""
        if operand == "bias":
            rows, cols = np.indices(self.output.shape[1:], np.intp).reshape(2, -1)
            cells = np.stack([np.full_like(rows, place[0]), rows, cols], axis=1)
            return Uses(cells, np.full(len(cells), self.counts), {})
        found = products_of_weight(self, place) if operand == "kernel" else products_of_input(self, place)
        met = {"input": found.inputs} if operand == "kernel" else {"kernel": found.weights}
        return Uses(found.windows, found.weight_numbers(self), met)

    def met(self, cell: Place) -> Products:
        """Return the products behind the contributions of a cell, in the order of the steps."""
        return products_of_window(self, cell)

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the weights and the cells of the window."""
        found = self.met(cell)
        return {"kernel": found.weights, "input": found.inputs}


def convolution(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | str | tuple[int, int] | tuple[int, int, int, int] = 0,
    padding_mode: str = "zeros",
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
    flip: bool = False,
) -> CellwiseTrace[Convolution]:
    """Return the steps of a 2-D convolution.

    Parameters
    ----------
    x
        Input, (H, W) or (C, H, W).
    w
        Kernels, (kh, kw), (C, kh, kw) or (O, C/groups, kh, kw).
    b
        Biases: None, a number for all maps, or (O,).
    stride, dilation
        A number, or one for rows and one for columns.
    padding
        Cells added on every side; or (rows, columns); or (top, bottom, left, right); or ``"valid"`` for none and
        ``"same"`` for as many as keep the size (the odd one goes to the end).
    padding_mode
        What the padding shows: ``"zeros"``, ``"replicate"``, ``"reflect"`` or ``"circular"``.
    groups
        Parts into which the maps are divided; each is convolved on its own.
    flip
        False: cross-correlation, as every deep-learning library computes it. True: true convolution.

    Returns
    -------
    CellwiseTrace
        Each output cell takes a step for every weight, one for the sum and one for the bias. Its ``rule.output`` is
        (O, H', W') with H' = ⌊(H + padding − dilation·(kh − 1) − 1)/stride⌋ + 1.

    Raises
    ------
    InputError
        If an array is ragged, empty or not finite, the numbers of maps do not fit, the kernel is larger than the padded
        input, or a number is out of range.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, equations 9.4 and 9.6.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))
    >>> steps.rule.output[0]
    array([[4., 3., 4.],
           [2., 4., 3.],
           [2., 3., 4.]])
    >>> steps[1].contribution.value, steps[1].so_far
    (0.0, 1.0)
    """
    x, w = checked_array("x", x, 2, 3), checked_array("w", w, 2, 3, 4)
    biases = _biases(b, len(w))
    _check_maps(x, w, groups)
    geometry = named_geometry(x.shape[1:], w.shape[2:], stride, padding, dilation, padding_mode)
    return cellwise(convolved(x, w, biases, geometry, groups, flip))


def convolved(x: Array, w: Array, b: Array, geometry: Geometry, groups: int, flip: bool = False) -> Convolution:
    """Return the rule for operands (C, H, W), (O, C/groups, kh, kw) and (O,) that fit each other.

    Examples
    --------
    >>> from cnnsim.trace.geometry import Axis
    >>> rule = convolved(np.ones((1, 3, 3)), np.ones((1, 1, 2, 2)), np.zeros(1), Geometry(Axis(3, 2), Axis(3, 2)), 1)
    >>> rule.output[0].tolist()
    [[4.0, 4.0], [4.0, 4.0]]
    """
    padded = geometry.padded(x)
    applied = w[..., ::-1, ::-1] if flip else w
    padded.flags.writeable = False
    output = _convolve(padded, applied, b, geometry, groups)
    return Convolution(x, w, b, geometry, groups, flip, padded, applied, output)


def _biases(b: Any, maps: int) -> Array:
    array = checked_array("b", 0.0 if b is None else b, 0, 1)
    if len(array) not in (1, maps):
        rule = f"does not fit {maps} kernel{'s' * (maps > 1)}"
        raise InputError("b", f"array of shape {array.shape}", rule, "give one bias a kernel, or one for all")
    return np.broadcast_to(array, (maps,))


def _check_maps(x: Array, w: Array, groups: int) -> None:
    checked_integers("groups", groups, 1)
    if groups < 1 or len(w) % groups or len(x) % groups:
        rule = f"does not divide {len(x)} input maps and {len(w)} kernels"
        raise InputError("groups", groups, rule, "use a common divisor of both")
    if w.shape[1] * groups != len(x):
        rule = f"has {w.shape[1]} slices a kernel, but a group has {len(x) // groups} input maps"
        raise InputError("w", f"array of shape {w.shape}", rule, "use one slice for each input map of a group")


def _convolve(padded: Array, applied: Array, b: Array, geometry: Geometry, groups: int) -> Array:
    """Add the products in the order of the steps, so that a step and the result agree to the last bit."""
    outs, channels = applied.shape[:2]
    total = np.zeros((groups, outs // groups, *geometry.output_shape))
    maps = padded.reshape(groups, 1, channels, *geometry.padded_shape)
    weights = applied.reshape(groups, outs // groups, *applied.shape[1:], 1, 1)
    products = np.empty(total.shape)
    for c, r, t in np.ndindex(*applied.shape[1:]):
        seen = maps[:, :, c, geometry.rows.seen_by(r), geometry.cols.seen_by(t)]
        total += np.multiply(weights[:, :, c, r, t], seen, out=products)
    return np.asarray(total.reshape(outs, *geometry.output_shape) + b[:, None, None], dtype=np.float64)
