"""One side in a process of its own: ``python -m cnnsim.bench.worker SIDE JOB``.

Says ``{"first": value}`` when it is ready, then answers every number of seconds on its standard input with what it did
in them: ``{"calls": n, "seconds": s, "median": s}``, the last being the typical time of one call.
"""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from cnnsim.bench import ours, product, pytorch
from cnnsim.bench.job import Job

_WARM_CALLS = 3


def main(side: str, job: Job) -> None:
    """Answer until the input ends."""
    call = _prepare(side, job)
    first = float(np.mean(np.asarray(call())))
    for _ in range(_WARM_CALLS):
        call()
    gc.freeze()
    print(json.dumps({"first": first}), flush=True)
    for line in sys.stdin:
        print(json.dumps(measure(call, float(line))), flush=True)


def _prepare(side: str, job: Job) -> Callable[[], Any]:
    if side == "product":
        return product.prepare(job.threads)
    return pytorch.prepare(job) if side == "torch" else ours.prepare(job)


def measure(call: Callable[[], Any], seconds: float) -> dict[str, float]:
    """Call for so many seconds, at least once, and say how often and how long.

    Examples
    --------
    >>> measure(lambda: 0.0, 0.0)["calls"]
    1
    """
    times = [time.perf_counter()]
    while len(times) == 1 or times[-1] - times[0] < seconds:
        call()
        times.append(time.perf_counter())
    spans = [after - before for before, after in pairwise(times)]
    return {"calls": len(spans), "seconds": times[-1] - times[0], "median": statistics.median(spans)}


if __name__ == "__main__":
    main(sys.argv[1], Job.from_json(sys.argv[2]))
