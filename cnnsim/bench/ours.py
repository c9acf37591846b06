"""The side of the engine."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from cnnsim.bench.job import Job
from cnnsim.bench.networks import build, example
from cnnsim.nn import Crew, batch_gradient
from cnnsim.optim import SGD

RATE, MOMENTUM = 0.01, 0.9


def prepare(job: Job) -> Callable[[], Any]:
    """Make the call that is timed; it returns the loss (training) or the outputs.

    Examples
    --------
    >>> call = prepare(Job("inference", "lenet5", 1, 1))
    >>> call().shape
    (1, 10)
    """
    return _training(job) if job.work == "train" else _inference(job)


def _training(job: Job) -> Callable[[], float]:
    network, (images, labels) = build(job.network), example(job.network, job.batch_size)
    optimiser = SGD(RATE, MOMENTUM)
    state = optimiser.initial_state(network.vector)
    executor = Crew(job.threads)

    def step() -> float:
        result = batch_gradient(network, images, labels, threads=job.threads, executor=executor)
        optimiser.step(network.vector, result.gradient, state)
        return result.loss

    return step


def _inference(job: Job) -> Callable[[], Any]:
    network, (images, _) = build(job.network), example(job.network, job.batch_size)
    if job.threads == 1 or job.batch_size == 1:
        return lambda: network(images)
    executor = ThreadPoolExecutor(job.threads)
    shares = np.array_split(images, job.threads)
    return lambda: np.concatenate(list(executor.map(network, shares)))
