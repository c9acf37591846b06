"""Measure how long the window is held up while training starts and runs; no test, because it depends on the machine.

``python tests/app/measure_stalls.py [SECONDS] [DATA] [WHEN]`` opens the window on the convolution page, changes to the
training page WHEN seconds later (0: before the engine is loaded), presses Start and prints the largest gaps between the
beats of a 5 ms timer, with the time that the window itself worked in them. With ``NUMBA_CACHE_DIR`` on an empty folder
it includes the compilation.
"""

import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from cnnsim.app.collector import set_aside
from cnnsim.app.main import SWITCH_SECONDS, AppOptions, dress, open_window
from cnnsim.app.training_state import Phase

BEAT_MS = 5


class Heartbeat(QObject):
    """Records (milliseconds since the start, gap, work of this thread in it, what is going on) of every beat."""

    def __init__(self) -> None:
        super().__init__()
        self.now = "opening"
        self.gaps: list[tuple[float, float, float, str]] = []
        self._clock = QElapsedTimer()
        self._since = QElapsedTimer()
        self._worked = 0.0
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)

    def start(self) -> None:
        self._clock.start()
        self._since.start()
        self._worked = time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _on_beat(self) -> None:
        gap = self._since.nsecsElapsed() / 1e6
        self._since.restart()
        worked = time.thread_time()
        self.gaps.append((self._clock.nsecsElapsed() / 1e6, gap, (worked - self._worked) * 1000, self.now))
        self._worked = worked


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    data = sys.argv[2] if len(sys.argv) > 2 else "synthetic"
    when = float(sys.argv[3]) if len(sys.argv) > 3 else 3.0
    sys.setswitchinterval(SWITCH_SECONDS)
    app = QApplication(["cnnsim"])
    dress(app)
    settings = QSettings(str(Path(tempfile.mkdtemp()) / "s.ini"), QSettings.Format.IniFormat)
    window = open_window(AppOptions(theme="light", data=data, size=(1600, 900)), settings)
    beat = Heartbeat()

    def on_page() -> None:
        beat.now = "page"
        window.show_page("training")

    def on_start() -> None:
        beat.now = "start"
        window.training.controls.main.click()

    def watch() -> None:
        if window.training.phase != Phase.PREPARING:
            beat.now = str(window.training.phase)

    look = QTimer(interval=50)
    look.timeout.connect(watch)
    look.start()
    QTimer.singleShot(50, beat.start)  # the first picture is there
    QTimer.singleShot(100 + round(when * 1000), on_page)
    QTimer.singleShot(200 + round(when * 1000), on_start)
    QTimer.singleShot(round(seconds * 1000), app.quit)
    set_aside()
    app.exec()
    window.close()
    for at, gap, work, what in sorted(beat.gaps, key=lambda entry: -entry[1])[:12]:
        print(f"{gap:7.1f} ms ({work:5.1f} ms of work) at {at / 1000:6.2f} s  {what}")


if __name__ == "__main__":
    main()
