"""The layer that the comparison with a moved image is about: a convolution, and perhaps a pooling."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.checks import Array
from cnnsim.trace.convolution import Convolution, convolution
from cnnsim.trace.pooling import pooling
from cnnsim.trace.pooling_rule import Pooling

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
        """What f makes of the image: (O, H', W')."""
        return self.convolution.output if self.pooling is None else self.pooling.output

    @property
    def strides(self) -> tuple[int, int]:
        """Cells of the image from one cell of the output to the next."""
        geometry, window = self.convolution.geometry, self._window
        return geometry.rows.stride * window, geometry.cols.stride * window

    def seen(self, row: int, col: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows and columns of the image that a cell of the output sees; with `OUTSIDE` if it also sees zeros."""
        geometry, places = self.convolution.geometry, np.arange(self._window)
        rows, cols = row * self._window + places, col * self._window + places
        return np.unique(geometry.rows.seen(geometry.mode)[rows]), np.unique(geometry.cols.seen(geometry.mode)[cols])

    @property
    def _window(self) -> int:
        return 1 if self.pooling is None else _WINDOW


def layer(image: Array, w: Array, *, stride: int, padding: int | str, padding_mode: str, pooled: Pooled) -> Layer:
    """Compute f on an image; the arguments are those of `cnnsim.trace.equivariance`."""
    forward = convolution(image, w, stride=stride, padding=padding, padding_mode=padding_mode).rule
    return Layer(forward, None if pooled == "none" else pooling(forward.output, _WINDOW, _WINDOW, pooled).rule)
