"""The controls of the training page."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cnnsim.app.controls import Choice, KeepsKeys
from cnnsim.app.number_fields import NumberField, Stepper
from cnnsim.app.panel import Panel
from cnnsim.app.training_state import Phase, RunOptions
from cnnsim.errors import InputError
from cnnsim.optim import DEFAULT

_MAIN_WORDS = {
    Phase.PREPARING: "Start",
    Phase.READY: "Start",
    Phase.RUNNING: "Pause",
    Phase.PAUSED: "Continue",
    Phase.FINISHED: "Start again",
    Phase.FAILED: "Try again",
}


class TrainingControls(Panel):
    """Start and stop, what may change while it runs, and what a run starts from."""

    def __init__(self, data: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        default = RunOptions()
        self.main = QPushButton("Start", self)
        self.main.setProperty("main", True)
        self.main.setToolTip("Start, pause or go on  (Space)")
        self.batch = _button("One batch", "Train on one batch, then rest", self)
        self.epoch = _button("One epoch", "Train until the end of the epoch, then rest", self)
        self.stop = _button("Stop", "End the run: back to the start with the same seed", self)
        self.rate = NumberField(
            "learning_rate", DEFAULT.lr, "Learning rate; may change while it runs", self, _check_rate
        )
        self.momentum = NumberField(
            "momentum", DEFAULT.momentum, "Momentum; may change while it runs", self, _check_momentum
        )
        self.epochs = Stepper(1, 50, default.epochs, "Epochs: passes over the training images", self)
        self.batch_size = Choice([(str(n), str(n)) for n in (8, 16, 32, 64, 128, 256)], "Images per batch", self)
        self.batch_size.choose(str(default.batch_size))
        self.seed = Stepper(0, 9999, default.seed, "Seed: the same seed gives the same run", self)
        self.data = Choice(_sources(data), "Digits to train on", self)
        self.data.choose(data)
        self.sample = Stepper(0, 0, 0, "Test image to follow through the network", self)
        self._arrange()

    @property
    def options(self) -> RunOptions:
        """What a run would start from."""
        return RunOptions(self.data.key, self.epochs.value, int(self.batch_size.key), self.seed.value)

    def show_phase(self, phase: Phase) -> None:
        """Offer what makes sense now."""
        self.main.setText(_MAIN_WORDS[phase])
        under_way = phase in (Phase.RUNNING, Phase.PAUSED)
        self.stop.setEnabled(under_way or phase == Phase.FINISHED)
        for control in (self.epochs, self.batch_size, self.seed, self.data):
            control.setEnabled(not under_way)

    def show_source(self, source: str, samples: int) -> None:
        """Say where the digits came from, and how many test images there are."""
        self._source.setText(source[:1].upper() + source[1:])
        self.sample.set_range(0, max(0, samples - 1))

    def _arrange(self) -> None:
        buttons = QWidget(self)
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in (self.batch, self.epoch, self.stop):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click the space bar still pauses
            button.installEventFilter(KeepsKeys(self))
            row.addWidget(button, 1)
        group = self.group("Training")
        group.wide(self.main)
        group.wide(buttons)
        group = self.group("While it runs", "kernel")
        group.row("Learning rate", self.rate)
        group.row("Momentum", self.momentum)
        group = self.group("For the next start")
        group.row("Epochs", self.epochs)
        group.row("Batch", self.batch_size)
        group.row("Seed", self.seed)
        group.row("Digits", self.data)
        self._source = group.note()
        self.repetition = group.note()
        group = self.group("Sample", "input")
        group.row("Image", self.sample)


def _sources(data: str) -> list[tuple[str, str]]:
    known = [("auto", "MNIST if possible"), ("mnist", "MNIST"), ("synthetic", "Synthetic digits")]
    return known if data in dict(known) else [*known, (data, f"Folder {Path(data).name}")]


def _button(words: str, tip: str, parent: QWidget) -> QPushButton:
    button = QPushButton(words, parent)
    button.setToolTip(tip)
    button.setProperty("narrow", True)
    return button


def _check_rate(value: float) -> None:
    if not 0 < value <= 100:
        raise InputError("learning_rate", value, "is not between 0 and 100", f"{DEFAULT.lr} is a good start")


def _check_momentum(value: float) -> None:
    if not 0 <= value < 1:
        raise InputError("momentum", value, "is not from 0 to below 1", f"{DEFAULT.momentum} is a good start")
