"""Progress bars on stderr."""

import sys
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm


class DownloadBar:
    """A bar per file, fed by the progress callback of `cnnsim.data.fetch`; use it as a context."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._name = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()

    def update(self, name: str, done: int, total: int) -> None:
        """Show that `done` of `total` bytes of the file `name` have arrived."""
        if name != self._name:
            self._close()
            self._name = name
            self._bar = tqdm(desc=name, total=total or None, unit="B", unit_scale=True, file=sys.stderr)
        self._bar.n = done
        self._bar.refresh() if done == total else self._bar.update(0)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
