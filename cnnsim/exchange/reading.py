"""ONNX files to models that run here."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.exchange.external import fetch, is_external
from cnnsim.exchange.library import require_onnx
from cnnsim.exchange.model import OnnxModel
from cnnsim.exchange.operators import OPERATORS
from cnnsim.exchange.record import Array, Graph, Operation, Value, check_size

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto

OPSETS = range(6, 29)
"""Sets of operators whose meaning is known here."""

_DOMAINS = ("", "ai.onnx")
_CONSTANTS = ("value", "value_float", "value_floats", "value_int", "value_ints")
_KINDS = "fiub"
"""Floating, signed, unsigned, boolean."""


def load_onnx(path: Path, argument: str = "model") -> OnnxModel:
    """Read an ONNX file.

    Nothing in such a file can run: it names operators, and those that this program has are computed by it.

    Parameters
    ----------
    path
        Of the file. Numbers that it keeps in other files are read if those are in its folder.
    argument
        What an error calls the file.

    Returns
    -------
    OnnxModel
        To call on images like a network.

    Raises
    ------
    InputError
        If onnx is not installed, there is no such file, it is damaged, or it uses operators that are not built in: the
        message lists all of them.

    References
    ----------
    https://onnx.ai/onnx/repo-docs/IR.html

    Examples
    --------
    >>> import tempfile
    >>> from cnnsim import nn
    >>> from cnnsim.exchange import save_onnx
    >>> network = nn.Sequential({"fc": nn.Linear(3, 2), "relu": nn.ReLU()})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_onnx(Path(folder, "n.onnx"), network, (3,))
    ...     model = load_onnx(Path(folder, "n.onnx"))
    >>> x = np.ones((4, 3), np.float32)
    >>> bool((model(x) == network(x)).all())
    True
    """
    require_onnx()
    from google.protobuf.message import DecodeError
    from onnx import ModelProto

    if not path.is_file():
        raise InputError(argument, path, "is not a file", "give the path of a .onnx file")
    try:
        model = ModelProto.FromString(path.read_bytes())
    except OSError as error:
        raise InputError(argument, path, f"cannot be read ({error})", "check its permissions") from error
    except (DecodeError, ValueError) as error:
        rule = f"is damaged or not an ONNX file ({error})"
        raise InputError(argument, path, rule, "save or download it again") from error
    try:
        return _checked(model, path.parent)
    except InputError as error:
        raise InputError(
            argument, path, f"cannot be used: {error.argument}={error.value} {error.rule}", error.remedy
        ) from error


def from_onnx(model: "ModelProto") -> OnnxModel:
    """Take over a model that is in memory; it is not changed.

    Parameters
    ----------
    model
        An ``onnx.ModelProto``.

    Returns
    -------
    OnnxModel
        To call on images like a network.

    Raises
    ------
    InputError
        As `load_onnx`, but for the file.

    Examples
    --------
    >>> from cnnsim import nn
    >>> from cnnsim.exchange import to_onnx
    >>> model = from_onnx(to_onnx(nn.Sequential({"relu1": nn.ReLU()}), (2,)))
    >>> model(np.array([[-1, 2]], np.float32))
    array([[0., 2.]], dtype=float32)
    """
    require_onnx()
    from onnx import ModelProto

    copy = ModelProto()
    copy.CopyFrom(model)
    return _checked(copy, None)


def _checked(model: "ModelProto", folder: Path | None) -> OnnxModel:
    version = _version(model)
    _refuse_unknown(model)
    for tensor in _tensors(model):
        if is_external(tensor):
            fetch(tensor, folder)
    _check_rules(model)
    constants = {tensor.name: _array(tensor) for tensor in model.graph.initializer}
    operations: list[Operation] = []
    for number, node in enumerate(model.graph.node, start=1):
        operation = _operation(node, number, version)
        if operation.kind == "Constant":
            constants[operation.outputs[0]] = _constant(operation)
        else:
            operations.append(operation)
    given = tuple(_value(value) for value in model.graph.input if value.name not in constants)
    outputs = tuple(_value(value).name for value in model.graph.output)
    return OnnxModel(Graph(given, outputs, constants, tuple(operations)))


def _version(model: "ModelProto") -> int:
    found = [opset.version for opset in model.opset_import if opset.domain in _DOMAINS]
    if len(found) != 1 or found[0] not in OPSETS:
        rule = f"is not one set of operators from {OPSETS[0]} to {OPSETS[-1]}"
        raise InputError("opset_import", found, rule, "convert the file with onnx.version_converter")
    return int(found[0])


def _refuse_unknown(model: "ModelProto") -> None:
    unknown = Counter(
        node.op_type if node.domain in _DOMAINS else f"{node.domain}.{node.op_type}"
        for node in model.graph.node
        if node.domain not in _DOMAINS or node.op_type not in {*OPERATORS, "Constant"}
    )
    if unknown:
        listed = ", ".join(f"{kind} ({n}×)" for kind, n in sorted(unknown.items()))
        rule, remedy = f"are not built in: {listed}", f"use only {', '.join(OPERATORS)}"
        raise InputError("operators", f"({unknown.total()} of {len(model.graph.node)})", rule, remedy)
    if model.functions or model.graph.sparse_initializer:
        raise InputError("model", model.graph.name, "has functions or sparse arrays", "export it without")


def _tensors(model: "ModelProto") -> "Iterator[TensorProto]":
    yield from model.graph.initializer
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _check_rules(model: "ModelProto") -> None:
    from onnx import checker

    try:
        checker.check_model(model)
    except (checker.ValidationError, ValueError, RuntimeError, TypeError) as error:
        (first, *_) = str(error).strip().splitlines() or [""]
        raise InputError(
            "model", repr(model.graph.name), f"breaks the rules of ONNX ({first})", "make it again"
        ) from error


def _array(tensor: "TensorProto") -> Array:
    from onnx import numpy_helper

    check_size(tuple(tensor.dims))
    try:
        array = numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError) as error:
        raise InputError(
            f"numbers of {tensor.name!r}", "", f"cannot be read ({error})", "save the model again"
        ) from error
    return _numeric(tensor.name, np.asarray(array))


def _numeric(name: str, array: Array) -> Array:
    if array.dtype.kind not in _KINDS or array.dtype.name == "bfloat16":
        rule = "is no type that is computed with here"
        raise InputError(f"type of {name!r}", array.dtype, rule, "use float32 or float64")
    return array


def _constant(operation: Operation) -> Array:
    for name in _CONSTANTS:
        if name in operation.attributes:
            value = operation.attributes[name]
            if name == "value":
                return _array(value)
            return np.asarray(value, np.float32 if "float" in name else np.int64)
    rule = "holds neither numbers nor a tensor"
    raise InputError(str(operation), ", ".join(operation.attributes), rule, "use the attribute value")


def _operation(node: "NodeProto", number: int, version: int) -> Operation:
    from onnx import helper

    attributes: dict[str, Any] = {}
    for attribute in node.attribute:
        try:
            attributes[attribute.name] = helper.get_attribute_value(attribute)
        except (ValueError, TypeError) as error:
            raise InputError(
                f"attribute {attribute.name} of {node.name}", "", str(error), "make the file again"
            ) from error
    name = node.name or (node.output[0] if node.output else "") or f"{node.op_type}{number}"
    return Operation(node.op_type, name, version, attributes, tuple(node.input), tuple(node.output))


def _value(value: "ValueInfoProto") -> Value:
    from onnx import helper

    if not value.type.HasField("tensor_type"):
        raise InputError(f"type of {value.name!r}", value.type.WhichOneof("value"), "is no tensor", "use plain arrays")
    tensor = value.type.tensor_type
    try:
        dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type)
    except KeyError as error:
        raise InputError(f"type of {value.name!r}", tensor.elem_type, "is unknown", "use float32") from error
    _numeric(value.name, np.empty(0, dtype))
    if not tensor.HasField("shape"):
        return Value(value.name, dtype, None)
    shape = tuple(d.dim_value if d.HasField("dim_value") else d.dim_param or None for d in tensor.shape.dim)
    return Value(value.name, dtype, shape)
