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


def border(index, n, mode):
    """Which of n cells a place outside copies; None for a constant."""
    if 0 <= index < n:
        return index
    match mode:
        case "replicate":
            return 0 if index < 0 else n - 1
        case "circular":
            return index % n
        case "reflect":
            return -index if index < 0 else 2 * (n - 1) - index
    return None


def pad_places(shape, sides, mode):
    """Yield (place after, place before or None) for arrays padded along their last axes."""
    pairs = [(0, 0)] * (len(shape) - len(sides) // 2)
    pairs += [(sides[i], sides[i + 1]) for i in range(len(sides) - 2, -1, -2)]
    for after in product(*(range(n + a + b) for n, (a, b) in zip(shape, pairs, strict=True))):
        before = [border(i - a, n, mode) for i, n, (a, _) in zip(after, shape, pairs, strict=True)]
        yield after, None if None in before else tuple(before)


def padded_shape(shape, sides):
    reversed_pairs = [sides[i] + sides[i + 1] for i in range(0, len(sides), 2)]
    more = [0] * (len(shape) - len(reversed_pairs)) + reversed_pairs[::-1]
    return tuple(n + m for n, m in zip(shape, more, strict=True))


def pad(x, sides, mode="constant", value=0.0):
    y = np.zeros(padded_shape(x.shape, sides))
    for after, before in pad_places(x.shape, sides, mode):
        y[after] = value if before is None else float(x[before])
    return y


def pad_backward(dy, x, sides, mode="constant", value=0.0):
    dx = np.zeros(x.shape)
    for after, before in pad_places(x.shape, sides, mode):
        if before is not None:
            dx[before] += float(dy[after])
    return dx


def transposed_places(x, weight, stride, padding, output_padding, groups, dilation):
    """The output's size, and (output, input, weight) for every multiplication of a transposed convolution."""
    (n, c_in, h, w), (_, per_group, kh, kw) = x.shape, weight.shape
    (sr, sc), (pr, pc), (mr, mc), (dr, dc) = pair(stride), pair(padding), pair(output_padding), pair(dilation)
    rows = (h - 1) * sr - 2 * pr + dr * (kh - 1) + mr + 1
    columns = (w - 1) * sc - 2 * pc + dc * (kw - 1) + mc + 1
    places = []
    for image, c, i, j in product(range(n), range(c_in), range(h), range(w)):
        first = c // (c_in // groups) * per_group
        for o, r, t in product(range(per_group), range(kh), range(kw)):
            row, column = i * sr + r * dr - pr, j * sc + t * dc - pc
            if 0 <= row < rows and 0 <= column < columns:
                places.append(((image, first + o, row, column), (image, c, i, j), (c, o, r, t)))
    return (n, per_group * groups, rows, columns), places


def conv_transpose2d(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    shape, places = transposed_places(x, weight, stride, padding, output_padding, groups, dilation)
    y = np.zeros(shape)
    for out, seen, place in places:
        y[out] += float(x[seen]) * float(weight[place])
    for out in np.ndindex(y.shape):
        y[out] += 0.0 if bias is None else float(bias[out[1]])
    return y


def conv_transpose2d_backward(dy, x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    _, places = transposed_places(x, weight, stride, padding, output_padding, groups, dilation)
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(dy.shape[1])
    for out, seen, place in places:
        dx[seen] += float(weight[place]) * float(dy[out])
        dweight[place] += float(x[seen]) * float(dy[out])
    for out in np.ndindex(dy.shape):
        dbias[out[1]] += float(dy[out])
    return dx, dweight, None if bias is None else dbias


def lp_pool2d(x, norm_type, kernel_size, stride=None, ceil_mode=False):
    places = list(pool_cells(x.shape, kernel_size, stride, 0, 1, ceil_mode))
    y = np.zeros((*x.shape[:2], places[-1][0][0] + 1, places[-1][0][1] + 1))
    for n, c in np.ndindex(x.shape[:2]):
        for (i, j), cells in places:
            total = 0.0
            for row, column in cells:
                if inside((row, column), x.shape):
                    total += abs(float(x[n, c, row, column])) ** norm_type
            y[n, c, i, j] = total ** (1 / norm_type)
    return y


def weighted_pool2d(x, weight, stride=None, padding=0):
    places = list(pool_cells(x.shape, weight.shape, stride, padding, 1, False))
    y = np.zeros((*x.shape[:2], places[-1][0][0] + 1, places[-1][0][1] + 1))
    for n, c in np.ndindex(x.shape[:2]):
        for (i, j), cells in places:
            for (row, column), w in zip(cells, weight.ravel(), strict=True):
                if inside((row, column), x.shape):
                    y[n, c, i, j] += float(w) * float(x[n, c, row, column])
            y[n, c, i, j] /= float(sum(weight.ravel()))
    return y


def adaptive_cells(n, m, i):
    return range(math.floor(i * n / m), math.ceil((i + 1) * n / m))


def adaptive_pool2d(x, rows, columns, mode):
    """Average or maximum, and the winner's index."""
    y, indices = np.zeros((*x.shape[:2], rows, columns)), np.zeros((*x.shape[:2], rows, columns), int)
    for n, c, i, j in np.ndindex(y.shape):
        cells = list(product(adaptive_cells(x.shape[2], rows, i), adaptive_cells(x.shape[3], columns, j)))
        values = [float(x[n, c, row, column]) for row, column in cells]
        winner = values.index(max(values))
        y[n, c, i, j] = sum(values) / len(values) if mode == "average" else values[winner]
        indices[n, c, i, j] = cells[winner][0] * x.shape[3] + cells[winner][1]
    return y, indices


def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    (kh, kw), (pr, pc), (n, c, h, w) = pair(kernel_size), pair(padding), x.shape
    (sr, sc), (dr, dc) = pair(stride), pair(dilation)
    rows, columns = size(h, kh, sr, pr, dr), size(w, kw, sc, pc, dc)
    y = np.zeros((n, c * kh * kw, rows * columns))
    for image, channel, r, t, i, j in np.ndindex(n, c, kh, kw, rows, columns):
        row, column = i * sr + r * dr - pr, j * sc + t * dc - pc
        if 0 <= row < h and 0 <= column < w:
            y[image, (channel * kh + r) * kw + t, i * columns + j] = float(x[image, channel, row, column])
    return y


def local_response_norm(x, size, alpha=1e-4, beta=0.75, k=1.0):
    y = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        n, c, *rest = place
        total = 0.0
        for neighbour in range(c - size // 2, c + (size - 1) // 2 + 1):
            if 0 <= neighbour < x.shape[1]:
                total += float(x[(n, neighbour, *rest)]) ** 2
        y[place] = float(x[place]) / (k + alpha / size * total) ** beta
    return y


def batch_norm(x, weight, bias, eps=1e-5):
    """With the batch's own mean and variance."""
    y = np.zeros(x.shape)
    for c in range(x.shape[1]):
        values = [float(v) for v in x[:, c].ravel()]
        mean = sum(values) / len(values)
        variance = sum((v - mean) ** 2 for v in values) / len(values)
        for place in np.ndindex(x.shape):
            if place[1] == c:
                normal = (float(x[place]) - mean) / math.sqrt(variance + eps)
                y[place] = normal * float(weight[c]) + float(bias[c])
    return y
