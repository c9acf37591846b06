"""What the first page costs: it waits for nothing that only other pages need."""

import subprocess
import sys
import threading
from pathlib import Path

from pytestqt.qtbot import QtBot

from cnnsim.app.window import Window

FOR_TRAINING = ("numba", "pyqtgraph", "cnnsim.engine", "cnnsim.nn", "cnnsim.app.training_session")


def test_the_first_page_loads_nothing_that_only_training_needs(tmp_path: Path) -> None:
    start = "import sys; from cnnsim.cli import main; main(sys.argv[1:]); print(*sys.modules, sep='\\n')"
    picture = tmp_path / "page.png"
    command = [sys.executable, "-c", start, "--screenshot", str(picture)]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert picture.exists()
    assert "cnnsim.app.window" in loaded
    assert not set(FOR_TRAINING) & set(loaded)


def test_the_engine_is_loaded_in_a_calm_moment(window: Window, qtbot: QtBot) -> None:
    assert not _trains()
    qtbot.waitUntil(_trains, timeout=10_000)
    assert window.page_name != "training"


def _trains() -> bool:
    return any(thread.name == "training" for thread in threading.enumerate())
