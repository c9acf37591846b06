"""The tensors of the tiny network as its overview shows them, each as far as it is known at a moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Cell, CellState
from cnnsim.scenes.motion import between
from cnnsim.trace import CellwiseTrace, Moment, StagedTrace
from cnnsim.trace.cellwise import Array, Place
from cnnsim.trace.tiny_network_pass import FORWARD, STAGES
from cnnsim.trace.tiny_network_weights import WEIGHTS
from cnnsim.trace.uses import Places

PREFIX = "network "
"""Begins the names of the matrices, so that they are never those of a stage's own scene."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A tensor as matrices of one shape.

    Parameters
    ----------
    name
        Of the stage that computes it, or of what it holds.
    values
        As its stages know it.
    shape
        As it is shown, (…, rows, cols), with the cells in the same order.
    known
        How many cells, in reading order, have been computed.
    """

    name: str
    values: Array
    shape: tuple[int, ...]
    known: int

    @property
    def largest(self) -> float:
        """Largest absolute value."""
        return float(np.abs(self.values).max())

    @property
    def leads(self) -> Iterator[Place]:
        """Leading indices of the matrices."""
        return np.ndindex(*self.shape[:-2])

    def matrix(self, lead: Place) -> str:
        """Name of a matrix."""
        return f"{PREFIX}{self.name}[{', '.join(map(str, lead))}]" if lead else f"{PREFIX}{self.name}"

    def part(self, lead: Place) -> Array:
        """Values of a matrix."""
        return np.asarray(self.values.reshape(self.shape)[lead], dtype=np.float64)

    def states(self, lead: Place) -> NDArray[np.uint8]:
        """States of the cells of a matrix."""
        states = np.full(self.values.size, CellState.EMPTY, np.uint8)
        states[: self.known] = CellState.NORMAL
        return np.asarray(states.reshape(self.shape)[lead], dtype=np.uint8)

    def cells(self, places: Places) -> dict[str, Places]:
        """Rows and columns, (n, 2), that show places of the tensor, by matrix."""
        order = np.ravel_multi_index(tuple(places.T), self.values.shape)
        shown = np.stack(np.unravel_index(order, self.shape), axis=1)
        leads = {tuple(lead) for lead in shown[:, :-2].tolist()}
        return {self.matrix(lead): shown[(shown[:, :-2] == lead).all(axis=1), -2:] for lead in sorted(leads)}

    def cell(self, place: Place) -> Cell:
        """Cell that shows a place of the tensor."""
        order = np.ravel_multi_index(place, self.values.shape)
        *lead, row, col = map(int, np.unravel_index(order, self.shape))
        return Cell(self.matrix(tuple(lead)), row, col)

    def knows(self, place: Place) -> bool:
        """Whether a cell of the tensor has been computed."""
        return int(np.ravel_multi_index(place, self.values.shape)) < self.known

    def place(self, cell: Cell) -> Place | None:
        """Place in the tensor that a cell shows; None for a cell of another block."""
        for lead in self.leads:
            if self.matrix(lead) == cell.matrix:
                order = np.ravel_multi_index((*lead, cell.row, cell.col), self.shape)
                return tuple(int(index) for index in np.unravel_index(order, self.values.shape))
        return None


def blocks(moment: Moment, hidden: bool = False) -> dict[str, Block]:
    """Return everything that the overview shows, by name; without the present result if it is hidden.

    Parameters
    ----------
    moment
        Says what has been computed.
    hidden
        Whether the result of the present step is to be predicted.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import initial_weights, moment, tiny_network
    >>> steps = tiny_network(gallery.shape("cross"), 0, initial_weights(8, 2, 2, seed=0), passes=2).at("layer")
    >>> shown = blocks(moment(steps, 1.0))
    >>> shown["relu"].known, shown["pooling"].known, shown["dense weights"].shape
    (72, 0, (2, 2, 3, 3))
    """
    start = moment.steps.operation
    image = start.example.image
    maps, side = len(start.weights["kernels"]), moment.steps.trace_of("pooling").output.shape[-1]
    classes = len(start.weights["dense biases"])
    shapes = {
        "flatten": (-1, 1),
        "dense input gradient": (-1, 1),
        "dense weights": (classes, maps, side, side),
        "dense weight gradient": (classes, maps, side, side),
        **dict.fromkeys(("kernels", "kernel gradient"), (maps, *start.weights["kernels"].shape[-2:])),
        **dict.fromkeys(("kernel biases", "kernel bias gradient", "dense biases", "dense bias gradient"), (1, -1)),
        "image gradient": image.shape,
    }
    target = np.eye(classes)[start.example.target][:, None]
    given = {"image": (image[None], image.size), "target": (target, classes)}
    tensors = {**given, **_weights(moment, hidden), **_computed(moment, hidden)}
    shapes["image"] = image.shape
    return {
        name: Block(name, values, _filled(shapes.get(name, values.shape), values.size), known)
        for name, (values, known) in tensors.items()
    }


def knows_loss(moment: Moment, hidden: bool = False) -> bool:
    """Whether the loss of the pass has been computed, and not just now if that is hidden."""
    return known_cells(moment, "loss", hidden) > 0


def is_updated(moment: Moment, hidden: bool = False) -> bool:
    """Whether every weight has moved, and none just now if that is hidden."""
    return known_cells(moment, STAGES[-1], hidden) == moment.steps.stages[-1].trace.output.size


def _weights(moment: Moment, hidden: bool) -> dict[str, tuple[Array, int]]:
    """Return the weights; those that have been updated are the new ones."""
    found = {}
    for name in WEIGHTS:
        values = moment.steps.operation.weights[name].copy()
        moved = known_cells(moment, f"{name} update", hidden)
        values.reshape(-1)[:moved] = moment.steps.trace_of(f"{name} update").output.ravel()[:moved]
        found[name] = (values, values.size)
    return found


def _computed(moment: Moment, hidden: bool) -> dict[str, tuple[Array, int]]:
    """Return the outputs of all stages that compute something of their own, and the probabilities."""
    outputs = {
        name: (moment.steps.trace_of(name).output, known_cells(moment, name, hidden))
        for name in STAGES
        if not name.endswith("update")
    }
    del outputs["loss"]
    loss = moment.steps.trace_of("loss")
    assert isinstance(loss, StagedTrace)
    outputs["probability"] = (loss.trace_of("probability").output, _known_probabilities(moment, loss, hidden))
    return outputs


def known_cells(moment: Moment, name: str, hidden: bool = False) -> int:
    """How many cells of a stage's output have been computed, in reading order."""
    number, trace = STAGES.index(name), moment.steps.trace_of(name)
    if number != moment.at.stage:
        return trace.output.size if number < moment.at.stage else 0
    return _finished(trace, between(moment.at.steps, moment.at.position).here, hidden)


def _known_probabilities(moment: Moment, loss: StagedTrace[Any], hidden: bool) -> int:
    place = FORWARD.index("loss")
    if moment.at.stage != place:
        return len(loss.trace_of("probability").output) if moment.at.stage > place else 0
    here = between(moment.at.steps, moment.at.position).here
    names = [stage.name for stage in loss.stages]
    number = names.index("probability")
    if here.stage != number:
        return len(loss.trace_of("probability").output) if here.stage > number else 0
    return _finished(loss.stages[number].trace, here.step, hidden)


def _finished(trace: Any, step: Any, hidden: bool) -> int:
    """How many cells of a trace's output are known after one of its steps."""
    if isinstance(trace, StagedTrace):
        last = len(trace.stages) - 1
        return _finished(trace.stages[last].trace, step.step, hidden) if step.stage == last else 0
    assert isinstance(trace, CellwiseTrace)
    return trace.order(step.cell) + (step.y is not None and not hidden)


def _filled(shape: tuple[int, ...], size: int) -> tuple[int, ...]:
    """Return the shape with −1 replaced by what is left of the size."""
    rest = size // abs(int(np.prod(shape)))
    return tuple(rest if length < 0 else length for length in shape)
