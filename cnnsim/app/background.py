"""Read files on another thread: a large picture or scene would hold up the window."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal

from cnnsim.errors import InputError

T = TypeVar("T")


class _Errand(QObject):
    """Brings what comes of some work to the thread of its parent, and is gone."""

    _done = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._done.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], T], then: Callable[[T], object], refused: Callable[[InputError], object]) -> None:
        """Work, on another thread."""
        try:
            self._done.emit(partial(then, work()))
        except InputError as error:
            self._done.emit(partial(refused, error))
        except Exception as error:  # a defect: raised where it is shown
            self._done.emit(partial(_raise, error))

    def _hand_over(self, finish: Callable[[], object]) -> None:
        self.deleteLater()
        finish()


def aside(
    parent: QObject, work: Callable[[], T], then: Callable[[T], object], refused: Callable[[InputError], object]
) -> None:
    """Do some work on another thread, one piece after the other, and go on with what comes of it on this one.

    Parameters
    ----------
    parent
        What the work is for: it is gone before the parent is.
    work
        Must not touch what is shown.
    then
        Called with the result.
    refused
        Called instead if the work raises `InputError`.
    """
    pool = parent.findChild(QThreadPool, options=Qt.FindChildOption.FindDirectChildrenOnly) or _one_thread(parent)
    pool.start(partial(_Errand(parent).run, work, then, refused))


def _one_thread(parent: QObject) -> QThreadPool:
    pool = QThreadPool(parent)
    pool.setMaxThreadCount(1)
    return pool


def _raise(error: Exception) -> None:
    raise error
