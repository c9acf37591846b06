"""Training as a generator of immutable snapshots, and evaluation."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cnnsim import functional
from cnnsim.errors import InputError
from cnnsim.models import prepare
from cnnsim.nn import Sequential, batch_gradient
from cnnsim.optim import SGD

Pixels = NDArray[np.uint8]
Labels = NDArray[Any]

_EVALUATION_BATCH = 256


class Dataset(Protocol):
    """Grey images (N, H, W) and class numbers (N,), all uint8."""

    @property
    def train_images(self) -> Pixels: ...
    @property
    def train_labels(self) -> Pixels: ...
    @property
    def test_images(self) -> Pixels: ...
    @property
    def test_labels(self) -> Pixels: ...


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What may change from batch to batch while training runs."""

    learning_rate: float = 0.02
    momentum: float = 0.9


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a network does on labelled images; `confusion[label, guess]` counts them."""

    loss: float
    accuracy: float
    confusion: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of training after a batch.

    `epoch` and `batch` count from 1. `loss` and `accuracy` are of this batch, `epoch_loss` and `epoch_accuracy` of the epoch
    so far; all of them were measured before the step that followed from them. `images_per_second` and `seconds` count
    training alone. `parameters` are read-only arrays. `evaluation` is there after the last batch of an epoch.
    """

    epoch: int
    epochs: int
    batch: int
    batches_per_epoch: int
    images_seen: int
    loss: float
    accuracy: float
    epoch_loss: float
    epoch_accuracy: float
    learning_rate: float
    momentum: float
    images_per_second: float
    seconds: float
    parameters: Mapping[str, NDArray[np.float32]]
    evaluation: Evaluation | None

    @property
    def test_loss(self) -> float | None:
        """Mean loss on the test images, at the end of an epoch."""
        return None if self.evaluation is None else self.evaluation.loss

    @property
    def test_accuracy(self) -> float | None:
        """Share of test images guessed right, at the end of an epoch."""
        return None if self.evaluation is None else self.evaluation.accuracy

    @property
    def confusion(self) -> NDArray[np.int64] | None:
        """Test images by (label, guess), at the end of an epoch."""
        return None if self.evaluation is None else self.evaluation.confusion


@dataclass(slots=True)
class _Tally:
    """Running sums of an epoch."""

    images: int = 0
    loss: float = 0.0
    correct: int = 0
    seconds: float = 0.0

    def add(self, n: int, loss: float, correct: int, seconds: float) -> None:
        self.images += n
        self.loss += n * loss
        self.correct += correct
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
    return _run(network, dataset, epochs, batch_size, seed, _thread_count(threads), ask, every)


def _run(
    network: Sequential,
    dataset: Dataset,
    epochs: int,
    batch_size: int,
    seed: int,
    threads: int,
    ask: Callable[[], Hyperparameters],
    every: int,
) -> Iterator[Snapshot]:
    images, labels = dataset.train_images, dataset.train_labels
    n_batches = -(-len(images) // batch_size)
    velocity = np.zeros_like(network.vector)
    seconds = 0.0
    with ThreadPoolExecutor(threads) as executor:
        for epoch in range(1, epochs + 1):
            order = np.random.default_rng((seed, epoch)).permutation(len(images))
            tally = _Tally()
            for batch in range(1, n_batches + 1):
                chosen = order[(batch - 1) * batch_size : batch * batch_size]
                now = ask()
                start = time.perf_counter()
                optimiser = SGD(now.learning_rate, now.momentum)
                result = batch_gradient(
                    network, prepare(images[chosen]), labels[chosen], threads=threads, executor=executor
                )
                optimiser.step(network.vector, result.gradient, velocity)
                elapsed = time.perf_counter() - start
                tally.add(len(chosen), result.loss, result.correct, elapsed)
                seconds += elapsed
                last = batch == n_batches
                if not last and batch % every:
                    continue
                yield Snapshot(
                    epoch=epoch,
                    epochs=epochs,
                    batch=batch,
                    batches_per_epoch=n_batches,
                    images_seen=(epoch - 1) * len(images) + tally.images,
                    loss=result.loss,
                    accuracy=result.correct / len(chosen),
                    epoch_loss=tally.loss / tally.images,
                    epoch_accuracy=tally.correct / tally.images,
                    learning_rate=now.learning_rate,
                    momentum=now.momentum,
                    images_per_second=tally.images / tally.seconds,
                    seconds=seconds,
                    parameters=_frozen_parameters(network),
                    evaluation=_evaluate(network, dataset.test_images, dataset.test_labels, executor) if last else None,
                )


def _frozen_parameters(network: Sequential) -> Mapping[str, NDArray[np.float32]]:
    """Read-only copies of the parameters, in one piece."""
    vector = network.vector.copy()
    vector.setflags(write=False)
    return MappingProxyType(network.views(vector))


def evaluate(network: Sequential, images: Pixels, labels: Labels, *, threads: int | None = None) -> Evaluation:
    """Loss, accuracy and confusion matrix of a classifier on labelled images.

    Parameters
    ----------
    network
        Takes images as `cnnsim.models.prepare` gives them and ends in logits.
    images
        Grey images (N, H, W), uint8.
    labels
        Class numbers (N,).
    threads
        Plain threads to share the work between; None for one per processor.

    Returns
    -------
    Evaluation
        Mean cross-entropy, share of right guesses, and counts (classes, classes) by label and guess.

    Raises
    ------
    InputError
        If there are no images, or a label does not exist.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnsim import models
    >>> int(evaluate(models.lenet5(), np.zeros((3, 28, 28), np.uint8), np.arange(3), threads=1).confusion.sum())
    3
    """
    with ThreadPoolExecutor(_thread_count(threads)) as executor:
        return _evaluate(network, images, labels, executor)


def _evaluate(network: Sequential, images: Pixels, labels: Labels, executor: Executor) -> Evaluation:
    if not len(images):
        raise InputError("images", "(empty)", "holds no image", "give at least one")
    starts = range(0, len(images), _EVALUATION_BATCH)
    parts = executor.map(lambda start: network(prepare(images[start : start + _EVALUATION_BATCH])), starts)
    logits = np.concatenate(list(parts))
    labels = labels.astype(np.int64)
    loss = float(functional.cross_entropy(logits, labels))
    guesses = logits.argmax(axis=1)
    confusion = np.zeros((logits.shape[1], logits.shape[1]), np.int64)
    np.add.at(confusion, (labels, guesses), 1)
    return Evaluation(loss, float((guesses == labels).mean()), confusion)


def _thread_count(threads: int | None) -> int:
    if threads is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if threads < 1:
        raise InputError("threads", threads, "is less than 1", "use 1 or more")
    return threads
