"""How much memory a training takes, and whether it grows from epoch to epoch."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cnnsim import data
from cnnsim.errors import InputError
from cnnsim.models import lenet5
from cnnsim.train import train

_STATUS = Path("/proc/self/status")
_MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Usage:
    """Megabytes in use after each epoch, and at most; the program itself and the data included."""

    after_epochs: tuple[float, ...]
    peak: float

    @property
    def growth(self) -> float:
        """Megabytes from the end of the first epoch to the end of the last."""
        return self.after_epochs[-1] - self.after_epochs[0]

    def __str__(self) -> str:
        epochs = ", ".join(f"{megabytes:.0f}" for megabytes in self.after_epochs)
        return f"memory: peak {self.peak:.0f} MB; after each epoch {epochs} MB ({self.growth:+.1f} MB)"


def training_memory(source: str, epochs: int, batch_size: int, threads: int, limit: int | None) -> Usage:
    """Train LeNet-5 in a process of its own and watch its memory.

    Raises
    ------
    InputError
        If this system does not tell, or the data cannot be had.
    """
    if not _STATUS.exists():
        raise InputError("memory", _STATUS, "does not exist on this system", "measure on Linux")
    data.check_source(source)
    options = {"source": source, "epochs": epochs, "batch_size": batch_size, "threads": threads, "limit": limit}
    command = [sys.executable, "-m", "cnnsim.bench.memory", json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InputError("--data", source, done.stderr.strip(), "mend what is said there")
    found = json.loads(done.stdout)
    return Usage(tuple(found["after_epochs"]), found["peak"])


def in_use(status: str) -> tuple[float, float]:
    r"""Megabytes in use now and at most, of what Linux says of a process.

    Examples
    --------
    >>> in_use("VmHWM:	    2000 kB\nVmRSS:	    1000 kB\n")
    (1.024, 2.048)
    """
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    now, most = (float(fields[name].split()[0]) * 1024 / _MEGABYTE for name in ("VmRSS", "VmHWM"))
    return now, most


def main(source: str, epochs: int, batch_size: int, threads: int, limit: int | None) -> int:
    """Train, and print the memory after each epoch and at most."""
    try:
        digits = data.load(source, seed=1)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    digits = digits if limit is None else digits.limited(limit)
    after = []
    for snapshot in train(lenet5(), digits, epochs=epochs, batch_size=batch_size, threads=threads):
        if snapshot.evaluation is not None:
            after.append(in_use(_STATUS.read_text())[0])
    peak = max(*after, in_use(_STATUS.read_text())[1])  # Linux counts a little late
    print(json.dumps({"after_epochs": after, "peak": peak}))
    return 0


if __name__ == "__main__":
    sys.exit(main(**json.loads(sys.argv[1])))
