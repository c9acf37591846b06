"""Networks to ONNX."""

from pathlib import Path
from typing import TYPE_CHECKING

from cnnsim import __version__
from cnnsim.errors import InputError
from cnnsim.exchange.draft import Draft, Place
from cnnsim.exchange.library import require_onnx
from cnnsim.exchange.translation import translate
from cnnsim.files import check_writable, replace_file
from cnnsim.nn import Network
from cnnsim.nn.layer import Shape
from cnnsim.nn.node import INPUT

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto

OPSET, IR_VERSION = 19, 9
"""The oldest set of operators that has all we need (padding that wraps around), and the format that came with it."""

_BATCH = "N"
_LARGEST_FILE = 2**31 - 2**20


def save_onnx(path: Path, network: Network, shape: Shape) -> None:
    """Write a network to an ONNX file, all or nothing: the file is complete or as it was.

    Parameters
    ----------
    path
        Of the file; its folder must exist.
    network, shape
        As for `to_onnx`.

    Raises
    ------
    InputError
        As `to_onnx`, or if the folder is missing or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from cnnsim import nn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_onnx(Path(folder, "n.onnx"), nn.Sequential({"fc": nn.Linear(3, 2)}), (3,))
    """
    check_writable(path, "path")
    content = to_onnx(network, shape).SerializeToString()
    replace_file(path, lambda temporary: temporary.write_bytes(content))


def to_onnx(network: Network, shape: Shape) -> "ModelProto":
    """Say a network in ONNX: what it does after training, for any number of images.

    Parameters
    ----------
    network
        Any; its layers and parameters keep their names.
    shape
        Of one image, such as (1, 28, 28).

    Returns
    -------
    onnx.ModelProto
        With one input ``input`` (N, *shape), and one output named after the last layer.

    Raises
    ------
    InputError
        If onnx is not installed, the images do not fit, ONNX has no operators for a layer, or the file would be
        larger than the 2 GB that the format can hold.

    References
    ----------
    https://onnx.ai/onnx/operators, set of operators 19.

    Examples
    --------
    >>> from cnnsim import nn
    >>> model = to_onnx(nn.Sequential({"conv1": nn.Conv2d(1, 2, 3), "relu1": nn.ReLU()}), (1, 5, 5))
    >>> [node.op_type for node in model.graph.node]
    ['Conv', 'Relu']
    """
    require_onnx()
    from onnx import helper

    if network.vector.nbytes > _LARGEST_FILE:
        rule = "makes a file of more than 2 GB, which the format cannot hold"
        raise InputError("network", f"({network.n_parameters:,} parameters)", rule, "use float32, or a smaller one")
    shapes = network.output_shapes(shape)
    draft = _draft(network, {INPUT: shape} | shapes)
    *_, last = network.nodes
    graph = helper.make_graph(
        draft.nodes,
        "cnnsim",
        [_value(network, INPUT, shape)],
        [_value(network, last, shapes[last])],
        draft.tensors,
    )
    versions = [helper.make_opsetid("", OPSET)]
    program = {"producer_name": "cnnsim", "producer_version": __version__}
    return helper.make_model(graph, opset_imports=versions, ir_version=IR_VERSION, **program)


def _draft(network: Network, shapes: dict[str, Shape]) -> Draft:
    draft, untold = Draft(network.dtype), []
    for name, node in network.nodes.items():
        known = tuple(shapes[source] for source in node.inputs)
        if not translate(Place(draft, name, node.inputs, known, network.of_layer(name)), node.layer):
            untold.append(f"{name} ({type(node.layer).__name__})")
    if untold:
        raise InputError("network", "layers", f"{', '.join(untold)} cannot be said in ONNX", "replace them by others")
    return draft


def _value(network: Network, name: str, shape: Shape) -> "ValueInfoProto":
    from onnx import helper

    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(network.dtype), [_BATCH, *shape])
