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
    """What may change from batch to batch while training runs."""

    learning_rate: float = DEFAULT.lr
    momentum: float = DEFAULT.momentum


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of training after a batch.

    `epoch` and `batch` count from 1. `loss` and `accuracy` are of this batch, `epoch_loss` and `epoch_accuracy` of the
    epoch so far; all of them were measured before the step that followed from them. `images_per_second` and `seconds`
    count training alone. `parameters` are read-only arrays, buffers among them. `evaluation` is there after the last
    batch of an epoch. `position` and `optimiser_state` are what a training needs besides to go on from here.
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
