"""What training says after a batch, and what it is asked before one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cnnsim.optim import DEFAULT
from cnnsim.train.evaluation import Evaluation, Pixels
from cnnsim.train.position import Position


class Dataset(Protocol):
    """Grey images (N, H, W) and class numbers (N,), all uint8."""

    @property
    def train_images(self) -> Pixels:
        """Images to learn from."""

    @property
    def train_labels(self) -> Pixels:
        """Their classes."""

    @property
    def test_images(self) -> Pixels:
        """Images to test with."""

    @property
    def test_labels(self) -> Pixels:
        """Their classes."""


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What may change from batch to batch while training runs.

    Parameters
    ----------
    learning_rate, momentum
        Of stochastic gradient descent.

    Examples
    --------
    >>> Hyperparameters(learning_rate=0.02)
    Hyperparameters(learning_rate=0.02, momentum=0.9)
    """

    learning_rate: float = DEFAULT.lr
    momentum: float = DEFAULT.momentum


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of training after a batch.

    Parameters
    ----------
    epoch, batch
        Count from 1; of `epochs` and `batches_per_epoch`.
    epochs, batches_per_epoch
        How many there will be.
    images_seen
        Since training began.
    loss, accuracy
        Of this batch, measured before the step that followed from it.
    epoch_loss, epoch_accuracy
        Of the epoch so far, likewise.
    learning_rate, momentum
        Of this step.
    images_per_second, seconds
        Count training alone.
    parameters
        Read-only arrays by name, buffers among them.
    evaluation
        On the test images, after the last batch of an epoch.
    position, optimiser_state
        What a training needs besides to go on from here.

    Examples
    --------
    >>> from cnnsim import data, models, train
    >>> digits = data.synthetic_dataset(train=10, test=10, seed=1)
    >>> *_, last = train.train(models.lenet5(), digits, epochs=1, threads=1)
    >>> last.epoch, last.batch, last.images_seen, int(last.confusion.sum())
    (1, 1, 10, 10)
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
    position: Position = field(default_factory=Position)
    optimiser_state: Mapping[str, NDArray[Any]] = field(default_factory=dict)

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
