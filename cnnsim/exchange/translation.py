"""Layers as ONNX operators."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from cnnsim import nn
from cnnsim.exchange import substitutes
from cnnsim.exchange.draft import Place
from cnnsim.functional.check import Pair, pair
from cnnsim.nn.layer import AnyLayer

_ALONE: Mapping[type, str] = {nn.ReLU: "Relu", nn.Tanh: "Tanh", nn.Sigmoid: "Sigmoid"}
_MODES = {"constant": "constant", "replicate": "edge", "reflect": "reflect", "circular": "wrap"}


def translate(place: Place, layer: AnyLayer) -> bool:
    """Add the operators of a layer; false, and nothing added, if there are none for it."""
    if type(layer) in _ALONE:
        place.last(_ALONE[type(layer)], *place.inputs)
        return True
    return _with_parameters(place, layer) or _sliding(place, layer) or _other(place, layer) or _composed(place, layer)


def _with_parameters(place: Place, layer: AnyLayer) -> bool:
    match layer:
        case nn.Conv2d() | nn.Conv1d():
            _convolution(place, layer)
        case nn.ConvTranspose2d():
            _transposed(place, layer)
        case nn.Linear():
            place.last("Gemm", *place.inputs, *place.own("weight", "bias"), transB=1)
        case nn.BatchNorm():
            own = place.own("weight", "bias", "running_mean", "running_var")
            place.last("BatchNormalization", *place.inputs, *own, epsilon=layer.eps, momentum=1 - layer.momentum)
        case _:
            return False
    return True


def _sliding(place: Place, layer: AnyLayer) -> bool:
    match layer:
        case nn.MaxPool2d():
            dilation = list(pair("dilation", layer.dilation, 1))
            place.last("MaxPool", *place.inputs, dilations=dilation, **_pooling(place, layer, layer.padding))
        case nn.AvgPool2d():
            _average(place, layer)
        case nn.LPPool2d() if layer.norm_type == int(layer.norm_type):
            place.last("LpPool", *place.inputs, p=int(layer.norm_type), **_pooling(place, layer, 0))
        case _:
            return False
    return True


def _other(place: Place, layer: AnyLayer) -> bool:
    match layer:
        case nn.LeakyReLU():
            place.last("LeakyRelu", *place.inputs, alpha=layer.negative_slope)
        case nn.Softmax():
            place.last("Softmax", *place.inputs, axis=1)
        case nn.LogSoftmax():
            place.last("LogSoftmax", *place.inputs, axis=1)
        case nn.Flatten():
            place.last("Flatten", *place.inputs)
        case nn.Dropout():
            place.last("Dropout", *place.inputs, place.constant("ratio", layer.p))
        case nn.Concatenate():
            place.last("Concat", *place.inputs, axis=1)
        case nn.Add():
            _sum(place)
        case nn.Pad():
            _pad(place, layer)
        case _:
            return False
    return True


def _composed(place: Place, layer: AnyLayer) -> bool:
    match layer:
        case nn.ScaledTanh():
            substitutes.scaled_tanh(place)
        case nn.LocalResponseNorm():
            substitutes.local_response_norm(place, layer)
        case nn.WeightedPool2d():
            substitutes.weighted_pool(place, layer)
        case nn.AdaptiveAvgPool2d():
            substitutes.adaptive_average(place, layer)
        case nn.AdaptiveMaxPool2d():
            substitutes.adaptive_max(place, layer)
        case nn.Unfold():
            substitutes.unfold(place, layer)
        case nn.Fold():
            substitutes.fold(place, layer)
        case _:
            return False
    return True


def _convolution(place: Place, layer: nn.Conv1d | nn.Conv2d) -> None:
    """Padding by copies is an operator of its own: that of convolutions holds zeros."""
    flat = layer.flat() if isinstance(layer, nn.Conv1d) else layer
    axes = slice(1, None) if isinstance(layer, nn.Conv1d) else slice(None)
    names = ("kernel_shape", flat.kernel_size), ("strides", flat.stride), ("dilations", flat.dilation)
    window = {name: list(pair(name, value, 1))[axes] for name, value in names}
    top, bottom, left, right = flat.outside.sides
    pads, inputs = [*[top, left][axes], *[bottom, right][axes]], place.inputs
    if layer.padding_mode != "zeros" and any(pads):
        half = len(pads) // 2
        cells = place.constant("pads", [0, 0, *pads[:half], 0, 0, *pads[half:]], np.int64)
        inputs, pads = (place.step("padded", "Pad", *inputs, cells, mode=_MODES[layer.padding_mode]),), [0] * len(pads)
    place.last("Conv", *inputs, *place.own("weight", "bias"), pads=pads, group=layer.groups, **window)


def _transposed(place: Place, layer: nn.ConvTranspose2d) -> None:
    """Readers take no output_padding beyond the stride: those cells, which hold the bias, are added afterwards."""
    window = _window(layer.kernel_size, layer.stride, layer.padding)
    options = {"dilations": list(pair("dilation", layer.dilation, 1)), "group": layer.groups}
    if not any(layer.margins):
        own, more = place.own("weight", "bias"), list(pair("output_padding", layer.output_padding, 0))
        place.last("ConvTranspose", *place.inputs, *own, output_padding=more, **window, **options)
        return
    left, right, top, bottom = layer.margins
    window["pads"] = [max(0, -n) for n in (top, left, bottom, right)]
    y = place.step("reached", "ConvTranspose", *place.inputs, *place.own("weight"), **window, **options)
    cells = place.constant("pads", [0, 0, 0, 0, 0, 0, max(0, bottom), max(0, right)], np.int64)
    if not layer.bias:
        place.last("Pad", y, cells)
        return
    bias = place.constant("bias", place.parameters["bias"][:, None, None])
    place.last("Add", place.step("padded", "Pad", y, cells), bias)


def _pooling(place: Place, layer: nn.MaxPool2d | nn.AvgPool2d | nn.LPPool2d, padding: int | Pair) -> dict[str, Any]:
    """Window with as many cells after the maps as its last place needs: readers differ on what ceil_mode is."""
    window = _window(layer.kernel_size, layer.stride, padding)
    if layer.ceil_mode:
        spread = pair("dilation", getattr(layer, "dilation", 1), 1)
        (_, *cells), (_, *output) = place.shapes[0], layer.output_shape(place.shapes[0])
        axes = zip(cells, output, window["kernel_shape"], window["strides"], window["pads"], spread, strict=False)
        window["pads"][2:] = [max(0, (out - 1) * s + d * (k - 1) + 1 - n - p) for n, out, k, s, p, d in axes]
    return window


def _average(place: Place, layer: nn.AvgPool2d) -> None:
    """Padding counts, what sticks out beyond it does not: with both, the padding has to become cells first."""
    inputs, counts = place.inputs, layer.count_include_pad
    window = _pooling(place, layer, layer.padding)
    if counts and layer.ceil_mode:
        before = pair("padding", layer.padding, 0)
        pads = place.constant("pads", [0, 0, *before] * 2, np.int64)
        inputs = (place.step("padded", "Pad", *inputs, pads),)
        window["pads"] = [0, 0, *(max(0, n - p) for n, p in zip(window["pads"][2:], before, strict=True))]
        counts = False
    place.last("AveragePool", *inputs, count_include_pad=int(counts), **window)


def _window(kernel_size: int | Pair, stride: int | Pair | None, padding: int | Pair) -> dict[str, list[int]]:
    size = pair("kernel_size", kernel_size, 1)
    step = size if stride is None else pair("stride", stride, 1)
    return {"kernel_shape": list(size), "strides": list(step), "pads": [*pair("padding", padding, 0)] * 2}


def _sum(place: Place) -> None:
    """Add the inputs up from left to right, as the layer does."""
    total, *others = place.inputs
    for number, other in enumerate(others[:-1], start=1):
        total = place.step(str(number), "Add", total, other)
    place.last("Add", total, others[-1])


def _pad(place: Place, layer: nn.Pad) -> None:
    """Cells before and after, which the layer lists from the last axis backwards."""
    axes = len(place.shapes[0]) + 1
    sides = [0] * (2 * axes - len(layer.sides)) + [n for pair in _pairs(layer.sides)[::-1] for n in pair]
    pads = place.constant("pads", sides[::2] + sides[1::2], np.int64)
    place.last("Pad", *place.inputs, pads, place.constant("value", layer.value), mode=_MODES[layer.mode])


def _pairs(sides: tuple[int, ...]) -> list[Pair]:
    return list(zip(sides[::2], sides[1::2], strict=True))
