"""What is measured: one kind of work, on one network, by one side."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

Work = Literal["train", "inference", "latency"]

SIDES = ("cnnsim", "torch", "product")
"""The engine, PyTorch, and NumPy's matrix product, which shows what the machine can do."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work of one kind: the same for both sides.

    Parameters
    ----------
    work
        ``train``: forward, loss, backward and a step of SGD with momentum. ``inference``: forward. ``latency``: forward
        for the images of one small batch, timed one by one.
    network
        A name that `cnnsim.bench.networks.build` knows.
    batch_size
        Images per call.
    threads
        Of either side.

    Examples
    --------
    >>> Job.from_json(Job("train", "lenet5", 64, 2).to_json())
    Job(work='train', network='lenet5', batch_size=64, threads=2)
    """

    work: Work
    network: str
    batch_size: int
    threads: int

    def to_json(self) -> str:
        """Write it in one line, for the command line of a process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Job":
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))
