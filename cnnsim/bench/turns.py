"""Let the sides take turns, each in its own process."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec

from cnnsim.bench.job import Job
from cnnsim.bench.product import OPERATIONS
from cnnsim.bench.report import Case, Samples
from cnnsim.errors import InputError

_REST = 0.1
"""Seconds between turns: threads of the side that had its turn go on looking for work, on cores of the next one."""


def check_torch() -> None:
    """Raise `InputError` unless PyTorch is installed."""
    if find_spec("torch") is None:
        raise InputError("--against", "torch", "is not installed here", "pip install torch, or leave --against out")


def compare(job: Job, sides: Sequence[str], rounds: int, seconds: float) -> Case:
    """Measure all sides in turn, several times.

    Parameters
    ----------
    job
        What they do.
    sides
        Some of `cnnsim.bench.SIDES`.
    rounds
        How often each side has its turn.
    seconds
        How long a turn takes at least.

    Returns
    -------
    Case
        Seconds of one call, round by round, and the first value each side computed.

    Examples
    --------
    >>> case = compare(Job("inference", "lenet5", 2, 1), ["cnnsim"], rounds=1, seconds=0.0)
    >>> len(case.samples["cnnsim"].seconds)
    1
    """
    with ExitStack() as stack:
        processes = {side: stack.enter_context(_side(side, job)) for side in sides}
        first = {side: _answer(process)["first"] for side, process in processes.items()}
        times: dict[str, list[float]] = {side: [] for side in sides}
        for _ in range(rounds):
            for side, process in processes.items():
                time.sleep(_REST)
                times[side].append(_turn(process, seconds, typical=job.work == "latency"))
    samples = {side: Samples(tuple(times[side]), first[side]) for side in sides}
    return Case(job, samples, OPERATIONS)


@contextmanager
def _side(side: str, job: Job) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "cnnsim.bench.worker", side, job.to_json()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def _turn(process: "subprocess.Popen[str]", seconds: float, *, typical: bool) -> float:
    """Seconds of one call: the mean of a turn, or its median."""
    assert process.stdin is not None
    process.stdin.write(f"{seconds}\n")
    process.stdin.flush()
    answer = _answer(process)
    return answer["median"] if typical else answer["seconds"] / answer["calls"]


def _answer(process: "subprocess.Popen[str]") -> dict[str, float]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{process.args!r} ended with {process.wait()}")
    answer: dict[str, float] = json.loads(line)
    return answer
