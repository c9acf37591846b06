"""ONNX operators with a window as layers."""

from collections.abc import Callable

import numpy as np

from cnnsim import nn
from cnnsim.errors import InputError
from cnnsim.exchange.found import Found, bias_of, need, weight_of
from cnnsim.exchange.record import Arrays, Operation
from cnnsim.exchange.window import Pair, Sliding, automatic, margins, numbers, sliding
from cnnsim.nn.layer import AnyLayer, Shape


def _window(operation: Operation, shape: Shape, size: Pair | None = None) -> Sliding:
    need(len(shape) in (2, 3), "it does not slide over signals or images")
    return sliding(operation, (1, *shape), size)


def _split(window: Sliding, value: float) -> tuple[Pair, nn.Pad | None]:
    """Padding that is the same on both sides, or a layer that pads first."""
    if window.symmetric:
        return window.before, None
    (top, bottom), (left, right) = window.sides
    return (0, 0), nn.Pad((left, right, top, bottom), value=value)


def conv(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    """Conv1d or Conv2d."""
    weight, groups = weight_of(constants), operation.attributes.get("group", 1)
    channels, out = weight.shape[1] * groups, weight.shape[0]
    parameters = {"weight": weight} | bias_of(constants, out)
    if weight.ndim == 3:
        window = _window(operation, shapes[0], (1, weight.shape[2]))
        padding = window.before[1] if window.symmetric else (window.sides[1],)
        options = window.stride[1], padding, window.dilation[1]
        return Found(nn.Conv1d(channels, out, weight.shape[2], *options, groups, "bias" in parameters), parameters)
    size = weight.shape[2], weight.shape[3]
    window = _window(operation, shapes[0], size)
    around = window.before if window.symmetric else window.sides
    options2 = size, window.stride, around, window.dilation, groups, "bias" in parameters
    return Found(nn.Conv2d(channels, out, *options2), parameters)


def conv_transpose(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    """ConvTranspose2d."""
    weight, groups = weight_of(constants), operation.attributes.get("group", 1)
    need(weight.ndim == 4, "it does not slide over images")
    plain = automatic(operation) in ("NOTSET", "VALID") and "output_shape" not in operation.attributes
    before, after = margins(operation, 2)
    need(plain and before == after, "its padding differs from side to side, or follows from the output")
    parameters = {"weight": weight} | bias_of(constants, weight.shape[1] * groups)
    stride, dilation, more = (numbers(operation, name, 2, n) for name, n in _TRANSPOSED)
    layer = nn.ConvTranspose2d(
        weight.shape[0], weight.shape[1] * groups, (weight.shape[2], weight.shape[3]), stride, before, more, groups,
        "bias" in parameters, dilation,
    )  # fmt: skip
    return Found(layer, parameters)


_TRANSPOSED = (("strides", 1), ("dilations", 1), ("output_padding", 0))


def max_pool(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    """MaxPool2d."""
    need(len(operation.outputs) == 1 and len(shapes[0]) == 3, "it says where the winners stand, or pools signals")
    window, ceil = _window(operation, shapes[0]), bool(operation.attributes.get("ceil_mode", 0))
    whole = _reaching_out(
        lambda: nn.MaxPool2d(window.size, window.stride, window.before, window.dilation, True), window, shapes[0]
    )
    if whole is not None and not window.symmetric:
        return Found(whole)
    padding, before = _split(window, -np.inf)
    need(not (ceil and before), "it rounds up, and its padding differs from side to side")
    return Found(nn.MaxPool2d(window.size, window.stride, padding, window.dilation, ceil), {}, before)


def average_pool(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    """AvgPool2d."""
    need(len(shapes[0]) == 3, "it pools signals")
    window, within = _window(operation, shapes[0]), bool(operation.attributes.get("count_include_pad", 0))
    need(window.dilation == (1, 1), "its window is spread")
    whole = _reaching_out(
        lambda: nn.AvgPool2d(window.size, window.stride, window.before, True, False), window, shapes[0]
    )
    if whole is not None and not window.symmetric and not within:
        return Found(whole)
    padding, before = _split(window, 0.0)
    ceil = bool(operation.attributes.get("ceil_mode", 0))
    need(before is None or (within and not ceil), "its padding differs from side to side and does not count")
    return Found(nn.AvgPool2d(window.size, window.stride, padding, ceil, within), {}, before)


def lp_pool(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    """LPPool2d."""
    need(len(shapes[0]) == 3, "it pools signals")
    window, ceil = _window(operation, shapes[0]), bool(operation.attributes.get("ceil_mode", 0))
    need(window.dilation == (1, 1), "its window is spread")
    p = operation.attributes.get("p", 2)
    whole = _reaching_out(lambda: nn.LPPool2d(p, window.size, window.stride, True), window, shapes[0])
    if whole is not None and window.before == (0, 0) and not window.symmetric:
        return Found(whole)
    (top, bottom), (left, right) = window.sides
    before = nn.Pad((left, right, top, bottom)) if max(top, bottom, left, right) else None
    need(not (ceil and before), "it rounds up, and has padding")
    return Found(nn.LPPool2d(p, window.size, window.stride, ceil), {}, before)


def _reaching_out(
    make: Callable[[], nn.MaxPool2d | nn.AvgPool2d | nn.LPPool2d], window: Sliding, shape: Shape
) -> AnyLayer | None:
    """The layer that rounds up, if its windows are these: what they reach beyond the image changes nothing."""
    try:
        layer = make()
        return layer if layer.output_shape(shape)[1:] == window.output else None
    except InputError:
        return None


def global_pool(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    """Pooling over everything."""
    need(len(shapes[0]) == 3, "it pools signals")
    if operation.kind == "GlobalLpPool":
        return Found(nn.LPPool2d(operation.attributes.get("p", 2), (shapes[0][1], shapes[0][2])))
    return Found(nn.AdaptiveAvgPool2d(1) if operation.kind == "GlobalAveragePool" else nn.AdaptiveMaxPool2d(1))
