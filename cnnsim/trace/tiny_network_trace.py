"""The steps of all passes of the tiny network, with random access, and where a position lies among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from cnnsim.trace.cellwise import Array
from cnnsim.trace.grain import GRAINS, GrainView, check_index
from cnnsim.trace.stages import StagedStep, StagePosition, stage_position
from cnnsim.trace.tiny_network_pass import Pass, Start, network_pass

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
class Passes(Sequence[Pass]):
    """The steps of every pass, set up when a pass is looked at; what each begins with is known from the beginning."""

    starts: tuple[Start, ...]

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: Any) -> Any:
        """Return the steps of a pass."""
        return set_up(self.starts[check_index(index, len(self))])


@lru_cache(maxsize=16)
def set_up(start: Start) -> Pass:
    """Return the steps of a pass, as `network_pass` does; those that were looked at last are remembered."""
    return network_pass(start)


@lru_cache(maxsize=32)
def _view(steps: Pass, grain: Any) -> GrainView[StagedStep]:
    return steps.at(grain)


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
    starts
        What each pass depends on; all passes have the same number of steps.
    output
        Loss of each pass before its update.
    losses_after
        Loss of the same images after the update.
    classes
        What the classes are called.
    """

    starts: tuple[Start, ...]
    output: Array
    losses_after: Array
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.starts) * self.steps_per_pass

    def __getitem__(self, index: int) -> NetworkStep:
        place = check_index(index, len(self))
        number, within = divmod(place, self.steps_per_pass)
        steps = self.passes[number]
        found = steps[within]
        return NetworkStep(place, number, steps.stages[found.stage].name, found.step)

    @property
    def passes(self) -> Passes:
        """The steps of every pass."""
        return Passes(self.starts)

    @property
    def steps_per_pass(self) -> int:
        """Steps of one pass."""
        return len(self.passes[0])

    def loss(self, number: int) -> float:
        """Loss of a pass before its update."""
        return float(self.output[number])

    def loss_after(self, number: int) -> float:
        """Loss of the same image after the update."""
        return float(self.losses_after[number])

    def at(self, grain: NetworkGrain) -> GrainView[NetworkStep]:
        """Return the same steps in the units of a grain; ``"layer"`` shows a stage, ``"pass"`` a pass at a time."""
        if grain == "pass":
            return GrainView(self, range(self.steps_per_pass, len(self) + 1, self.steps_per_pass))
        return GrainView(self, PassEnds(self.steps_per_pass, self.passes, grain))

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
    passes
        The steps of all passes.
    grain
        Of the units.
    """

    steps: int
    passes: Passes
    grain: NetworkGrain

    def __len__(self) -> int:
        return len(self.passes) * len(self.view(0))

    def __getitem__(self, index: Any) -> Any:
        """Return one more than the index of the last step of a unit."""
        number, within = self.split(check_index(index, len(self)))
        return number * self.steps + self.view(number).ends[within]

    def view(self, number: int) -> GrainView[StagedStep]:
        """Return a pass in the units of the grain."""
        return _view(self.passes[number], self.grain)

    def split(self, index: int) -> tuple[int, int]:
        """Return the pass that a unit lies in, and its number there."""
        return divmod(index, len(self.view(0)))


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
    view = steps.ends.view(number)
    share = place - int(place) if within < len(view) - 1 else 0.0
    return Moment(number, trace.passes[number], stage_position(view, within + share))
