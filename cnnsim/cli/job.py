"""A training under way, and the files in which it is kept."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnsim import __version__
from cnnsim.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cnnsim.checkpoint import Checkpoint
    from cnnsim.cli.recipe import Recipe
    from cnnsim.data import Dataset
    from cnnsim.nn import Network
    from cnnsim.train import Snapshot

_SECONDS_PER_CHECKPOINT = 10.0
"""A process that is killed loses no more than this."""


@dataclass(slots=True)
class Job:
    """A training: what it is made of, the latest that is known of it, and where to keep it.

    Parameters
    ----------
    network
        Is trained.
    recipe
        What the result follows from.
    begun
        Where to go on from, or None to begin.
    threads
        How many to use, or None for all.
    out, checkpoint
        Files for the weights of the last completed epoch and for the training itself, or None.
    """

    network: Network
    recipe: Recipe
    begun: Checkpoint | None
    threads: int | None
    out: Path | None
    checkpoint: Path | None
    latest: Snapshot | None = None
    completed: Snapshot | None = None
    written: Snapshot | None = None
    written_at: float = 0.0

    def note(self, snapshot: Snapshot) -> None:
        """Remember a snapshot; write a checkpoint at the end of an epoch, and from time to time."""
        self.latest = snapshot
        if snapshot.evaluation is not None:
            self.completed = snapshot
        if snapshot.evaluation is not None or time.monotonic() - self.written_at > _SECONDS_PER_CHECKPOINT:
            self._write_checkpoint()

    def keep(self, data: Dataset) -> str:
        """Write the weights of the last completed epoch and the checkpoint, if asked for, and say so."""
        resumable = self._keep_checkpoint()  # first, for it raises nothing
        return "; ".join([self._keep_weights(data), *resumable])

    def _keep_checkpoint(self) -> list[str]:
        if self.checkpoint is None or self.latest is None:
            return []
        try:
            self._write_checkpoint()
        except InputError:
            return ["the checkpoint could not be brought up to date"]
        place = f"epoch {self.latest.epoch}, batch {self.latest.batch}"
        return [f"go on from {place} with --resume {self.checkpoint}"]

    def _keep_weights(self, data: Dataset) -> str:
        from cnnsim.weights import save_weights

        if self.completed is None:
            return "no epoch was completed, nothing is kept" if self.checkpoint is None else "no epoch was completed"
        if self.out is None:
            return f"the weights of epoch {self.completed.epoch} are not kept (no --out)"
        with _named("--out", self.out):
            save_weights(self.out, self.completed.parameters, self._metadata(self.completed, data))
        return f"the weights of epoch {self.completed.epoch} are in {self.out}"

    def _metadata(self, last: Snapshot, data: Dataset) -> dict[str, str]:
        rule = self.recipe.rule()
        values = self.recipe.record() | {
            "data": data.source,
            "images": len(data.train_images),
            "epochs": last.epoch,
            "lr": rule.lr,
            "momentum": rule.momentum,
            "test_accuracy": last.test_accuracy,
            "cnnsim": __version__,
        }
        return {name: str(value) for name, value in values.items() if value is not None}

    def _write_checkpoint(self) -> None:
        if self.checkpoint is None or self.latest is None or self.latest is self.written:
            return
        from cnnsim.checkpoint import save_checkpoint

        with _named("--checkpoint", self.checkpoint):
            save_checkpoint(self.checkpoint, self.latest, self.recipe.record())
        self.written, self.written_at = self.latest, time.monotonic()


@contextmanager
def _named(option: str, path: Path) -> Iterator[None]:
    """Say which option's file cannot be written, where its folder changed after the start or the disk is full."""
    try:
        yield
    except InputError as error:
        raise InputError(option, path, error.rule, error.remedy) from error
    except OSError as error:
        remedy = "make room there, or choose another folder"
        raise InputError(option, path, f"cannot be written ({error.strerror or error})", remedy) from error


def digest(data: Dataset) -> str:
    """Short name for the images and labels of a dataset: equal ones have equal names."""
    sums = hashlib.sha256()
    for array in (data.train_images, data.train_labels, data.test_images, data.test_labels):
        sums.update(f"{array.shape}".encode())
        sums.update(array.tobytes())
    return sums.hexdigest()[:16]
