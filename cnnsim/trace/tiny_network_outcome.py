"""What a pass of the tiny network leaves behind, all at once: its loss, and the weights that the next one begins with.

The steps of a pass take their time to be set up, and few passes are ever looked at. The numbers here are those of the
steps to the last bit: the same products, added up in the same order.
"""

from dataclasses import dataclass

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import Array
from cnnsim.trace.checks import LARGEST
from cnnsim.trace.tiny_network_pass import Example, Start
from cnnsim.trace.tiny_network_weights import KERNEL_SIZE, POOL, WEIGHTS, Weights


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The loss of a pass before its update, and the weights and velocities after it."""

    loss: float
    weights: Weights
    velocities: Weights


@dataclass(frozen=True, slots=True, eq=False)
class _Forward:
    """What the way back needs of the way forward; arrays are named as in the overview."""

    windows: Array
    c: Array
    pooled: Array
    winners: Array
    z: Array
    p: Array
    loss: Array


def outcome(start: Start) -> Outcome:
    """Return what a pass leaves behind.

    Parameters
    ----------
    start
        What it depends on; its arrays fit each other.

    Raises
    ------
    InputError
        If a number grows out of bounds.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace.tiny_network_weights import initial_weights
    >>> weights = initial_weights(8, kernels=2, classes=2, seed=0)
    >>> still = {name: np.zeros(array.shape) for name, array in weights.items()}
    >>> round(outcome(Start(0, Example(gallery.shape("cross"), 0), weights, still, lr=0.1, momentum=0.5)).loss, 4)
    2.2132
    """
    with np.errstate(over="ignore", invalid="ignore"):  # the check says what happened
        there = _forward(start.example, start.weights)
        gradients = _backward(there, start.example.target, start.weights)
        velocities = {name: start.momentum * start.velocities[name] + gradients[name] for name in WEIGHTS}
        weights = {name: start.weights[name] - start.lr * velocities[name] for name in WEIGHTS}
    _check(there.c, there.z, there.loss, *gradients.values(), *velocities.values(), *weights.values())
    return Outcome(there.loss.item(), weights, velocities)


def loss_with(example: Example, weights: Weights) -> float:
    """Return the loss of an example with some weights; InputError if a number grows out of bounds."""
    with np.errstate(over="ignore", invalid="ignore"):
        there = _forward(example, weights)
    _check(there.c, there.z, there.loss)
    return there.loss.item()


def _forward(example: Example, weights: Weights) -> _Forward:
    kernels = weights["kernels"]
    maps, taps = len(kernels), KERNEL_SIZE**2
    seen = np.lib.stride_tricks.sliding_window_view(example.image, (KERNEL_SIZE, KERNEL_SIZE))
    windows = seen.reshape(*seen.shape[:2], taps).transpose(2, 0, 1)
    products = kernels.reshape(maps, taps, 1, 1) * windows
    c = products.cumsum(axis=1)[:, -1] + weights["kernel biases"]
    half = c.shape[-1] // POOL
    squares = np.where(c > 0, c, 0.0)[:, : half * POOL, : half * POOL].reshape(maps, half, POOL, half, POOL)
    squares = squares.swapaxes(2, 3).reshape(-1, POOL * POOL)
    winners = squares.argmax(axis=1)  # among equals the first
    pooled = squares[np.arange(len(squares)), winners]
    z = (weights["dense weights"] * pooled).cumsum(axis=1)[:, -1:] + weights["dense biases"]
    shifted = z - z.max()
    exponentials = np.exp(shifted)
    total = exponentials.cumsum(axis=0)[-1:]
    loss = -(shifted - np.log(total))[example.target]
    return _Forward(windows, c, pooled, winners, z, exponentials / total, loss)


def _backward(there: _Forward, target: int, weights: Weights) -> dict[str, Array]:
    maps, rows, cols = there.c.shape
    half = rows // POOL
    dz = there.p - np.eye(len(there.p))[target][:, None]
    to_pooled = (weights["dense weights"] * dz).cumsum(axis=0)[-1].reshape(maps, half, half)
    o, i, j = np.indices(to_pooled.shape)
    r, t = np.divmod(there.winners.reshape(to_pooled.shape), POOL)
    dc = np.zeros(there.c.shape)
    dc[o, POOL * i + r, POOL * j + t] = to_pooled
    dc *= np.where(there.c > 0, 1.0, 0.0)
    products = dc[:, None] * there.windows
    return {
        "kernels": products.reshape(maps, -1, rows * cols).cumsum(axis=2)[..., -1].reshape(weights["kernels"].shape),
        "kernel biases": dc.reshape(maps, -1).cumsum(axis=1)[:, -1, None, None],
        "dense weights": dz * there.pooled,
        "dense biases": dz,
    }


def _check(*arrays: Array) -> None:
    if not (np.abs(np.concatenate([np.ravel(array) for array in arrays])) <= LARGEST).all():
        raise InputError("x", "a cell", f"leads to a number beyond ±{LARGEST:g}", "use smaller numbers")
