"""Max and average pooling of blocks, forward and backward."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.blocks import Floats
from cnnsim.engine.champion import champion
from cnnsim.engine.compile import LANES, kernel, part
from cnnsim.engine.memory import empty, zeros

Indices = NDArray[np.int32]
Offsets = NDArray[np.int64]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """Where pooling looks, and how many rows and columns come out."""

    kernel_size: Pair
    stride: Pair
    padding: Pair
    dilation: Pair
    output: Pair


@part
def _inside(start: int, size: int, dilation: int, limit: int) -> Pair:
    """Which cells of a window that begins at `start` lie inside 0 ... limit: the first, and one past the last."""
    first = max(0, -(start // dilation))
    return first, min(size, (limit - start + dilation - 1) // dilation)


@kernel
def _max(
    x: Floats, y: Floats, winner: Indices, shape: Offsets, size: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> None:
    """Flat arrays; `shape` holds the number of maps, then height and width before and after."""
    maps, height, width, rows, columns = shape
    for c in range(maps):
        for i in range(rows):
            top = i * stride[0] - padding[0]
            first_r, end_r = _inside(top, size[0], dilation[0], height)
            for j in range(columns):
                left = j * stride[1] - padding[1]
                first_c, end_c = _inside(left, size[1], dilation[1], width)
                first = (top + first_r * dilation[0]) * width + left + first_c * dilation[1]
                n, m = end_r - first_r, end_c - first_c
                place, start = ((c * rows + i) * columns + j) * LANES, c * height * width * LANES
                champion(y, winner, place, x, start, first, n, dilation[0] * width, m, dilation[1])


@kernel
def _max_backward(
    dx: Floats, dy: Floats, winner: Indices, size: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> None:
    blocks, channels, height, width, lanes = dx.shape
    for b in range(blocks):
        for c in range(channels):
            for i in range(dy.shape[2]):
                for j in range(dy.shape[3]):
                    for r in range(size[0]):
                        row = i * stride[0] - padding[0] + r * dilation[0]
                        for s in range(size[1]):
                            col = j * stride[1] - padding[1] + s * dilation[1]
                            if 0 <= row < height and 0 <= col < width:
                                cell = row * width + col
                                for lane in range(lanes):
                                    won = winner[b, c, i, j, lane] == cell
                                    dx[b, c, row, col, lane] += dy[b, c, i, j, lane] if won else 0


def max_pool(x: Floats, window: Window) -> tuple[Floats, Indices]:
    """Largest value of each window and the index (row · W + col) of the first cell that holds it.

    (B, C, H, W, L) to two arrays (B, C, H', W', L). Padding never wins.
    """
    shape = (*x.shape[:2], *window.output, LANES)
    y, winner = empty(shape, x.dtype), empty(shape, np.int32)
    maps = np.array([len(x) * x.shape[1], *x.shape[2:4], *window.output], np.int64)
    flat = x.reshape(-1), y.reshape(-1), winner.reshape(-1)
    _max(*flat, maps, window.kernel_size, window.stride, window.padding, window.dilation)
    return y, winner


def max_pool_backward(dy: Floats, winner: Indices, height: int, width: int, window: Window) -> Floats:
    """Give every gradient to the cell that won: (B, C, H', W', L) to (B, C, H, W, L)."""
    dx = zeros((*dy.shape[:2], height, width, LANES), dy.dtype)
    _max_backward(dx, dy, winner, window.kernel_size, window.stride, window.padding, window.dilation)
    return dx


@kernel
def _average(x: Floats, y: Floats, share: Floats, size: Pair, stride: Pair, padding: Pair) -> None:
    blocks, channels, height, width, lanes = x.shape
    for b in range(blocks):
        for c in range(channels):
            for i in range(y.shape[2]):
                for j in range(y.shape[3]):
                    y[b, c, i, j] = 0
                    for row in range(
                        max(0, i * stride[0] - padding[0]), min(height, i * stride[0] - padding[0] + size[0])
                    ):
                        left = j * stride[1] - padding[1]
                        for col in range(max(0, left), min(width, left + size[1])):
                            for lane in range(lanes):
                                y[b, c, i, j, lane] += x[b, c, row, col, lane]
                    for lane in range(lanes):
                        y[b, c, i, j, lane] *= share[i, j]


@kernel
def _average_backward(dx: Floats, dy: Floats, share: Floats, size: Pair, stride: Pair, padding: Pair) -> None:
    blocks, channels, height, width, lanes = dx.shape
    for b in range(blocks):
        for c in range(channels):
            for i in range(dy.shape[2]):
                for j in range(dy.shape[3]):
                    for row in range(
                        max(0, i * stride[0] - padding[0]), min(height, i * stride[0] - padding[0] + size[0])
                    ):
                        left = j * stride[1] - padding[1]
                        for col in range(max(0, left), min(width, left + size[1])):
                            for lane in range(lanes):
                                dx[b, c, row, col, lane] += dy[b, c, i, j, lane] * share[i, j]


def average_pool(x: Floats, window: Window, share: Floats) -> Floats:
    """Sum of each window times its share (H', W'), one over the number it is divided by."""
    y = empty((*x.shape[:2], *window.output, LANES), x.dtype)
    _average(x, y, share, window.kernel_size, window.stride, window.padding)
    return y


def average_pool_backward(dy: Floats, height: int, width: int, window: Window, share: Floats) -> Floats:
    """Spread every gradient evenly over its window: (B, C, H', W', L) to (B, C, H, W, L)."""
    dx = zeros((*dy.shape[:2], height, width, LANES), dy.dtype)
    _average_backward(dx, dy, share, window.kernel_size, window.stride, window.padding)
    return dx
