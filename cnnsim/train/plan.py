"""The arguments of a training, checked, and what follows from them alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.nn import Network
from cnnsim.nn.losses import loss_called
from cnnsim.optim import SGD, Optimiser, State
from cnnsim.schedules import Schedule
from cnnsim.train.position import Position, Resumable
from cnnsim.train.snapshot import Dataset, Hyperparameters


@dataclass(frozen=True, slots=True)
class Batch:
    """Which images a step takes: its number within the epoch, from 1, and among all steps, from 0."""

    number: int
    step: int
    chosen: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Plan:
    """The arguments of `train`, checked; `rule` is asked for its state, and `ask` for the optimiser of every step."""

    network: Network
    dataset: Dataset
    epochs: int
    batch_size: int
    seed: int
    threads: int
    rule: Optimiser
    ask: Callable[[], Optimiser]
    schedule: Schedule
    loss: str
    every: int
    resume: Resumable | None

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "every"):
            if getattr(self, name) < 1:
                raise InputError(name, getattr(self, name), "is less than 1", "use 1 or more")
        if not len(self.dataset.train_images) or not len(self.dataset.test_images):
            rule, remedy = "has no images to train on or to test with", "give at least one of each"
            raise InputError("dataset", "(empty)", rule, remedy)
        loss_called(self.loss)
        if self.resume is not None:
            _check_resume(self, self.resume)

    @property
    def n_batches(self) -> int:
        """In an epoch."""
        return -(-len(self.dataset.train_images) // self.batch_size)

    @property
    def n_steps(self) -> int:
        """In the whole training."""
        return self.epochs * self.n_batches

    def is_end(self, position: Position) -> bool:
        """Whether nothing is left to do."""
        return (position.epoch, position.batch) == (self.epochs, self.n_batches)

    def optimiser(self, step: int) -> Optimiser:
        """Ask for the optimiser of a step."""
        share = self.schedule(step)
        return self.ask() if share == 1 else self.ask().scaled(share)

    def batches(self, position: Position) -> Iterator[Batch]:
        """Yield what is left to do after `position`: every image once per epoch, in an order of the epoch's own."""
        for epoch in range(max(position.epoch, 1), self.epochs + 1):
            order = np.random.default_rng((self.seed, epoch)).permutation(len(self.dataset.train_images))
            done = position.batch if epoch == position.epoch else 0
            for number in range(done + 1, self.n_batches + 1):
                chosen = order[(number - 1) * self.batch_size : number * self.batch_size]
                yield Batch(number, (epoch - 1) * self.n_batches + number - 1, chosen)

    def start(self) -> tuple[State, Position]:
        """Bring the network to where the training begins; return the optimiser's state and the position there."""
        state = self.rule.initial_state(self.network.vector)
        if self.resume is None:
            return state, Position()
        self.network.load_state_dict(self.resume.parameters)
        for name, array in state.items():
            array[...] = self.resume.optimiser_state[name]
        return state, self.resume.position


def optimisers(
    hyperparameters: Hyperparameters | Callable[[], Hyperparameters] | None, optimiser: Optimiser | None
) -> tuple[Optimiser, Callable[[], Optimiser]]:
    """Return the optimiser, and a function that says with which numbers it makes the next step.

    Raises
    ------
    InputError
        If both are given.
    """
    if optimiser is None:
        given = hyperparameters or Hyperparameters()
        ask = given if callable(given) else lambda: given
        return SGD(0.0), lambda: _sgd(ask())
    if hyperparameters is not None:
        rule = "stands beside hyperparameters, which are those of SGD"
        raise InputError("optimiser", optimiser, rule, "give one of the two")
    return optimiser, lambda: optimiser


def _sgd(asked: Hyperparameters) -> SGD:
    return SGD(asked.learning_rate, asked.momentum)


def _check_resume(plan: Plan, resume: Resumable) -> None:
    """Refuse what belongs to another training, before anything changes."""
    fresh = plan.rule.initial_state(plan.network.vector)
    shapes = {name: (array.shape, array.dtype) for name, array in fresh.items()}
    if shapes != {name: (array.shape, array.dtype) for name, array in resume.optimiser_state.items()}:
        names = ", ".join(resume.optimiser_state)
        rule = f"is not the state of this optimiser and network ({', '.join(fresh)})"
        raise InputError("resume.optimiser_state", f"({names})", rule, "go on with the optimiser it began with")
    position = resume.position
    if not 0 <= position.batch <= plan.n_batches or position.epoch < 0:
        rule = f"is no batch of an epoch with {plan.n_batches}"
        raise InputError("resume.batch", position.batch, rule, "go on with the same data and batch size")
    if position.epoch > plan.epochs:
        rule = f"lies behind the last one, {plan.epochs}"
        raise InputError("resume.epoch", position.epoch, rule, "ask for more epochs")
