"""The training page: a LeNet learns, and everything it learns is in view."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnnsim.app.canvas import Canvas
from cnnsim.app.curves import Curves
from cnnsim.app.style import Measure
from cnnsim.app.training_controls import TrainingControls
from cnnsim.app.training_state import Pace, Phase, Report
from cnnsim.app.training_status import TrainingStatus, repetition
from cnnsim.app.training_worker import TrainingWorker
from cnnsim.painting import Theme
from cnnsim.scenes import View, training_scene

_LOOK_MS = 33  # the network and its curves take turns: each is drawn 15 times a second


class TrainingPage(QWidget):
    """Controls on the left; the progress, the network and the curves on the right.

    `failed` is emitted with what the scene raised.
    """

    failed = Signal(object)

    def __init__(self, data: str = "auto", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._phase = Phase.PREPARING
        self._opened = False
        self._curves_due: Report | None = None
        self.worker = TrainingWorker()
        self.controls = TrainingControls(data, self)
        self.status = TrainingStatus(self)
        self.canvas = Canvas("Kernels, feature maps and answers of the network", self)
        self.curves = Curves(self)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.status)
        column.addWidget(self.canvas, 7)
        column.addWidget(self.curves, 3)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.controls)
        row.addLayout(column, 1)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._connect()
        self.controls.show_phase(self._phase)

    @property
    def phase(self) -> Phase:
        """How the run stands."""
        return self._phase

    def set_look(self, theme: Theme, measure: Measure) -> None:
        """Take over the colours and sizes of the window."""
        self.controls.set_measure(measure)
        self.status.set_measure(measure)
        self.canvas.set_theme(theme)
        self.curves.set_look(theme, measure)

    def start(self) -> None:
        """Start a run, or go on with the one that rests."""
        self._go(Pace.RUN)

    def shut_down(self) -> None:
        """End the training thread."""
        self._timer.stop()
        self.worker.shut_down()

    def showEvent(self, event: QShowEvent) -> None:
        """Make the engine ready as soon as the page is looked at."""
        super().showEvent(event)
        if not self._opened:
            self._prepare()

    def _connect(self) -> None:
        controls = self.controls
        self.canvas.failed.connect(self.failed)
        controls.main.clicked.connect(self._on_main)
        controls.batch.clicked.connect(lambda: self._go(Pace.BATCH))
        controls.epoch.clicked.connect(lambda: self._go(Pace.EPOCH))
        controls.stop.clicked.connect(self._prepare)
        for field in (controls.rate, controls.momentum):
            field.changed.connect(self._on_hyperparameters)
            field.refused.connect(controls.warn)
        controls.sample.changed.connect(self.worker.set_sample)
        controls.seed.changed.connect(self._on_options)
        controls.data.currentIndexChanged.connect(self._on_options)
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self, context=Qt.ShortcutContext.WindowShortcut)
        space.activated.connect(self._on_main)

    def _prepare(self) -> None:
        """Show the network as a run would start with it."""
        self._open(Pace.PAUSE)

    def _open(self, pace: Pace) -> None:
        self._opened = True
        self.controls.warn("")
        self._set_phase(Phase.PREPARING)
        run = self.worker.open_run(self.controls.options, pace, may_download=pace != Pace.PAUSE)
        self.status.show_report(Report(run, Phase.PREPARING, "Starting the engine …"))
        self._timer.start()

    def _go(self, pace: Pace) -> None:
        if self._phase in (Phase.RUNNING, Phase.PAUSED):
            self.worker.set_pace(pace)
        else:
            self._open(pace)

    def _on_main(self) -> None:
        self._go(Pace.PAUSE if self._phase == Phase.RUNNING else Pace.RUN)

    def _on_hyperparameters(self) -> None:
        self.controls.warn("")
        self.worker.set_hyperparameters(self.controls.rate.value, self.controls.momentum.value)

    def _on_options(self) -> None:
        """Show the other start, unless a run is under way."""
        if self._opened and self._phase in (Phase.READY, Phase.FAILED, Phase.PREPARING):
            self._prepare()

    def _look(self) -> None:
        if self._curves_due is not None:
            if not self.curves.prepare():
                self._show_curves(self._curves_due)
                self._curves_due = None
            return
        report = self.worker.take()
        if report is not None:
            self._show(report)
            self._curves_due = report if report.step is not None else None

    def _show(self, report: Report) -> None:
        self._set_phase(report.phase)
        self.status.show_report(report)
        if report.phase == Phase.FAILED:
            self.controls.warn(report.message)
        step = report.step
        if step is None:
            return
        self.controls.show_source(report.source, report.samples)
        self.controls.repetition.setText(repetition(step))
        self.canvas.set_scene(lambda width, height: training_scene(step, View(width, height)))

    def _show_curves(self, report: Report) -> None:
        if report.step is not None and report.curves is not None and report.tests is not None:
            images = report.train_images * report.step.snapshot.epochs
            self.curves.show_run(report.curves, report.tests, images)

    def _set_phase(self, phase: Phase) -> None:
        self._phase = phase
        self.controls.show_phase(phase)
