"""Layers with parameters."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.analysis import output_size
from cnnsim.engine import convolution
from cnnsim.engine import linear as dense
from cnnsim.engine.convolution import Geometry
from cnnsim.errors import InputError
from cnnsim.functional._outside import Outside, PaddingMode, copying, room_for_padding
from cnnsim.functional.check import Padding, Pair, count, flag, padding_sides, pair, room
from cnnsim.nn.layer import Floats, Parameters, Saved, Shape


@dataclass(frozen=True, slots=True)
class Conv2d:
    """Slide kernels over images; see `cnnsim.functional.conv2d`.

    Parameters
    ----------
    in_channels, out_channels
        Maps before and after.
    kernel_size, stride, dilation
        One integer, or (rows, columns).
    padding
        The same, on both sides; or ((top, bottom), (left, right)), "same" or "valid".
    groups
        Groups of channels that do not see each other.
    bias
        Whether every output map has a bias.
    padding_mode
        What the padding holds: "zeros", or copies by "replicate", "reflect" or "circular".

    Raises
    ------
    InputError
        If a number is out of its range, or a mode unknown.

    References
    ----------
    As `torch.nn.Conv2d`; parameters `weight` (O, C / groups, kh, kw) and `bias` (O,) start as there.

    Examples
    --------
    >>> Conv2d(1, 6, 5, padding=2).output_shape((1, 28, 28))
    (6, 28, 28)
    >>> Conv2d(1, 6, 4, padding="same", padding_mode="reflect").output_shape((1, 28, 28))
    (6, 28, 28)
    """

    in_channels: int
    out_channels: int
    kernel_size: int | Pair
    stride: int | Pair = 1
    padding: Padding = 0
    dilation: int | Pair = 1
    groups: int = 1
    bias: bool = True
    padding_mode: PaddingMode = "zeros"

    def __post_init__(self) -> None:
        for name in ("in_channels", "out_channels", "groups"):
            count(name, getattr(self, name))
        for name in ("kernel_size", "stride", "dilation"):
            pair(name, getattr(self, name), 1)
        flag("bias", self.bias)
        _ = self.outside
        if self.in_channels % self.groups or self.out_channels % self.groups:
            rule = f"does not divide in_channels={self.in_channels} and out_channels={self.out_channels}"
            raise InputError("groups", self.groups, rule, "choose a common divisor")

    def initial_parameters(self, random: np.random.Generator) -> dict[str, NDArray[np.float64]]:
        """Weight and bias, uniform in ±1/√(inputs of one output)."""
        shape = (self.out_channels, self.in_channels // self.groups, *pair("kernel_size", self.kernel_size, 1))
        return uniform_start(random, shape, self.bias)

    @property
    def outside(self) -> Outside:
        """What is put around blocks of maps before the kernels get them."""
        size, stride = pair("kernel_size", self.kernel_size, 1), pair("stride", self.stride, 1)
        sides = padding_sides(self.padding, size, stride, pair("dilation", self.dilation, 1))
        return Outside(sides, copying(self.padding_mode), behind=1)

    def geometry(self, shape: Shape) -> Geometry:
        """Everything the kernels need to know, for images (C, H, W)."""
        outside, size = self.outside, pair("kernel_size", self.kernel_size, 1)
        maps, step = outside.size(*shape[1:]), pair("stride", self.stride, 1)
        spread = pair("dilation", self.dilation, 1)
        return Geometry(self.in_channels, *maps, self.out_channels, size, step, outside.zeros, spread, self.groups)

    def output_shape(self, shape: Shape) -> Shape:
        """(C, H, W) to (O, H', W')."""
        if len(shape) != 3 or shape[0] != self.in_channels:
            rule, remedy = f"is not ({self.in_channels}, H, W)", f"feed it {self.in_channels} maps"
            raise InputError("input shape", shape, rule, remedy)
        g, outside = self.geometry(shape), self.outside
        for n, k, s, d in zip(g.padded, g.kernel_size, g.stride, g.dilation, strict=True):
            output_size(n, k, s, 0, d)
        room_for_padding(self.padding, outside.sides, (1, *shape), (self.out_channels, *g.output))
        outside(np.empty((0, *shape, 0)))  # refuses maps that are too small to copy from
        return (self.out_channels, *g.output)

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Cross-correlate (B, C, H, W, L) to (B, O, H', W', L)."""
        g = self.geometry(x.shape[1:4])
        padded = convolution.pad_blocks(self.outside(x), g)
        weight = parameters["weight"]
        bias = parameters["bias"] if self.bias else np.zeros(self.out_channels, x.dtype)
        return convolution.convolve(padded, weight, bias, g), (x, padded)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Scatter dy back through the windows; let it meet what they saw."""
        x, padded = saved
        g = self.geometry(x.shape[1:4])
        convolution.convolve_backward_weight(dy, padded, gradients["weight"], g)
        if self.bias:
            gradients["bias"][...] = convolution.backward_bias(dy)
        if not wants_dx:
            return None
        return self.outside.backward(convolution.convolve_backward_input(dy, parameters["weight"], g), x)


@dataclass(frozen=True, slots=True)
class Linear:
    """Multiply by a matrix and add a bias; see `cnnsim.functional.linear`.

    Parameters
    ----------
    in_features, out_features
        Numbers before and after.
    bias
        Whether every output has a bias.

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    As `torch.nn.Linear`; parameters `weight` (O, I) and `bias` (O,) start as there.

    Examples
    --------
    >>> Linear(400, 120).output_shape((400,))
    (120,)
    """

    in_features: int
    out_features: int
    bias: bool = True

    def __post_init__(self) -> None:
        count("in_features", self.in_features)
        count("out_features", self.out_features)
        flag("bias", self.bias)

    def initial_parameters(self, random: np.random.Generator) -> dict[str, NDArray[np.float64]]:
        """Weight and bias, uniform in ±1/√in_features."""
        return uniform_start(random, (self.out_features, self.in_features), self.bias)

    def output_shape(self, shape: Shape) -> Shape:
        """(I,) to (O,)."""
        if shape != (self.in_features,):
            rule, remedy = f"is not ({self.in_features},)", "put a Flatten before it, or change in_features"
            raise InputError("input shape", shape, rule, remedy)
        return (self.out_features,)

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Multiply (B, I, L) to (B, O, L)."""
        bias = parameters["bias"] if self.bias else np.zeros(self.out_features, x.dtype)
        return dense.linear(x, parameters["weight"], bias), (x,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Multiply dy by the transposed weight; let it meet the input."""
        (x,) = saved
        dense.linear_backward_weight(dy, x, gradients["weight"])
        if self.bias:
            gradients["bias"][...] = convolution.backward_bias(dy)
        return dense.linear_backward_input(dy, parameters["weight"]) if wants_dx else None


def uniform_start(
    random: np.random.Generator, shape: Shape, bias: bool, outputs: int | None = None
) -> dict[str, NDArray[np.float64]]:
    """Weight and, if wanted, bias, uniform in ±1/√(numbers of a kernel), as PyTorch's layers start.

    `outputs` None is the first axis of the weight.
    """
    room("weight.shape", shape, shape)
    limit = 1 / math.sqrt(math.prod(shape[1:]))
    parameters = {"weight": random.uniform(-limit, limit, shape)}
    if bias:
        parameters["bias"] = random.uniform(-limit, limit, shape[0] if outputs is None else outputs)
    return parameters
