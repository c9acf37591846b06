"""Forward, loss and backward of a chain of layers as one kernel call: block after block, each within the cache.

Threads that run it meet in the interpreter once per share of a batch. Were every layer a call of its own, they would
wait for the interpreter's lock, and for each other to wake up, longer than they compute.

An instruction is a row of integers; everything of a block lies in one memory. The sums are those of the layers' own
kernels, in the same order.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.compile import LANES, kernel, part
from cnnsim.engine.loss import cross_entropy_of
from cnnsim.engine.outer import outer
from cnnsim.engine.product import product, scatter
from cnnsim.engine.training_pooling import cut_off, let_through, pool, pool_backward

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]
Indices = NDArray[np.int32]

CONVOLVE, MULTIPLY, POOL, RELU = 0, 1, 2, 3


@part
def _sum(x: Floats, start: int, n: int) -> Any:
    """Sum n ≥ 8 numbers pairwise, as NumPy does."""
    if n > 128:
        half = n // 2 - n // 2 % 8
        return _sum(x, start, half) + _sum(x, start + half, n - half)
    a, b, c, d = x[start], x[start + 1], x[start + 2], x[start + 3]
    e, f, g, h = x[start + 4], x[start + 5], x[start + 6], x[start + 7]
    for i in range(start + 8, start + n, 8):
        a, b, c, d = a + x[i], b + x[i + 1], c + x[i + 2], d + x[i + 3]
        e, f, g, h = e + x[i + 4], f + x[i + 5], g + x[i + 6], h + x[i + 7]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@part
def _move(memory: Floats, c: Integers, source: int, source_step: Integers, target: int, step: Integers) -> None:
    """Copy c[0] maps of c[1] rows, c[2] numbers each; steps are from map to map and from row to row."""
    for channel in range(c[0]):
        for i in range(c[1]):
            x = source + channel * source_step[0] + i * source_step[1]
            y = target + channel * step[0] + i * step[1]
            for j in range(c[2]):
                memory[y + j] = memory[x + j]


@part
def _tables(c: Integers, tables: Integers) -> tuple[Integers, Integers, Integers, Integers, Integers]:
    """Outputs, inputs, steps there and back, and the grid, of a convolution or a dense layer."""
    groups, outputs, inputs, t = c[7], c[8], c[9], tables[c[10] :]
    n, m = 2 * groups * outputs, 2 * groups * inputs
    steps = t[n + m :]
    return (
        t[:n].reshape((2, groups, outputs)),
        t[n : n + m].reshape((2, groups, inputs)),
        steps[:6].reshape((2, 3)),
        steps[6:12].reshape((2, 3)),
        steps[12:15],
    )


@part
def _forward(c: Integers, tables: Integers, parameters: Floats, memory: Floats) -> None:
    """Convolve, or multiply by a matrix, once the input is padded."""
    x, y, w, bias = c[1], c[2], c[3], c[4]
    if c[11]:
        shape = tables[c[12] :]
        _move(memory, shape, c[13], shape[3:], x + shape[7], shape[5:])
    outputs, inputs, steps, _, grid = _tables(c, tables)
    n = c[7] * c[8]
    biases = parameters[bias : bias + n] if bias >= 0 else memory[:n]
    product(memory[y:], memory[x:], parameters[w:], biases, outputs, inputs, steps, 0, grid)


@part
def _bias(c: Integers, memory: Floats, gradient: Floats, numbers: int) -> None:
    """Sum dy over the numbers of each map."""
    if c[4] >= 0:
        for o in range(c[7] * c[8]):
            gradient[c[4] + o] = _sum(memory, c[5] + o * numbers, numbers)


@part
def _convolution_backward(c: Integers, tables: Integers, parameters: Floats, memory: Floats, gradient: Floats) -> None:
    x, w, dy, dx = c[1], c[3], c[5], c[6]
    outputs, inputs, steps, back, grid = _tables(c, tables)
    outer(gradient[w:], memory[dy:], memory[x:], outputs, inputs, steps, 0, grid)
    _bias(c, memory, gradient, grid[1] * grid[2] * LANES)
    if dx < 0:
        return
    memory[dx : dx + c[15]] = 0
    scatter(memory[dx:], memory[dy:], parameters[w:], inputs, outputs, back, grid)
    if c[11]:
        shape = tables[c[12] :]
        _move(memory, shape, dx + shape[7], shape[5:], c[14], shape[3:])


@part
def _multiplication_backward(
    c: Integers, tables: Integers, parameters: Floats, memory: Floats, gradient: Floats
) -> None:
    """The gradient of the matrix runs along its rows in vectors, the last of which may overlap the one before."""
    x, w, dy, dx, n_outputs, n_inputs = c[1], c[3], c[5], c[6], c[8], c[9]
    outputs, inputs, _, back, grid = _tables(c, tables)
    images = c[11]
    for i in range(n_inputs):
        for lane in range(LANES):
            memory[images + lane * n_inputs + i] = memory[x + i * LANES + lane]
    t = tables[c[12] :]
    rows, lanes = t[: 2 * n_outputs].reshape((2, 1, n_outputs)), t[2 * n_outputs :][: 2 * LANES].reshape((2, 1, LANES))
    steps, vectors = t[2 * n_outputs + 2 * LANES :][:6].reshape((2, 3)), t[2 * n_outputs + 2 * LANES + 6 :][:3]
    product(gradient[w:], memory[images:], memory[dy:], memory[:n_outputs], rows, lanes, steps, 0, vectors)
    last = n_inputs - LANES
    if n_inputs % LANES:
        product(
            gradient[w + last :], memory[images + last :], memory[dy:], memory[:n_outputs], rows, lanes, steps, 0, grid
        )
    _bias(c, memory, gradient, LANES)
    if dx >= 0:
        product(memory[dx:], memory[dy:], parameters[w:], memory[:n_inputs], inputs, outputs, back, 0, grid)


@part
def _fill(images: Floats, first: int, memory: Floats, start: int) -> None:
    """Put L images into a block, blank ones where there are no more."""
    for lane in range(LANES):
        if first + lane < len(images):
            for i in range(images.shape[1]):
                memory[start + i * LANES + lane] = images[first + lane, i]
        else:
            for i in range(images.shape[1]):
                memory[start + i * LANES + lane] = 0


@part
def _forwards(code: Integers, tables: Integers, parameters: Floats, memory: Floats, winners: Indices) -> None:
    """Run a block through all layers."""
    for k in range(len(code)):
        if code[k, 0] <= MULTIPLY:
            _forward(code[k], tables, parameters, memory)
        elif code[k, 0] == POOL:
            pool(code[k], memory, winners)
        else:
            cut_off(memory, code[k, 1], code[k, 2])


@kernel
def infer(
    images: Floats,
    code: Integers,
    tables: Integers,
    places: Integers,
    parameters: Floats,
    memory: Floats,
    winners: Indices,
    outputs: Floats,
) -> None:
    """Write the logits (N, classes) of images (N, numbers); `places` as for `train`."""
    image, logits = places[0], places[1]
    for first in range(0, len(images), LANES):
        _fill(images, first, memory, image)
        _forwards(code, tables, parameters, memory, winners)
        for n in range(first, min(first + LANES, len(images))):
            for c in range(places[4]):
                outputs[n, c] = memory[logits + c * LANES + n - first]


@part
def train(
    images: Floats,
    labels: Integers,
    code: Integers,
    tables: Integers,
    places: Integers,
    parameters: Floats,
    memory: Floats,
    winners: Indices,
    gradients: Floats,
    losses: Floats,
    guesses: Integers,
) -> None:
    """Fill `gradients` (rows, P), `losses` and `guesses` (blocks, L) from images (N, numbers), labels (blocks, L).

    A row is the gradient of a block, or the sum of those of a pair if there are fewer rows than blocks. `places` are
    where images, logits, their gradient and that of a pair's second block lie in `memory`, and the number of classes.
    """
    image, logits, dlogits, second, classes = places
    size, paired = classes * LANES, len(gradients) < len(labels)
    for b in range(len(labels)):
        row = gradients[b // 2] if paired else gradients[b]
        gradient = memory[second : second + len(row)] if paired and b % 2 else row
        _fill(images, b * LANES, memory, image)
        _forwards(code, tables, parameters, memory, winners)
        y = memory[logits : logits + size].reshape((1, classes, LANES))
        dy = memory[dlogits : dlogits + size].reshape((1, classes, LANES))
        cross_entropy_of(y, labels[b : b + 1], dy, losses[b : b + 1], guesses[b : b + 1])
        for k in range(len(code) - 1, -1, -1):
            if code[k, 0] == CONVOLVE:
                _convolution_backward(code[k], tables, parameters, memory, gradient)
            elif code[k, 0] == MULTIPLY:
                _multiplication_backward(code[k], tables, parameters, memory, gradient)
            elif code[k, 0] == POOL:
                pool_backward(code[k], memory, winners)
            else:
                let_through(memory, code[k, 1], code[k, 3], code[k, 2])
        if paired and b % 2:
            for i in range(len(row)):
                row[i] += gradient[i]
