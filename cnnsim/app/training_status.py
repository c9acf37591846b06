"""The line above the network: what is going on, how far it is, and how long it takes."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from cnnsim.app.style import Measure
from cnnsim.app.training_state import Phase, Report

if TYPE_CHECKING:  # the engine is loaded by the training thread, not by the window
    from cnnsim.trace.training import TrainingStep

_STEPS = 1000

_WORDS = {
    Phase.READY: "The network before training: press Start",
    Phase.RUNNING: "Training",
    Phase.PAUSED: "Paused",
    Phase.FINISHED: "Finished",
    Phase.FAILED: "Ended by an error: the panel says which",
}


class TrainingStatus(QWidget):
    """Says in words and by a bar how a run stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline = QLabel(self)
        self.headline.setObjectName("headline")
        self.synthetic = QLabel("synthetic digits, not MNIST", self)
        self.synthetic.setObjectName("warningline")
        self.synthetic.hide()
        self.numbers = QLabel(self)
        self.numbers.setObjectName("quiet")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _STEPS)
        self.bar.setAccessibleName("Progress")
        self._line = QHBoxLayout()
        self._line.addWidget(self.headline)
        self._line.addWidget(self.synthetic)
        self._line.addStretch(1)
        self._line.addWidget(self.numbers)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._line)
        self._column.addWidget(self.bar)

    def set_measure(self, measure: Measure) -> None:
        """Take over the sizes of the window."""
        unit = measure.unit
        self._column.setContentsMargins(unit * 2, round(unit * 1.5), unit * 2, unit // 2)
        self._column.setSpacing(unit)
        self._line.setSpacing(unit * 2)

    def show_report(self, report: Report) -> None:
        """Say how things stand."""
        self.headline.setText(report.message if report.phase == Phase.PREPARING else _WORDS[report.phase])
        self.synthetic.setVisible(report.synthetic)
        if report.share is None and report.phase == Phase.PREPARING:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(round((report.share or 0.0) * _STEPS))
        self.numbers.setText("" if report.step is None else numbers(report.step, report.train_images))


def numbers(step: "TrainingStep", train_images: int) -> str:
    """Write where a run stands, how fast it is and how long it still takes.

    Parameters
    ----------
    step
        The moment.
    train_images
        Images of one epoch.
    """
    now = step.snapshot
    if not now.images_seen:
        return f"{now.epochs} × {train_images:,} images"
    words = [f"epoch {now.epoch} of {now.epochs}", f"batch {now.batch:,} of {now.batches_per_epoch:,}"]
    words.append(f"{now.images_per_second:,.0f} images/s")
    left = now.epochs * train_images - now.images_seen
    if left and now.images_per_second:
        words.append(f"{duration(left / now.images_per_second)} left")
    if step.evaluation is not None:
        words.append(f"test {100 * step.evaluation.accuracy:.2f} %")
    return "  ·  ".join(words)


def repetition(step: "TrainingStep") -> str:
    """Say what an epoch repeats, and what that is good for; after a test with both accuracies."""
    if step.evaluation is None:
        return "Every epoch shows the same images again."
    learned, tested = 100 * step.snapshot.epoch_accuracy, 100 * step.evaluation.accuracy
    return (
        f"Epoch {step.snapshot.epoch}: {learned:.2f} % right in training, {tested:.2f} % in the last test. To show the "
        "same images again does not prevent overfitting; other images, or altered ones, help."
    )


def duration(seconds: float) -> str:
    """Write a time to wait.

    Examples
    --------
    >>> duration(8.2), duration(125)
    ('9 s', '2 min 5 s')
    """
    whole = int(seconds) + 1 if seconds % 1 else int(seconds)
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
