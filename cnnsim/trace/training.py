"""A training run as steps to look at: what the network was at a batch, and what it did with one sample image."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.functional import softmax
from cnnsim.models import lenet5, prepare
from cnnsim.nn import Sequential
from cnnsim.trace.grain import check_index
from cnnsim.train import Dataset, Evaluation, Hyperparameters, Snapshot, train

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """An image to follow through the network: (28, 28) uint8, and what it shows."""

    image: NDArray[np.uint8]
    label: int


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """What a network does with a sample.

    Parameters
    ----------
    maps
        Feature maps (C, H, W) by layer name, for every layer whose output has rows and columns.
    probabilities
        (classes,) softmax of the logits.
    """

    maps: Mapping[str, Array]
    probabilities: Array

    @property
    def answer(self) -> int:
        """The most probable class."""
        return int(self.probabilities.argmax())


@dataclass(frozen=True, slots=True, eq=False)
class TrainingStep:
    """One moment of a training run.

    Parameters
    ----------
    snapshot
        Weights and measurements.
    initial
        The weights before the first batch.
    sample, response
        An image, and what the network at this moment does with it.
    evaluation
        The latest test, or None before the first epoch is complete.
    """

    snapshot: Snapshot
    initial: Mapping[str, Array]
    sample: Sample
    response: Response
    evaluation: Evaluation | None


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Measurements of every batch: (n,) images seen so far, training loss, training accuracy."""

    images_seen: Array
    loss: Array
    accuracy: Array

    def until(self, images_seen: int) -> "History":
        """Return the part up to a moment."""
        count = int(np.searchsorted(self.images_seen, images_seen, side="right"))
        return History(self.images_seen[:count], self.loss[:count], self.accuracy[:count])


@dataclass(frozen=True, slots=True, eq=False)
class TrainingTrace:
    """A bounded list of moments of a training run, with the random access of every trace; made by `training`."""

    steps: tuple[TrainingStep, ...]
    history: History

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, index: int) -> TrainingStep:
        return self.steps[check_index(index, len(self))]


def training(
    dataset: Dataset,
    *,
    epochs: int = 1,
    batch_size: int = 64,
    seed: int = 0,
    hyperparameters: Hyperparameters | None = None,
    sample: int = 0,
    moments: int = 40,
) -> TrainingTrace:
    """Train LeNet-5 and keep evenly spaced moments of it, the last batch among them.

    Parameters
    ----------
    dataset
        Images and labels, uint8.
    epochs, batch_size, seed, hyperparameters
        As for `cnnsim.train.train`.
    sample
        Index of the test image to follow through the network.
    moments
        How many to keep, at most.

    Returns
    -------
    TrainingTrace
        Its ``history`` has an entry for every batch, kept or not.

    Raises
    ------
    InputError
        If there is no such test image, `moments` is not positive, or an argument of the training is out of range.
    """
    if not 0 <= sample < len(dataset.test_images):
        raise InputError("sample", sample, "is no test image", f"use 0 to {len(dataset.test_images) - 1}")
    if moments < 1:
        raise InputError("moments", moments, "is not positive", "use 1 or more")
    network = lenet5(seed)
    initial = network.state_dict()
    image = Sample(dataset.test_images[sample], int(dataset.test_labels[sample]))
    batches = epochs * -(-len(dataset.train_images) // batch_size)
    every = -(-batches // moments)
    evaluation = None
    steps, measured = [], []
    settings = hyperparameters or Hyperparameters()
    run = train(network, dataset, epochs=epochs, batch_size=batch_size, seed=seed, hyperparameters=settings)
    for number, snapshot in enumerate(run, 1):
        evaluation = snapshot.evaluation or evaluation
        measured.append((snapshot.images_seen, snapshot.loss, snapshot.accuracy))
        if number % every == 0 or number == batches:
            steps.append(TrainingStep(snapshot, initial, image, respond(network, image.image), evaluation))
    columns = np.array(measured, dtype=np.float64).T
    return TrainingTrace(tuple(steps), History(*columns))


def respond(network: Sequential, image: NDArray[np.uint8]) -> Response:
    """Show an image to a network.

    Parameters
    ----------
    network
        Takes (1, 1, 28, 28) and gives (1, classes).
    image
        (28, 28) uint8.

    Examples
    --------
    >>> from cnnsim.models import lenet5
    >>> response = respond(lenet5(seed=0), np.zeros((28, 28), np.uint8))
    >>> response.maps["relu2"].shape, response.probabilities.shape
    ((16, 10, 10), (10,))
    """
    activations = network.activations(prepare(image[None]))
    maps = {name: array[0] for name, array in activations.items() if array.ndim == 4}
    *_, logits = activations.values()
    return Response(maps, softmax(logits, 1)[0])
