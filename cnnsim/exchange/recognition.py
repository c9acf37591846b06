"""ONNX operators as layers."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from cnnsim import nn
from cnnsim.exchange import found_windows
from cnnsim.exchange.arranging import PAD_MODES, pad_sides, whole
from cnnsim.exchange.elementary import axis_of
from cnnsim.exchange.found import Found, Recogniser, bias_of, need, number_of, weight_of
from cnnsim.exchange.record import Array, Arrays, Operation
from cnnsim.nn.layer import AnyLayer, Shape


def _gemm(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    weight, options = weight_of(constants), operation.attributes
    scaled = options.get("alpha", 1.0) != 1 or options.get("beta", 1.0) != 1
    need(not scaled and not options.get("transA", 0), "it scales or turns its input")
    weight = weight if options.get("transB", 0) else weight.T
    return _linear(weight, constants)


def _matrix_product(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    weight = weight_of(constants)
    need(weight.ndim == 2 and len(shapes[0]) == 1, "it multiplies more than rows of features")
    return _linear(weight.T, constants)


def _linear(weight: Array, constants: Arrays) -> Found:
    parameters = {"weight": weight} | bias_of(constants, len(weight))
    return Found(nn.Linear(weight.shape[1], len(weight), "bias" in parameters), parameters)


def _batch_norm(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    names = ("weight", "bias", "running_mean", "running_var")
    parameters = {name: array for name, array in zip(names, constants[1:], strict=False) if array is not None}
    need(len(parameters) == 4, "its numbers are computed")
    options = operation.attributes
    need(options.get("spatial", 1) and not options.get("training_mode", 0), "it normalises each position, or trains")
    momentum = min(max(1 - options.get("momentum", 0.9), 0.0), 1.0)
    return Found(nn.BatchNorm(len(parameters["weight"]), options.get("epsilon", 1e-5), momentum), parameters)


def _along_channels(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    axes = len(shapes[0]) + 1
    default = -1 if operation.version >= 13 else 1
    axis = axis_of(operation.attributes.get("axis", default), axes)
    need(axis == 1 and (operation.version >= 13 or axes == 2), "it does not run over the channels alone")
    return Found(nn.LogSoftmax() if operation.kind == "LogSoftmax" else nn.Softmax())


def _response_norm(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    options, size = operation.attributes, operation.attributes.get("size", 0)
    need(size % 2 == 1, "an even number of channels stands otherwise here")
    k = options.get("bias", 1.0)
    return Found(nn.LocalResponseNorm(size, options.get("alpha", 1e-4), options.get("beta", 0.75), k))


def _join(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    need(len(shapes) == len(operation.inputs) > 1, "it joins a constant")
    if operation.kind == "Concat":
        axis = axis_of(operation.attributes.get("axis", 1), len(shapes[0]) + 1)
        need(axis == 1, "it does not put channels one behind the other")
        return Found(nn.Concatenate())
    need(len(set(shapes)) == 1, "it repeats axes")
    return Found(nn.Add())


def _flatten(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    if operation.kind == "Flatten":
        need(operation.attributes.get("axis", 1) == 1, "it does not keep the images apart")
        return Found(nn.Flatten())
    wanted, features = whole("shape", weight_of(constants)), int(np.prod(shapes[0]))
    rows = (0, -1, 1) if len(wanted) == 2 and wanted[1] == features else (0, 1)
    need(len(wanted) == 2 and wanted[0] in rows and wanted[1] in (-1, features), "it is not a flattening")
    return Found(nn.Flatten())


def _pad(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    given = [*constants[1:], None, None, None]
    computed = [name for name, array in zip(operation.inputs[1:], given, strict=False) if name and array is None]
    need(not computed, "how much is computed")
    before, after = pad_sides(operation, len(shapes[0]) + 1, given[0], given[2])
    need(before[0] == after[0] == 0, "it pads the images' axis")
    value = operation.attributes.get("value", 0.0) if given[1] is None else number_of(given[1])
    mode = operation.attributes.get("mode", b"constant").decode("utf-8", "replace")
    need(mode in PAD_MODES, "its mode is unknown")
    sides = tuple(n for both in list(zip(before, after, strict=True))[:0:-1] for n in both)
    return Found(nn.Pad(sides, PAD_MODES[mode], value))  # type: ignore[arg-type]


def _dropout(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    need(len(operation.outputs) == 1, "it says what was dropped")
    ratio = operation.attributes.get("ratio", 0.5)
    if len(constants) > 1 and constants[1] is not None:
        ratio = number_of(constants[1])
    return Found(nn.Dropout(ratio))


def _always(layer: AnyLayer) -> Recogniser:
    return lambda operation, constants, shapes: Found(layer)


def _leaky(operation: Operation, constants: Arrays, shapes: tuple[Shape, ...]) -> Found:
    return Found(nn.LeakyReLU(operation.attributes.get("alpha", 0.01)))


RECOGNISERS: Mapping[str, Recogniser] = MappingProxyType(
    {
        "Add": _join,
        "AveragePool": found_windows.average_pool,
        "BatchNormalization": _batch_norm,
        "Concat": _join,
        "Conv": found_windows.conv,
        "ConvTranspose": found_windows.conv_transpose,
        "Dropout": _dropout,
        "Flatten": _flatten,
        "Gemm": _gemm,
        "GlobalAveragePool": found_windows.global_pool,
        "GlobalLpPool": found_windows.global_pool,
        "GlobalMaxPool": found_windows.global_pool,
        "LRN": _response_norm,
        "LeakyRelu": _leaky,
        "LogSoftmax": _along_channels,
        "LpPool": found_windows.lp_pool,
        "MatMul": _matrix_product,
        "MaxPool": found_windows.max_pool,
        "Pad": _pad,
        "Relu": _always(nn.ReLU()),
        "Reshape": _flatten,
        "Sigmoid": _always(nn.Sigmoid()),
        "Softmax": _along_channels,
        "Sum": _join,
        "Tanh": _always(nn.Tanh()),
    }
)
