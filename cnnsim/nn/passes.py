"""Running blocks of images through the steps of a network: forwards after training, and both ways in training."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cnnsim.nn.layer import Exchange, Floats, Join, Layer, Lot, Parameters, Saved, Shape, TrainingLayer
from cnnsim.nn.node import INPUT, Node, last_uses


@dataclass(frozen=True, slots=True)
class Step:
    """A layer in its place: where its input comes from, what is not needed any more after it, its numbers.

    `layer` and `training` are the same layer, `training` None where it does nothing else in training; `places` says
    where the gradients of its parameters lie.
    """

    name: str
    number: int
    layer: Layer
    training: TrainingLayer | None
    source: str
    done: tuple[str, ...]
    parameters: Parameters
    places: Mapping[str, slice]


@dataclass(frozen=True, slots=True)
class JoinStep:
    """A join in its place."""

    name: str
    join: Join
    sources: tuple[str, ...]
    done: tuple[str, ...]


Steps = Sequence[Step | JoinStep]


@dataclass(frozen=True, slots=True)
class Tape:
    """What a forward pass leaves for the backward pass: arrays by layer, and the buffers that follow from it."""

    lot: Lot
    saved: dict[str, Saved] = field(default_factory=dict)
    shapes: dict[str, tuple[Shape, ...]] = field(default_factory=dict)
    buffers: dict[str, Floats] = field(default_factory=dict)


def steps_of(
    nodes: Mapping[str, Node], parameters: Mapping[str, Parameters], slices: Mapping[str, slice]
) -> tuple[Step | JoinStep, ...]:
    """Prepare what the passes need to know of every layer, from the `parameters` of each."""
    done = last_uses(nodes)
    steps: list[Step | JoinStep] = []
    for number, (name, node) in enumerate(nodes.items(), start=1):
        if isinstance(node.layer, Join):
            steps.append(JoinStep(name, node.layer, node.inputs, done[name]))
            continue
        places = {key: slices[f"{name}.{key}"] for key in parameters[name] if f"{name}.{key}" in slices}
        training = node.layer if isinstance(node.layer, TrainingLayer) else None
        steps.append(Step(name, number, node.layer, training, node.inputs[0], done[name], parameters[name], places))
    return tuple(steps)


def outputs(steps: Steps, x: Floats) -> Iterator[tuple[str, Floats]]:
    """Yield every layer's name and output on blocks, forgetting what no later layer needs."""
    known = {INPUT: x}
    for step in steps:
        if isinstance(step, JoinStep):
            known[step.name] = step.join.join(tuple(known[source] for source in step.sources))
        else:
            known[step.name], _ = step.layer.forward(known[step.source], step.parameters)
        yield step.name, known[step.name]
        for source in step.done:
            del known[source]


def forward(steps: Steps, x: Floats, lot: Lot) -> Exchange[tuple[Floats, Tape]]:
    """Run blocks through all layers as in training; return the last output and the tape."""
    known, tape, y = {INPUT: x}, Tape(lot), x
    for step in steps:
        if isinstance(step, JoinStep):
            xs = tuple(known[source] for source in step.sources)
            y, tape.shapes[step.name] = step.join.join(xs), tuple(x.shape for x in xs)
        elif step.training is None:
            y, tape.saved[step.name] = step.layer.forward(known[step.source], step.parameters)
        else:
            y = yield from _forward_in_training(step, step.training, known[step.source], tape)
        known[step.name] = y
        for source in step.done:
            del known[source]
    return y, tape


def backward(
    steps: Steps, dy: Floats, tape: Tape, gradients: Floats, *, wants_dx: bool = False
) -> Exchange[Floats | None]:
    """Run a gradient back; fill `gradients` (blocks, parameters), and return that of the images if it is wanted."""
    waiting: dict[str, Floats] = {steps[-1].name: dy}
    for step in reversed(steps):
        arrived = waiting.pop(step.name)
        if isinstance(step, JoinStep):
            for source, dx in zip(step.sources, step.join.split(arrived, tape.shapes.pop(step.name)), strict=True):
                _collect(waiting, source, dx)
        else:
            wanted = wants_dx or step.source != INPUT
            _collect(waiting, step.source, (yield from _backward(step, arrived, tape, gradients, wanted)))
    return waiting.get(INPUT)


def _forward_in_training(step: Step, layer: TrainingLayer, x: Floats, tape: Tape) -> Exchange[Floats]:
    lot = tape.lot.of_layer(step.number)
    y, saved = yield from layer.training_forward(x, step.parameters, lot)
    tape.saved[step.name] = saved
    for key, value in layer.next_buffers(saved, step.parameters, lot).items():
        tape.buffers[f"{step.name}.{key}"] = value
    return y


def _backward(step: Step, dy: Floats, tape: Tape, gradients: Floats, wanted: bool) -> Exchange[Floats | None]:
    saved = tape.saved.pop(step.name)
    slots = {key: gradients[:, place] for key, place in step.places.items()}
    if step.training is None:
        return step.layer.backward(dy, saved, step.parameters, slots, wants_dx=wanted)
    lot = tape.lot.of_layer(step.number)
    return (yield from step.training.training_backward(dy, saved, step.parameters, slots, lot))


def _collect(waiting: dict[str, Floats], source: str, dx: Floats | None) -> None:
    """Add up what comes back to an output that several layers took."""
    if dx is None:
        return
    if source in waiting:
        waiting[source] += dx
    else:
        waiting[source] = dx
