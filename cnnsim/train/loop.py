"""The loop over epochs and batches."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.models import prepare
from cnnsim.nn import BatchResult, Sequential, batch_gradient
from cnnsim.optim import SGD, State
from cnnsim.train.evaluation import Evaluation, evaluate_with, thread_count
from cnnsim.train.snapshot import Dataset, Hyperparameters, Snapshot


@dataclass(frozen=True, slots=True)
class _Plan:
    """The arguments of `train`, checked."""

    network: Sequential
    dataset: Dataset
    epochs: int
    batch_size: int
    seed: int
    threads: int
    ask: Callable[[], Hyperparameters]
    every: int

    @property
    def n_batches(self) -> int:
        return -(-len(self.dataset.train_images) // self.batch_size)

    def batches(self, epoch: int) -> Iterator[NDArray[np.int64]]:
        """Which images each batch of an epoch holds: every image once, in an order of the epoch's own."""
        order = np.random.default_rng((self.seed, epoch)).permutation(len(self.dataset.train_images))
        for start in range(0, len(order), self.batch_size):
            yield order[start : start + self.batch_size]


@dataclass(slots=True)
class _Tally:
    """Running sums of an epoch; `before` are the seconds of the epochs before it."""

    before: float
    images: int = 0
    loss: float = 0.0
    correct: int = 0
    seconds: float = 0.0

    def add(self, n: int, result: BatchResult, seconds: float) -> None:
        self.images += n
        self.loss += n * result.loss
        self.correct += result.correct
        self.seconds += seconds


def train(
    network: Sequential,
    dataset: Dataset,
    *,
    epochs: int,
    batch_size: int = 64,
    seed: int = 0,
    threads: int | None = None,
    hyperparameters: Hyperparameters | Callable[[], Hyperparameters] | None = None,
    every: int = 1,
) -> Iterator[Snapshot]:
    """Train a classifier in place by stochastic gradient descent, yielding a snapshot after every batch.

    The same seed gives the same numbers to the last bit, whatever the number of threads.

    Parameters
    ----------
    network
        Takes images as `cnnsim.models.prepare` gives them and ends in logits; its parameters change.
    dataset
        Grey images (N, H, W) and class numbers (N,), uint8, to train on and to test with.
    epochs
        Passes over the training images.
    batch_size
        Images per step; the last batch of an epoch takes what is left.
    seed
        Of the order of the images; every epoch has its own.
    threads
        Plain threads to share the work between; None for one per processor.
    hyperparameters
        Learning rate and momentum, or a function that is asked for them before every batch; None for the defaults.
    every
        Yield only after every so many batches, and after the last of an epoch.

    Yields
    ------
    Snapshot
        Of the state after the step.

    Raises
    ------
    InputError
        If there are no images, or a number is out of its range.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from cnnsim import models
    >>> images, labels = np.zeros((4, 28, 28), np.uint8), np.arange(4, dtype=np.uint8)
    >>> data = SimpleNamespace(train_images=images, train_labels=labels, test_images=images, test_labels=labels)
    >>> for snapshot in train(models.lenet5(), data, epochs=1, batch_size=2, threads=1):
    ...     print(snapshot.batch, snapshot.images_seen, snapshot.evaluation is None)
    1 2 True
    2 4 False
    """
    given = hyperparameters or Hyperparameters()
    ask = given if callable(given) else lambda: given
    for name, value in (("epochs", epochs), ("batch_size", batch_size), ("every", every)):
        if value < 1:
            raise InputError(name, value, "is less than 1", "use 1 or more")
    if not len(dataset.train_images) or not len(dataset.test_images):
        raise InputError("dataset", "(empty)", "has no images to train on or to test with", "give at least one of each")
    return _run(_Plan(network, dataset, epochs, batch_size, seed, thread_count(threads), ask, every))


def _run(plan: _Plan) -> Iterator[Snapshot]:
    state = SGD(0.0).initial_state(plan.network.vector)
    seconds = 0.0
    with ThreadPoolExecutor(plan.threads) as executor:
        for epoch in range(1, plan.epochs + 1):
            tally = _Tally(seconds)
            for batch, chosen in enumerate(plan.batches(epoch), start=1):
                asked = plan.ask()
                start = time.perf_counter()
                result = _step(plan, chosen, SGD(asked.learning_rate, asked.momentum), state, executor)
                tally.add(len(chosen), result, time.perf_counter() - start)
                if batch == plan.n_batches:
                    test = plan.dataset.test_images, plan.dataset.test_labels
                    yield _snapshot(
                        plan, epoch, batch, asked, result, tally, evaluate_with(plan.network, *test, executor)
                    )
                elif batch % plan.every == 0:
                    yield _snapshot(plan, epoch, batch, asked, result, tally, None)
            seconds += tally.seconds


def _step(plan: _Plan, chosen: NDArray[np.int64], optimiser: SGD, state: State, executor: Executor) -> BatchResult:
    """One step down the gradient of one batch."""
    images = prepare(plan.dataset.train_images[chosen])
    labels = plan.dataset.train_labels[chosen]
    result = batch_gradient(plan.network, images, labels, threads=plan.threads, executor=executor)
    optimiser.step(plan.network.vector, result.gradient, state)
    return result


def _snapshot(
    plan: _Plan,
    epoch: int,
    batch: int,
    asked: Hyperparameters,
    result: BatchResult,
    tally: _Tally,
    evaluation: Evaluation | None,
) -> Snapshot:
    vector = plan.network.vector.copy()
    vector.setflags(write=False)
    return Snapshot(
        epoch=epoch,
        epochs=plan.epochs,
        batch=batch,
        batches_per_epoch=plan.n_batches,
        images_seen=(epoch - 1) * len(plan.dataset.train_images) + tally.images,
        loss=result.loss,
        accuracy=result.accuracy,
        epoch_loss=tally.loss / tally.images,
        epoch_accuracy=tally.correct / tally.images,
        learning_rate=asked.learning_rate,
        momentum=asked.momentum,
        images_per_second=tally.images / tally.seconds,
        seconds=tally.before + tally.seconds,
        parameters=MappingProxyType(plan.network.views(vector)),
        evaluation=evaluation,
    )
