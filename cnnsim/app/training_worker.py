"""The one training thread: it compares what is wanted with what it has, and does the next thing."""

import os
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cnnsim.app.collector import no_collection
from cnnsim.app.compilation import compile_engine
from cnnsim.app.training_state import Pace, Phase, Report, RunOptions, Wanted
from cnnsim.errors import InputError

if TYPE_CHECKING:
    from cnnsim.app.training_session import Session
    from cnnsim.data import Dataset

_REPORT_SECONDS = 0.05
_JOIN_SECONDS = 3.0
_NICENESS = 10


class _SupersededError(Exception):
    """The run is no longer wanted: leaves a download."""


class TrainingWorker:
    """Trains in a thread of its own.

    The page replaces what is wanted; the thread replaces its latest report, and only the latest one is ever read.
    Neither waits for the other.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wanted = Wanted()
        self._closing = False
        self._latest: Report | None = None
        self._thread: threading.Thread | None = None
        self._loaded: tuple[str, Dataset] | None = None
        self._told: tuple[object, ...] = ()
        self._told_at = 0.0

    @property
    def wanted(self) -> Wanted:
        """What was asked for last."""
        return self._wanted

    def start(self) -> None:
        """Start the thread, unless it lives; it loads the engine at once, before anybody can have clicked."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="training", daemon=True)
            self._thread.start()

    def open_run(self, options: RunOptions, pace: Pace, *, may_download: bool) -> int:
        """Drop the present run, start another one, and return its number."""
        run = self._wanted.run + 1
        self._want(run=run, options=options, pace=pace, may_download=may_download)
        self.start()
        return run

    def set_pace(self, pace: Pace) -> None:
        """Go on, or rest."""
        self._want(pace=pace)

    def set_hyperparameters(self, learning_rate: float, momentum: float) -> None:
        """Change what is asked for before every batch."""
        self._want(learning_rate=learning_rate, momentum=momentum)

    def set_sample(self, sample: int) -> None:
        """Follow another test image."""
        self._want(sample=sample)

    def take(self) -> Report | None:
        """Return the latest report if it is new and about the present run."""
        with self._changed:
            report, self._latest = self._latest, None
        return report if report is not None and report.run == self._wanted.run else None

    def shut_down(self) -> None:
        """End the thread; a batch or a download under way is given a moment."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(_JOIN_SECONDS)

    def _want(self, **changes: Any) -> None:
        with self._changed:
            self._wanted = replace(self._wanted, **changes)
            self._changed.notify_all()

    def _publish(self, report: Report) -> None:
        with self._changed:
            self._latest = report

    def _work(self) -> None:
        _yield_to_the_window()
        try:
            self._follow()
        except Exception as error:
            message = f"Training ended because of a defect of the program ({type(error).__name__}: {error})"
            self._publish(Report(self._wanted.run, Phase.FAILED, message))
            raise

    def _follow(self) -> None:
        """Do the next thing that is wanted, until the window closes."""
        run: int = 0
        session: Session | None = None
        with no_collection():
            _load()
        while not self._closing:
            wanted = self._wanted
            try:
                if wanted.run != run:
                    run, session = wanted.run, None
                    with no_collection():
                        session = self._open(wanted)
                elif session is None or not self._proceed(session, wanted):
                    self._wait(wanted)
            except InputError as error:
                session = None
                self._publish(Report(run, Phase.FAILED, str(error)))
            except _SupersededError:
                session = None

    def _wait(self, known: Wanted) -> None:
        """Sleep until something else is wanted."""
        with self._changed:
            if self._wanted is known and not self._closing:
                self._changed.wait()

    def _proceed(self, session: "Session", wanted: Wanted) -> bool:
        """Train on one batch, or say how things stand; False if there is nothing to do."""
        if wanted.pace != Pace.PAUSE and not session.finished:
            self._advance(session)
            if session.finished or wanted.pace == Pace.BATCH or (wanted.pace == Pace.EPOCH and session.epoch_ended):
                self._rest(wanted)
            elif time.monotonic() - self._told_at >= _REPORT_SECONDS:
                self._tell(session, wanted)
            return True
        if self._told != (wanted.run, session.snapshot.images_seen, wanted.sample, wanted.pace):
            self._tell(session, wanted)
            return True
        return False

    def _advance(self, session: "Session") -> None:
        if session.snapshot.images_seen:
            session.advance()
            return
        with no_collection():  # the first batch loads what the compiler left on disk
            session.advance()

    def _rest(self, known: Wanted) -> None:
        """Stop going on, unless something else was asked for meanwhile."""
        with self._changed:
            if (self._wanted.run, self._wanted.pace) == (known.run, known.pace):
                self._wanted = replace(self._wanted, pace=Pace.PAUSE)

    def _tell(self, session: "Session", wanted: Wanted) -> None:
        self._told = (wanted.run, session.snapshot.images_seen, wanted.sample, wanted.pace)
        self._told_at = time.monotonic()
        curves, tests = session.curves()
        report = Report(
            wanted.run,
            _phase(session, wanted.pace),
            "",
            session.share,
            session.dataset.source,
            session.dataset.synthetic,
            len(session.dataset.train_images),
            len(session.dataset.test_images),
            session.step(wanted.sample),
            curves,
            tests,
        )
        self._publish(report)

    def _open(self, wanted: Wanted) -> "Session":
        """Make the engine and the digits ready for a run."""

        def say(message: str, share: float | None = None) -> None:
            self._publish(Report(wanted.run, Phase.PREPARING, message, share))

        say("Starting the engine …")
        compile_engine(lambda: self._closing, lambda: say("Compiling the engine (first time only) …"))
        if self._closing:
            raise _SupersededError
        from cnnsim.app.training_session import Session
        from cnnsim.train import Hyperparameters

        dataset = self._load(wanted)
        return Session(
            dataset,
            wanted.options,
            lambda: Hyperparameters(self._wanted.learning_rate, self._wanted.momentum),
        )

    def _load(self, wanted: Wanted) -> "Dataset":
        """Load the digits, or take those of the run before."""
        from cnnsim.app.training_session import load_digits

        which = wanted.options.data
        if self._loaded is not None and self._loaded[0] == which:
            return self._loaded[1]

        def progress(name: str, received: int, expected: int) -> None:
            if self._closing or self._wanted.run != wanted.run:
                raise _SupersededError
            share = received / expected if expected else None
            self._publish(Report(wanted.run, Phase.PREPARING, f"Downloading {name} …", share))

        self._publish(Report(wanted.run, Phase.PREPARING, "Loading the digits …"))
        dataset, complete = load_digits(which, wanted.may_download, progress)
        if complete:
            self._loaded = which, dataset
        return dataset


def _load() -> None:
    """Import the engine, and what the page draws its curves with: half a second, some of it without the interpreter."""
    import cnnsim.app.curve_plot
    import cnnsim.app.training_session  # noqa: F401


def _yield_to_the_window() -> None:
    """Let the window go first where both want the processor; the threads that this one starts inherit it."""
    if sys.platform == "linux":  # elsewhere a niceness belongs to the whole process
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _phase(session: "Session", pace: Pace) -> Phase:
    if session.finished:
        return Phase.FINISHED
    if pace != Pace.PAUSE:
        return Phase.RUNNING
    return Phase.PAUSED if session.snapshot.images_seen else Phase.READY
