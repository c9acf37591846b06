"""What the pages on why convolution show: by loops, or by the engine."""

from itertools import product

import naive
import numpy as np
from reference_tensors import tensors

from cnnsim import functional, nn
from cnnsim.operations import array_of


def _moved(settings, maps, by):
    """Maps (C, H, W) moved cell by cell; `by` is a shift in cells of these maps."""
    _, rows, cols = maps.shape
    movement = getattr(settings, "movement", "shift")
    if movement == "scaling":
        return np.array([[[m[i // 2, j // 2] for j in range(2 * cols)] for i in range(2 * rows)] for m in maps])
    if movement == "rotation":
        return np.array([[[m[j, cols - 1 - i] for j in range(rows)] for i in range(cols)] for m in maps])
    moved = np.zeros(maps.shape)
    for c, i, j in np.ndindex(maps.shape):
        row, col = i + by[0], j + by[1]
        if settings.entering == "circular":
            moved[c, row % rows, col % cols] = maps[c, i, j]
        elif 0 <= row < rows and 0 <= col < cols:
            moved[c, row, col] = maps[c, i, j]
    return moved


def equivariance(settings, module):
    x, w = tensors(settings, "input", "kernel")
    sides = (settings.padding,) * 4, "constant" if settings.padding_mode == "zeros" else settings.padding_mode
    pool = {"max": module.max_pool2d, "average": module.avg_pool2d, "none": lambda maps, _: maps}[settings.pooled]

    def layer(image):
        return pool(module.conv2d(module.pad(image[None], *sides), w, stride=settings.stride), 2)[0]

    stride = settings.stride * (1 if settings.pooled == "none" else 2)
    left = layer(_moved(settings, x, settings.shift))
    right = _moved(settings, layer(x), [int(by / stride) for by in settings.shift])
    rows, cols = (min(sizes) for sizes in zip(left.shape[1:], right.shape[1:], strict=True))
    return _middle(left, rows, cols) - _middle(right, rows, cols)


def _middle(maps, rows, cols):
    top, left = (maps.shape[1] - rows) // 2, (maps.shape[2] - cols) // 2
    return maps[:, top : top + rows, left : left + cols]


def shift(settings, module):
    def layer(image):
        maps = image[None]
        if settings.convolve:
            rows, cols = (cells - 1 for cells in settings.kernel_size)
            sides = cols // 2, cols - cols // 2, rows // 2, rows - rows // 2
            maps = module.conv2d(module.pad(maps, sides), array_of(settings, "kernel"))
        sliding = settings.window, settings.stride
        if settings.mode == "l2":
            down, across = settings.padding
            return module.lp_pool2d(module.pad(maps, (across, across, down, down)), 2, *sliding)[0]
        pool = module.max_pool2d if settings.mode == "max" else module.avg_pool2d
        return pool(maps, *sliding, settings.padding)[0]

    x = array_of(settings, "input")
    return layer(_moved(settings, x, settings.shift)) - layer(x)


def counts(settings, module):
    """Weights by name, each where a unit reads; the engine counts what its layers hold."""
    connections = ["units", "dense", "local", "shared"]
    connections = connections[: connections.index(settings.prior) + 1]
    count = _counted_by_engine if module is functional else _counted
    return np.array([count(settings, connection) for connection in connections], dtype=np.float64)


def _counted(settings, connection):
    (height, width), k, s, p = settings.input_size, settings.kernel_size, settings.stride, settings.padding
    maps = {
        place
        for place in product(range(settings.filters), range(height + 2 * p), range(width + 2 * p))
        if place[1] * s + k <= height + 2 * p and place[2] * s + k <= width + 2 * p
    }
    units = {(f, 0, 0) for f in range(settings.filters)} if connection == "units" else maps
    everything = list(product(range(settings.channels), range(height), range(width)))
    weights, macs = set(), 0
    for f, i, j in units:
        window = product(range(settings.channels), range(k), range(k))
        seen = everything if connection in ("units", "dense") else window
        for cell in seen:
            macs += 1
            weights.add((f, cell) if connection == "shared" else (f, i, j, cell))
    biases = settings.filters if connection == "shared" else len(units)
    inputs, parameters = len(everything), len(weights) + biases
    return inputs, len(units), len(weights), biases, parameters, macs, 4 * parameters, 4 * (inputs + len(units))


def _counted_by_engine(settings, connection):
    x = np.zeros((1, settings.channels, *settings.input_size))
    layer = settings.channels, settings.filters, settings.kernel_size
    convolution = nn.Conv2d(*layer, settings.stride, settings.padding)
    kernels = np.zeros((settings.filters, settings.channels, settings.kernel_size, settings.kernel_size))
    outputs = functional.conv2d(x, kernels, None, settings.stride, settings.padding).size
    inputs = x.size
    if connection == "local":  # which the engine has no layer for: a convolution of one place, as often as there are
        places = outputs // settings.filters
        vector = nn.Sequential({"layer": convolution}).vector.size * places
        biases = outputs
    else:
        units = settings.filters if connection == "units" else outputs
        layer = convolution if connection == "shared" else nn.Linear(inputs, units)
        vector = nn.Sequential({"layer": layer}).vector.size
        biases = settings.filters if connection == "shared" else units
        outputs = outputs if connection == "shared" else units
    macs = (vector - biases) * (outputs // biases)
    return inputs, outputs, vector - biases, biases, vector, macs, 4 * vector, 4 * (inputs + outputs)


def field_of_view(settings, module):
    """Cells that a unit sees, layer by layer; the engine's are those whose gradient is not 0."""
    layers = [tuple(map(int, row)) for row in array_of(settings, "layers")]
    sides = []
    for depth in range(1, len(layers) + 1):
        if module is naive:
            seen = {0}
            for size, stride, dilation, _, _ in reversed(layers[:depth]):
                seen = {at * stride + within * dilation for at, within in product(seen, range(size))}
            sides.append(max(seen) - min(seen) + 1)
        else:
            sides.append(_seen_by_engine(layers[:depth]))
    return np.array(sides, dtype=np.float64)


def _seen_by_engine(layers):
    n = 1
    for size, stride, dilation, _, _ in reversed(layers):
        n = (n - 1) * stride + dilation * (size - 1) + 1
    lengths = [n]
    for size, stride, dilation, _, _ in layers:
        lengths.append((lengths[-1] - dilation * (size - 1) - 1) // stride + 1)
    g = np.ones((1, 1, 1))
    for (size, stride, dilation, _, _), length in zip(reversed(layers), reversed(lengths[:-1]), strict=True):
        x = np.zeros((1, 1, length))
        g, _, _ = functional.conv1d_backward(g, x, np.ones((1, 1, size)), None, stride, 0, dilation)
    seen = np.flatnonzero(g)
    return int(seen[-1] - seen[0] + 1)
