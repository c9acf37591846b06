"""ONNX operators that compute number by number, along one axis, or a product."""

import numpy as np

from cnnsim import functional
from cnnsim.errors import InputError
from cnnsim.exchange.record import Array, Arrays, Operation, check_size

Result = tuple[Array, ...]


def present(inputs: Arrays, *names: str) -> tuple[Array, ...]:
    """The first inputs, which must not be left out."""
    found = tuple(array for array in inputs[: len(names)] if array is not None)
    if len(found) < len(names):
        raise InputError("inputs", f"({len(found)} given)", f"lack one of {', '.join(names)}", "give all of them")
    return found


def optional(inputs: Arrays, place: int) -> Array | None:
    """An input that may be left out."""
    return inputs[place] if place < len(inputs) else None


def relu(operation: Operation, inputs: Arrays) -> Result:
    """max(0, x)."""
    return (functional.relu(*present(inputs, "X")),)


def leaky_relu(operation: Operation, inputs: Arrays) -> Result:
    """x, or alpha·x below 0."""
    (x,) = present(inputs, "X")
    return (functional.leaky_relu(x, operation.attributes.get("alpha", 0.01)),)


def sigmoid(operation: Operation, inputs: Arrays) -> Result:
    """1 / (1 + e^-x)."""
    return (functional.sigmoid(*present(inputs, "X")),)


def tanh(operation: Operation, inputs: Arrays) -> Result:
    """Hyperbolic tangent."""
    return (functional.tanh(*present(inputs, "X")),)


def softmax(operation: Operation, inputs: Arrays) -> Result:
    """Probabilities along an axis; before version 13, over all axes from that one on."""
    (x,) = present(inputs, "X")
    along = functional.log_softmax if operation.kind == "LogSoftmax" else functional.softmax
    if operation.version >= 13:
        return (along(x, operation.attributes.get("axis", -1)),)
    first = axis_of(operation.attributes.get("axis", 1), x.ndim)
    return (along(x.reshape(*x.shape[:first], -1), -1).reshape(x.shape),)


def axis_of(axis: int, axes: int) -> int:
    """An axis counted from the front."""
    if not -axes <= axis < axes:
        raise InputError("axis", axis, f"is none of the {axes} axes", f"use {-axes} to {axes - 1}")
    return axis % axes


def add(operation: Operation, inputs: Arrays) -> Result:
    """The sum of both, with axes of size 1 repeated."""
    a, b = alike(*present(inputs, "A", "B"))
    b = _aligned(operation, a, b)
    check_size(np.broadcast_shapes(a.shape, b.shape))
    return (np.asarray(a + b),)


def sum_up(operation: Operation, inputs: Arrays) -> Result:
    """The sum of all, with axes of size 1 repeated."""
    total, *others = present(inputs, *["data"] * len(inputs))
    for other in others:
        alike(total, other)
        check_size(np.broadcast_shapes(total.shape, other.shape))
        total = np.asarray(total + other)
    return (total,)


def multiply(operation: Operation, inputs: Arrays) -> Result:
    """The product of both, with axes of size 1 repeated."""
    a, b = alike(*present(inputs, "A", "B"))
    b = _aligned(operation, a, b)
    check_size(np.broadcast_shapes(a.shape, b.shape))
    return (np.asarray(a * b),)


def _aligned(operation: Operation, a: Array, b: Array) -> Array:
    """Before version 7 an attribute said at which axis of a the axes of b begin."""
    axis = operation.attributes.get("axis")
    if operation.version >= 7 or axis is None:
        return b
    return b.reshape(*b.shape, *(1,) * (a.ndim - axis_of(axis, a.ndim) - b.ndim))


def alike(a: Array, b: Array) -> tuple[Array, Array]:
    """Both, if they are of one type: ONNX converts nothing."""
    if a.dtype != b.dtype:
        raise InputError("dtypes", f"{a.dtype}, {b.dtype}", "differ", "convert one of them where the file is made")
    return a, b


def matrix_product(operation: Operation, inputs: Arrays) -> Result:
    """Product of matrices, for each pair of a stack."""
    a, b = alike(*present(inputs, "A", "B"))
    if a.ndim > 1 and b.ndim > 1:
        check_size((*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1]))
    return (np.asarray(np.matmul(a, b)),)


def gemm(operation: Operation, inputs: Arrays) -> Result:
    """Compute alpha · A · B + beta · C, A and B turned if the attributes say so."""
    a, b = alike(*present(inputs, "A", "B"))
    c, options = optional(inputs, 2), operation.attributes
    rows = a.T if options.get("transA", 0) else a
    columns = b if options.get("transB", 0) else b.T
    y = functional.linear(rows, columns) * a.dtype.type(options.get("alpha", 1.0))
    if c is None:
        return (y,)
    alike(a, c)
    if np.broadcast_shapes(y.shape, c.shape) != y.shape:
        raise InputError("C.shape", c.shape, f"does not fit into {y.shape}", "give a number, a row, a column or all")
    return (y + c * a.dtype.type(options.get("beta", 1.0)),)


def local_response_norm(operation: Operation, inputs: Arrays) -> Result:
    """Damp by neighbouring channels; of an even number ONNX takes the odd one after, not before."""
    (x,) = present(inputs, "X")
    options = operation.attributes
    size, beta = options.get("size", 0), options.get("beta", 0.75)
    norm = functional.local_response_norm
    turned = norm(x[:, ::-1], size, options.get("alpha", 1e-4), beta, options.get("bias", 1.0))
    return (turned[:, ::-1].copy(),)


def batch_norm(operation: Operation, inputs: Arrays) -> Result:
    """Normalise by given mean and variance; in training mode by those of x, and return new running ones too."""
    x, scale, bias, mean, variance = present(inputs, "X", "scale", "B", "input_mean", "input_var")
    scale, bias, mean, variance = (array.astype(x.dtype) for array in (scale, bias, mean, variance))
    options = operation.attributes
    if not options.get("spatial", 1):
        raise InputError("spatial", 0, "(a mean for each position) is not built in", "normalise per channel")
    eps = options.get("epsilon", 1e-5)
    if not options.get("training_mode", 0):
        return (functional.batch_norm(x, mean, variance, scale, bias, eps=eps),)
    axes, kept = (0, *range(2, x.ndim)), x.dtype.type(options.get("momentum", 0.9))
    now = x.mean(axis=axes), x.var(axis=axes)
    running = (old * kept + new * (1 - kept) for old, new in zip((mean, variance), now, strict=True))
    return functional.batch_norm(x, *now, scale, bias, eps=eps), *running


def dropout(operation: Operation, inputs: Arrays) -> Result:
    """Return x, and that nothing was dropped: random numbers are for training."""
    (x,) = present(inputs, "data")
    training, ratio = optional(inputs, 2), optional(inputs, 1)
    if training is not None and training.any() and (ratio is None or ratio.any()):
        raise InputError("training_mode", True, "asks for random numbers", "export the model for inference")
    return x, np.ones(x.shape, np.bool_ if operation.version >= 10 else x.dtype)


def identity(operation: Operation, inputs: Arrays) -> Result:
    """Return x."""
    return present(inputs, "input")
