"""Steps of a trace worth coming back to."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from cnnsim.app.player import Player
from cnnsim.app.transport import Transport
from cnnsim.trace import GrainView


class Bookmarks(QObject):
    """Keeps bookmarks in the finest steps, so that they stay where they are when the grain changes."""

    changed = Signal()

    def __init__(self, player: Player, transport: Transport) -> None:
        super().__init__(transport)
        self._player = player
        self._transport = transport
        self._steps: GrainView[Any] | None = None
        self._marks: tuple[int, ...] = ()
        transport.bookmark_toggled.connect(self._on_toggled)
        transport.bookmark_wanted.connect(self._on_wanted)

    @property
    def marks(self) -> tuple[int, ...]:
        """The bookmarks, counted in the finest steps."""
        return self._marks

    def set_marks(self, marks: Sequence[int]) -> None:
        """Take over other bookmarks."""
        self._marks = tuple(sorted(set(marks)))
        self._show()

    def set_steps(self, steps: GrainView[Any], keep: bool) -> None:
        """Show the bookmarks in other steps, or forget them."""
        self._steps = steps
        self.set_marks(self._marks if keep else ())

    def _show(self) -> None:
        steps = self._steps
        if steps is not None:
            here = [mark for mark in self._marks if mark < len(steps.trace)]
            self._transport.show_bookmarks([steps.position_of(mark) for mark in here])

    def _on_toggled(self) -> None:
        """Set a bookmark at the present step, or take away the one that is there."""
        steps = self._steps
        if steps is None:
            return
        here = self._player.step_index
        others = [mark for mark in self._marks if steps.position_of(mark) != here]
        self.set_marks(others if len(others) < len(self._marks) else [*others, steps.base_index(here)])
        self.changed.emit()

    def _on_wanted(self, count: int) -> None:
        """Go to the next bookmark, or to the one before."""
        here, marks = self._player.step_index, self._transport.scrubber.marks
        if count > 0:
            self._player.seek(min((mark for mark in marks if mark > here), default=here))
        else:
            self._player.seek(max((mark for mark in marks if mark < here), default=here))
