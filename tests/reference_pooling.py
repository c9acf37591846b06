"""Detectors and poolings, forward and backward: by loops (`naive`) or by the engine (`functional`)."""

import math
from itertools import product

import naive
import numpy as np
from reference_tensors import tensors

from cnnsim import functional
from cnnsim.operations import array_of

SCALED = 1.7159, 2 / 3


def _activated(settings, value):
    return {
        "relu": lambda: max(value, 0.0),
        "leaky_relu": lambda: value if value > 0 else settings.slope * value,
        "sigmoid": lambda: 1 / (1 + math.exp(-value)),
        "tanh": lambda: math.tanh(value),
        "scaled_tanh": lambda: SCALED[0] * math.tanh(SCALED[1] * value),
    }[settings.function]()


def _slope(settings, value):
    return {
        "relu": lambda: float(value > 0),
        "leaky_relu": lambda: 1.0 if value > 0 else settings.slope,
        "sigmoid": lambda: math.exp(-value) / (1 + math.exp(-value)) ** 2,
        "tanh": lambda: 1 / math.cosh(value) ** 2,
        "scaled_tanh": lambda: SCALED[0] * SCALED[1] / math.cosh(SCALED[1] * value) ** 2,
    }[settings.function]()


def activation(settings, module):
    (x,) = tensors(settings, "input")
    forward = settings.direction == "forward"
    g = np.ones(x.shape) if forward else array_of(settings, "gradient")
    if module is naive:
        of = _activated if forward else _slope
        found = [float(dy) * of(settings, float(value)) for dy, value in zip(g.ravel(), x.ravel(), strict=True)]
        return np.reshape(found, x.shape)
    arguments = (x, settings.slope) if settings.function == "leaky_relu" else (x,)
    if forward:
        return getattr(functional, settings.function)(*arguments)
    return getattr(functional, f"{settings.function}_backward")(g, *arguments)


def _windows(settings, shape):
    """(row, column) of every pooled value, the cells of its window, which of them count, and their weights."""
    (height, width), ones = shape[2:], None
    if settings.windows != "sliding":
        rows, cols = settings.output_size if settings.windows == "adaptive" else (1, 1)
        for i, j in np.ndindex(rows, cols):
            cells = list(product(naive.adaptive_cells(height, rows, i), naive.adaptive_cells(width, cols, j)))
            yield (i, j), cells, cells, dict.fromkeys(cells, 1.0)
        return
    ones = np.ones(settings.window) if settings.mode != "weighted" else array_of(settings, "weight")
    (pr, pc), sizes = settings.padding, (settings.window, settings.stride, settings.padding)
    for place, cells in naive.pool_cells(shape, *sizes, 1, settings.ceil_mode):
        inside = [cell for cell in cells if naive.inside(cell, shape)]
        padded = [(r, c) for r, c in cells if -pr <= r < height + pr and -pc <= c < width + pc]
        counted = settings.mode == "weighted" or (settings.mode == "average" and settings.count_include_pad)
        yield place, inside, padded if counted else inside, dict(zip(cells, ones.ravel().tolist(), strict=True))


def _pooled(settings, values, weights, total):
    """A pooled value, and its slope by each of the values."""
    if settings.mode == "max":
        largest = max(values)
        winners = [value == largest for value in values]
        if settings.ties == "first":
            winners = [number == winners.index(True) for number in range(len(values))]
        return largest, [winner / sum(winners) for winner in winners]
    if settings.mode == "l2":
        norm = math.sqrt(sum(value * value for value in values))
        return norm, [value / norm if norm else 0.0 for value in values]
    shares = [weight / total for weight in weights]
    return sum(value * share for value, share in zip(values, shares, strict=True)), shares


def pooling(settings, module):
    x = array_of(settings, "input")
    if module is functional:
        return _pooled_by_engine(settings, x[None])
    places = list(_windows(settings, (1, *x.shape)))
    y, dx = np.zeros((len(x), places[-1][0][0] + 1, places[-1][0][1] + 1)), np.zeros(x.shape)
    g = y if settings.direction == "forward" else array_of(settings, "gradient")
    for channel, (place, inside, counted, weights) in product(range(len(x)), places):
        values = [float(x[channel, row, col]) for row, col in inside]
        of = [weights[cell] for cell in inside], sum(weights[cell] for cell in counted)
        y[channel, *place], slopes = _pooled(settings, values, *of)
        for (row, col), slope in zip(inside, slopes, strict=True):
            dx[channel, row, col] += float(g[channel, *place]) * slope
    return y if settings.direction == "forward" else dx


def _pooled_by_engine(settings, x):
    """The engine has no shared ties, no adaptive norm, and pads neither norms nor weighted windows that stick out."""
    slides, forward = settings.windows == "sliding", settings.direction == "forward"
    size = settings.output_size if settings.windows == "adaptive" else (1, 1)
    sliding = settings.window, settings.stride, settings.padding
    calls = {
        ("max", True): ("max_pool2d", (*sliding, 1, settings.ceil_mode)),
        ("average", True): ("avg_pool2d", (*sliding, settings.ceil_mode, settings.count_include_pad)),
        ("l2", True): ("lp_pool2d", (2, settings.window, settings.stride, settings.ceil_mode)),
        ("max", False): ("adaptive_max_pool2d", (size,)),
        ("average", False): ("adaptive_avg_pool2d", (size,)),
    }
    if settings.mode == "weighted" and not settings.ceil_mode:
        calls["weighted", True] = "weighted_pool2d", (array_of(settings, "weight"), *sliding[1:])
    lacks = (settings.mode == "l2" and any(settings.padding)) or (
        settings.mode == "max" and settings.ties == "split" and not forward
    )
    if (settings.mode, slides) not in calls or lacks:
        return None
    name, arguments = calls[settings.mode, slides]
    if forward:
        return getattr(functional, name)(x, *arguments)[0]
    found = getattr(functional, f"{name}_backward")(array_of(settings, "gradient")[None], x, *arguments)
    return (found[0] if settings.mode == "weighted" else found)[0]
