"""Ctrl-C in the terminal ends the window."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

INTERRUPTED = 130
"""Exit code of a program that was ended with Ctrl-C."""

_PULSE_MS = 200


@contextmanager
def interruptible(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` on Ctrl-C while Qt's event loop runs."""
    before = signal.signal(signal.SIGINT, lambda *_: end())
    pulse = QTimer(interval=_PULSE_MS)  # Python looks at signals only when it runs, and a window at rest runs none
    pulse.timeout.connect(lambda: None)
    pulse.start()
    try:
        yield
    finally:
        pulse.stop()
        signal.signal(signal.SIGINT, before)
