"""What a cell of a picture of the tiny network is, in the overview and in a stage's own scene."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.drawing import Cell
from cnnsim.scenes.tiny_network_blocks import PREFIX, Block, blocks, known_cells
from cnnsim.scenes.tiny_network_marks import OPERANDS, computing_stage
from cnnsim.trace import GrainView, Moment, NetworkStep, NetworkTrace, StagedTrace, moment
from cnnsim.trace.cellwise import Place
from cnnsim.trace.tiny_network_pass import STAGES
from cnnsim.trace.tiny_network_weights import WEIGHTS

Inside = Callable[[GrainView[Any], float, Cell], Any]
"""What a cell of a stage's own scene is."""


def network_operand_at(
    steps: GrainView[NetworkStep], position: float, cell: Cell, inside: Inside
) -> tuple[str, Place] | None:
    """Return the image or the weights that a cell shows, and its place there; None if it shows no number to begin with.

    Weights belong to the settings in the first pass alone, before their update; the image, where it is the first.

    Parameters
    ----------
    steps, position
        What is shown.
    cell
        Of the overview or of a stage's own scene.
    inside
        Says the same of a stage's own scene.

    Returns
    -------
    tuple
        ``"image"``, (1, H, W); ``"kernels"``, (K, 1, k, k); ``"dense weights"``, (classes, K, rows, cols); or the
        biases.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import initial_weights, tiny_network
    >>> steps = tiny_network(gallery.shape("cross"), 0, initial_weights(8, 2, 2, seed=0), passes=2).at("layer")
    >>> network_operand_at(steps, 0.0, Cell("network dense weights[1, 0]", 2, 1), lambda *_: None)
    ('dense weights', (1, 0, 2, 1))
    """
    now = moment(steps, position)
    shown = blocks(now)
    if cell.matrix.startswith(PREFIX):
        name, place = block_at(shown, cell)
    else:
        name, place = _operand_of_stage(now, inside(now.at.steps, now.at.position, cell))
    if place is None or not _is_given(steps, now, name):
        return None
    return name, _as_set(shown[name], place) if name == "dense weights" else place


def network_step_at(steps: GrainView[NetworkStep], position: float, cell: Cell, inside: Inside) -> int | None:
    """Return the unit of steps that finishes a cell in the present pass; None for any other cell.

    Parameters
    ----------
    steps, position
        What is shown.
    cell
        Of the overview or of a stage's own scene.
    inside
        Says the same of a stage's own scene.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import initial_weights, tiny_network
    >>> steps = tiny_network(gallery.shape("cross"), 0, initial_weights(8, 2, 2, seed=0), passes=2).at("layer")
    >>> steps[network_step_at(steps, 0.0, Cell("network pooling[1]", 0, 0), lambda *_: None)].stage
    'pooling'
    """
    trace, now = steps.trace, moment(steps, position)
    assert isinstance(trace, NetworkTrace)
    if not cell.matrix.startswith(PREFIX):
        unit = inside(now.at.steps, now.at.position, cell)
        if unit is None:
            return None
        first = trace.first_step(now.number, STAGES[now.at.stage])
        return steps.position_of(first + now.at.steps.base_index(unit))
    name, place = block_at(blocks(now), cell)
    stage = computing_stage(now, name)
    if place is None or stage is None:
        return None
    return steps.position_of(trace.first_step(now.number, stage) + _last_step(now.steps.trace_of(stage), place))


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the formula tells of: a stage, its steps, and the position there."""

    stage: str
    steps: GrainView[Any]
    position: float


def at_work(now: Moment) -> Told:
    """Return the stage at work."""
    return Told(STAGES[now.at.stage], now.at.steps, now.at.position)


def explained(now: Moment, shown: Mapping[str, Block], cell: Cell) -> Told:
    """Return what to tell of: the stage that computed a cell of the overview if it has done so, else the one at work.

    Parameters
    ----------
    now
        Where the steps are.
    shown
        The blocks of the overview.
    cell
        The cell that is looked at.
    """
    name, place = block_at(shown, cell)
    stage = computing_stage(now, name)
    if place is None or stage is None or not _is_known(now, shown[name], stage, place):
        return at_work(now)
    trace = now.steps.trace_of(stage)
    steps = trace.at("cell")
    return Told(stage, steps, float(steps.position_of(_last_step(trace, place))))


def _is_known(now: Moment, block: Block, stage: str, place: Place) -> bool:
    if block.name not in WEIGHTS:
        return block.knows(place)
    return int(np.ravel_multi_index(place, block.values.shape)) < known_cells(now, stage)


def block_at(shown: Mapping[str, Block], cell: Cell) -> tuple[str, Place | None]:
    """Return the name of the block that a cell of the overview belongs to, and its place there; None for others."""
    for name, block in shown.items():
        place = block.place(cell)
        if place is not None:
            return name, place
    return "", None


def _operand_of_stage(now: Moment, found: tuple[str, Place] | None) -> tuple[str, Place | None]:
    if found is None:
        return "", None
    operand, place = found
    return OPERANDS[STAGES[now.at.stage]].get(operand, ""), place


def _is_given(steps: GrainView[NetworkStep], now: Moment, name: str) -> bool:
    trace = steps.trace
    assert isinstance(trace, NetworkTrace)
    if name == "image":
        return now.steps.operation.example is trace.starts[0].example
    updates = STAGES.index("kernels update")
    return name in WEIGHTS and now.number == 0 and now.at.stage < updates


def _as_set(block: Block, place: Place) -> Place:
    order = np.ravel_multi_index(place, block.values.shape)
    return tuple(int(index) for index in np.unravel_index(order, block.shape))


def _last_step(trace: Any, place: Place) -> int:
    """Index of the step of a stage that finishes a cell of its output; of the probabilities for the loss."""
    if isinstance(trace, StagedTrace):
        names = [stage.name for stage in trace.stages]
        number = names.index("probability") if "probability" in names else len(names) - 1
        before = sum(len(stage.trace) for stage in trace.stages[:number])
        return before + _last_step(trace.stages[number].trace, place)
    return int(trace.last_step(place))
