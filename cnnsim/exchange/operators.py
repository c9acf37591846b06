"""Which ONNX operators there are, and on which numbers they compute."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from cnnsim.errors import InputError
from cnnsim.exchange import arranging, elementary, sliding
from cnnsim.exchange.elementary import Result
from cnnsim.exchange.record import Array, Arrays, Operation

Operator = Callable[[Operation, Arrays], Result]

_WIDER: Mapping[str, type[np.floating]] = {
    "float16": np.float32,
    **dict.fromkeys(("int8", "uint8", "int16", "uint16", "int32", "uint32"), np.float64),
}
"""Types without kernels, and those that hold all of their numbers and have them."""


def _widened(operator: Operator) -> Operator:
    """Compute in a type that there are kernels for, and give the result back in that of the first input."""

    def compute(operation: Operation, inputs: Arrays) -> Result:
        first = next((array for array in inputs if array is not None), None)
        if first is None or first.dtype.name not in _WIDER:
            return operator(operation, inputs)
        wide = _WIDER[first.dtype.name]
        y, *others = operator(operation, tuple(_as(array, first.dtype, wide) for array in inputs))
        return y.astype(first.dtype), *others

    return compute


def _as(array: Array | None, narrow: np.dtype[np.generic], wide: type[np.floating]) -> Array | None:
    return array if array is None or array.dtype != narrow else array.astype(wide)


OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        "Add": elementary.add,
        "AveragePool": _widened(sliding.average_pool),
        "BatchNormalization": _widened(elementary.batch_norm),
        "Concat": arranging.concatenate,
        "ConstantOfShape": arranging.constant_of_shape,
        "Conv": _widened(sliding.conv),
        "ConvTranspose": _widened(sliding.conv_transpose),
        "Dropout": elementary.dropout,
        "Flatten": arranging.flatten,
        "Gather": arranging.gather,
        "Gemm": _widened(elementary.gemm),
        "GlobalAveragePool": _widened(sliding.global_average),
        "GlobalLpPool": _widened(sliding.global_norm),
        "GlobalMaxPool": _widened(sliding.global_max),
        "Identity": elementary.identity,
        "LRN": _widened(elementary.local_response_norm),
        "LeakyRelu": _widened(elementary.leaky_relu),
        "LogSoftmax": _widened(elementary.softmax),
        "LpPool": _widened(sliding.lp_pool),
        "MatMul": elementary.matrix_product,
        "MaxPool": _widened(sliding.max_pool),
        "Mul": elementary.multiply,
        "Pad": _widened(arranging.pad),
        "Relu": _widened(elementary.relu),
        "Reshape": arranging.reshape,
        "Sigmoid": _widened(elementary.sigmoid),
        "Softmax": _widened(elementary.softmax),
        "Sum": elementary.sum_up,
        "Tanh": _widened(elementary.tanh),
        "Transpose": arranging.transpose,
        "Unsqueeze": arranging.unsqueeze,
    }
)


def compute(operation: Operation, inputs: Arrays) -> Result:
    """Outputs of an operator.

    Raises
    ------
    InputError
        If the inputs or attributes break a rule; the message names the operator in its place.
    """
    try:
        with np.errstate(all="ignore"):  # an overflow is what the file says
            outputs = OPERATORS[operation.kind](operation, inputs)
    except InputError as error:
        raise InputError(f"{operation}: {error.argument}", error.value, error.rule, error.remedy) from error
    except (ValueError, TypeError, IndexError, OverflowError, MemoryError) as error:
        shapes = ", ".join("none" if array is None else f"{array.dtype}{array.shape}" for array in inputs)
        raise InputError(f"{operation}", f"on {shapes}", f"fails ({error})", "make the file again") from error
    if len(operation.outputs) > len(outputs):
        rule = f"are more than the {len(outputs)} that are built in"
        raise InputError(f"{operation}: outputs", len(operation.outputs), rule, "export the model for inference")
    return outputs
