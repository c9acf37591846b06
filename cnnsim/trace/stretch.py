"""The input of a transposed convolution, stretched by zeros between its cells, along each axis."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.checks import Array
from cnnsim.trace.geometry import Axis


@dataclass(frozen=True, slots=True)
class Stretch:
    """A transposed convolution along one axis.

    Parameters
    ----------
    n
        Cells of the input.
    size, stride, dilation
        Of the kernel, as of the convolution that this is the transpose of.
    crop
        Padding: cells cut off the canvas at both ends.
    more
        Output padding: cells that the canvas is longer at its end.
    """

    n: int
    size: int
    stride: int
    crop: int
    more: int
    dilation: int

    @property
    def extent(self) -> int:
        """Cells from the first to the last that a stamp covers."""
        return self.dilation * (self.size - 1) + 1

    @property
    def canvas(self) -> int:
        """Cells that are stamped on, and the output padding: (n − 1)s + d(k − 1) + 1 + output padding."""
        return (self.n - 1) * self.stride + self.extent + self.more

    @property
    def output(self) -> int:
        """Cells of the output: those of the canvas less 2p."""
        return self.canvas - 2 * self.crop

    @property
    def border(self) -> tuple[int, int]:
        """Zeros before and after the stretched input, d(k − 1) − p; cells that are left out of it where negative."""
        before = self.extent - 1 - self.crop
        return before, before + self.more

    def axis(self) -> Axis:
        """Windows of the stamps on the canvas."""
        return Axis(self.canvas, self.size, self.stride, dilation=self.dilation, most=self.n)

    def sources(self) -> slice:
        """Places of the input cells on the stretched input without its border."""
        return slice(0, (self.n - 1) * self.stride + 1, self.stride)


def checked_stretch(
    n: int, size: int, stride: int, crop: int, more: int, dilation: int, along: Literal["row", "column"] = "column"
) -> Stretch:
    """Return a stretch along one axis, or raise `InputError` if a number is out of range or leaves no output.

    `along` says in messages what is counted; the other parameters are those of `Stretch`.

    Examples
    --------
    >>> checked_stretch(3, 3, 2, 1, 0, 1).output
    5
    """
    for argument, value, least in (
        ("stride", stride, 1),
        ("padding", crop, 0),
        ("output_padding", more, 0),
        ("dilation", dilation, 1),
    ):
        if value < least:
            raise InputError(argument, value, f"is less than {least}", f"use {least} or more")
    if more and more >= max(stride, dilation):
        rule = f"is not less than stride={stride} or dilation={dilation} of the {along}s"
        raise InputError("output_padding", more, rule, f"use at most {max(stride, dilation) - 1}")
    stretch = Stretch(n, size, stride, crop, more, dilation)
    if stretch.output < 1:
        rule = f"cuts everything off an output of {stretch.canvas} {along}{'s' * (stretch.canvas > 1)}"
        raise InputError("padding", crop, rule, f"use at most {(stretch.canvas - 1) // 2}")
    return stretch


def stretched(x: Array, rows: Stretch, cols: Stretch) -> Array:
    """Insert the zeros and the border, (C, H, W); a negative border leaves cells out.

    Examples
    --------
    >>> along, across = checked_stretch(1, 1, 1, 0, 0, 1), checked_stretch(2, 2, 2, 0, 0, 1)
    >>> stretched(np.array([[[1.0, 2.0]]]), along, across)
    array([[[0., 1., 0., 2., 0.]]])
    """
    wide = np.zeros((len(x), rows.canvas + rows.extent - 1, cols.canvas + cols.extent - 1))
    wide[:, rows.extent - 1 :, cols.extent - 1 :][:, rows.sources(), cols.sources()] = x
    return wide[:, rows.crop : wide.shape[1] - rows.crop, cols.crop : wide.shape[2] - cols.crop]
