"""Pooling and ReLU within a block: instructions of `cnnsim.engine.training`."""

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.champion import champion
from cnnsim.engine.compile import LANES, part
from cnnsim.engine.shares import give

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]
Indices = NDArray[np.int32]

_write = give(False)
_add = give(True)


@part
def cut_off(memory: Floats, start: int, n: int) -> None:
    """Set what is negative to 0."""
    for i in range(start, start + n):
        memory[i] = 0 if memory[i] <= 0 else memory[i]  # a NaN stays one


@part
def let_through(memory: Floats, y: int, dy: int, n: int) -> None:
    """Set the gradient to 0 where the output is not positive."""
    for i in range(n):
        memory[dy + i] = memory[dy + i] if memory[y + i] > 0 else 0


@part
def pool(c: Integers, memory: Floats, winners: Indices) -> None:
    """Find the winner of each window, and cut off what is negative if asked to."""
    x, y, channels, height, width, rows, columns = c[1:8]
    size_r, size_c, stride_r, stride_c, relu, first_winner = c[8:14]
    outputs, won = memory[y:], winners[first_winner:]
    for channel in range(channels):
        start = x + channel * height * width * LANES
        for i in range(rows):
            for j in range(columns):
                place, cell = ((channel * rows + i) * columns + j) * LANES, i * stride_r * width + j * stride_c
                champion(outputs, won, place, memory, start, cell, size_r, width, size_c, 1)
    if relu:
        cut_off(memory, y, channels * rows * columns * LANES)


@part
def pool_backward(c: Integers, memory: Floats, winners: Indices) -> None:
    """Give every dy to the cell that won; where windows lie apart nothing has to be added."""
    y, channels, height, width, rows, columns = c[2:8]
    size_r, size_c, stride_r, stride_c, relu, first_winner, dy, dx = c[8:16]
    numbers, cells = channels * rows * columns * LANES, channels * height * width * LANES
    if relu:
        let_through(memory, y, dy, numbers)
    memory_dy, won = memory[dy : dy + numbers], winners[first_winner:]
    apart = size_r <= stride_r and size_c <= stride_c
    if not (apart and rows * size_r == height and columns * size_c == width):
        memory[dx : dx + cells] = 0
    for channel in range(channels):
        start = dx + channel * height * width * LANES
        for i in range(rows):
            for j in range(columns):
                place = ((channel * rows + i) * columns + j) * LANES
                for r in range(size_r):
                    for s in range(size_c):
                        cell = (i * stride_r + r) * width + j * stride_c + s
                        if apart:
                            _write(memory, start + cell * LANES, memory_dy, place, won, cell)
                        else:
                            _add(memory, start + cell * LANES, memory_dy, place, won, cell)
