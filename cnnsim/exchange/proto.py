"""Parts of an ONNX file to records."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.exchange.record import Array, Operation, Value, check_size

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto, ValueInfoProto

_CONSTANTS = ("value", "value_float", "value_floats", "value_int", "value_ints")
_TYPES = ("FLOAT", "DOUBLE", "FLOAT16", "BOOL", *(f"{sign}INT{n}" for sign in ("", "U") for n in (8, 16, 32, 64)))
"""What is computed with."""


def array_of(tensor: "TensorProto") -> Array:
    """Numbers of a tensor, whose other file (if any) has been read."""
    from onnx import numpy_helper

    check_size(tuple(tensor.dims))
    _dtype(tensor.name, tensor.data_type)
    try:
        array = numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError) as error:
        raise InputError(
            f"numbers of {tensor.name!r}", "", f"cannot be read ({error})", "save the model again"
        ) from error
    return np.asarray(array)


def _dtype(name: str, kind: int) -> np.dtype[Any]:
    """Type of numbers that are computed with."""
    from onnx import TensorProto, helper

    types = {TensorProto.DataType.Value(each) for each in _TYPES}
    if kind not in types:
        rule = "is no type that is computed with here"
        raise InputError(f"type of {name!r}", kind, rule, "use float32 or float64")
    return helper.tensor_dtype_to_np_dtype(kind)


def constant_of(operation: Operation) -> Array:
    """What an operator ``Constant`` holds."""
    for name in _CONSTANTS:
        if name in operation.attributes:
            value = operation.attributes[name]
            if name == "value":
                return np.asarray(value)
            return np.asarray(value, np.float32 if "float" in name else np.int64)
    rule = "holds neither numbers nor a tensor"
    raise InputError(str(operation), ", ".join(operation.attributes), rule, "use the attribute value")


def operation_of(node: "NodeProto", number: int, version: int) -> Operation:
    """An operator as a record; one without a name is called after its output."""
    from onnx import helper

    attributes: dict[str, Any] = {}
    for attribute in node.attribute:
        try:
            value = helper.get_attribute_value(attribute)
        except (ValueError, TypeError) as error:
            rule, remedy = f"has no value ({error})", "make the file again"
            raise InputError(f"attribute of {node.name}", attribute.name, rule, remedy) from error
        attributes[attribute.name] = _plain(value)
    name = node.name or (node.output[0] if node.output else "") or f"{node.op_type}{number}"
    return Operation(node.op_type, name, version, attributes, tuple(node.input), tuple(node.output))


def _plain(value: Any) -> Any:
    """A tensor as an array; of a number in single precision the shortest decimal, which is what its author wrote."""
    from onnx import TensorProto

    if isinstance(value, float):
        return float(str(np.float32(value)))
    return array_of(value) if isinstance(value, TensorProto) else value


def value_of(value: "ValueInfoProto") -> Value:
    """What is said about an input or output."""
    if not value.type.HasField("tensor_type"):
        raise InputError(f"type of {value.name!r}", value.type.WhichOneof("value"), "is no tensor", "use plain arrays")
    tensor = value.type.tensor_type
    dtype = _dtype(value.name, tensor.elem_type)
    if not tensor.HasField("shape"):
        return Value(value.name, dtype, None)
    shape = tuple(d.dim_value if d.HasField("dim_value") else d.dim_param or None for d in tensor.shape.dim)
    return Value(value.name, dtype, shape)
