"""The settings of a page as a person changes them, and what of that can be undone."""

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from cnnsim.app.history import History

PAUSE_MS = 1000
"""Longer than it takes until a key that is held repeats."""
_DRAG = "drag"


class Changes(QObject):
    """Holds the present settings; `changed` is emitted when they are others.

    Parameters
    ----------
    settings
        Where everything starts.
    """

    changed = Signal()

    def __init__(self, settings: Any, parent: QObject) -> None:
        super().__init__(parent)
        self._history: History[Any] = History(settings)
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.pause)

    @property
    def present(self) -> Any:
        """The settings."""
        return self._history.present

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._history.past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change that was taken back."""
        return bool(self._history.future)

    def change(self, settings: Any) -> None:
        """Go on with other settings."""
        self._go_to(self._history.changed(settings))

    def count(self, name: str, settings: Any) -> None:
        """Go on with another number for an option; counting on without a pause, as by a held key, is one change."""
        self._go_to(self._history.continued(settings, name))
        self._pause.start()

    def drag(self, settings: Any, again: bool) -> None:
        """Follow a drag, of which this is the beginning or not; all of it is one change."""
        if not again:
            self.pause()
        self._pause.stop()
        self._go_to(self._history.continued(settings, _DRAG))

    def pause(self) -> None:
        """Let the next change be one of its own."""
        self._history = self._history.paused()

    def undo(self) -> None:
        """Take the last change back."""
        self._go_to(self._history.undone())

    def redo(self) -> None:
        """Make the change again that was taken back."""
        self._go_to(self._history.redone())

    def _go_to(self, history: History[Any]) -> None:
        if history is not self._history:
            self._history = history
            self.changed.emit()
