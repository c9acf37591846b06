"""A graph of ONNX operators as a network of layers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cnnsim import nn
from cnnsim.errors import InputError
from cnnsim.exchange.found import NoLayerError
from cnnsim.exchange.recognition import RECOGNISERS
from cnnsim.exchange.record import Array, Graph, Operation
from cnnsim.nn.layer import AnyLayer, Join, Shape
from cnnsim.nn.node import INPUT, Node

Constants = Mapping[str, Array]


def assemble(graph: Graph, shape: Shape | None) -> nn.Network:
    """Make a network that can be trained.

    Parameters
    ----------
    graph
        With one input and one output.
    shape
        Of one image; None if the graph says it.

    Raises
    ------
    InputError
        If the shape is open, or operators are no layers: the message lists all of them, and why.
    """
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        counts = f"({len(graph.inputs)} inputs, {len(graph.outputs)} outputs)"
        raise InputError("model", counts, "does not have one input and one output", "use it as it is, by run")
    plan = _Plan()
    plan.known[graph.inputs[0].name] = _Source(INPUT, shape or _declared(graph))
    for operation in _merged(_needed(graph), graph.constants):
        plan.take(operation, graph.constants)
    if plan.reasons or not plan.layers:
        listed = "; ".join(f"{name}: {reason}" for name, reason in plan.reasons.items()) or "there are none"
        rule = f"are no layers that can be trained: {listed}"
        raise InputError("operators", f"({len(plan.reasons)})", rule, "use the model as it is, by calling it")
    return _network(plan, graph)


@dataclass(frozen=True, slots=True)
class _Source:
    """Which layer gives an array, and its shape for one image."""

    layer: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class _Plan:
    """Layers so far, their numbers, what is known of the arrays, and why operators are no layers."""

    layers: dict[str, Node] = field(default_factory=dict)
    state: dict[str, Array] = field(default_factory=dict)
    known: dict[str, _Source] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def take(self, operation: Operation, constants: Constants) -> None:
        """Add the layer of an operator, or the reason why it is none."""
        names = [name for name in operation.inputs if name and name not in constants]
        if operation.kind != "Identity" and operation.kind not in RECOGNISERS:
            self.reasons[str(operation)] = "there is no such layer"
        elif all(name in self.known for name in names):
            sources = tuple(self.known[name] for name in names)
            try:
                self.known[operation.outputs[0]] = self._source(operation, constants, sources)
            except (NoLayerError, InputError) as reason:
                self.reasons[str(operation)] = str(reason)

    def _source(self, operation: Operation, constants: Constants, sources: tuple[_Source, ...]) -> _Source:
        if operation.kind == "Identity":
            return sources[0]
        arrays = tuple(constants.get(name) for name in operation.inputs)
        found = RECOGNISERS[operation.kind](operation, arrays, tuple(source.shape for source in sources))
        name = self._name(operation.name)
        if found.before is not None:
            sources = (self._add(f"{name}_pad", found.before, sources),)
        self.state.update({f"{name}.{key}": array for key, array in found.parameters.items()})
        return self._add(name, found.layer, sources)

    def _add(self, name: str, layer: AnyLayer, sources: tuple[_Source, ...]) -> _Source:
        shapes = tuple(source.shape for source in sources)
        shape = layer.joined_shape(shapes) if isinstance(layer, Join) else layer.output_shape(shapes[0])
        self.layers[name] = Node(layer, tuple(source.layer for source in sources))
        return _Source(name, shape)

    def _name(self, told: str) -> str:
        """A name without a dot that no layer has yet."""
        name = re.sub(r"[.\s]", "_", told.strip("/ ")) or "layer"
        taken, unique, number = {*self.layers, INPUT}, name, 1
        while unique in taken:
            number += 1
            unique = f"{name}_{number}"
        return unique


def _network(plan: _Plan, graph: Graph) -> nn.Network:
    dtype, sources = graph.inputs[0].dtype, [INPUT, *plan.layers]
    chain = {
        name: node.layer
        for place, (name, node) in enumerate(plan.layers.items())
        if node.inputs == (sources[place],) and not isinstance(node.layer, Join)
    }
    is_chain = len(chain) == len(plan.layers)
    network = nn.Sequential(chain, dtype=dtype) if is_chain else nn.Network(plan.layers, dtype=dtype)
    network.load_state_dict(plan.state)
    return network


def _declared(graph: Graph) -> Shape:
    given = graph.inputs[0].shape
    shape = tuple(n for n in given[1:] if isinstance(n, int)) if given else ()
    if not given or len(shape) != len(given) - 1:
        remedy = "say the shape of one image, such as (1, 28, 28)"
        raise InputError("shape", None, f"is needed: the file leaves it open ({given})", remedy)
    return shape


def _needed(graph: Graph) -> list[Operation]:
    """Operators that the output depends on, in their order."""
    wanted, needed = {*graph.outputs}, []
    for operation in reversed(graph.operations):
        if wanted & {*operation.outputs}:
            needed.append(operation)
            wanted |= {*operation.inputs}
    return needed[::-1]


def _merged(operations: Sequence[Operation], constants: Constants) -> Iterator[Operation]:
    """Put an addition that is the bias of the operator before it into that operator."""
    users: dict[str, list[Operation]] = {}
    for operation in operations:
        for name in operation.inputs:
            users.setdefault(name, []).append(operation)
    merged: set[str] = set()
    for operation in operations:
        bias = _bias(operation, users.get(operation.outputs[0], []), constants)
        if bias is not None:
            addition, name = bias
            merged.add(addition.outputs[0])
            yield replace(operation, inputs=(*operation.inputs[:2], name), outputs=addition.outputs)
        elif operation.outputs[0] not in merged:
            yield operation


def _bias(operation: Operation, users: Sequence[Operation], constants: Constants) -> tuple[Operation, str] | None:
    """The only user, if it adds one constant to each output, and the constant."""
    weight = constants.get(operation.inputs[1]) if len(operation.inputs) == 2 else None
    if operation.kind not in ("MatMul", "Conv") or weight is None or len(users) != 1 or users[0].kind != "Add":
        return None
    name = next((name for name in users[0].inputs if name in constants), None)
    if name is None or users[0].attributes:
        return None
    shape = constants[name].shape
    wanted = (weight.shape[-1],) if operation.kind == "MatMul" else (weight.shape[0], *(1,) * (weight.ndim - 2))
    fits = shape[len(shape) - len(wanted) :] == wanted and all(n == 1 for n in shape[: len(shape) - len(wanted)])
    return (users[0], name) if fits else None
