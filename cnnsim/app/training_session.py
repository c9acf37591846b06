"""One training run, batch by batch, with what the page shows of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnnsim import data
from cnnsim.app.training_state import RunOptions
from cnnsim.data import Dataset
from cnnsim.data.download import Progress
from cnnsim.models import lenet5
from cnnsim.trace.training import History, Sample, TrainingStep, respond
from cnnsim.train import Evaluation, Hyperparameters, Snapshot, train

_MOST_POINTS = 600

Point = tuple[float, float, float]


class Curve:
    """Loss and accuracy over images seen, in fewer than `most` points (even): neighbours are averaged as it grows."""

    def __init__(self, most: int = _MOST_POINTS) -> None:
        self._most = most
        self._per_point = 1
        self._points: list[Point] = []
        self._waiting: list[Point] = []

    def add(self, images_seen: float, loss: float, accuracy: float) -> None:
        """Take in one measurement."""
        self._waiting.append((images_seen, loss, accuracy))
        if len(self._waiting) == self._per_point:
            self._points.append(_merged(self._waiting))
            self._waiting = []
        if len(self._points) == self._most:
            pairs = zip(self._points[::2], self._points[1::2], strict=True)
            self._points = [_merged(pair) for pair in pairs]
            self._per_point *= 2

    def history(self) -> History:
        """Return the points so far."""
        columns = np.array(self._points, dtype=np.float64).reshape(-1, 3).T
        return History(*columns)


def _merged(points: Sequence[Point]) -> Point:
    """Where the last one stands, with the mean of the measurements."""
    images_seen = points[-1][0]
    return images_seen, sum(p[1] for p in points) / len(points), sum(p[2] for p in points) / len(points)


class Session:
    """A LeNet-5 in training.

    Parameters
    ----------
    dataset
        What it learns from.
    options
        What the run starts from.
    ask
        Asked for the learning rate and the momentum before every batch.
    """

    def __init__(self, dataset: Dataset, options: RunOptions, ask: Callable[[], Hyperparameters]) -> None:
        self.dataset = dataset
        self._network = lenet5(options.seed)
        self._initial = self._network.state_dict()
        self._evaluation: Evaluation | None = None
        self._curve, self._tests = Curve(), Curve()
        self.snapshot = _untrained(self._initial, dataset, options)
        self._batches = train(
            self._network,
            dataset,
            epochs=options.epochs,
            batch_size=options.batch_size,
            seed=options.seed,
            hyperparameters=ask,
        )

    @property
    def epoch_ended(self) -> bool:
        """Whether the last batch was the last one of its epoch."""
        return self.snapshot.batch == self.snapshot.batches_per_epoch

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        return self.epoch_ended and self.snapshot.epoch == self.snapshot.epochs

    @property
    def share(self) -> float:
        """How much of the run is done, 0 to 1."""
        now = self.snapshot
        return max(0.0, (now.epoch - 1 + now.batch / now.batches_per_epoch) / now.epochs)

    def advance(self) -> None:
        """Train on one batch."""
        now = self.snapshot = next(self._batches)
        self._curve.add(now.images_seen, now.loss, now.accuracy)
        if now.evaluation is not None:
            self._evaluation = now.evaluation
            self._tests.add(now.images_seen, now.evaluation.loss, now.evaluation.accuracy)

    def curves(self) -> tuple[History, History]:
        """Return the measurements on training batches, and those on the test images."""
        return self._curve.history(), self._tests.history()

    def step(self, sample: int) -> TrainingStep:
        """Show the network a test image."""
        images, labels = self.dataset.test_images, self.dataset.test_labels
        index = min(max(sample, 0), len(images) - 1)
        followed = Sample(images[index], int(labels[index]))
        response = respond(self._network, followed.image)
        return TrainingStep(self.snapshot, self._initial, followed, response, self._evaluation)


def load_digits(which: str, may_download: bool, progress: Progress) -> tuple[Dataset, bool]:
    """Load what to train on, and say whether it is that; without leave to download, a few digits may stand in for it.

    Parameters
    ----------
    which
        ``"auto"``, ``"mnist"``, ``"synthetic"`` or a folder.
    may_download
        Whether the network may be asked.
    progress
        Told of a download: (file name, bytes received, bytes expected).
    """
    if which in ("auto", "mnist") and not may_download and not data.is_cached():
        few = data.synthetic_dataset(train=1, test=100)
        return replace(few, source="MNIST, 11 MB, is downloaded when you press Start"), False
    return data.load(which, progress=progress), True


def _untrained(initial: Mapping[str, NDArray[np.float32]], dataset: Dataset, options: RunOptions) -> Snapshot:
    """State before the first batch."""
    return Snapshot(
        epoch=0,
        epochs=options.epochs,
        batch=0,
        batches_per_epoch=-(-len(dataset.train_images) // options.batch_size),
        images_seen=0,
        loss=0.0,
        accuracy=0.0,
        epoch_loss=0.0,
        epoch_accuracy=0.0,
        learning_rate=0.0,
        momentum=0.0,
        images_per_second=0.0,
        seconds=0.0,
        parameters=initial,
        evaluation=None,
    )
