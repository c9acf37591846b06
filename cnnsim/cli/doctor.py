"""``cnnsim doctor``: what this machine has, what is missing, and the line that mends it."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from cnnsim.cli.display import display_problem, uses_x11
from cnnsim.cli.qt_libraries import install_line, missing_packages
from cnnsim.cli.window import qt_version

_START = "from PySide6.QtWidgets import QApplication; QApplication([])"
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report; an error means that the app cannot start."""

    name: str
    status: Literal["ok", "warning", "error"]
    detail: str


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what the exit code means; there are no options."""
    parser.description = "Check what cnnsim needs. Exits with 1 if the app could not start, with 0 otherwise."
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one line per check; 1 if one of them is an error."""
    checks = [check() for check in CHECKS]
    for check in checks:
        print(f"{check.status:8} {check.name:17} {check.detail}")
    return int(any(check.status == "error" for check in checks))


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Check:
    """3.11 or newer."""
    found = ".".join(map(str, version))
    if version < (3, 11):
        return Check("Python", "error", f"{found} is too old: 3.11 or newer is needed")
    return Check("Python", "ok", found)


def check_pyside(found: str | None = None, python: tuple[int, ...] = sys.version_info[:3]) -> Check:
    """PySide6 is there, and is not the version that loses a reference to None per call."""
    found = found or qt_version()
    if found == "none":
        return Check("PySide6", "error", "is not installed: pip install PySide6-Essentials")
    if found == "6.12.0" and python < (3, 12):
        remedy = "pip install 'PySide6-Essentials!=6.12.0'"
        return Check("PySide6", "error", f"{found} aborts the process on Python before 3.12: {remedy}")
    return Check("PySide6", "ok", found)


def check_qt_libraries() -> Check:
    """System libraries; those for a window matter only where one could open."""
    basic, windowed = missing_packages(window=False), missing_packages()
    if not windowed:
        return Check("Qt libraries", "ok", "all there")
    fatal = bool(basic) or (display_problem() is None and uses_x11())
    return Check("Qt libraries", "error" if fatal else "warning", f"missing: {install_line(windowed)}")


def check_display() -> Check:
    """A missing display is only a warning: everything but the window works without one."""
    problem = display_problem()
    if problem:
        detail = f"{problem}; no window can open here, but --screenshot and the commands work"
        return Check("display", "warning", detail)
    return Check("display", "ok", _display_name())


def check_start() -> Check:
    """Start Qt in a process of its own, for Qt aborts the process where it fails."""
    headless = display_problem() is not None
    environment = os.environ | ({"QT_QPA_PLATFORM": "offscreen"} if headless else {})
    try:
        done = subprocess.run(
            [sys.executable, "-c", _START],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_START_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Check("Qt starts", "error", f"no answer within {_START_SECONDS} seconds")
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return Check("Qt starts", "error", reason)
    return Check("Qt starts", "ok", "offscreen" if headless else "on this display")


def check_cache() -> Check:
    """Without a cache folder MNIST cannot be kept."""
    from cnnsim.data import CACHE_VARIABLE, cache_folder

    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        remedy = f"set {CACHE_VARIABLE} to a folder that can be"
        return Check("cache folder", "warning", f"{folder} cannot be written ({error.strerror}): {remedy}")
    return Check("cache folder", "ok", str(folder))


def check_numba() -> Check:
    """Numba loads; the kernels run one per thread, so its threading layers are not used, only named."""
    try:
        import numba
    except ImportError as error:
        return Check("numba", "error", f"cannot be loaded ({error}): pip install --force-reinstall numba")
    if numba.config.DISABLE_JIT:
        return Check("numba", "warning", f"{numba.__version__}, but NUMBA_DISABLE_JIT is set: training will crawl")
    threads = numba.config.NUMBA_NUM_THREADS
    detail = f"{numba.__version__}, {threads} threads, threading layer {_threading_layer()} (not used)"
    return Check("numba", "ok", detail)


def check_mnist() -> Check:
    """Without MNIST the program draws its own digits."""
    from cnnsim.data import is_cached, mnist_folder

    if is_cached():
        return Check("MNIST", "ok", str(mnist_folder()))
    return Check("MNIST", "warning", "not in the cache: cnnsim data fetch downloads it; synthetic digits work without")


CHECKS: tuple[Callable[[], Check], ...] = (
    check_python,
    check_pyside,
    check_qt_libraries,
    check_display,
    check_start,
    check_cache,
    check_numba,
    check_mnist,
)


def _threading_layer() -> str:
    """Name the layer that numba would choose, the first of its list that loads here."""
    for layer, module in (("tbb", "tbbpool"), ("omp", "omppool")):
        try:
            import_module(f"numba.np.ufunc.{module}")
        except ImportError:
            continue
        return layer
    return "workqueue"


def _display_name() -> str:
    names = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")
    return next((f"{name}={os.environ[name]}" for name in names if os.environ.get(name)), sys.platform)
