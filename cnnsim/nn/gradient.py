"""The gradient of a classifier's loss over a batch, by several threads and yet always the same to the last bit.

A batch is cut into blocks of L images; every block has its own gradient, and they are added in the order of the blocks.
Threads only share out the blocks, so their number cannot change a sum.
"""

from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnsim.engine import blocks, loss, memory
from cnnsim.engine.compile import LANES
from cnnsim.nn.layer import Floats, Layer, Saved
from cnnsim.nn.sequential import Sequential


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What one batch says: its mean loss, how many and what share it got right, and the gradient of the mean loss.

    `gradient` is one vector, in the order of `Sequential.vector`.
    """

    loss: float
    correct: int
    accuracy: float
    gradient: Floats


@dataclass(frozen=True, slots=True)
class _Share:
    """Blocks of one thread: images (n, C, H, W); labels, losses, guesses (blocks, L); gradients (blocks, P)."""

    images: Floats
    labels: NDArray[np.int64]
    gradients: Floats
    losses: Floats
    guesses: NDArray[np.int64]


def batch_gradient(
    network: Sequential, images: Floats, labels: ArrayLike, *, threads: int = 1, executor: Executor | None = None
) -> BatchResult:
    """Mean cross-entropy of a batch and its gradient, exact to the last bit whatever the number of threads.

    Parameters
    ----------
    network
        Ends in logits.
    images
        (N, C, H, W), of the network's dtype, N ≥ 1.
    labels
        Class numbers (N,).
    threads
        Into how many shares the work is cut.
    executor
        Runs the shares; without one they run one after the other.

    Returns
    -------
    BatchResult
        Loss, number of right guesses, gradient.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnsim import nn
    >>> network = nn.Sequential({"fc": nn.Linear(2, 2)})
    >>> result = nn.batch_gradient(network, np.ones((3, 2), np.float32), [0, 1, 0])
    >>> result.gradient.shape
    (6,)
    """
    n = len(images)
    n_blocks = -(-n // LANES)
    lane_labels = np.full((n_blocks, LANES), loss.NO_IMAGE, np.int64)
    lane_labels.reshape(-1)[:n] = labels
    gradients = memory.empty((n_blocks, network.n_parameters), network.dtype)
    losses, guesses = np.empty(lane_labels.shape, network.dtype), np.empty(lane_labels.shape, np.int64)
    edges = [n_blocks * i // threads for i in range(threads + 1)]
    shares = [
        _Share(images[a * LANES : b * LANES], lane_labels[a:b], gradients[a:b], losses[a:b], guesses[a:b])
        for a, b in pairwise(edges)
        if a < b
    ]
    run = map if executor is None else executor.map
    list(run(lambda share: _run_share(network, share), shares))
    gradient = gradients.sum(axis=0)
    gradient /= n
    correct = int(np.count_nonzero(guesses == lane_labels))
    return BatchResult(float(losses.sum()) / n, correct, correct / n, gradient)


def _run_share(network: Sequential, share: _Share) -> None:
    """Forward, loss and backward for some blocks."""
    with memory.workspace():
        _forward_and_backward(network, share)


def _forward_and_backward(network: Sequential, share: _Share) -> None:
    x = blocks.to_blocks(share.images)
    passed: list[tuple[str, Layer, Saved]] = []
    for name, layer in network.layers.items():
        x, saved = layer.forward(x, network.of_layer(name))
        passed.append((name, layer, saved))
    share.losses[...], dy, share.guesses[...] = loss.cross_entropy(x, share.labels)
    while passed:
        name, layer, saved = passed.pop()
        slots = {key: share.gradients[:, network.slices[f"{name}.{key}"]] for key in network.of_layer(name)}
        dx = layer.backward(dy, saved, network.of_layer(name), slots, wants_dx=bool(passed))
        if dx is not None:
            dy = dx
