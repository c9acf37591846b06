"""The graph of a network: which layer takes the output of which."""

from collections.abc import Mapping
from dataclasses import dataclass

from cnnsim.errors import InputError
from cnnsim.nn.layer import AnyLayer, Join, Shape

INPUT = "input"
"""What the images are called."""


@dataclass(frozen=True, slots=True)
class Node:
    """A layer, and the names of the layers whose outputs it takes; ``"input"`` stands for the images.

    Parameters
    ----------
    layer
        What is computed.
    inputs
        Names of the layers whose outputs it takes, in order.

    Examples
    --------
    >>> from cnnsim import nn
    >>> nn.Node(nn.Add(), ("conv1", "input")).inputs
    ('conv1', 'input')
    """

    layer: AnyLayer
    inputs: tuple[str, ...]


def arranged(layers: Mapping[str, AnyLayer | Node]) -> dict[str, Node]:
    """Say for every layer where its input comes from: for a bare one, from the one before it.

    Raises
    ------
    InputError
        If a name cannot be one, an input does not stand before its layer, the number of inputs does not fit, or the
        output of a layer leads nowhere.
    """
    if not layers:
        raise InputError("layers", "{}", "is empty", "give at least one layer")
    nodes: dict[str, Node] = {}
    previous = INPUT
    for name, layer in layers.items():
        node = layer if isinstance(layer, Node) else Node(layer, (previous,))
        _check(name, node, nodes)
        nodes[name] = node
        previous = name
    _check_used(nodes)
    return nodes


def last_uses(nodes: Mapping[str, Node]) -> dict[str, tuple[str, ...]]:
    """Name the outputs that nobody needs any more once a layer has run."""
    last = {source: name for name, node in nodes.items() for source in node.inputs}
    return {name: tuple(source for source, user in last.items() if user == name) for name in nodes}


def shapes_of(nodes: Mapping[str, Node], shape: Shape) -> dict[str, Shape]:
    """Shape of one image after each layer; `InputError`, naming the layer, if it cannot take what it is given."""
    shapes = {INPUT: shape}
    for name, node in nodes.items():
        try:
            shapes[name] = _shape_after(node.layer, tuple(shapes[source] for source in node.inputs))
        except InputError as error:
            raise InputError(f"{name}: {error.argument}", error.value, error.rule, error.remedy) from error
    del shapes[INPUT]
    return shapes


def _shape_after(layer: AnyLayer, shapes: tuple[Shape, ...]) -> Shape:
    return layer.joined_shape(shapes) if isinstance(layer, Join) else layer.output_shape(shapes[0])


def _check(name: str, node: Node, before: Mapping[str, Node]) -> None:
    if "." in name or name in ("", INPUT):
        raise InputError("layers", repr(name), "is no name for a layer", "use a name without a dot, such as conv1")
    for source in node.inputs:
        if source != INPUT and source not in before:
            rule = f"takes the output of {source}, which does not stand before it"
            raise InputError("layers", name, rule, "name layers that stand before it, or input")
    wanted = isinstance(node.layer, Join)
    if len(node.inputs) < (2 if wanted else 1) or (len(node.inputs) > 1 and not wanted):
        rule = f"has {len(node.inputs)} inputs but takes {'two or more' if wanted else 'one'}"
        raise InputError("layers", name, rule, "use Node(layer, inputs) with as many names as it takes")


def _check_used(nodes: Mapping[str, Node]) -> None:
    used = {source for node in nodes.values() for source in node.inputs}
    *inner, _ = nodes
    for name in inner:
        if name not in used:
            rule = "leads nowhere: no layer takes its output, and it is not the last"
            raise InputError("layers", name, rule, "remove it, or join it to the others")
