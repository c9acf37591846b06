"""Threads that stay awake from one batch of a training to the next."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine import bell
from cnnsim.engine.handover import SIZE, assign
from cnnsim.engine.memory import blank
from cnnsim.nn.layer import Floats
from cnnsim.nn.training_program import TrainingProgram

Arrays = tuple[NDArray[Any], ...]

_PATIENCE = 20_000
"""Looks at a bell: about 0.5 ms, longer than anything between two batches takes and shorter than anybody notices."""


class Crew(ThreadPoolExecutor):
    """A pool of threads for training, where who has done a share of a batch listens a moment for the next one.

    To put a thread to sleep, wake it up and hand it the interpreter's lock takes as long as a fifth of a small batch.
    A thread that hears nothing for about 0.5 ms goes back to the pool.

    Parameters
    ----------
    threads
        How many there are at most, beside the one that calls.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnsim import models, nn
    >>> images, labels = np.zeros((32, 1, 28, 28), np.float32), np.zeros(32, int)
    >>> with Crew(2) as crew:
    ...     result = nn.batch_gradient(models.lenet5(), images, labels, threads=2, executor=crew)
    >>> result.gradient.shape
    (61706,)
    """

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self._helpers: list[_Helper] = []

    def follow(self, program: TrainingProgram, parameters: Floats, shares: Sequence[Arrays]) -> None:
        """Work on the first share here, for this thread is awake already, and on the others at the same time.

        Parameters
        ----------
        program
            What is done.
        parameters
            Of the network, one vector.
        shares
            Of each the contiguous arrays: images (n, C, H, W), labels (blocks, L), gradients (blocks, P), losses and
            guesses (blocks, L).
        """
        helpers = self._helpers_for(program, parameters, len(shares) - 1)
        try:
            for helper, share in zip(helpers, shares[1:], strict=True):
                helper.call(share)
            program(parameters, *shares[0])
            for helper in helpers:
                helper.wait()
        except BaseException:  # who is still at work holds what it needs, and goes away
            self._helpers = []
            raise

    def _helpers_for(self, program: TrainingProgram, parameters: Floats, n: int) -> "list[_Helper]":
        if not all(helper.program is program and helper.parameters is parameters for helper in self._helpers[:1]):
            self._helpers = []
        self._helpers += [_Helper(self, program, parameters) for _ in range(n - len(self._helpers))]
        return self._helpers[:n]


class _Helper:
    """Another thread's part in following a program; it is in the thread pool's care whenever it does not listen."""

    def __init__(self, pool: ThreadPoolExecutor, program: TrainingProgram, parameters: Floats) -> None:
        self.program, self.parameters = program, parameters
        self._pool = pool
        self._share = blank((SIZE,), np.int64)
        self._held: Arrays = ()
        self._work: Future[None] = Future()

    def call(self, arrays: Arrays) -> None:
        """Begin a share, wherever the thread is."""
        self._held = arrays
        assign(self._share, *arrays)
        if not bell.ring(self._share):
            self._share[0] = bell.CALLED
            self._work = self._pool.submit(self._follow)

    def _follow(self) -> None:
        self.program.follow(self._share, self.parameters, _PATIENCE)

    def wait(self) -> None:
        """Return when the share is done; raise what went wrong."""
        if not bell.answered(self._share, _PATIENCE):
            self._work.result()
        self._held = ()
