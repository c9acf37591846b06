"""ONNX files to models that run here."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cnnsim.errors import InputError
from cnnsim.exchange.external import fetch, is_external
from cnnsim.exchange.library import require_onnx
from cnnsim.exchange.model import OnnxModel
from cnnsim.exchange.operators import OPERATORS, compute
from cnnsim.exchange.proto import array_of, constant_of, operation_of, value_of
from cnnsim.exchange.record import Array, Graph, Operation

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

OPSETS = range(1, 29)
"""Sets of operators whose meaning is known here."""

_SINCE = {"Reshape": 5, "Pad": 2, "LpPool": 2, "GlobalLpPool": 2}
"""Operators that had other attributes before this set."""

_DOMAINS = ("", "ai.onnx")


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
    >>> import numpy as np
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
    >>> import numpy as np
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
    _refuse_broken_text(model)
    _refuse_unknown(model)
    version = _version(model)
    for tensor in _tensors(model):
        if is_external(tensor):
            fetch(tensor, folder)
    _check_rules(model)
    constants = {tensor.name: array_of(tensor) for tensor in model.graph.initializer}
    given = tuple(value_of(value) for value in model.graph.input if value.name not in constants)
    outputs = tuple(value_of(value).name for value in model.graph.output)
    operations = [operation_of(node, number, version) for number, node in enumerate(model.graph.node, start=1)]
    remaining = _remaining(operations, constants)
    made = {*constants, *(value.name for value in given), *(name for each in remaining for name in each.outputs)}
    if not outputs or not made >= set(outputs):
        raise InputError("outputs", ", ".join(outputs) or "none", "are not all computed", "export the model again")
    return OnnxModel(Graph(given, outputs, constants, remaining))


def _remaining(operations: list[Operation], constants: dict[str, Array]) -> tuple[Operation, ...]:
    """Compute what depends on constants alone, put it to them, and return the other operators."""
    remaining: list[Operation] = []
    for operation in operations:
        if operation.kind == "Constant":
            constants[operation.outputs[0]] = constant_of(operation)
        elif all(not name or name in constants for name in operation.inputs):
            outputs = compute(operation, tuple(constants[name] if name else None for name in operation.inputs))
            constants.update(zip(operation.outputs, outputs, strict=False))
        else:
            remaining.append(operation)
    return tuple(remaining)


def _refuse_broken_text(model: "ModelProto") -> None:
    """The library gives bytes where a damaged file holds no text."""
    graph = model.graph
    values = (*graph.input, *graph.output)
    texts = [graph.name, *(tensor.name for tensor in graph.initializer), *(value.name for value in values)]
    texts += [opset.domain for opset in model.opset_import]
    texts += [dim.dim_param for value in values for dim in value.type.tensor_type.shape.dim]
    for node in graph.node:
        texts += [node.name, node.op_type, node.domain, *node.input, *node.output]
        texts += [attribute.name for attribute in node.attribute]
    broken = next((text for text in texts if not isinstance(text, str)), None)
    if broken is not None:
        raise InputError("name", repr(broken), "is no text", "save or download the file again")


def _version(model: "ModelProto") -> int:
    found = [opset.version for opset in model.opset_import if opset.domain in _DOMAINS]
    if len(found) != 1 or found[0] not in OPSETS:
        rule = f"is not one set of operators from {OPSETS[0]} to {OPSETS[-1]}"
        raise InputError("opset_import", found, rule, "convert the file with onnx.version_converter")
    version = int(found[0])
    old = sorted({node.op_type for node in model.graph.node if version < _SINCE.get(node.op_type, 1)})
    if old:
        rule = f"is a set in which {', '.join(old)} had other attributes"
        raise InputError("opset_import", version, rule, "convert the file with onnx.version_converter")
    return version


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
