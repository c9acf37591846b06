"""What the training page asks for and what it is told: frozen records that cross between the threads."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cnnsim.optim import DEFAULT

if TYPE_CHECKING:  # the engine is loaded by the training thread, not by the window
    from cnnsim.trace.training import History, TrainingStep


class Pace(StrEnum):
    """How far to go."""

    PAUSE = "pause"
    BATCH = "batch"
    EPOCH = "epoch"
    RUN = "run"


class Phase(StrEnum):
    """What the worker is doing."""

    PREPARING = "preparing"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run starts from; the same options give the same run."""

    data: str = "auto"
    epochs: int = 3
    batch_size: int = 64
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything the page asks of the worker, as one value that is replaced as a whole.

    Parameters
    ----------
    run
        Number of the run; another number means another run, and what is said of an older one is dropped.
    options
        What it starts from.
    pace
        How far to go.
    learning_rate, momentum
        Asked for before every batch.
    sample
        Index of the test image to follow.
    may_download
        Whether the digits may be fetched from the network.
    """

    run: int = 0
    options: RunOptions = RunOptions()
    pace: Pace = Pace.PAUSE
    learning_rate: float = DEFAULT.lr
    momentum: float = DEFAULT.momentum
    sample: int = 0
    may_download: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What the worker says; a later one says everything anew.

    Parameters
    ----------
    run
        The run it is about.
    phase
        What the worker is doing.
    message
        One sentence about it.
    share
        How much of a download or of the run is done, 0 to 1; None if nobody knows.
    source
        Where the digits came from.
    synthetic
        Whether the program drew them.
    train_images, samples
        How many images an epoch has, and how many test images there are to choose from.
    step
        The network at this moment.
    curves, tests
        Loss and accuracy of the training batches, and of the tests.
    """

    run: int
    phase: Phase
    message: str
    share: float | None = None
    source: str = ""
    synthetic: bool = False
    train_images: int = 0
    samples: int = 0
    step: "TrainingStep | None" = None
    curves: "History | None" = None
    tests: "History | None" = None
