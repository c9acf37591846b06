"""Pooling layers whose windows slide."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cnnsim.engine import pooling
from cnnsim.engine.pooling import Window
from cnnsim.errors import InputError
from cnnsim.functional._pooling import window_shares
from cnnsim.functional._window import checked_window
from cnnsim.functional.check import Pair, flag, pair
from cnnsim.nn.layer import Floats, Parameters, Saved, Shape
from cnnsim.nn.parameterless import WithoutParameters


@dataclass(frozen=True, slots=True)
class MaxPool2d(WithoutParameters):
    """Keep the largest value of each window; see `cnnsim.functional.max_pool2d`.

    Parameters
    ----------
    kernel_size, stride, padding, dilation
        One integer, or (rows, columns); `stride` None is `kernel_size`.
    ceil_mode
        Round the output size up.

    Raises
    ------
    InputError
        If a number is out of its range.

    Examples
    --------
    >>> MaxPool2d(2).output_shape((6, 28, 28))
    (6, 14, 14)
    """

    kernel_size: int | Pair
    stride: int | Pair | None = None
    padding: int | Pair = 0
    dilation: int | Pair = 1
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        _check(self.kernel_size, self.stride, self.padding)
        pair("dilation", self.dilation, 1)
        flag("ceil_mode", self.ceil_mode)

    @property
    def is_plain(self) -> bool:
        """Whether all windows lie inside the image, without gaps."""
        padding, dilation = pair("padding", self.padding, 0), pair("dilation", self.dilation, 1)
        return padding == (0, 0) and dilation == (1, 1) and not self.ceil_mode

    def window(self, shape: Shape) -> Window:
        """Where it looks in images (C, H, W)."""
        return _window(shape, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)

    def output_shape(self, shape: Shape) -> Shape:
        """(C, H, W) to (C, H', W')."""
        return (shape[0], *self.window(shape).output)

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """(B, C, H, W, L) to (B, C, H', W', L)."""
        y, winner = pooling.max_pool(x, self.window(x.shape[1:4]))
        return y, (x, winner)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Give every dy to the cell that won."""
        x, winner = saved
        return pooling.max_pool_backward(dy, winner, x.shape[2], x.shape[3], self.window(x.shape[1:4]))


@dataclass(frozen=True, slots=True)
class AvgPool2d(WithoutParameters):
    """Average each window; see `cnnsim.functional.avg_pool2d`.

    Parameters
    ----------
    kernel_size, stride, padding
        One integer, or (rows, columns); `stride` None is `kernel_size`.
    ceil_mode
        Round the output size up.
    count_include_pad
        Whether the padding's zeros count in the divisor.

    Raises
    ------
    InputError
        If a number is out of its range.

    Examples
    --------
    >>> AvgPool2d(2).output_shape((6, 28, 28))
    (6, 14, 14)
    """

    kernel_size: int | Pair
    stride: int | Pair | None = None
    padding: int | Pair = 0
    ceil_mode: bool = False
    count_include_pad: bool = True

    def __post_init__(self) -> None:
        _check(self.kernel_size, self.stride, self.padding)
        flag("ceil_mode", self.ceil_mode)
        flag("count_include_pad", self.count_include_pad)

    def window(self, shape: Shape) -> Window:
        """Where it looks in images (C, H, W)."""
        return _window(shape, self.kernel_size, self.stride, self.padding, 1, self.ceil_mode)

    def output_shape(self, shape: Shape) -> Shape:
        """(C, H, W) to (C, H', W')."""
        return (shape[0], *self.window(shape).output)

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """(B, C, H, W, L) to (B, C, H', W', L)."""
        window = self.window(x.shape[1:4])
        return pooling.average_pool(x, window, window_shares(x, window, self.count_include_pad, None)), (x,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Spread every dy evenly over its window."""
        (x,) = saved
        window = self.window(x.shape[1:4])
        return pooling.average_pool_backward(
            dy, x.shape[2], x.shape[3], window, window_shares(x, window, self.count_include_pad, None)
        )


def _check(kernel_size: int | Pair, stride: int | Pair | None, padding: int | Pair) -> None:
    size, zeros = pair("kernel_size", kernel_size, 1), pair("padding", padding, 0)
    if stride is not None:
        pair("stride", stride, 1)
    if any(2 * p > k for p, k in zip(zeros, size, strict=True)):
        rule = f"is more than half of kernel_size={kernel_size}"
        raise InputError("padding", padding, rule, "a window would see nothing but padding; use less")


def _window(
    shape: Shape,
    kernel_size: int | Pair,
    stride: int | Pair | None,
    padding: int | Pair,
    dilation: int | Pair,
    ceil_mode: bool,
) -> Window:
    if len(shape) != 3:
        raise InputError("input shape", shape, "is not (C, H, W)", "pool before flattening")
    size, spread, zeros = (
        pair("kernel_size", kernel_size, 1),
        pair("dilation", dilation, 1),
        pair("padding", padding, 0),
    )
    return _known_window(shape, size, size if stride is None else pair("stride", stride, 1), zeros, spread, ceil_mode)


@lru_cache(maxsize=256)
def _known_window(shape: Shape, size: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool) -> Window:
    no_images = np.empty((0, *shape), np.float32)
    return checked_window(no_images, size, stride, padding, dilation, ceil_mode)[1]
