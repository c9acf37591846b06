"""Layers without parameters."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.analysis import output_size
from cnnsim.engine import activation, pooling
from cnnsim.engine.pooling import Window
from cnnsim.errors import InputError
from cnnsim.functional.check import Pair, pair
from cnnsim.nn.layer import Floats, Parameters, Saved, Shape


class WithoutParameters:
    """The part that such layers share: nothing to start with, and every shape stays."""

    __slots__ = ()

    def initial_parameters(self, random: np.random.Generator) -> dict[str, NDArray[np.float64]]:
        """Nothing to learn."""
        return {}

    def output_shape(self, shape: Shape) -> Shape:
        """The shape stays."""
        return shape


@dataclass(frozen=True, slots=True)
class ReLU(WithoutParameters):
    """Cut off what is negative; see `cnnsim.functional.relu`.

    Examples
    --------
    >>> ReLU().output_shape((6, 28, 28))
    (6, 28, 28)
    """

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Return max(0, x)."""
        y = activation.relu(x)
        return y, (y,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Let dy through where the output is positive."""
        return activation.relu_backward(dy, saved[0])


@dataclass(frozen=True, slots=True)
class Tanh(WithoutParameters):
    """Hyperbolic tangent; see `cnnsim.functional.tanh`.

    Examples
    --------
    >>> Tanh().output_shape((84,))
    (84,)
    """

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Return tanh x."""
        y = np.tanh(x)
        return y, (y,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Return dy · (1 - y²)."""
        return activation.tanh_backward(dy, saved[0])


@dataclass(frozen=True, slots=True)
class Flatten(WithoutParameters):
    """Put all maps of an image into one row of numbers: (C, H, W) to (C·H·W,).

    Examples
    --------
    >>> Flatten().output_shape((16, 5, 5))
    (400,)
    """

    def output_shape(self, shape: Shape) -> Shape:
        """(C, H, W) to (C·H·W,)."""
        return (math.prod(shape),)

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """(B, C, H, W, L) to (B, C·H·W, L): the same memory."""
        return x.reshape(len(x), -1, x.shape[-1]), (x,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """(B, C·H·W, L) to (B, C, H, W, L)."""
        return dy.reshape(saved[0].shape)


@dataclass(frozen=True, slots=True)
class MaxPool2d(WithoutParameters):
    """Keep the largest value of each window; see `cnnsim.functional.max_pool2d`.

    Parameters
    ----------
    kernel_size, stride, padding
        One integer, or (rows, columns); `stride` None is `kernel_size`.

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

    def __post_init__(self) -> None:
        _check_window(self.kernel_size, self.stride, self.padding)

    def window(self, shape: Shape) -> Window:
        """Where it looks in maps (C, H, W)."""
        return _window(self.kernel_size, self.stride, self.padding, shape)

    def output_shape(self, shape: Shape) -> Shape:
        """(C, H, W) to (C, H', W')."""
        return (shape[0], *self.window(shape).output)

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """(B, C, H, W, L) to (B, C, H', W', L)."""
        window = self.window(x.shape[1:4])
        y, winner = pooling.max_pool(x, window)
        return y, (x, winner)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Give every dy to the cell that won."""
        x, winner = saved
        window = _window(self.kernel_size, self.stride, self.padding, x.shape[1:4])
        return pooling.max_pool_backward(dy, winner, x.shape[2], x.shape[3], window)


@dataclass(frozen=True, slots=True)
class AvgPool2d(WithoutParameters):
    """Average each window, padding included; see `cnnsim.functional.avg_pool2d`.

    Parameters
    ----------
    kernel_size, stride, padding
        One integer, or (rows, columns); `stride` None is `kernel_size`.

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

    def __post_init__(self) -> None:
        _check_window(self.kernel_size, self.stride, self.padding)

    def output_shape(self, shape: Shape) -> Shape:
        """(C, H, W) to (C, H', W')."""
        return (shape[0], *_window(self.kernel_size, self.stride, self.padding, shape).output)

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """(B, C, H, W, L) to (B, C, H', W', L)."""
        window = _window(self.kernel_size, self.stride, self.padding, x.shape[1:4])
        return pooling.average_pool(x, window, _share(window, x)), (x,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Spread every dy evenly over its window."""
        (x,) = saved
        window = _window(self.kernel_size, self.stride, self.padding, x.shape[1:4])
        return pooling.average_pool_backward(dy, x.shape[2], x.shape[3], window, _share(window, x))


def _share(window: Window, x: Floats) -> Floats:
    return np.full(window.output, 1 / math.prod(window.kernel_size), x.dtype)


def _check_window(kernel_size: int | Pair, stride: int | Pair | None, padding: int | Pair) -> None:
    size, zeros = pair("kernel_size", kernel_size, 1), pair("padding", padding, 0)
    if stride is not None:
        pair("stride", stride, 1)
    if any(2 * p > k for p, k in zip(zeros, size, strict=True)):
        rule = f"is more than half of kernel_size={kernel_size}"
        raise InputError("padding", padding, rule, "a window would see nothing but padding; use less")


def _window(kernel_size: int | Pair, stride: int | Pair | None, padding: int | Pair, shape: Shape) -> Window:
    if len(shape) != 3:
        raise InputError("input shape", shape, "is not (C, H, W)", "pool before flattening")
    size, zeros = pair("kernel_size", kernel_size, 1), pair("padding", padding, 0)
    step = size if stride is None else pair("stride", stride, 1)
    rows, columns = (output_size(n, k, s, p) for n, k, s, p in zip(shape[1:], size, step, zeros, strict=True))
    return Window(size, step, zeros, (1, 1), (rows, columns))
