"""A chain of layers as one kernel call for single images, where blocks of L images would be nearly empty.

Neighbouring numbers are neighbouring cells here, not neighbouring images. Maps lie row behind row, and a tap of a
convolution with stride 1 is then the same shift for all cells of a map, padding included: it computes whole maps in
vectors, and a few cells too many at the end of each row, which nobody reads. With a stride s, the cells are dealt out
to s·s maps first, by (i mod s, j mod s), which makes it a convolution with stride 1 again.

An instruction is a row of integers; all numbers lie in two arrays, the parameters and the memory.
"""

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.compile import LANES, kernel, part
from cnnsim.engine.largest import largest
from cnnsim.engine.product import product
from cnnsim.engine.tiles import outer_tile

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]

COPY, CONVOLVE, MULTIPLY = 0, 1, 2
"""Copying takes the largest number of each window and cuts off what is negative on the way, where asked to."""

_ROWS = 8
"""Rows of a matrix that are multiplied at a time: so many sums keep the processor busy."""

_many = outer_tile(_ROWS, 1)
_one = outer_tile(1, 1)


@part
def _spread(memory: Floats, source: int, target: int, n: int, step: int) -> None:
    """Copy n cells that lie `step` apart; then they lie side by side."""
    for j in range(n):
        memory[target + j] = memory[source + j * step]


@part
def _deal(
    memory: Floats, source: int, target: int, columns: int, step: int, left: int, phases: int, plane: int
) -> None:
    """Share the cells of a row out among the phases."""
    for q in range(phases):
        first = (q - left) % phases
        n = (columns - first + phases - 1) // phases
        place = target + q * plane + (first + left) // phases
        _spread(memory, source + first * step, place, n, phases * step)


@part
def _copy(c: Integers, tables: Integers, memory: Floats) -> None:
    """Put maps where the next instruction wants them.

    The largest of a window is found for all cells, not only for those that the stride reaches: one long vector loop.
    """
    source, source_plane, source_pitch, channels, rows, columns = c[1:7]
    target, plane, pitch, top, left, down, right = c[7:14]
    scratch, vectors, step_down, step_right, relu, table, n_taps = c[14:21]
    for channel in range(channels):
        start = source + channel * source_plane
        if n_taps:
            floor = 0.0 if relu else -np.inf
            largest(memory, scratch, vectors, memory, start, tables[table : table + n_taps], floor)
            start = scratch
        for i in range(rows):
            line = start + i * step_down * source_pitch
            if down * right == 1:
                place = target + channel * plane + (i + top) * pitch + left
                _spread(memory, line, place, columns, step_right)
            else:
                phase = (channel * down + (i + top) % down) * right
                place = target + phase * plane + (i + top) // down * pitch
                _deal(memory, line, place, columns, step_right, left, right, plane)


@part
def _convolve(c: Integers, tables: Integers, parameters: Floats, memory: Floats) -> None:
    source, target, weight, bias, groups, maps, taps = c[1:8]
    n_maps, n_taps = 2 * groups * maps, 2 * groups * taps
    steps, grid = tables[c[8] : c[8] + 6].reshape((2, 3)), tables[c[8] + 6 : c[8] + 9]
    table = tables[c[8] + 9 :]
    rows = table[:n_maps].reshape((2, groups, maps))
    offsets = table[n_maps : n_maps + n_taps].reshape((2, groups, taps))
    biases = parameters[bias : bias + groups * maps] if bias >= 0 else memory[: groups * maps]
    product(memory[target:], memory[source:], parameters[weight:], biases, rows, offsets, steps, 0, grid)


@part
def _multiply(c: Integers, tables: Integers, parameters: Floats, memory: Floats) -> None:
    """Vectors along the inputs; what is left of them one by one."""
    source, target, weight, bias, outputs, inputs = c[1:7]
    x, y = memory[source:], memory[target : target + outputs]
    vectors = inputs // LANES
    steps, grid, nothing, table = tables[c[7] :][:2], tables[c[7] + 2 :][:2], tables[c[7] :][:1], tables[c[7] + 4 :]
    places, w_rows = table[:outputs], table[outputs : 2 * outputs]
    w = parameters[weight:]
    o = 0
    while outputs - o >= _ROWS:
        _many(y, 0, places, o, nothing, 0, w, 0, w_rows, steps, x, 0, nothing, steps, grid)
        o += _ROWS
    while o < outputs:
        _one(y, 0, places, o, nothing, 0, w, 0, w_rows, steps, x, 0, nothing, steps, grid)
        o += 1
    for o in range(outputs):
        total = y[o]
        for i in range(vectors * LANES, inputs):
            total += w[o * inputs + i] * x[i]
        y[o] = total
    if bias >= 0:
        for o in range(outputs):
            y[o] += parameters[bias + o]


@kernel
def run(
    images: Floats,
    outputs: Floats,
    code: Integers,
    tables: Integers,
    parameters: Floats,
    memory: Floats,
    places: Integers,
) -> None:
    """Run images (N, numbers) through all instructions and write their outputs (N, numbers).

    `places` are where an image and its output lie in `memory`.
    """
    for n in range(len(images)):
        memory[places[0] : places[0] + images.shape[1]] = images[n]
        for k in range(len(code)):
            if code[k, 0] == COPY:
                _copy(code[k], tables, memory)
            elif code[k, 0] == CONVOLVE:
                _convolve(code[k], tables, parameters, memory)
            else:
                _multiply(code[k], tables, parameters, memory)
        outputs[n] = memory[places[1] : places[1] + outputs.shape[1]]
