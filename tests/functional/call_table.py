"""One valid random call of every operation: what the tests of bad arguments, odd memory and bounds start from."""

import numpy as np

from cnnsim import functional
from cnnsim.errors import InputError


def _sizes(random, low, high, n=2):
    return tuple(int(k) for k in random.integers(low, high, n))


def _images(random, dtype, channels=None, least=(5, 5)):
    n, c = int(random.choice([1, 2, 17])), channels or int(random.integers(1, 4))
    return random.standard_normal((n, c, *(k + int(random.integers(0, 4)) for k in least))).astype(dtype)


def _any(random, dtype):
    return [random.standard_normal(_sizes(random, 1, 5, random.integers(1, 4))).astype(dtype)], {}


def _channels(random, dtype):
    return random.standard_normal(_sizes(random, 2, 6, random.integers(2, 5))).astype(dtype)


def _kernels(random, dtype, shape, outputs):
    bias = random.standard_normal(outputs).astype(dtype) if random.integers(2) else None
    return random.standard_normal(shape).astype(dtype), bias


def conv2d(random, dtype):
    (groups, inputs), (rows, columns) = _sizes(random, 1, 4), _sizes(random, 1, 4)
    outputs = groups * int(random.integers(1, 6))
    weight, bias = _kernels(random, dtype, (outputs, inputs, rows, columns), outputs)
    mode = str(random.choice(["zeros", "zeros", "replicate", "reflect", "circular"]))
    options = {"stride": _sizes(random, 1, 4), "padding": _sizes(random, 0, 3), "dilation": _sizes(random, 1, 3)}
    options |= {"groups": groups, "padding_mode": mode, "flip": bool(random.integers(2))}
    return [_images(random, dtype, groups * inputs), weight, bias], options


def conv1d(random, dtype):
    groups, inputs, size = _sizes(random, 1, 4, 3)
    outputs = groups * int(random.integers(1, 6))
    weight, bias = _kernels(random, dtype, (outputs, inputs, size), outputs)
    stride, padding, dilation = (int(random.integers(*ends)) for ends in ((1, 4), (0, 3), (1, 3)))
    x = _images(random, dtype, groups * inputs)[:, :, 0].copy()
    return [x, weight, bias], {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}


def conv_transpose2d(random, dtype):
    (groups, outputs), stride = _sizes(random, 1, 4), _sizes(random, 1, 4)
    inputs = groups * int(random.integers(1, 4))
    weight, bias = _kernels(random, dtype, (inputs, outputs, *_sizes(random, 2, 4)), groups * outputs)
    more = tuple(int(random.integers(0, s)) for s in stride)
    options = {"stride": stride, "padding": _sizes(random, 0, 2), "output_padding": more, "groups": groups}
    return [_images(random, dtype, inputs, (3, 3)), weight, bias], options | {"dilation": _sizes(random, 1, 3)}


