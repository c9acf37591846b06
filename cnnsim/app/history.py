"""What can be undone: the settings before and after the present ones."""

from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")

_MOST = 500


@dataclass(frozen=True, slots=True, eq=False)
class History(Generic[S]):
    """The present settings with those before, the latest last, and those that were undone, the next first.

    Examples
    --------
    >>> history = History(1).changed(2).changed(3).undone()
    >>> history.present, history.undone().present, history.redone().present
    (2, 1, 3)
    >>> history.changed(7).redone().present
    7
    """

    present: S
    past: tuple[S, ...] = ()
    future: tuple[S, ...] = ()

    def changed(self, settings: S) -> "History[S]":
        """Go on with other settings; what was undone is gone."""
        if settings == self.present:
            return self
        return History(settings, (*self.past, self.present)[-_MOST:])

    def undone(self) -> "History[S]":
        """Go back by one change, if there is one."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redone(self) -> "History[S]":
        """Take back an undo, if there was one."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present), self.future[1:])
