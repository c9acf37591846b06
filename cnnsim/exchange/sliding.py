"""ONNX operators with a window: convolutions and pooling, over signals (N, C, L) and images (N, C, H, W)."""

import numpy as np

from cnnsim import functional
from cnnsim.errors import InputError
from cnnsim.exchange.elementary import Result, alike, optional, present
from cnnsim.exchange.record import Array, Arrays, Operation, check_size
from cnnsim.exchange.window import Pair, Sliding, as_before, as_images, automatic, check_maps, margins, numbers, sliding


def conv(operation: Operation, inputs: Arrays) -> Result:
    """Convolution."""
    x, weight, size = _with_weight(operation, inputs)
    window = sliding(operation, x.shape, size)
    groups, bias = operation.attributes.get("group", 1), optional(inputs, 2)
    options = window.stride, window.sides, window.dilation, groups
    return (as_before(functional.conv2d(as_images(x), as_images(weight), bias, *options), x),)


def conv_transpose(operation: Operation, inputs: Arrays) -> Result:
    """Transposed convolution: all of it, then what the padding leaves."""
    x, weight, size = _with_weight(operation, inputs)
    axes, bias = x.ndim - 2, optional(inputs, 2)
    stride, dilation = (numbers(operation, name, axes, 1) for name in ("strides", "dilations"))
    images, kernels, groups = as_images(x), as_images(weight), operation.attributes.get("group", 1)
    cells = [(n - 1) * s + d * (k - 1) + 1 for n, s, d, k in zip(images.shape[2:], stride, dilation, size, strict=True)]
    (top, left), (bottom, right) = _added(operation, axes, (cells[0], cells[1]), images.shape[2:], stride)
    channels = kernels.shape[1] * groups
    check_maps(len(x), channels, *cells)
    check_size((len(x), channels, max(0, cells[0] + top + bottom), max(0, cells[1] + left + right)))
    canvas = functional.conv_transpose2d(images, kernels, None, stride, 0, 0, groups, dilation)
    y = functional.pad(canvas, (left, right, top, bottom))
    if bias is not None:
        if bias.shape != (channels,):
            raise InputError("B.shape", bias.shape, f"is not ({channels},)", "give a bias for each output channel")
        y = y + alike(y, bias)[1][:, None, None]
    return (as_before(y, x),)


def max_pool(operation: Operation, inputs: Arrays) -> Result:
    """The largest value of each window, and where in the whole array it was."""
    (x,) = present(inputs, "X")
    images = as_images(x)
    window = sliding(operation, x.shape)
    options = window.size, window.stride, 0, window.dilation
    y, winners = functional.max_pool2d(_fitted(images, window, -np.inf), *options, return_indices=True)
    if len(operation.outputs) < 2:
        return (as_before(y, x),)
    places = _places(winners, images.shape, window, bool(operation.attributes.get("storage_order", 0)))
    return as_before(y, x), as_before(places, x)


def average_pool(operation: Operation, inputs: Arrays) -> Result:
    """The average of each window, of what is in the array or of padding too."""
    (x,) = present(inputs, "X")
    images = as_images(x)
    window = sliding(operation, x.shape)
    within = bool(operation.attributes.get("count_include_pad", 0))
    rows, columns = (_counts(images.shape[2 + axis], window, axis, within) for axis in (0, 1))
    sums = _sums(_fitted(images, window, 0.0), window)
    return (as_before(sums / np.outer(rows, columns).astype(x.dtype), x),)


def lp_pool(operation: Operation, inputs: Arrays) -> Result:
    """The norm of each window."""
    (x,) = present(inputs, "X")
    window, p = sliding(operation, x.shape), _norm(operation)
    fitted = _fitted(as_images(x), window, 0.0)
    if window.dilation == (1, 1):
        return (as_before(functional.lp_pool2d(fitted, p, window.size, window.stride), x),)
    return (as_before(_sums(np.abs(fitted) ** x.dtype.type(p), window) ** x.dtype.type(1 / p), x),)


def global_average(operation: Operation, inputs: Arrays) -> Result:
    """The average of each channel."""
    (x,) = present(inputs, "X")
    return (as_before(functional.adaptive_avg_pool2d(as_images(x), 1), x),)


def global_max(operation: Operation, inputs: Arrays) -> Result:
    """The largest value of each channel."""
    (x,) = present(inputs, "X")
    return (as_before(functional.adaptive_max_pool2d(as_images(x), 1), x),)


