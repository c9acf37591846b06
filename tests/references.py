"""What every pass of every operation has to compute: by obvious loops, and by the public engine."""

import math
from itertools import product

import naive
import numpy as np

from cnnsim import functional, gallery, nn, optim
from cnnsim.operations import array_of
from cnnsim.trace.tiny_network_weights import WEIGHTS

GRADIENT = {"input-gradient": 0, "input-gradient-full": 0, "input-gradient-scatter": 0, "kernel-gradient": 1}


def reference(operation, settings, module):
    """Return the output that the loops (`naive`) or the engine (`functional`) compute; None where it cannot."""
    return OF[operation.name](settings, module)


def _tensors(settings, *names):
    return [array_of(settings, name) for name in names]


def convolution(settings, module):
    x, w, b = _tensors(settings, "input", "kernel", "bias")
    extents = [settings.dilation * (cells - 1) for cells in settings.kernel_size]
    (top, bottom), (left, right) = {
        "even": ((settings.padding,) * 2,) * 2,
        "sides": (settings.sides[:2], settings.sides[2:]),
        "same": tuple((extent // 2, extent - extent // 2) for extent in extents),
        "valid": ((0, 0), (0, 0)),
    }[settings.borders]
    options = {"stride": settings.stride, "dilation": settings.dilation, "groups": settings.groups}
    return _convolved(settings, module, x, w, b, (left, right, top, bottom), options)


def _convolved(settings, module, x, w, b, sides, options):
    """Loops pad first; the engine pads by itself."""
    left, right, top, bottom = sides
    options |= {"flip": settings.flip}
    g = None if settings.direction == "forward" else array_of(settings, "gradient")[None]
    if module is functional:
        options |= {"padding": ((top, bottom), (left, right)), "padding_mode": settings.padding_mode}
        if g is None:
            return functional.conv2d(x[None], w, b.ravel(), **options)[0]
        gradients = functional.conv2d_backward(g, x[None], w, b.ravel(), **options)
    else:
        padding = sides, "constant" if settings.padding_mode == "zeros" else settings.padding_mode
        wide = naive.pad(x[None], *padding)
        if g is None:
            return naive.conv2d(wide, w, b.ravel(), **options)[0]
        dwide, dw, db = naive.conv2d_backward(g, wide, w, b.ravel(), **options)
        gradients = naive.pad_backward(dwide, x[None], *padding), dw, db
    return _shaped(settings, gradients, x, w, b)


def _shaped(settings, gradients, *tensors):
    """The gradient of the pass in the shape of its tensor; that of a true convolution's kernel is of the turned one."""
    place = {**GRADIENT, "bias-gradient": 2}[settings.direction]
    gradient = np.reshape(gradients[place], tensors[place].shape)
    return gradient[..., ::-1, ::-1] if place == 1 and getattr(settings, "flip", False) else gradient


def convolution_1d(settings, module):
    """By loops an image of one row; by the engine its own signals."""
    x, w, b = _tensors(settings, "input", "kernel", "bias")
    extent = settings.dilation * (settings.kernel_size - 1)
    before, after = {
        "full": (extent, extent),
        "same": (extent // 2, extent - extent // 2),
        "valid": (0, 0),
        "sides": settings.sides,
    }[settings.borders]
    options = {"stride": (1, settings.stride), "dilation": (1, settings.dilation), "groups": settings.groups}
    if module is naive:
        return _convolved(settings, naive, x, w, b, (before, after, 0, 0), options)
    arguments = (x[None, :, 0], w[:, :, 0], b.ravel(), settings.stride, ((before, after),), settings.dilation)
    named = {"groups": settings.groups, "padding_mode": settings.padding_mode, "flip": settings.flip}
    if settings.direction == "forward":
        return functional.conv1d(*arguments, **named)[0][:, None]
    g = array_of(settings, "gradient")[None, :, 0]
    return _shaped(settings, functional.conv1d_backward(g, *arguments, **named), x, w, b)


def transposed_convolution(settings, module):
    x, w, b = _tensors(settings, "input", "kernel", "bias")
    options = (settings.stride, settings.padding, settings.output_padding, settings.groups, settings.dilation)
    if settings.direction == "forward":
        return module.conv_transpose2d(x[None], w, b.ravel(), *options)[0]
    g = array_of(settings, "gradient")[None]
    gradients = module.conv_transpose2d_backward(g, x[None], w, b.ravel(), *options)
    return _shaped(settings, gradients, x, w, b)


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
    (x,) = _tensors(settings, "input")
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


def _batch_normed(settings, x, weight, bias):
    if settings.training:
        return naive.batch_norm(x, weight.ravel(), bias.ravel(), settings.eps)
    mean, variance = (array.ravel() for array in _tensors(settings, "running mean", "running variance"))
    y = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        c = place[1]
        normal = (float(x[place]) - float(mean[c])) / math.sqrt(float(variance[c]) + settings.eps)
        y[place] = normal * float(weight[0, c]) + float(bias[0, c])
    return y


def batch_norm(settings, module):
    x, weight, bias = _tensors(settings, "input", "weight", "bias")
    if module is functional:
        running = [None, None]
        if settings.uses_running:
            running = [array.ravel().copy() for array in _tensors(settings, "running mean", "running variance")]
        arguments = (x, *running, weight.ravel(), bias.ravel(), settings.training, settings.momentum, settings.eps)
        if settings.direction == "forward":
            return functional.batch_norm(*arguments)
        dx, _, _, dweight, dbias = functional.batch_norm_backward(array_of(settings, "gradient"), *arguments)
        found = {"input-gradient": dx, "weight-gradient": dweight[None], "bias-gradient": dbias[None]}
        return found[settings.direction]
    if settings.direction == "forward":
        return _batch_normed(settings, x, weight, bias)
    normal, g = _batch_normed(settings, x, np.ones(weight.shape), np.zeros(bias.shape)), array_of(settings, "gradient")
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(bias.shape)
    for place in np.ndindex(x.shape):
        dweight[0, place[1]] += float(g[place]) * float(normal[place])
        dbias[0, place[1]] += float(g[place])
    for c in range(x.shape[1]):
        dx[:, c] = float(weight[0, c]) * _through_statistics(settings, x[:, c], normal[:, c], g[:, c], c)
    return {"input-gradient": dx, "weight-gradient": dweight, "bias-gradient": dbias}[settings.direction]


def _through_statistics(settings, x, normal, g, channel):
    """Add up G times the slope of every normalised value of a channel by every value."""
    values, count = x.ravel().tolist(), x.size
    if not settings.training:
        variance = float(array_of(settings, "running variance")[0, channel])
        return g / math.sqrt(variance + settings.eps)
    mean = sum(values) / count
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / count + settings.eps)
    slopes = np.zeros(count)
    for i, j in product(range(count), range(count)):
        along = normal.ravel()[i] * normal.ravel()[j]
        slopes[i] += float(g.ravel()[j]) * ((i == j) - 1 / count - along / count) / deviation
    return slopes.reshape(x.shape)


def local_response_norm(settings, module):
    x, options = array_of(settings, "input")[None], (settings.size, settings.alpha, settings.beta, settings.k)
    if settings.direction == "forward":
        return module.local_response_norm(x, *options)[0]
    g = array_of(settings, "gradient")[None]
    if module is functional:
        return functional.local_response_norm_backward(g, x, *options)[0]
    dx = np.zeros(x[0].shape)
    for c, k, i, j in product(*(range(n) for n in (len(dx), *dx.shape))):
        dx[k, i, j] += float(g[0, c, i, j]) * _response(settings, x[0, :, i, j].tolist(), c, k)
    return dx


def _response(settings, values, c, k):
    """Slope of the normalised value of one channel by the value of another, or by its own."""
    n, alpha, beta = settings.size, settings.alpha, settings.beta
    near = [at for at in range(c - n // 2, c + (n - 1) // 2 + 1) if 0 <= at < len(values)]
    damping = settings.k + alpha / n * sum(values[at] ** 2 for at in near)
    own = damping**-beta if c == k else 0.0
    if k not in near or not alpha * beta * values[c] * values[k]:
        return own
    return own - beta * values[c] * damping ** (-beta - 1) * 2 * alpha / n * values[k]


def flatten(settings, module):
    x = array_of(settings, "input")
    if settings.direction == "forward":
        if module is functional:
            return nn.Sequential({"flatten": nn.Flatten()}, dtype=np.float64)(x[None])
        return np.array([[float(x[place]) for place in np.ndindex(x.shape)]])
    g, maps = array_of(settings, "gradient").ravel(), np.zeros(x.shape)
    if module is functional:
        return g.reshape(x.shape)
    for number, place in enumerate(np.ndindex(x.shape)):
        maps[place] = g[number]
    return maps


def dense(settings, module):
    x, w, b = _tensors(settings, "input", "kernel", "bias")
    if settings.direction == "forward":
        return module.linear(x, w, b.ravel()).T
    dx, dw, db = module.linear_backward(array_of(settings, "gradient").T, x, w, b.ravel())
    return {"input-gradient": dx, "weight-gradient": dw, "bias-gradient": db[:, None]}[settings.direction]


def dropout(settings, module):
    x, seed = array_of(settings, "input"), settings.seed + settings.draw
    forward = settings.direction == "forward"
    arguments = x, settings.p, settings.training
    if module is functional:
        if forward:
            return functional.dropout(*arguments, seed=seed)
        return functional.dropout_backward(array_of(settings, "gradient"), *arguments, seed=seed)
    values, draws = x if forward else array_of(settings, "gradient"), np.random.default_rng(seed).random(x.shape)
    y = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        if not settings.training:
            y[place] = values[place]
        elif draws[place] >= settings.p:
            y[place] = float(values[place]) / (1 - settings.p)
    return y


def softmax(settings, module):
    z = array_of(settings, "logits").ravel()
    p = naive.softmax([float(value) for value in z])
    if settings.direction == "forward":
        return functional.softmax(z[None]).T if module is functional else np.array(p)[:, None]
    g = array_of(settings, "gradient").ravel()
    if module is functional:
        return functional.softmax_backward(g[None], z[None]).T
    classes = range(len(p))
    return np.array([[sum(float(g[c]) * p[c] * ((c == k) - p[k]) for c in classes)] for k in classes])


def cross_entropy(settings, module):
    z, target = array_of(settings, "logits").ravel(), settings.target
    if settings.direction == "forward":
        if module is functional:
            return np.reshape(functional.cross_entropy(z[None], [target]), (1, 1))
        return np.array([[naive.cross_entropy(z.tolist(), target)]])
    if module is functional:
        return functional.cross_entropy_backward(1.0, z[None], [target]).T
    return np.array([[p - (c == target)] for c, p in enumerate(naive.softmax(z.tolist()))])


def _shown_to(settings):
    """The images and classes in the order in which passes show them."""
    names, image = settings.classes, array_of(settings, "image")[0]
    drawn = names.index(settings.image.pattern) if settings.image.pattern in names else 0
    target = drawn if settings.target == "as-drawn" else int(settings.target) - 1
    shown = [(image, target)]
    if settings.shows == "in-turn":
        others = [number for number in range(len(names)) if number != target]
        shown += [(gallery.shape(names[number], settings.image_size), number) for number in others]
    return [shown[number % len(shown)] for number in range(settings.passes)]


def _network_weights(settings):
    kernels, biases, dense, dense_biases = _tensors(settings, *WEIGHTS)
    arrays = kernels, biases.ravel(), dense.reshape(len(dense), -1), dense_biases.ravel()
    return dict(zip(WEIGHTS, arrays, strict=True))


def _loops_of_network(image, target, weights):
    """Loss and gradients, by loops."""
    kernels, biases, dense, dense_biases = (weights[name] for name in WEIGHTS)
    x = image[None, None]
    a = naive.conv2d(x, kernels, biases)
    y = naive.relu(a)
    p = naive.max_pool2d(y, 2)
    z = naive.linear(p.reshape(1, -1), dense, dense_biases)
    dz = np.array([[share - (c == target) for c, share in enumerate(naive.softmax(z[0].tolist()))]])
    dflat, ddense, ddense_biases = naive.linear_backward(dz, p.reshape(1, -1), dense, dense_biases)
    dy = naive.max_pool2d_backward(dflat.reshape(p.shape), y, 2)
    da = np.where(a > 0, dy, 0.0)
    _, dkernels, dbiases = naive.conv2d_backward(da, x, kernels, biases)
    gradients = dict(zip(WEIGHTS, (dkernels, dbiases, ddense, ddense_biases), strict=True))
    return naive.cross_entropy(z[0].tolist(), target), gradients


def tiny_network(settings, module):
    weights, losses = _network_weights(settings), []
    if module is functional:
        return _network_by_engine(settings, weights)
    velocity = {name: np.zeros(array.shape) for name, array in weights.items()}
    for image, target in _shown_to(settings):
        loss, gradients = _loops_of_network(image, target, weights)
        losses.append(loss)
        for name in WEIGHTS:
            velocity[name] = settings.momentum * velocity[name] + gradients[name]
            weights[name] = weights[name] - settings.lr * velocity[name]
    return np.array(losses)


def _network_by_engine(settings, weights):
    layers = {
        "conv": nn.Conv2d(1, settings.filters, 3),
        "relu": nn.ReLU(),
        "pool": nn.MaxPool2d(2),
        "flatten": nn.Flatten(),
        "dense": nn.Linear(weights["dense weights"].shape[1], len(weights["dense biases"])),
    }
    network = nn.Sequential(layers, dtype=np.float64)
    names = ("conv.weight", "conv.bias", "dense.weight", "dense.bias")
    network.load_state_dict(dict(zip(names, (weights[name].copy() for name in WEIGHTS), strict=True)))
    optimiser = optim.SGD(lr=settings.lr, momentum=settings.momentum)
    state, losses = optimiser.initial_state(network.vector), []
    for image, target in _shown_to(settings):
        result = nn.batch_gradient(network, np.ascontiguousarray(image[None, None]), [target])
        losses.append(result.loss)
        optimiser.step(network.vector, result.gradient, state)
    return np.array(losses)


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
    x, w = _tensors(settings, "input", "kernel")
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


OF = {
    "convolution": convolution,
    "convolution-1d": convolution_1d,
    "transposed-convolution": transposed_convolution,
    "activation": activation,
    "pooling": pooling,
    "batch-norm": batch_norm,
    "local-response-norm": local_response_norm,
    "flatten": flatten,
    "dense": dense,
    "dropout": dropout,
    "softmax": softmax,
    "cross-entropy": cross_entropy,
    "tiny-network": tiny_network,
    "equivariance": equivariance,
    "shift": shift,
    "counts": counts,
    "field-of-view": field_of_view,
}
