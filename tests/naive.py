"""Slow, obvious loops that everything faster is measured against: one statement per multiplication, no vectors."""

import math
from itertools import product

import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, tuple | list) else (value, value)


def size(n, k, s, p, d):
    return (n + 2 * p - d * (k - 1) - 1) // s + 1


def windows(x, weight, stride, padding, dilation, groups):
    """Yield (image, output map, row, column), (input channel, row, column), (o, c, r, t) for every multiplication."""
    (n, _, h, w), (c_out, c_group, kh, kw) = x.shape, weight.shape
    (sr, sc), (pr, pc), (dr, dc) = pair(stride), pair(padding), pair(dilation)
    rows, columns = size(h, kh, sr, pr, dr), size(w, kw, sc, pc, dc)
    for image, o, i, j in product(range(n), range(c_out), range(rows), range(columns)):
        first = o // (c_out // groups) * c_group
        for c, r, t in product(range(c_group), range(kh), range(kw)):
            row, column = i * sr + r * dr - pr, j * sc + t * dc - pc
            if 0 <= row < h and 0 <= column < w:
                yield (image, o, i, j), (image, first + c, row, column), (o, c, r, t)


def turn(place, weight, flip):
    """Where a weight stands once its kernel is turned by 180°."""
    o, c, r, t = place
    return (o, c, weight.shape[2] - 1 - r, weight.shape[3] - 1 - t) if flip else place


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, *, flip=False):
    (sr, sc), (pr, pc), (dr, dc) = pair(stride), pair(padding), pair(dilation)
    rows, columns = size(x.shape[2], weight.shape[2], sr, pr, dr), size(x.shape[3], weight.shape[3], sc, pc, dc)
    y = np.zeros((len(x), len(weight), rows, columns))
    for out, seen, place in windows(x, weight, stride, padding, dilation, groups):
        y[out] += float(x[seen]) * float(weight[turn(place, weight, flip)])
    for out in np.ndindex(y.shape):
        y[out] += 0.0 if bias is None else float(bias[out[1]])
    return y


def conv2d_backward(dy, x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, *, flip=False):
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(len(weight))
    for out, seen, place in windows(x, weight, stride, padding, dilation, groups):
        turned = turn(place, weight, flip)
        dx[seen] += float(weight[turned]) * float(dy[out])
        dweight[turned] += float(x[seen]) * float(dy[out])
    for out in np.ndindex(dy.shape):
        dbias[out[1]] += float(dy[out])
    return dx, dweight, None if bias is None else dbias


def pool_size(n, k, s, p, d, ceil_mode):
    span = n + 2 * p - d * (k - 1) - 1
    steps = math.ceil(span / s) if ceil_mode else math.floor(span / s)
    if ceil_mode and steps * s >= n + p:
        steps -= 1
    return steps + 1


def pool_cells(shape, kernel_size, stride, padding, dilation, ceil_mode):
    """Yield (row, column) of every output with the input cells (row, column) that its window sees."""
    (h, w), (kh, kw), (pr, pc), (dr, dc) = shape[2:], pair(kernel_size), pair(padding), pair(dilation)
    sr, sc = (kh, kw) if stride is None else pair(stride)
    for i in range(pool_size(h, kh, sr, pr, dr, ceil_mode)):
        for j in range(pool_size(w, kw, sc, pc, dc, ceil_mode)):
            cells = [(i * sr + r * dr - pr, j * sc + t * dc - pc) for r in range(kh) for t in range(kw)]
            yield (i, j), cells


def inside(cell, shape):
    return 0 <= cell[0] < shape[2] and 0 <= cell[1] < shape[3]


