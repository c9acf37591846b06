"""The loop over epochs and batches."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from cnnsim.models import prepare
from cnnsim.nn import BatchResult, Crew, Network, batch_gradient
from cnnsim.optim import Optimiser, State
from cnnsim.schedules import Constant, Schedule
from cnnsim.train.evaluation import Evaluation, evaluate_with, thread_count
from cnnsim.train.plan import Batch, Plan, optimisers
from cnnsim.train.position import Position, Resumable
from cnnsim.train.snapshot import Dataset, Hyperparameters, Snapshot


def train(
    network: Network,
    dataset: Dataset,
    *,
    epochs: int,
    batch_size: int = 64,
    seed: int = 0,
    threads: int | None = None,
    hyperparameters: Hyperparameters | Callable[[], Hyperparameters] | None = None,
    every: int = 1,
    optimiser: Optimiser | None = None,
    schedule: Schedule | None = None,
    loss: str = "cross_entropy",
    resume: Resumable | None = None,
) -> Iterator[Snapshot]:
    """Train a classifier in place step by step, yielding a snapshot after every batch.

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
        Of the order of the images, every epoch has its own, and of dropout.
    threads
        Plain threads to share the work between; None for one per processor.
    hyperparameters
        Learning rate and momentum of SGD, or a function that is asked for them before every batch; None for the
        defaults.
    every
        Yield only after every so many batches, and after the last of an epoch.
    optimiser
        Any of `cnnsim.optim`, in place of SGD with `hyperparameters`.
    schedule
        From the number of a step, counted from 0, to the share of the learning rate; see `cnnsim.schedules`.
    loss
        "cross_entropy", or "mse": the mean square of the distance to a one-hot target.
    resume
        A snapshot or checkpoint of a training with the same arguments: go on from there. The result is the same, to the
        last bit, as without the break. A training that has ended yields its last snapshot again.

    Yields
    ------
    Snapshot
        Of the state after the step.

    Raises
    ------
    InputError
        If there are no images, a number is out of its range, or `resume` does not fit.

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
    rule, ask = optimisers(hyperparameters, optimiser)
    count, shares = thread_count(threads), schedule or Constant()
    plan = Plan(network, dataset, epochs, batch_size, seed, count, rule, ask, shares, loss, every, resume)
    return _run(plan)


def _run(plan: Plan) -> Iterator[Snapshot]:
    state, position = plan.start()
    with Crew(plan.threads) as executor:
        if plan.is_end(position):
            yield _snapshot(plan, position, plan.optimiser(plan.n_steps - 1), state, _evaluation(plan, executor))
        for batch in plan.batches(position):
            if batch.number == 1:
                position = position.next_epoch()
            optimiser = plan.optimiser(batch.step)
            start = time.perf_counter()
            result = _step(plan, batch, optimiser, state, executor)
            labels = plan.dataset.train_labels[batch.chosen]
            position = position.after(len(batch.chosen), labels.size, result, time.perf_counter() - start)
            if position.batch == plan.n_batches:
                yield _snapshot(plan, position, optimiser, state, _evaluation(plan, executor))
            elif position.batch % plan.every == 0:
                yield _snapshot(plan, position, optimiser, state, None)


def _evaluation(plan: Plan, executor: Executor) -> Evaluation:
    return evaluate_with(plan.network, plan.dataset.test_images, plan.dataset.test_labels, executor, plan.loss)


def _step(plan: Plan, batch: Batch, optimiser: Optimiser, state: State, executor: Executor) -> BatchResult:
    """One step down the gradient of one batch."""
    result = batch_gradient(
        plan.network,
        prepare(plan.dataset.train_images[batch.chosen]),
        plan.dataset.train_labels[batch.chosen],
        threads=plan.threads,
        executor=executor,
        loss=plan.loss,
        seed=(plan.seed, batch.step),
    )
    optimiser.step(plan.network.vector, result.gradient, state)
    for name, value in result.buffers.items():
        plan.network.buffers[name][...] = value
    return result


def _snapshot(
    plan: Plan, position: Position, optimiser: Optimiser, state: State, evaluation: Evaluation | None
) -> Snapshot:
    seconds = position.seconds_before + position.seconds
    return Snapshot(
        epoch=position.epoch,
        epochs=plan.epochs,
        batch=position.batch,
        batches_per_epoch=plan.n_batches,
        images_seen=(position.epoch - 1) * len(plan.dataset.train_images) + position.images,
        loss=position.loss,
        accuracy=position.accuracy,
        epoch_loss=position.loss_sum / position.images,
        epoch_accuracy=position.correct / position.answers,
        learning_rate=optimiser.lr,
        momentum=optimiser.momentum,
        images_per_second=position.images / position.seconds,
        seconds=seconds,
        parameters=_frozen(plan.network.state_dict()),
        evaluation=evaluation,
        position=position,
        optimiser_state=_frozen({name: array.copy() for name, array in state.items()}),
    )


def _frozen(arrays: dict[str, NDArray[Any]]) -> Mapping[str, NDArray[Any]]:
    for array in arrays.values():
        array.setflags(write=False)
    return MappingProxyType(arrays)
