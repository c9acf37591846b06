"""Convolution of blocks and its gradients, for any stride, padding, dilation and group count."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.blocks import Floats, flat_rows
from cnnsim.engine.compile import LANES
from cnnsim.engine.memory import empty, zeros
from cnnsim.engine.outer import outer
from cnnsim.engine.product import product, scatter

Offsets = NDArray[np.int64]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Geometry:
    """Everything about a convolution but its numbers; `padding` is (top, bottom, left, right)."""

    in_channels: int
    height: int
    width: int
    out_channels: int
    kernel_size: Pair
    stride: Pair
    padding: tuple[int, int, int, int]
    dilation: Pair
    groups: int

    @property
    def padded(self) -> Pair:
        """Height and width of the padded input."""
        top, bottom, left, right = self.padding
        return self.height + top + bottom, self.width + left + right

    @property
    def output(self) -> Pair:
        """Height and width of the output: ⌊(n + p - d(k-1) - 1)/s⌋ + 1 with p the padding of both sides."""
        rows, columns = (
            (n - d * (k - 1) - 1) // s + 1
            for n, k, s, d in zip(self.padded, self.kernel_size, self.stride, self.dilation, strict=True)
        )
        return rows, columns

    @property
    def n_taps(self) -> int:
        """Weights of one output map."""
        return self.in_channels // self.groups * self.kernel_size[0] * self.kernel_size[1]


@dataclass(frozen=True, slots=True)
class Tables:
    """Offsets of output maps and taps in the input, weight and output arrays, and the steps of the grid."""

    maps: Offsets
    taps: Offsets
    steps: Offsets
    steps_back: Offsets


@lru_cache(maxsize=256)
def tables(g: Geometry) -> Tables:
    """Offsets for `product` (maps in y and w; taps in x and w) and, read the other way round, for the gradients."""
    (padded_height, padded_width), (height, width) = g.padded, g.output
    out, inputs = g.out_channels // g.groups, g.in_channels // g.groups
    group = np.arange(g.groups)[:, None]
    maps = group * out + np.arange(out)
    channel, row, column = (a.ravel() for a in np.indices((inputs, *g.kernel_size)))
    plane = padded_height * padded_width
    x_taps = (group * inputs + channel) * plane + row * g.dilation[0] * padded_width + column * g.dilation[1]
    w_taps = np.broadcast_to(np.arange(g.n_taps), x_taps.shape)
    y_steps = (g.out_channels * height * width, width, 1)
    x_steps = (g.in_channels * plane, g.stride[0] * padded_width, g.stride[1])
    steps = np.array([y_steps, x_steps], np.int64) * LANES
    return Tables(
        maps=np.stack([maps * height * width * LANES, maps * g.n_taps]).astype(np.int64),
        taps=np.stack([x_taps * LANES, w_taps]).astype(np.int64),
        steps=steps,
        steps_back=np.ascontiguousarray(steps[::-1]),
    )


def _grid(blocks: int, g: Geometry) -> Offsets:
    return np.array([blocks, *g.output], np.int64)


def pad_blocks(x: Floats, g: Geometry) -> Floats:
    """Put zeros around every map: (B, C, H, W, L) to (B, C, H + p, W + p, L); without padding the same array."""
    if not any(g.padding):
        return x
    top, _, left, _ = g.padding
    padded = zeros((*x.shape[:2], *g.padded, LANES), x.dtype)
    padded[:, :, top : top + g.height, left : left + g.width] = x
    return padded


def convolve(padded: Floats, weight: Floats, bias: Floats, g: Geometry) -> Floats:
    """Cross-correlate: (B, C, Hp, Wp, L) with (O, C/groups, kh, kw) and (O,) to (B, O, H', W', L)."""
    y = empty((len(padded), g.out_channels, *g.output, LANES), padded.dtype)
    t = tables(g)
    grid = _grid(len(padded), g)
    product(y.reshape(-1), padded.reshape(-1), weight.reshape(-1), bias, t.maps, t.taps, t.steps, 0, grid)
    return y


def convolve_backward_input(dy: Floats, weight: Floats, g: Geometry) -> Floats:
    """Send every dy back through its window: (B, O, H', W', L) to dx (B, C, H, W, L).

    The sum over the output maps comes first, so a cell of the window is read and written once per position.
    """
    dx = zeros((len(dy), g.in_channels, *g.padded, LANES), dy.dtype)
    t = tables(g)
    scatter(
        dx.reshape(-1),
        dy.reshape(-1),
        weight.reshape(-1),
        t.taps,
        t.maps,
        t.steps_back,
        _grid(len(dy), g),
    )
    if not any(g.padding):
        return dx
    top, _, left, _ = g.padding
    return np.ascontiguousarray(dx[:, :, top : top + g.height, left : left + g.width])


def convolve_backward_weight(dy: Floats, padded: Floats, dweight: Floats, g: Geometry) -> None:
    """Fill `dweight` (B, O · C/groups · kh · kw), one gradient per block; its rows may lie apart."""
    t = tables(g)
    step = dweight.strides[0] // dweight.itemsize
    outer(
        flat_rows(dweight),
        dy.reshape(-1),
        padded.reshape(-1),
        t.maps,
        t.taps,
        t.steps,
        step,
        _grid(len(dy), g),
    )


def backward_bias(dy: Floats) -> Floats:
    """Sum over positions and lanes: (B, O, ..., L) to (B, O)."""
    return dy.reshape(*dy.shape[:2], math.prod(dy.shape[2:])).sum(axis=2)  # type: ignore[no-any-return]
