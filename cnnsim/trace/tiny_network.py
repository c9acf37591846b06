"""A network small enough to follow every number of it while it learns, pass after pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import Array
from cnnsim.trace.checks import checked_array, checked_integers
from cnnsim.trace.grain import GRAINS, GrainView, check_index
from cnnsim.trace.stages import StagedStep, StagePosition, stage_position
from cnnsim.trace.tiny_network_pass import Example, Pass, Start, loss_of, network_pass
from cnnsim.trace.tiny_network_weights import WEIGHTS, Weights, features_of

NetworkGrain = Literal["multiply", "cell", "row", "map", "layer", "pass"]
NETWORK_GRAINS: tuple[NetworkGrain, ...] = (*GRAINS, "pass")
MOST_PASSES = 200


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
        return loss_of(network_pass(_next_start(self.passes[number], here.example)))

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

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace.tiny_network_weights import initial_weights
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


def tiny_network(
    images: Any,
    targets: int | Sequence[int],
    weights: Weights,
    *,
    lr: float = 0.1,
    momentum: float = 0.5,
    passes: int = 20,
    classes: Sequence[str] = (),
) -> NetworkTrace:
    """Return the steps of a tiny network that learns: convolution, ReLU, max pooling, dense layer, softmax, loss.

    Each pass shows it one image, goes back to the gradient of every weight, and updates all of them by gradient descent
    with momentum.

    Parameters
    ----------
    images
        One image (H, W), or several (N, H, W), of which each pass takes the next.
    targets
        Class of the image, or of each.
    weights
        To begin with; see `initial_weights`.
    lr, momentum
        Of the update.
    passes
        How many, 1 to 200.
    classes
        What the classes are called; their numbers if empty.

    Returns
    -------
    NetworkTrace
        Its ``output`` is the loss of each pass before its update.

    Raises
    ------
    InputError
        If an image, a target or a weight does not fit the others, a number is out of range, or the learning rate is so
        large that the weights grow without bounds.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, chapters 6, 8 and 9.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace.tiny_network_weights import initial_weights
    >>> trace = tiny_network(gallery.shape("cross"), 0, initial_weights(8, 2, 2, seed=0), passes=3)
    >>> trace[0].stage, trace[-1].stage
    ('convolution', 'dense biases update')
    >>> bool(trace.output[2] < trace.output[0])
    True
    """
    count = len(weights["dense biases"])
    names = tuple(classes) or tuple(str(number) for number in range(count))
    examples = _examples(images, targets, weights)
    if len(names) != count:
        raise InputError("classes", ", ".join(names), f"are not {count}", "give each class a name")
    if not 1 <= checked_integers("passes", passes, 1)[0] <= MOST_PASSES:
        raise InputError("passes", passes, "is out of range", f"use 1 to {MOST_PASSES}")
    still = {name: np.zeros(weights[name].shape) for name in WEIGHTS}
    made = [network_pass(Start(0, examples[0], weights, still, lr, momentum))]
    for number in range(1, passes):
        made.append(_following(made[-1], examples[number % len(examples)]))
    return NetworkTrace(tuple(made), names)


def _next_start(steps: Pass, example: Example) -> Start:
    """Return what the pass after this one depends on."""
    before = steps.operation
    updates = {name: steps.trace_of(f"{name} update").rule for name in WEIGHTS}  # type: ignore[attr-defined]
    weights = {name: rule.output for name, rule in updates.items()}
    velocities = {name: rule.velocity for name, rule in updates.items()}
    return Start(before.number + 1, example, weights, velocities, before.lr, before.momentum)


def _following(steps: Pass, example: Example) -> Pass:
    try:
        return network_pass(_next_start(steps, example))
    except InputError as error:
        rule = f"makes numbers grow out of bounds by pass {steps.operation.number + 2}"
        raise InputError(
            "lr", steps.operation.lr, rule, "use a smaller one, or smaller numbers in the image"
        ) from error


def _examples(images: Any, targets: int | Sequence[int], weights: Weights) -> tuple[Example, ...]:
    grids = checked_array("image", images, 2, 3)
    numbers = checked_integers("target", targets, 1, len(grids))
    if len(numbers) != len(grids):
        raise InputError("target", targets, f"does not name the class of {len(grids)} images", "give one for each")
    classes, features = weights["dense weights"].shape
    for number in numbers:
        if not 0 <= number < classes:
            raise InputError("target", number, "is no class", f"use 0 to {classes - 1}")
    height, width = grids.shape[1:]
    if height != width or features_of(height, len(weights["kernels"])) != features:
        rule = f"gives another number of features than the {features} that the dense weights take"
        raise InputError("image", f"{height} × {width}", rule, "use a square image of the size that they were made for")
    return tuple(Example(image, number) for image, number in zip(grids, numbers, strict=True))
