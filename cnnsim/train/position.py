"""Where a training is: all numbers that it needs to go on, and that are neither parameters nor the optimiser's."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from numpy.typing import NDArray

from cnnsim.nn import BatchResult


@dataclass(frozen=True, slots=True)
class Position:
    """The last completed batch, and the sums of its epoch.

    Parameters
    ----------
    epoch, batch
        Count from 1; both are 0 before the first batch.
    loss, accuracy
        Of the last batch.
    images, loss_sum, correct, answers, seconds
        Of the epoch so far.
    seconds_before
        Of the epochs before it.

    Examples
    --------
    >>> Position(epoch=2, batch=5, seconds=3.0, seconds_before=4.0).next_epoch()  # doctest: +ELLIPSIS
    Position(epoch=3, batch=0, ..., seconds=0.0, seconds_before=7.0)
    """

    epoch: int = 0
    batch: int = 0
    loss: float = 0.0
    accuracy: float = 0.0
    images: int = 0
    loss_sum: float = 0.0
    correct: int = 0
    answers: int = 0
    seconds: float = 0.0
    seconds_before: float = 0.0

    def next_epoch(self) -> "Position":
        """Before the first batch of the next epoch."""
        return Position(epoch=self.epoch + 1, seconds_before=self.seconds_before + self.seconds)

    def after(self, n_images: int, answers: int, result: BatchResult, seconds: float) -> "Position":
        """After one more batch of the epoch."""
        return replace(
            self,
            batch=self.batch + 1,
            loss=result.loss,
            accuracy=result.accuracy,
            images=self.images + n_images,
            loss_sum=self.loss_sum + n_images * result.loss,
            correct=self.correct + result.correct,
            answers=self.answers + answers,
            seconds=self.seconds + seconds,
        )


class Resumable(Protocol):
    """What a training can go on from: a snapshot, or a checkpoint that was read from a file."""

    @property
    def position(self) -> Position:
        """Where it is."""

    @property
    def parameters(self) -> Mapping[str, NDArray[Any]]:
        """Parameters and buffers by name."""

    @property
    def optimiser_state(self) -> Mapping[str, NDArray[Any]]:
        """What the optimiser remembers."""
