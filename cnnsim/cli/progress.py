"""Progress bars on stderr."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tqdm import tqdm

if TYPE_CHECKING:
    from cnnsim.train import Snapshot


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


class TrainingBar:
    """A bar per epoch with loss, accuracy and images per second; use it as a context."""

    def __init__(self, images: int) -> None:
        self._images = images
        self._epoch = 0
        self._bar: Any = None
        self._open("compiling the kernels")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.close()

    def show(self, snapshot: Snapshot) -> None:
        """Show the state after a batch; the first batch of an epoch begins a new line."""
        if snapshot.epoch != self._epoch:
            if self._epoch:
                self._bar.close()
                self._open("")
            self._epoch = snapshot.epoch
            self._bar.set_description(f"epoch {snapshot.epoch}/{snapshot.epochs}", refresh=False)
        test = "" if snapshot.test_accuracy is None else f", test {snapshot.test_accuracy:.2%}"
        self._bar.set_postfix_str(
            f"loss {snapshot.epoch_loss:.4f}, accuracy {snapshot.epoch_accuracy:.2%}{test}, "
            f"{snapshot.images_per_second:,.0f} images/s",
            refresh=test != "",
        )
        self._bar.update(snapshot.images_seen - (snapshot.epoch - 1) * self._images - self._bar.n)

    def _open(self, description: str) -> None:
        layout = "{desc}{percentage:3.0f}%|{bar:20}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}{postfix}]"
        self._bar = tqdm(desc=description or None, total=self._images, bar_format=layout, file=sys.stderr)
