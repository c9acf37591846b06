"""Layers for which ONNX has no operator, put together from several."""

import math

import numpy as np

from cnnsim import nn
from cnnsim.exchange.draft import Place
from cnnsim.exchange.record import Array
from cnnsim.functional import distance_weights
from cnnsim.functional.check import Pair, pair


def scaled_tanh(place: Place) -> None:
    """1.7159 · tanh(2x/3)."""
    inner = place.step("inner", "Mul", *place.inputs, place.constant("inner", 2 / 3))
    place.last("Mul", place.step("tanh", "Tanh", inner), place.constant("outer", 1.7159))


def local_response_norm(place: Place, layer: nn.LocalResponseNorm) -> None:
    """Of an even number of channels ONNX takes the odd one after, not before: turn their order round."""
    options = {"size": layer.size, "alpha": layer.alpha, "beta": layer.beta, "bias": layer.k}
    if layer.size % 2:
        place.last("LRN", *place.inputs, **options)
        return
    backwards = place.constant("backwards", np.arange(place.shapes[0][0])[::-1], np.int64)
    turned = place.step("turned", "Gather", *place.inputs, backwards, axis=1)
    place.last("Gather", place.step("norm", "LRN", turned, **options), backwards, axis=1)


def weighted_pool(place: Place, layer: nn.WeightedPool2d) -> None:
    """A convolution of each channel with the same weights."""
    channels = place.shapes[0][0]
    weights = distance_weights(layer.kernel_size)
    size = pair("kernel_size", layer.kernel_size, 1)
    kernels = np.broadcast_to(weights / weights.sum(), (channels, 1, *size))
    stride = size if layer.stride is None else pair("stride", layer.stride, 1)
    pads = [*pair("padding", layer.padding, 0)] * 2
    place.last(
        "Conv", *place.inputs, place.constant("weight", kernels), strides=list(stride), pads=pads, group=channels
    )


def adaptive_average(place: Place, layer: nn.AdaptiveAvgPool2d) -> None:
    """Multiply by a matrix of shares from both sides: y = R · x · Cᵀ."""
    cells = place.shapes[0][1:]
    size = _sizes(layer.output_size, cells)
    if size == (1, 1):
        place.last("GlobalAveragePool", *place.inputs)
        return
    rows, columns = (_shares(n, m) for n, m in zip(cells, size, strict=True))
    right = place.step("columns", "MatMul", *place.inputs, place.constant("columns", columns.T))
    place.last("MatMul", place.constant("rows", rows), right)


def adaptive_max(place: Place, layer: nn.AdaptiveMaxPool2d) -> None:
    """Copy rows and columns so that all windows have one size and none overlap, then pool."""
    cells = place.shapes[0][1:]
    size = _sizes(layer.output_size, cells)
    if size == (1, 1):
        place.last("GlobalMaxPool", *place.inputs)
        return
    rows, columns = (_members(n, m) for n, m in zip(cells, size, strict=True))
    tall = place.step("rows", "Gather", *place.inputs, place.constant("rows", rows.ravel(), np.int64), axis=2)
    wide = place.step("columns", "Gather", tall, place.constant("columns", columns.ravel(), np.int64), axis=3)
    window = [rows.shape[1], columns.shape[1]]
    place.last("MaxPool", wide, kernel_shape=window, strides=window)


def unfold(place: Place, layer: nn.Unfold) -> None:
    """A convolution with kernels that pick one cell each: (C, H, W) to (C·kh·kw, positions)."""
    channels = place.shapes[0][0]
    window = {**_window(layer.dilation, layer.padding, layer.stride), "group": channels}
    picked = place.step("picked", "Conv", *place.inputs, _pickers(place, channels, layer.kernel_size), **window)
    patches = channels * math.prod(pair("kernel_size", layer.kernel_size, 1))
    place.last("Reshape", picked, place.constant("shape", [0, patches, -1], np.int64))


def fold(place: Place, layer: nn.Fold) -> None:
    """The transpose of `unfold`: (C·kh·kw, positions) to (C, H, W)."""
    patches, _ = place.shapes[0]
    size, output = pair("kernel_size", layer.kernel_size, 1), pair("output_size", layer.output_size, 1)
    numbers = [pair(name, getattr(layer, name), least) for name, least in _OPTIONS]
    axes = list(zip(output, size, *numbers, strict=True))
    grid = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, d, p, s in axes]
    # what a stride never reaches is cut off by a convolution, and has to be put back by its transpose
    more = [(n + 2 * p - d * (k - 1) - 1) % s for n, k, d, p, s in axes]
    maps = place.step("maps", "Reshape", *place.inputs, place.constant("shape", [0, patches, *grid], np.int64))
    channels = patches // math.prod(size)
    window = {**_window(layer.dilation, layer.padding, layer.stride), "group": channels, "output_padding": more}
    place.last("ConvTranspose", maps, _pickers(place, channels, layer.kernel_size), **window)


_OPTIONS = (("dilation", 1), ("padding", 0), ("stride", 1))


def _window(dilation: int | Pair, padding: int | Pair, stride: int | Pair) -> dict[str, object]:
    pads = [*pair("padding", padding, 0)] * 2
    return {"dilations": list(pair("dilation", dilation, 1)), "strides": list(pair("stride", stride, 1)), "pads": pads}


def _pickers(place: Place, channels: int, kernel_size: int | Pair) -> str:
    size = pair("kernel_size", kernel_size, 1)
    cells = math.prod(size)
    return place.constant("pickers", np.tile(np.eye(cells), (channels, 1)).reshape(channels * cells, 1, *size))


def _sizes(output_size: int | tuple[int | None, int | None], cells: tuple[int, ...]) -> Pair:
    wanted = output_size if isinstance(output_size, tuple | list) else (output_size, output_size)
    rows, columns = (n if m is None else m for n, m in zip(cells, wanted, strict=True))
    return rows, columns


def _shares(n: int, m: int) -> Array:
    """What each of n cells gives to each of m averages: (m, n)."""
    shares = np.zeros((m, n))
    for i in range(m):
        window = slice(i * n // m, -(-(i + 1) * n // m))
        shares[i, window] = 1 / (window.stop - window.start)
    return shares


def _members(n: int, m: int) -> Array:
    """Which of n cells each of m windows sees, the last one as often as the longest window needs: (m, longest)."""
    starts, stops = np.arange(m) * n // m, -(-np.arange(1, m + 1) * n // m)
    return np.minimum(starts[:, None] + np.arange((stops - starts).max()), stops[:, None] - 1)
