"""The layer that the comparison with a moved image is about: a convolution, and perhaps a pooling."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.checks import Array
from cnnsim.trace.convolution import Convolution, convolution
from cnnsim.trace.geometry import Axis, PaddingMode
from cnnsim.trace.pooling import Pooling, pooling

Pooled = Literal["none", "max", "average"]
POOLED: tuple[Pooled, ...] = ("none", "max", "average")
_WINDOW = 2


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """f on one image: a convolution, and the pooling of its maps if there is one."""

    convolution: Convolution
    pooling: Pooling | None

    @property
    def output(self) -> Array:
        """f of the image: (O, H', W')."""
        return self.convolution.output if self.pooling is None else self.pooling.output

    @property
    def strides(self) -> tuple[int, int]:
        """Cells of the image from one cell of the output to the next."""
        rows, cols = self.convolution.geometry.rows.stride, self.convolution.geometry.cols.stride
        if self.pooling is None:
            return rows, cols
        return rows * self.pooling.geometry.rows.stride, cols * self.pooling.geometry.cols.stride

    def seen(self, row: int, col: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows and columns of the image that a cell of the output sees; with `OUTSIDE` if it also sees zeros."""
        under = self.convolution.geometry
        over = None if self.pooling is None else self.pooling.geometry
        rows = _seen(under.rows, under.mode, None if over is None else over.rows, row)
        return rows, _seen(under.cols, under.mode, None if over is None else over.cols, col)


def layer(image: Array, w: Array, *, stride: int, padding: int | str, padding_mode: str, pooled: Pooled) -> Layer:
    """Compute f on an image; the arguments are those of `cnnsim.trace.equivariance`."""
    forward = convolution(image, w, stride=stride, padding=padding, padding_mode=padding_mode).rule
    return Layer(forward, None if pooled == "none" else pooling(forward.output, _WINDOW, _WINDOW, pooled).rule)


def _seen(axis: Axis, mode: PaddingMode, pooled: Axis | None, index: int) -> NDArray[np.intp]:
    windows = np.array([index]) if pooled is None else pooled.place(index, 0) + np.arange(pooled.size)
    return np.unique(axis.seen(mode)[windows])
