"""Dense layers on blocks of L images, forward and backward."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.blocks import Floats, flat_rows
from cnnsim.engine.compile import LANES
from cnnsim.engine.memory import empty, zeros
from cnnsim.engine.product import product

Offsets = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tables:
    """Offsets of the output and input features in the activations and in the weight; steps from block to block."""

    outputs: Offsets
    inputs: Offsets
    steps: Offsets
    steps_back: Offsets


@lru_cache(maxsize=256)
def tables(outputs: int, inputs: int) -> Tables:
    """Offsets for `product`, forwards and, read the other way round, for the gradient of the input."""
    o, i = np.arange(outputs, dtype=np.int64), np.arange(inputs, dtype=np.int64)
    steps = np.array([[0, 0, outputs], [0, 0, inputs]], np.int64) * LANES
    return Tables(
        outputs=np.stack([o * LANES, o * inputs])[:, None],
        inputs=np.stack([i * LANES, i])[:, None],
        steps=steps,
        steps_back=np.ascontiguousarray(steps[::-1]),
    )


def linear(x: Floats, weight: Floats, bias: Floats) -> Floats:
    """Multiply: (B, I, L) with weight (O, I) and bias (O,) to (B, O, L)."""
    outputs, inputs = weight.shape
    y = empty((len(x), outputs, LANES), x.dtype)
    t = tables(outputs, inputs)
    grid = np.array([1, 1, len(x)], np.int64)
    product(y.reshape(-1), x.reshape(-1), weight.reshape(-1), bias, t.outputs, t.inputs, t.steps, 0, grid)
    return y


def linear_backward_input(dy: Floats, weight: Floats) -> Floats:
    """Multiply by the transposed weight: (B, O, L) to (B, I, L)."""
    outputs, inputs = weight.shape
    dx = empty((len(dy), inputs, LANES), dy.dtype)
    t = tables(outputs, inputs)
    grid = np.array([1, 1, len(dy)], np.int64)
    no_bias = np.zeros(inputs, dy.dtype)
    product(dx.reshape(-1), dy.reshape(-1), weight.reshape(-1), no_bias, t.inputs, t.outputs, t.steps_back, 0, grid)
    return dx


@dataclass(frozen=True, slots=True)
class WeightTables:
    """Offsets of the output features in the gradient and in dy, and of the images in x and in dy."""

    outputs: Offsets
    inputs: Offsets


@lru_cache(maxsize=256)
def weight_tables(outputs: int, width: int) -> WeightTables:
    """As `tables`, for the product that sums over the images of a block and runs along the input features."""
    o, lane = np.arange(outputs, dtype=np.int64), np.arange(LANES, dtype=np.int64)
    return WeightTables(
        outputs=np.stack([o * width, o * LANES])[:, None], inputs=np.stack([lane * width, lane])[:, None]
    )


def linear_backward_weight(dy: Floats, x: Floats, dweight: Floats) -> None:
    """Fill `dweight` (B, O · I), one gradient per block, from dy (B, O, L) and x (B, I, L); its rows may lie apart.

    Runs along the input features in vectors; if their number is no multiple of L, the last overlaps the one before.
    """
    blocks, outputs, inputs = len(x), dy.shape[1], x.shape[1]
    if inputs < LANES:
        sums = empty((blocks, outputs, LANES), x.dtype)
        images = zeros((blocks, LANES, LANES), x.dtype)
        images[:, :, :inputs] = x.transpose(0, 2, 1)
        _weight_product(
            flat_rows(sums.reshape(blocks, outputs * LANES)), images.reshape(-1), dy, LANES, outputs * LANES, 1
        )
        dweight.reshape(blocks, outputs, inputs)[...] = sums[:, :, :inputs]
        return
    images = empty((blocks, LANES, inputs), x.dtype)
    images[...] = x.transpose(0, 2, 1)
    flat_dw, flat_images, step = flat_rows(dweight), images.reshape(-1), dweight.strides[0] // dweight.itemsize
    _weight_product(flat_dw, flat_images, dy, inputs, step, inputs // LANES)
    if inputs % LANES:
        last = inputs - LANES
        _weight_product(flat_dw[last:], flat_images[last:], dy, inputs, step, 1)


def _weight_product(dweight: Floats, images: Floats, dy: Floats, width: int, step: int, vectors: int) -> None:
    """Sum over the images of a block for so many vectors of input features, in rows of `width`."""
    blocks, outputs = dy.shape[:2]
    t = weight_tables(outputs, width)
    steps = np.array([[step, 0, LANES], [LANES * width, 0, LANES]], np.int64)
    grid, no_bias = np.array([blocks, 1, vectors], np.int64), np.zeros(outputs, dy.dtype)
    product(dweight, images, dy.reshape(-1), no_bias, t.outputs, t.inputs, steps, outputs * LANES, grid)
