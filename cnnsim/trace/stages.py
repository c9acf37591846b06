"""Operations that take several stages, each a trace of its own: normalisation, softmax, a pass through a network."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.grain import Grain, GrainView, Stepped, check_index

Of = TypeVar("Of")


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A part of an operation: what it is called, and its steps."""

    name: str
    trace: Stepped[Any]


@dataclass(frozen=True, slots=True)
class StagedStep:
    """One step of a staged trace.

    Parameters
    ----------
    index
        Number of the step in the whole.
    stage
        Number of its stage, from 0.
    step
        The step as its stage knows it, numbered within the stage.
    """

    index: int
    stage: int
    step: Any


@dataclass(frozen=True, slots=True, eq=False)
class Joined(Sequence[int]):
    """Ascending numbers of several parts one after another, each part counted from where the one before it stopped.

    Nothing is copied: ranges stay ranges.

    Examples
    --------
    >>> list(Joined((range(1, 4), range(2, 5, 2))))
    [1, 2, 3, 5, 7]
    """

    parts: tuple[Sequence[int], ...]

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __getitem__(self, index: Any) -> Any:
        """Return the number at an index; the parts before it say what is added."""
        number, within = self.split(check_index(index, len(self)))
        return sum(part[-1] for part in self.parts[:number]) + self.parts[number][within]

    def split(self, index: int) -> tuple[int, int]:
        """Return the number of the part that an index lies in, and the index there."""
        return _split(map(len, self.parts), index)


@dataclass(frozen=True, slots=True, eq=False)
class StagedTrace(Generic[Of]):
    """The steps of several stages one after another, with random access; a stage may be staged itself.

    Parameters
    ----------
    operation
        What all stages are about: the inputs and options, by which a scene tells what it draws.
    stages
        At least one, each with at least one step.

    Examples
    --------
    >>> from cnnsim.trace import activation, activation_gradient
    >>> forward = activation([[-2, 3]])
    >>> steps = StagedTrace("a ReLU", (Stage("forward", forward), Stage("backward", activation_gradient(forward))))
    >>> len(steps), steps[5].stage, steps[5].step.kind, steps[5].step.index
    (8, 1, 'sum', 1)
    >>> [(step.stage, step.step.y) for step in steps.at("cell")]
    [(0, 0.0), (0, 3.0), (1, 0.0), (1, 1.0)]
    >>> steps.trace_of("backward").output
    array([[[0., 1.]]])
    """

    operation: Of
    stages: tuple[Stage, ...]

    def __len__(self) -> int:
        return sum(len(stage.trace) for stage in self.stages)

    def __getitem__(self, index: int) -> StagedStep:
        place = check_index(index, len(self))
        number, within = self.split(place)
        return StagedStep(place, number, self.stages[number].trace[within])

    @property
    def output(self) -> NDArray[np.float64]:
        """The result of the last stage."""
        return self.stages[-1].trace.output

    def split(self, index: int) -> tuple[int, int]:
        """Return the number of the stage that a step belongs to, and its index there."""
        return _split((len(stage.trace) for stage in self.stages), index)

    def start_of(self, number: int) -> int:
        """Return the index of the first step of a stage."""
        return sum(len(stage.trace) for stage in self.stages[:number])

    def trace_of(self, name: str) -> Stepped[Any]:
        """Return the trace of the stage with that name; KeyError if there is none."""
        for stage in self.stages:
            if stage.name == name:
                return stage.trace
        raise KeyError(name)

    def until(self, name: str) -> "StagedTrace[Of]":
        """Return the stages up to the one with that name; KeyError if there is none."""
        names = [stage.name for stage in self.stages]
        if name not in names:
            raise KeyError(name)
        return StagedTrace(self.operation, self.stages[: names.index(name) + 1])

    def at(self, grain: Grain) -> GrainView[StagedStep]:
        """Return the same steps in the units of a grain; ``"layer"`` shows a whole stage at a time."""
        return GrainView(self, Joined(tuple(stage.trace.at(grain).ends for stage in self.stages)))


@dataclass(frozen=True, slots=True, eq=False)
class StagePosition:
    """Where a position of a staged view lies: the number of the stage, its own view, and the position in that view."""

    stage: int
    steps: GrainView[Any]
    position: float


def stage_position(steps: GrainView[StagedStep], position: float) -> StagePosition:
    """Return the stage that a position lies in; nothing moves from the last step of a stage to the next stage.

    Parameters
    ----------
    steps
        A view of a staged trace, as its ``at`` returns it.
    position
        A step and the share of the way to the next one.

    Returns
    -------
    StagePosition
        The number of the stage, its view, and the position there.

    Examples
    --------
    >>> from cnnsim.trace import activation, activation_gradient
    >>> forward = activation([[-2, 3]])
    >>> steps = StagedTrace("a ReLU", (Stage("forward", forward), Stage("backward", activation_gradient(forward))))
    >>> found = stage_position(steps.at("cell"), 2.25)
    >>> found.stage, len(found.steps), found.position
    (1, 2, 0.25)
    """
    assert isinstance(steps.trace, StagedTrace) and isinstance(steps.ends, Joined)
    place = min(max(position, 0.0), float(len(steps) - 1))
    number, within = steps.ends.split(int(place))
    view = GrainView(steps.trace.stages[number].trace, steps.ends.parts[number])
    return StagePosition(number, view, within + place - int(place))


def _split(lengths: Iterable[int], index: int) -> tuple[int, int]:
    """Number of the part of these lengths that an index lies in, and the index there."""
    starts = list(accumulate(lengths, initial=0))
    number = bisect_right(starts, index) - 1
    return number, index - starts[number]
