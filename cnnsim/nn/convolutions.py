"""Convolution of signals, and transposed convolution."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine import convolution
from cnnsim.engine.compile import LANES
from cnnsim.engine.convolution import Geometry
from cnnsim.errors import InputError
from cnnsim.functional._convolution1d import LengthPadding, of_one_row
from cnnsim.functional._outside import PaddingMode
from cnnsim.functional._padding import pad
from cnnsim.functional.check import Pair, count, flag, pair, room
from cnnsim.nn.layer import Floats, Parameters, Saved, Shape
from cnnsim.nn.layers import Conv2d, uniform_start


@dataclass(frozen=True, slots=True)
class Conv1d:
    """Slide kernels along signals (C, length); see `cnnsim.functional.conv1d`.

    Parameters
    ----------
    in_channels, out_channels
        Signals before and after.
    kernel_size, stride, dilation
        Numbers of cells.
    padding
        The same, on both sides; or ((left, right),), "same" or "valid".
    groups
        Groups of channels that do not see each other.
    bias
        Whether every output has a bias.
    padding_mode
        What the padding holds: "zeros", or copies by "replicate", "reflect" or "circular".

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    As `torch.nn.Conv1d`; parameters `weight` (O, C / groups, k) and `bias` (O,) start as there.

    Examples
    --------
    >>> Conv1d(1, 4, 5).output_shape((1, 100))
    (4, 96)
    """

    in_channels: int
    out_channels: int
    kernel_size: int
    stride: int = 1
    padding: LengthPadding = 0
    dilation: int = 1
    groups: int = 1
    bias: bool = True
    padding_mode: PaddingMode = "zeros"

    def __post_init__(self) -> None:
        for name in ("kernel_size", "stride", "dilation"):
            pair(name, (getattr(self, name), 1), 1)
        self.flat()

    def flat(self) -> Conv2d:
        """The same on images of one row."""
        stride, padding, dilation = of_one_row(self.stride, self.padding, self.dilation)
        channels, size = (self.in_channels, self.out_channels), (1, self.kernel_size)
        return Conv2d(*channels, size, stride, padding, dilation, self.groups, self.bias, self.padding_mode)

    def initial_parameters(self, random: np.random.Generator) -> dict[str, NDArray[np.float64]]:
        """Weight and bias, uniform in ±1/√(inputs of one output)."""
        return uniform_start(random, (self.out_channels, self.in_channels // self.groups, self.kernel_size), self.bias)

    def output_shape(self, shape: Shape) -> Shape:
        """(C, length) to (O, length')."""
        if len(shape) != 2:
            rule = f"is not ({self.in_channels}, length)"
            raise InputError("input shape", shape, rule, f"feed it {self.in_channels} signals")
        channels, _, length = self.flat().output_shape((shape[0], 1, shape[1]))
        return channels, length

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Cross-correlate (B, C, length, L) to (B, O, length', L)."""
        y, saved = self.flat().forward(x[:, :, None], _widened(parameters))
        return y[:, :, 0], saved

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Scatter dy back through the windows; let it meet what they saw."""
        dx = self.flat().backward(dy[:, :, None], saved, _widened(parameters), gradients, wants_dx=wants_dx)
        return None if dx is None else dx[:, :, 0]


@dataclass(frozen=True, slots=True)
class ConvTranspose2d:
    """Scatter every cell through kernels: U-shaped networks grow their maps so; see `conv_transpose2d`.

    Parameters
    ----------
    in_channels, out_channels
        Maps before and after.
    kernel_size, stride, padding, output_padding, dilation
        One integer, or (rows, columns); `padding` is cut off the output on both sides, and `output_padding`, less than
        the stride or the dilation, is added at the bottom and right.
    groups
        Groups of channels that do not see each other.
    bias
        Whether every output map has a bias.

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    As `torch.nn.ConvTranspose2d`; parameters `weight` (C, O / groups, kh, kw) and `bias` (O,) start as there.

    Examples
    --------
    >>> ConvTranspose2d(16, 8, 2, stride=2).output_shape((16, 14, 14))
    (8, 28, 28)
    """

    in_channels: int
    out_channels: int
    kernel_size: int | Pair
    stride: int | Pair = 1
    padding: int | Pair = 0
    output_padding: int | Pair = 0
    groups: int = 1
    bias: bool = True
    dilation: int | Pair = 1

    def __post_init__(self) -> None:
        for name in ("in_channels", "out_channels", "groups"):
            count(name, getattr(self, name))
        for name, least in (("kernel_size", 1), ("stride", 1), ("padding", 0), ("dilation", 1)):
            pair(name, getattr(self, name), least)
        flag("bias", self.bias)
        if self.in_channels % self.groups or self.out_channels % self.groups:
            rule = f"does not divide in_channels={self.in_channels} and out_channels={self.out_channels}"
            raise InputError("groups", self.groups, rule, "choose a common divisor")
        more, stride = pair("output_padding", self.output_padding, 0), pair("stride", self.stride, 1)
        dilation = pair("dilation", self.dilation, 1)
        if any(m and m >= max(s, d) for m, s, d in zip(more, stride, dilation, strict=True)):
            rule = f"is not less than stride={self.stride} or dilation={self.dilation}"
            raise InputError("output_padding", self.output_padding, rule, "use less")

    def initial_parameters(self, random: np.random.Generator) -> dict[str, NDArray[np.float64]]:
        """Weight and bias, uniform in ±1/√(O / groups · kh · kw)."""
        shape = (self.in_channels, self.out_channels // self.groups, *pair("kernel_size", self.kernel_size, 1))
        return uniform_start(random, shape, self.bias, self.out_channels)

    def geometry(self, shape: Shape) -> Geometry:
        """The convolution that this is the transpose of, for maps (C, H, W).

        Its input is the output, or all that the kernels reach where `margins` are added to that.
        """
        size, (p, q) = pair("kernel_size", self.kernel_size, 1), pair("padding", self.padding, 0)
        stride, dilation = pair("stride", self.stride, 1), pair("dilation", self.dilation, 1)
        rows, columns = (
            (n - 1) * s + d * (k - 1) + 1 for n, s, d, k in zip(shape[1:], stride, dilation, size, strict=True)
        )
        sides = (0, 0, 0, 0) if any(self.margins) else (p, p, q, q)
        if not any(self.margins):
            m, n = pair("output_padding", self.output_padding, 0)
            rows, columns = rows - 2 * p + m, columns - 2 * q + n
        return Geometry(self.out_channels, rows, columns, self.in_channels, size, stride, sides, dilation, self.groups)

    @property
    def margins(self) -> tuple[int, int, int, int]:
        """Cells to add to all that the kernels reach, as `pad` takes them; 0 where the geometry sees to it.

        It cannot where more is added than a stride: the convolution would have another output then.
        """
        (m, n), stride = pair("output_padding", self.output_padding, 0), pair("stride", self.stride, 1)
        p, q = pair("padding", self.padding, 0)
        return (-q, n - q, -p, m - p) if m >= stride[0] or n >= stride[1] else (0, 0, 0, 0)

    def output_shape(self, shape: Shape) -> Shape:
        """(C, H, W) to (O, H', W')."""
        if len(shape) != 3 or shape[0] != self.in_channels:
            rule, remedy = f"is not ({self.in_channels}, H, W)", f"feed it {self.in_channels} maps"
            raise InputError("input shape", shape, rule, remedy)
        g, (left, right, top, bottom) = self.geometry(shape), self.margins
        output = g.height + top + bottom, g.width + left + right
        if min(output) < 1:
            rule = f"cuts everything off the output of {shape}"
            raise InputError("padding", self.padding, rule, "use less padding")
        option = ("stride", self.stride) if max(g.stride) >= max(g.dilation) else ("dilation", self.dilation)
        room(*option, (LANES, self.out_channels, *g.padded), LANES * math.prod(shape))
        return self.out_channels, *output

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Scatter (B, C, H, W, L) to (B, O, H', W', L)."""
        y = convolution.convolve_backward_input(x, parameters["weight"], self.geometry(x.shape[1:4]))
        if any(self.margins):
            y = pad(y, (0, 0, *self.margins))
        if self.bias:
            y += parameters["bias"][:, None, None, None]
        return y, (x,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Gather dy through the windows: a convolution."""
        (x,) = saved
        g = self.geometry(x.shape[1:4])
        if self.bias:
            gradients["bias"][...] = convolution.backward_bias(dy)
        if any(self.margins):
            dy = pad(dy, (0, 0, *(-n for n in self.margins)))
        padded = convolution.pad_blocks(dy, g)
        convolution.convolve_backward_weight(x, padded, gradients["weight"], g)
        no_bias = np.zeros(self.in_channels, dy.dtype)
        return convolution.convolve(padded, parameters["weight"], no_bias, g) if wants_dx else None


def _widened(parameters: Parameters) -> Mapping[str, Floats]:
    """Kernels of one row."""
    return {name: value[:, :, None] if name == "weight" else value for name, value in parameters.items()}