def global_norm(operation: Operation, inputs: Arrays) -> Result:
    """The norm of each channel."""
    (x,) = present(inputs, "X")
    images = as_images(x)
    size = images.shape[2], images.shape[3]
    return (as_before(functional.lp_pool2d(images, _norm(operation), size), x),)


def _with_weight(operation: Operation, inputs: Arrays) -> tuple[Array, Array, Pair]:
    """Also the size of the kernel, which an attribute repeats."""
    x, weight = alike(*present(inputs, "X", "W"))
    if weight.ndim != x.ndim:
        raise InputError("W.shape", weight.shape, f"does not have {x.ndim} axes as X", "give kernels for these images")
    rows, columns = as_images(weight).shape[2:]
    told = numbers(operation, "kernel_shape", x.ndim - 2, 0)
    if "kernel_shape" in operation.attributes and told[-1 * (x.ndim - 2) :] != (rows, columns)[-1 * (x.ndim - 2) :]:
        raise InputError("kernel_shape", told, f"is not that of the kernels {weight.shape}", "leave it out")
    if not rows * columns * x.shape[1]:
        raise InputError("W.shape", weight.shape, "or the images have an axis of size 0", "give at least one cell")
    return x, weight, (rows, columns)


def _added(
    operation: Operation, axes: int, cells: Pair, before: tuple[int, ...], stride: Pair
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Cells to add at the top and left, and at the bottom and right, of all that the kernels reach."""
    more, auto = numbers(operation, "output_padding", axes, 0), automatic(operation)
    if min(more) < 0:
        raise InputError("output_padding", more, "is less than 0", "use 0 or more")
    if "output_shape" not in operation.attributes and not auto.startswith("SAME"):
        starts, ends = margins(operation, axes)
        return (-starts[0], -starts[1]), (more[0] - ends[0], more[1] - ends[1])
    if "output_shape" in operation.attributes:
        wanted = numbers(operation, "output_shape", axes, cells[0])
    else:
        wanted = before[0] * stride[0] if axes == 2 else cells[0], before[1] * stride[1]
    excess = cells[0] + more[0] - wanted[0], cells[1] + more[1] - wanted[1]
    # an output larger than what the kernels reach is filled up at its end
    half = [max(0, n) // 2 if auto == "SAME_UPPER" else -(-max(0, n) // 2) for n in excess]
    (top, left), (m, n) = half, more
    return (-top, -left), (m - excess[0] + top, n - excess[1] + left)


def _fitted(images: Array, window: Sliding, value: float) -> Array:
    """Images with cells of `value` around them, or fewer, so that the windows exactly cover them."""
    sides: list[int] = []
    for axis in (1, 0):
        reach = (window.output[axis] - 1) * window.stride[axis] + window.dilation[axis] * (window.size[axis] - 1) + 1
        sides += [window.before[axis], reach - window.before[axis] - images.shape[2 + axis]]
    return functional.pad(images, sides, "constant", value)


def _sums(fitted: Array, window: Sliding) -> Array:
    if window.dilation == (1, 1):
        return functional.avg_pool2d(fitted, window.size, window.stride, divisor_override=1)
    ones = np.ones((fitted.shape[1], 1, *window.size), fitted.dtype)
    return functional.conv2d(fitted, ones, None, window.stride, 0, window.dilation, fitted.shape[1])


def _counts(n: int, window: Sliding, axis: int, within: bool) -> Array:
    """How many cells each window sees along an axis: of the array, or of its padding too."""
    starts = np.arange(window.output[axis]) * window.stride[axis] - window.before[axis]
    cells = starts[:, None] + np.arange(window.size[axis]) * window.dilation[axis]
    low, high = (-window.before[axis], n + window.after[axis]) if within else (0, n)
    seen: Array = ((cells >= low) & (cells < high)).sum(axis=1)
    return np.maximum(seen, 1)


def _places(winners: Array, shape: tuple[int, ...], window: Sliding, by_columns: bool) -> Array:
    """Where the winners stand in the whole array, from where they stand in one fitted map."""
    n, channels, height, width = shape
    reach = (window.output[1] - 1) * window.stride[1] + window.dilation[1] * (window.size[1] - 1) + 1
    row, column = winners // reach - window.before[0], winners % reach - window.before[1]
    maps = np.arange(n * channels).reshape(n, channels, 1, 1) * (height * width)
    places: Array = maps + (column * height + row if by_columns else row * width + column)
    return places


def _norm(operation: Operation) -> int:
    p = operation.attributes.get("p", 2)
    if p < 1:
        raise InputError("p", p, "is less than 1", "use 2 for the length")
    return int(p)