def max_pool2d(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    places = list(pool_cells(x.shape, kernel_size, stride, padding, dilation, ceil_mode))
    last = places[-1][0]
    y = np.zeros((*x.shape[:2], last[0] + 1, last[1] + 1))
    indices = np.zeros(y.shape, int)
    for n, c in np.ndindex(x.shape[:2]):
        for (i, j), cells in places:
            seen = [cell for cell in cells if inside(cell, x.shape)]
            winner = seen[0]
            for cell in seen[1:]:
                if x[n, c, cell[0], cell[1]] > x[n, c, winner[0], winner[1]]:
                    winner = cell
            y[n, c, i, j] = x[n, c, winner[0], winner[1]]
            indices[n, c, i, j] = winner[0] * x.shape[3] + winner[1]
    return (y, indices) if return_indices else y


def max_pool2d_backward(dy, x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    _, indices = max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode, return_indices=True)
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        row, column = divmod(int(indices[n, c, i, j]), x.shape[3])
        dx[n, c, row, column] += float(dy[n, c, i, j])
    return dx


def divisor(cells, shape, padding, count_include_pad, divisor_override):
    if divisor_override is not None:
        return divisor_override
    if not count_include_pad:
        return sum(inside(cell, shape) for cell in cells)
    (h, w), (pr, pc) = shape[2:], pair(padding)
    return sum(-pr <= row < h + pr and -pc <= column < w + pc for row, column in cells)


def avg_pool2d(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None):
    places = list(pool_cells(x.shape, kernel_size, stride, padding, 1, ceil_mode))
    last = places[-1][0]
    y = np.zeros((*x.shape[:2], last[0] + 1, last[1] + 1))
    for n, c in np.ndindex(x.shape[:2]):
        for (i, j), cells in places:
            for row, column in cells:
                if inside((row, column), x.shape):
                    y[n, c, i, j] += float(x[n, c, row, column])
            y[n, c, i, j] /= divisor(cells, x.shape, padding, count_include_pad, divisor_override)
    return y


def avg_pool2d_backward(
    dy, x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
):
    dx = np.zeros(x.shape)
    for n, c in np.ndindex(x.shape[:2]):
        for (i, j), cells in pool_cells(x.shape, kernel_size, stride, padding, 1, ceil_mode):
            share = float(dy[n, c, i, j]) / divisor(cells, x.shape, padding, count_include_pad, divisor_override)
            for row, column in cells:
                if inside((row, column), x.shape):
                    dx[n, c, row, column] += share
    return dx


def linear(x, weight, bias=None):
    y = np.zeros((len(x), len(weight)))
    for n, o in np.ndindex(y.shape):
        for i in range(x.shape[1]):
            y[n, o] += float(x[n, i]) * float(weight[o, i])
        y[n, o] += 0.0 if bias is None else float(bias[o])
    return y


def linear_backward(dy, x, weight, bias=None):
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(len(weight))
    for n, o in np.ndindex(dy.shape):
        dbias[o] += float(dy[n, o])
        for i in range(x.shape[1]):
            dx[n, i] += float(dy[n, o]) * float(weight[o, i])
            dweight[o, i] += float(dy[n, o]) * float(x[n, i])
    return dx, dweight, None if bias is None else dbias


def relu(x):
    return np.array([max(0.0, float(v)) for v in x.ravel()]).reshape(x.shape)


def tanh(x):
    return np.array([math.tanh(v) for v in x.ravel()]).reshape(x.shape)


def softmax(logits):
    """Of a list of numbers."""
    total = sum(math.exp(z) for z in logits)
    return [math.exp(z) / total for z in logits]


def cross_entropy(logits, label):
    """Of one image."""
    return -math.log(softmax(logits)[label])


def slope(function, x, place, step=1e-6):
    """Central difference of a scalar function in one entry of x (float64), which is put back afterwards."""
    before = x[place]
    x[place] = before + step
    above = float(function())
    x[place] = before - step
    below = float(function())
    x[place] = before
    return (above - below) / (2 * step)


def gradient(function, x, step=1e-6):
    """Central differences in every entry of x."""
    return np.array([slope(function, x, place, step) for place in np.ndindex(x.shape)]).reshape(x.shape)