def max_pool2d(random, dtype):
    kernel = _sizes(random, 1, 4)
    options = {"kernel_size": kernel, "stride": _sizes(random, 1, 4), "dilation": _sizes(random, 1, 3)}
    options |= {"padding": tuple(int(random.integers(0, k // 2 + 1)) for k in kernel)}
    return [_images(random, dtype)], options | {"ceil_mode": bool(random.integers(2))}


def avg_pool2d(random, dtype):
    images, options = max_pool2d(random, dtype)
    del options["dilation"]
    return images, options | {"count_include_pad": bool(random.integers(2)), "divisor_override": 3}


def lp_pool2d(random, dtype):
    options = {"norm_type": float(random.choice([1, 2, 3])), "kernel_size": _sizes(random, 1, 4)}
    return [_images(random, dtype)], options | {"stride": _sizes(random, 1, 4), "ceil_mode": bool(random.integers(2))}


def weighted_pool2d(random, dtype):
    weight = functional.distance_weights(_sizes(random, 1, 4)).astype(dtype)
    return [_images(random, dtype), weight], {"stride": _sizes(random, 1, 4), "padding": _sizes(random, 0, 2)}


def adaptive(random, dtype):
    return [_images(random, dtype)], {"output_size": _sizes(random, 1, 6)}


def unfold(random, dtype):
    options = {"kernel_size": _sizes(random, 1, 3), "dilation": _sizes(random, 1, 3)}
    return [_images(random, dtype)], options | {"padding": _sizes(random, 0, 3), "stride": _sizes(random, 1, 4)}


def fold(random, dtype):
    (x,), options = unfold(random, dtype)
    return [functional.unfold(x, **options)], {"output_size": x.shape[2:], **options}


def pad(random, dtype):
    mode = str(random.choice(["constant", "replicate", "reflect", "circular"]))
    return [_images(random, dtype)], {"pad": _sizes(random, 0, 3, 4), "mode": mode, "value": 2.0}


def linear(random, dtype):
    inputs, outputs = _sizes(random, 1, 36)
    weight, bias = _kernels(random, dtype, (outputs, inputs), outputs)
    return [random.standard_normal((int(random.choice([1, 3, 17])), inputs)).astype(dtype), weight, bias], {}


def leaky_relu(random, dtype):
    return _any(random, dtype)[0], {"negative_slope": 0.1}


def softmax(random, dtype):
    (x,), _ = _any(random, dtype)
    return [x], {"dim": int(random.integers(-x.ndim, x.ndim))}


def labelled(random, dtype):
    n, classes = _sizes(random, 1, 20)
    x, labels = random.standard_normal((n, classes)).astype(dtype), random.integers(0, classes, n)
    return [x, labels], {"reduction": str(random.choice(["mean", "sum", "none"]))}


def mse_loss(random, dtype):
    (x,), _ = _any(random, dtype)
    return [x, x[::-1].copy()], {"reduction": str(random.choice(["mean", "sum", "none"]))}


def dropout(random, dtype):
    return _any(random, dtype)[0], {"p": 0.4, "training": bool(random.integers(2)), "seed": 3}


def batch_norm(random, dtype):
    x, training = _channels(random, dtype), bool(random.integers(2))
    mean, weight, bias = random.standard_normal((3, x.shape[1])).astype(dtype)
    options = {"training": training, "momentum": 0.2, "eps": 1e-3}
    return [x, mean.copy(), mean**2 + dtype(0.1), weight.copy(), bias.copy()], options


def local_response_norm(random, dtype):
    size = int(random.integers(1, 7))
    return [_channels(random, dtype)], {"size": size, "alpha": 0.3, "beta": 0.7, "k": 1.5}


def distance_weights(random, dtype):
    return [], {"kernel_size": _sizes(random, 1, 4)}


FORWARD = {
    "adaptive_avg_pool2d": adaptive, "adaptive_max_pool2d": adaptive, "avg_pool2d": avg_pool2d,
    "batch_norm": batch_norm, "conv1d": conv1d, "conv2d": conv2d, "conv_transpose2d": conv_transpose2d,
    "cross_entropy": labelled, "distance_weights": distance_weights, "dropout": dropout, "fold": fold,
    "leaky_relu": leaky_relu, "linear": linear, "local_response_norm": local_response_norm, "log_softmax": softmax,
    "lp_pool2d": lp_pool2d, "max_pool2d": max_pool2d, "mse_loss": mse_loss, "nll_loss": labelled, "pad": pad,
    "relu": _any, "scaled_tanh": _any, "sigmoid": _any, "softmax": softmax, "tanh": _any, "unfold": unfold,
    "weighted_pool2d": weighted_pool2d,
}  # fmt: skip
NAMES = sorted([*FORWARD, *(f"{name}_backward" for name in FORWARD if name != "distance_weights")])


def valid_call(name, seed):
    """Arrays, in the order of the arguments, and options that `name` accepts; both dtypes, everything random."""
    random = np.random.default_rng(seed)
    dtype = np.float32 if seed % 2 else np.float64
    forward = name.removesuffix("_backward")
    while True:
        arrays, options = FORWARD[forward](random, dtype)
        try:
            y = getattr(functional, forward)(*copies(arrays), **options)
        except InputError:  # a window larger than the image, padding that cuts everything off
            continue
        dy = [random.standard_normal(np.shape(y)).astype(dtype)] if name != forward else []
        return dy + arrays, options


def copies(arrays):
    return [None if a is None else a.copy() for a in arrays]


def results(y):
    """What an operation returned, as a list of arrays."""
    return [np.asarray(a) for a in (y if isinstance(y, tuple) else (y,)) if a is not None]
