"""How well a classifier does on labelled images."""

import os
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.models import prepare
from cnnsim.nn import Network
from cnnsim.nn.losses import checked_labels, measured

Pixels = NDArray[np.uint8]
Labels = NDArray[Any]

_BATCH = 256


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a network does on labelled images.

    Parameters
    ----------
    loss, accuracy
        Mean loss, and the share that was guessed right.
    confusion
        Counts the images by ``[label, guess]``.

    Examples
    --------
    >>> found = Evaluation(0.5, 0.75, np.array([[2, 1], [0, 1]]))
    >>> float(found.confusion.diagonal().sum() / found.confusion.sum()) == found.accuracy
    True
    """

    loss: float
    accuracy: float
    confusion: NDArray[np.int64]


def evaluate(
    network: Network, images: Pixels, labels: Labels, *, threads: int | None = None, loss: str = "cross_entropy"
) -> Evaluation:
    """Loss, accuracy and confusion matrix of a classifier on labelled images.

    Parameters
    ----------
    network
        Takes images as `cnnsim.models.prepare` gives them and ends in logits.
    images
        Grey images (N, H, W), uint8.
    labels
        Class numbers (N,), or one per pixel of the output (N, H, W).
    threads
        Plain threads to share the work between; None for one per processor.
    loss
        "cross_entropy", or "mse".

    Returns
    -------
    Evaluation
        Mean loss, share of right guesses, and counts (classes, classes) by label and guess.

    Raises
    ------
    InputError
        If there are no images, a label does not exist, or the loss is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnsim import models
    >>> int(evaluate(models.lenet5(), np.zeros((3, 28, 28), np.uint8), np.arange(3), threads=1).confusion.sum())
    3
    """
    with ThreadPoolExecutor(thread_count(threads)) as executor:
        return evaluate_with(network, images, labels, executor, loss)


def evaluate_with(network: Network, images: Pixels, labels: Labels, executor: Executor, loss: str) -> Evaluation:
    """Do as `evaluate`, on threads that exist already."""
    if not len(images):
        raise InputError("images", "(empty)", "holds no image", "give at least one")
    starts = range(0, len(images), _BATCH)
    parts = executor.map(lambda start: network(prepare(images[start : start + _BATCH])), starts)
    logits = np.concatenate(list(parts))
    classes = checked_labels(labels, len(images), logits.shape[1:])
    mean_loss, guesses = measured(loss, logits, classes)
    confusion = np.zeros((logits.shape[1], logits.shape[1]), np.int64)
    np.add.at(confusion, (classes, guesses), 1)
    return Evaluation(mean_loss, float((guesses == classes).mean()), confusion)


def thread_count(threads: int | None) -> int:
    """Threads to use: as many as asked for, or one per processor that this process may use."""
    if threads is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if threads < 1:
        raise InputError("threads", threads, "is less than 1", "use 1 or more")
    return threads
