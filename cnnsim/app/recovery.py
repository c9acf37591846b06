"""What was on the pages when the program ended without being asked to."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from platformdirs import user_state_path
from PySide6.QtCore import QLockFile

from cnnsim.errors import InputError
from cnnsim.operations import OPERATIONS
from cnnsim.operations.scene_file import Scene, load_scene, save_scene

_LOCK = "running"


def recovery_folder() -> Path:
    """Return the folder for what is to be recovered."""
    return user_state_path("cnnsim") / "recovery"


class Recovery:
    """Keeps every change of a running program in a folder of its own, which it takes away when it ends in order.

    Parameters
    ----------
    folder
        Holds a folder for each running program, and those that others left behind.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        number = 0
        while True:
            self._own = folder / f"session-{number}"
            self._own.mkdir(exist_ok=True)
            self._lock = QLockFile(str(self._own / _LOCK))
            self._lock.setStaleLockTime(0)  # a program may run for days; only a dead one gives up its lock
            if self._lock.tryLock(0) and not self._kept(self._own):
                break
            self._lock.unlock()
            number += 1
        self._folder = folder
        self._latest: dict[str, Scene] = {}  # what is still to be written, by the names of the operations
        self._writer = ThreadPoolExecutor(1)  # a scene of thousands of cells would hold up the window

    def keep(self, scene: Scene) -> None:
        """Write what a page shows, soon; if it has changed again by then, only the latest."""
        self._latest[scene.operation] = scene
        self._writer.submit(self._write, scene.operation)

    def wait(self) -> None:
        """Return when everything is written."""
        self._writer.submit(lambda: None).result()

    def left_behind(self) -> list[Scene]:
        """Return what programs that are no longer running left, and take it away."""
        scenes: list[Scene] = []
        for session in sorted(self._folder.glob("session-*")):
            lock = QLockFile(str(session / _LOCK))
            lock.setStaleLockTime(0)
            if session != self._own and lock.tryLock(0):
                scenes += _readable(self._kept(session))
                lock.unlock()
                shutil.rmtree(session, ignore_errors=True)
        return scenes

    def end(self) -> None:
        """Take away what was kept: the program ends in order."""
        self._writer.shutdown(cancel_futures=True)
        self._lock.unlock()
        shutil.rmtree(self._own, ignore_errors=True)

    def _write(self, operation: str) -> None:
        """Write the latest scene of an operation; a disk that is full or gone is no reason to disturb."""
        scene = self._latest.pop(operation, None)
        if scene is not None:
            try:
                save_scene(scene, self._own / f"{operation}.toml")
            except OSError:
                return

    def _kept(self, session: Path) -> list[Path]:
        """Return the scene files of a session, the latest last."""
        return sorted(session.glob("[!.]*.toml"), key=lambda path: path.stat().st_mtime)


def _readable(paths: list[Path]) -> list[Scene]:
    scenes = []
    for path in paths:
        try:
            scenes.append(load_scene(path, OPERATIONS))
        except InputError:  # of an older version, say: nothing can be done with it
            continue
    return scenes
