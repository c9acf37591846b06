"""What can be undone: the settings before and after the present ones."""

from dataclasses import dataclass, replace
from typing import Generic, Optional, TypeVar

S = TypeVar("S")

_MOST = 500


@dataclass(frozen=True, slots=True, eq=False)
class History(Generic[S]):
    """The present settings with those before, the latest last, and those that were undone, the next first.

    Changes of the same thing that follow each other without a pause are one: `going_on` names the thing, and `before`
    is how everything stood when it began to change.

    Examples
    --------
    >>> history = History(1).changed(2).changed(3).undone()
    >>> history.present, history.undone().present, history.redone().present
    (2, 1, 3)
    >>> history.changed(7).redone().present
    7
    >>> counted = History(1).continued(2, "stride").continued(3, "stride")
    >>> counted.undone().present, counted.paused().continued(4, "stride").undone().present
    (1, 3)
    """

    present: S
    past: tuple[S, ...] = ()
    future: tuple[S, ...] = ()
    going_on: str = ""
    before: Optional["History[S]"] = None

    def changed(self, settings: S) -> "History[S]":
        """Go on with other settings; what was undone is gone."""
        if settings == self.present:
            return self
        return History(settings, (*self.past, self.present)[-_MOST:])

    def continued(self, settings: S, thing: str) -> "History[S]":
        """Go on with other settings; if the same thing is still changing, all of it is one change."""
        if settings == self.present:
            return self
        before = self.before if self.before is not None and thing == self.going_on else self.paused()
        return replace(before.changed(settings), going_on=thing, before=before)

    def paused(self) -> "History[S]":
        """Let the next change be one of its own."""
        return replace(self, going_on="", before=None)

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
