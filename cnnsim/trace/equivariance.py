"""Whether it matters in which order an image is moved and convolved: f(g(x)) − g(f(x)), cell by cell."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_array, checked_integers, checked_name
from cnnsim.trace.equivariance_layer import POOLED, Layer, layer
from cnnsim.trace.equivariance_moves import ENTERINGS, MOVEMENTS, Move, moved
from cnnsim.trace.geometry import OUTSIDE
from cnnsim.trace.sums import Difference, beyond_rounding


@dataclass(frozen=True, slots=True, eq=False)
class Equivariance(Difference):
    """The rule d = f(g(x)) − g(f(x)), for a layer f and a movement g of the image; `equivariance` makes its steps.

    The difference is taken over the part in the middle that both orders have: after scaling, one may be larger.

    Parameters
    ----------
    move, feature_move
        g on x, and what stands for g on f(x): a shift by so much less as the strides of f make the map smaller.
    of_image, of_moved
        f on x, and f on g(x).
    moved_output
        g(f(x)): (O, H', W').
    output
        The difference: (O, rows, cols).
    """

    move: Move
    feature_move: Move
    of_image: Layer
    of_moved: Layer
    moved_output: Array
    output: Array

    @property
    def divides(self) -> bool:
        """Whether f(x) can be shifted along with x: the strides divide the shift."""
        steps = zip(self.of_image.strides, self.feature_move.shift, self.move.shift, strict=True)
        return self.move.kind != "shift" or all(stride * far == by for stride, far, by in steps)

    @property
    def differs(self) -> NDArray[np.bool_]:
        """Which cells differ by more than the rounding of sums in another order."""
        return beyond_rounding(self.output, self.of_moved.output, self.moved_output)

    def place(self, cell: Place) -> Place:
        """Cell of f(g(x)) that a cell of the difference belongs to."""
        return _in_the_middle(cell, self.output, self.of_moved.output)

    def moved_place(self, cell: Place) -> Place:
        """Cell of g(f(x)) that a cell of the difference belongs to."""
        return _in_the_middle(cell, self.output, self.moved_output)

    def feature_place(self, cell: Place) -> Place | None:
        """Cell of f(x) that g moved there; None if a zero entered."""
        channel, row, col = self.moved_place(cell)
        source = int(self.feature_move.sources(self.of_image.output.shape)[row, col])
        return None if source == OUTSIDE else (channel, *divmod(source, self.of_image.output.shape[2]))

    def terms(self, cell: Place) -> tuple[Factor, Factor]:
        """f(g(x)) and g(f(x))."""
        return (
            Factor.of("f(g(x))", self.of_moved.output, self.place(cell)),
            Factor.of("g(f(x))", self.moved_output, self.moved_place(cell)),
        )


def equivariance(
    x: Any,
    w: Any,
    movement: str = "shift",
    shift: tuple[int, int] = (0, 1),
    *,
    entering: str = "zeros",
    stride: int = 1,
    padding: int | str = 0,
    padding_mode: str = "zeros",
    pooled: str = "none",
) -> CellwiseTrace[Equivariance]:
    """Return the steps that compare f(g(x)) with g(f(x)).

    f is a convolution, perhaps with a pooling; g moves the image. f is equivariant to g if both orders give the same.

    Parameters
    ----------
    x
        Image, (H, W) or (C, H, W).
    w
        Kernels, (kh, kw), (C, kh, kw) or (O, C, kh, kw).
    movement
        What g is: ``"shift"``, ``"rotation"`` by 90° or ``"scaling"`` to twice the size.
    shift
        Rows down and columns to the right, if g is a shift. f(x) is shifted by that divided by the strides of f; where
        they do not divide it, by the quotient without its fraction.
    entering
        What a shift lets in: ``"zeros"``, or ``"circular"`` for what goes out at the other side.
    stride, padding, padding_mode
        Of the convolution, as for `cnnsim.trace.convolution`.
    pooled
        What follows the convolution: ``"none"``, or 2×2 pooling, ``"max"`` or ``"average"``.

    Returns
    -------
    CellwiseTrace
        Each cell of the difference takes a step for either term, and one for the difference. Its ``rule.output`` is
        (O, rows, cols), the part in the middle that both orders have.

    Raises
    ------
    InputError
        If an array is ragged, empty or not finite, a number is out of range, no window fits, a word is unknown, or the
        kernel is not square and the image is rotated.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, section 9.2.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> x, w = gallery.LECTURE_IMAGE, gallery.kernel("emboss")
    >>> circle = equivariance(x, w, shift=(1, 2), entering="circular", padding="same", padding_mode="circular")
    >>> bool(circle.rule.differs.any())
    False
    >>> equivariance(x, w, shift=(0, 1)).rule.differs[0]
    array([[False, False, False],
           [False, False, False],
           [ True, False, False]])
    """
    x, w = checked_array("x", x, 2, 3), checked_array("w", w, 2, 3, 4)
    rows, cols = checked_integers("shift", shift, 2)
    kind = checked_name("movement", movement, MOVEMENTS)
    move = Move(kind, (rows, cols), checked_name("entering", entering, ENTERINGS))
    if kind == "rotation" and w.shape[-1] != w.shape[-2]:
        size = f"{w.shape[-2]}×{w.shape[-1]}"
        raise InputError("kernel_size", size, "is not square and would have to turn along", "use a square kernel")
    pooling = checked_name("pooled", pooled, POOLED)
    of_image, of_moved = (
        layer(image, w, stride=stride, padding=padding, padding_mode=padding_mode, pooled=pooling)
        for image in (x, moved(x, move.sources(x.shape)))
    )
    return _compared(move, of_image, of_moved)


def _compared(move: Move, of_image: Layer, of_moved: Layer) -> CellwiseTrace[Equivariance]:
    feature_move = move.over(of_image.strides)
    moved_output = moved(of_image.output, feature_move.sources(of_image.output.shape))
    rows, cols = (min(sizes) for sizes in zip(of_moved.output.shape[1:], moved_output.shape[1:], strict=True))
    output = _middle(of_moved.output, rows, cols) - _middle(moved_output, rows, cols)
    moved_output.flags.writeable = False
    return cellwise(Equivariance(move, feature_move, of_image, of_moved, moved_output, output))


def _middle(maps: Array, rows: int, cols: int) -> Array:
    top, left = (maps.shape[1] - rows) // 2, (maps.shape[2] - cols) // 2
    return maps[:, top : top + rows, left : left + cols]


def _in_the_middle(cell: Place, inner: Array, outer: Array) -> Place:
    """Place in a map of a cell of its middle part."""
    channel, row, col = cell
    top, left = (outer.shape[1] - inner.shape[1]) // 2, (outer.shape[2] - inner.shape[2]) // 2
    return channel, row + top, col + left
