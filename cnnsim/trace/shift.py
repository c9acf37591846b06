"""What a small shift of an image changes: nearly every value before pooling, and fewer after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import CellwiseTrace, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_array, checked_integers, checked_name
from cnnsim.trace.convolution import convolution
from cnnsim.trace.equivariance_moves import ENTERINGS, Move, moved
from cnnsim.trace.pooling import Pair, pooling
from cnnsim.trace.pooling_rule import Pooling
from cnnsim.trace.sums import Difference, beyond_rounding
from cnnsim.trace.uses import Places, Uses, as_places

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class ShiftEffect(Difference):
    """The rule d = p(g(x)) − p(x) for a shift g of the image and a layer p that ends in pooling; see `shift_effect`.

    Parameters
    ----------
    move
        The shift g.
    x, moved_x
        The image, and the shifted one: (C, H, W).
    w
        Kernels of the layer, (O, C, kh, kw); None if it only pools.
    of_image, of_moved
        The pooling of x and of g(x), or of what the convolution makes of them.
    output
        The difference: (O, H', W').
    """

    move: Move
    x: Array
    moved_x: Array
    w: Array | None
    of_image: Pooling
    of_moved: Pooling
    output: Array

    @property
    def changed_inputs(self) -> Mask:
        """Which values of the image change: (C, H, W)."""
        return _changed(self.x, self.moved_x)

    @property
    def changed_features(self) -> Mask:
        """Which of the values that are pooled change."""
        return _changed(self.of_image.x, self.of_moved.x)

    @property
    def moved_along(self) -> Mask:
        """Which of the values that are pooled are those of the image, shifted: where the convolution is equivariant."""
        before = self.of_image.x
        return ~_changed(moved(before, self.move.sources(before.shape)), self.of_moved.x)

    @property
    def changed(self) -> Mask:
        """Which pooled values change: (O, H', W')."""
        return _changed(self.of_image.output, self.of_moved.output)

    def changed_in_window(self, cell: Place) -> tuple[int, int]:
        """How many of the values that a pooled value is made from change, and how many there are."""
        windows, (channel, row, col) = self.of_image.windows, cell
        top, bottom, left, right = windows.frame
        mask = np.pad(self.changed_features[channel], ((top, bottom), (left, right)))
        seen = mask[windows.rows.of(row), windows.cols.of(col)]
        return int(seen.sum()), seen.size

    def terms(self, cell: Place) -> tuple[Factor, Factor]:
        """The value after the shift, and the one before."""
        return Factor.of("after", self.of_moved.output, cell), Factor.of("before", self.of_image.output, cell)

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the differences that a pooled value, a kernel, or a cell of the image by either way takes part in."""
        if operand in ("before", "after"):
            return Uses(as_places([place]), np.array([int(operand == "before")]), {})
        reached = np.zeros(self.output.shape, np.bool_)
        if operand == "kernel":
            reached[place[0]] = True
        else:
            self._reach(reached, place)
            for row, col in np.argwhere(self.move.sources(self.x.shape) == self._number(place)).tolist():
                self._reach(reached, (place[0], row, col))
        cells = np.argwhere(reached)
        return Uses(cells, np.zeros(len(cells), np.intp), {})

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the places of both pooled values."""
        return {"after": as_places([cell]), "before": as_places([cell])}

    def _number(self, place: Place) -> int:
        return place[1] * int(self.x.shape[2]) + place[2]

    def _reach(self, reached: Mask, place: Place) -> None:
        """Mark the pooled values that a cell reaches by way of the convolution and the windows."""
        windows = self.of_image.windows
        top, _, left, _ = windows.frame
        kernel = (1, 1) if self.w is None else self.w.shape[2:]
        over = [
            (spans.firsts - before <= at + (size - 1) // 2) & (at - size // 2 < spans.firsts - before + spans.sizes)
            for spans, before, at, size in zip(
                (windows.rows, windows.cols), (top, left), place[1:], kernel, strict=True
            )
        ]
        channel = slice(None) if self.w is not None else place[0]
        reached[channel] |= np.logical_and.outer(*over)


def shift_effect(
    x: Any,
    shift: tuple[int, int] = (0, 1),
    w: Any = None,
    *,
    entering: str = "zeros",
    mode: str = "max",
    window: Pair = 2,
    stride: Pair | None = None,
    padding: Pair = 0,
) -> CellwiseTrace[ShiftEffect]:
    """Return the steps that compare the pooled values of an image with those of the shifted image.

    The output of a convolution moves along with the image: it is equivariant. Pooling lets many values stay as they
    are: a little invariance, to shifts that are small beside the window.

    Parameters
    ----------
    x
        Image, (H, W) or (C, H, W).
    shift
        Rows down and columns to the right.
    w
        Kernels of a convolution of the same size before the pooling, (kh, kw), (C, kh, kw) or (O, C, kh, kw); None for
        the pooling alone.
    entering
        What the shift lets in: ``"zeros"``, or ``"circular"`` for what goes out at the other side.
    mode, window, stride, padding
        Of the pooling, as for `cnnsim.trace.pooling`.

    Returns
    -------
    CellwiseTrace
        Each pooled cell takes a step for either value, and one for the difference. Its ``rule`` says what changed.

    Raises
    ------
    InputError
        If an array is ragged, empty or not finite, a number is out of range, no window fits, or a word is unknown.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, section 9.3 and figure 9.8.

    Examples
    --------
    >>> rule = shift_effect([[0.1, 1, 0.2, 0.1]], window=(1, 3), stride=1, padding=(0, 1)).rule
    >>> rule.changed_inputs.sum(), rule.changed.sum()
    (np.int64(4), np.int64(2))
    """
    x = checked_array("x", x, 2, 3)
    rows, cols = checked_integers("shift", shift, 2)
    move = Move("shift", (rows, cols), checked_name("entering", entering, ENTERINGS))
    moved_x = moved(x, move.sources(x.shape))
    kernels = None if w is None else checked_array("w", w, 2, 3, 4)
    of_image, of_moved = (
        pooling(_features(image, kernels), window, stride, mode, padding=padding).rule for image in (x, moved_x)
    )
    output = of_moved.output - of_image.output
    moved_x.flags.writeable = False
    return cellwise(ShiftEffect(move, x, moved_x, kernels, of_image, of_moved, output))


def _features(image: Array, w: Array | None) -> Array:
    return image if w is None else convolution(image, w, padding="same").rule.output


def _changed(before: Array, after: Array) -> Mask:
    return beyond_rounding(after - before, before, after)
