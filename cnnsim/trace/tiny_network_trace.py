"""The steps of all passes of the tiny network, with random access, and where a position lies among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cnnsim.trace.cellwise import Array
from cnnsim.trace.grain import GRAINS, GrainView, check_index
from cnnsim.trace.stages import StagedStep, StagePosition, stage_position
from cnnsim.trace.tiny_network_pass import Pass, loss_of, network_pass, next_start

NetworkGrain = Literal["multiply", "cell", "row", "map", "layer", "pass"]
NETWORK_GRAINS: tuple[NetworkGrain, ...] = (*GRAINS, "pass")


@dataclass(frozen=True, slots=True)
class NetworkStep:
    """One step of the network's training.

    Parameters
    ----------
    index
        Number of the step in the whole.
    number
        Of the pass, from 0.
    stage
        Name of the stage.
    step
        The step as its stage knows it, numbered within the stage.
    """

    index: int
    number: int
    stage: str
    step: Any


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Where a position of a view of the network lies: in which pass, in which of its stages, at which step there."""

    number: int
    steps: Pass
    at: StagePosition


@dataclass(frozen=True, slots=True, eq=False)
class NetworkTrace:
    """All steps of all passes, with random access; `tiny_network` makes it.

    Every pass is a pure function of the weights that the one before it left. The weights of all passes are known from
    the beginning, and so is every step: there is nothing to run.

    Parameters
    ----------
    passes
        At least one; all have the same number of steps.
    classes
        What the classes are called.
    """

    passes: tuple[Pass, ...]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.passes) * self.steps_per_pass

    def __getitem__(self, index: int) -> NetworkStep:
        place = check_index(index, len(self))
        number, within = divmod(place, self.steps_per_pass)
        found = self.passes[number][within]
        return NetworkStep(place, number, self.passes[number].stages[found.stage].name, found.step)

    @property
    def steps_per_pass(self) -> int:
        """Steps of one pass."""
        return len(self.passes[0])

    @property
    def output(self) -> Array:
        """Loss of each pass before its update."""
        return np.array([self.loss(number) for number in range(len(self.passes))])

    def loss(self, number: int) -> float:
        """Loss of a pass before its update."""
        return loss_of(self.passes[number])

    def loss_after(self, number: int) -> float:
        """Loss of the same image after the update."""
        here, following = self.passes[number].operation, number + 1
        if following < len(self.passes) and self.passes[following].operation.example is here.example:
            return self.loss(following)
        return loss_of(network_pass(next_start(self.passes[number], here.example)))

    def at(self, grain: NetworkGrain) -> GrainView[NetworkStep]:
        """Return the same steps in the units of a grain; ``"layer"`` shows a stage, ``"pass"`` a pass at a time."""
        if grain == "pass":
            return GrainView(self, range(self.steps_per_pass, len(self) + 1, self.steps_per_pass))
        return GrainView(self, PassEnds(self.steps_per_pass, tuple(steps.at(grain) for steps in self.passes)))

    def first_step(self, number: int, stage: str) -> int:
        """Index of the first step of a stage in a pass."""
        steps = self.passes[number]
        place = [stage.name for stage in steps.stages].index(stage)
        return number * self.steps_per_pass + sum(len(stage.trace) for stage in steps.stages[:place])


@dataclass(frozen=True, slots=True, eq=False)
class PassEnds(Sequence[int]):
    """Ends of the units of all passes; every pass has as many steps and units as the others.

    Parameters
    ----------
    steps
        Of one pass.
    views
        Each pass in the units of a grain.
    """

    steps: int
    views: tuple[GrainView[StagedStep], ...]

    def __len__(self) -> int:
        return len(self.views) * len(self.views[0])

    def __getitem__(self, index: Any) -> Any:
        """Return one more than the index of the last step of a unit."""
        number, within = self.split(check_index(index, len(self)))
        return number * self.steps + self.views[number].ends[within]

    def split(self, index: int) -> tuple[int, int]:
        """Return the pass that a unit lies in, and its number there."""
        return divmod(index, len(self.views[0]))


def moment(steps: GrainView[NetworkStep], position: float) -> Moment:
    """Return where a position lies; a whole pass at a time shows its last step.

    Parameters
    ----------
    steps
        A view of the network, as its ``at`` returns it.
    position
        A step and the share of the way to the next one.

    Returns
    -------
    Moment
        The number of the pass, its stages, and where among them the position lies.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import initial_weights, tiny_network
    >>> trace = tiny_network(gallery.shape("cross"), 0, initial_weights(8, 2, 2, seed=0), passes=2)
    >>> found = moment(trace.at("cell"), 0.5)
    >>> found.number, found.at.stage, found.at.position
    (0, 0, 0.5)
    """
    trace = steps.trace
    assert isinstance(trace, NetworkTrace)
    place = min(max(position, 0.0), float(len(steps) - 1))
    if not isinstance(steps.ends, PassEnds):
        view = trace.passes[int(place)].at("layer")
        return Moment(int(place), trace.passes[int(place)], stage_position(view, len(view) - 1))
    number, within = steps.ends.split(int(place))
    view = steps.ends.views[number]
    share = place - int(place) if within < len(view) - 1 else 0.0
    return Moment(number, trace.passes[number], stage_position(view, within + share))
