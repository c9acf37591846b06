"""The gradient of a classifier's loss over a batch, by several threads and yet always the same to the last bit.

A batch is cut into blocks of L images; every block has its own gradient. They are added in pairs, 0 + 1, 2 + 3 and so
on, and these sums in their order. Threads only share out the blocks, so their number cannot change a sum.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial, reduce
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnsim.engine import blocks, memory
from cnnsim.engine.compile import LANES, compiled
from cnnsim.errors import InputError
from cnnsim.nn.crew import Arrays, Crew
from cnnsim.nn.layer import Exchange, Floats, Lot
from cnnsim.nn.losses import checked_labels, labels_to_blocks, loss_of_blocks
from cnnsim.nn.network import Network
from cnnsim.nn.passes import Step, backward, forward
from cnnsim.nn.training_program import TrainingProgram


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What one batch says about a network, as `batch_gradient` returns it.

    Parameters
    ----------
    loss
        Mean over the images.
    correct, accuracy
        How many and what share were guessed right; where every pixel has a class, pixels are counted.
    gradient
        Of the mean loss: one vector, in the order of `Network.vector`.
    buffers
        Values that the network's buffers have after this batch, by name.

    Examples
    --------
    >>> from cnnsim import nn
    >>> network = nn.Sequential({"fc": nn.Linear(3, 2)}, seed=1)
    >>> result = nn.batch_gradient(network, np.ones((4, 3), np.float32), [0, 1, 1, 1])
    >>> result.gradient.shape == network.vector.shape, result.correct / 4 == result.accuracy
    (True, True)
    """

    loss: float
    correct: int
    accuracy: float
    gradient: Floats
    buffers: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class _Share:
    """Blocks of one thread: images (n, C, H, W); labels, losses, guesses (blocks, L); gradients (blocks, P)."""

    images: Floats
    labels: NDArray[np.int64]
    gradients: Floats
    losses: Floats
    guesses: NDArray[np.int64]
    lot: Lot
    buffers: dict[str, Floats]


def batch_gradient(
    network: Network,
    images: Floats,
    labels: ArrayLike,
    *,
    threads: int = 1,
    executor: Executor | None = None,
    loss: str = "cross_entropy",
    seed: tuple[int, ...] = (0,),
) -> BatchResult:
    """Mean loss of a batch in training and its gradient, exact to the last bit whatever the number of threads.

    Parameters
    ----------
    network
        Ends in logits, (classes,) or, for a class per pixel, (classes, H, W); is not changed.
    images
        (N, C, H, W), of the network's dtype, N ≥ 1.
    labels
        Class numbers (N,), or (N, H, W).
    threads
        Into how many shares the work is cut.
    executor
        Runs the shares, a `Crew` with the least delay; without one they run one after the other.
    loss
        "cross_entropy", or "mse": the mean square of the distance to a one-hot target.
    seed
        Of what is random in training: the same seed drops the same numbers out.

    Returns
    -------
    BatchResult
        Loss, number of right guesses, gradient, buffers.

    Raises
    ------
    InputError
        If dtypes or shapes do not fit, there is no image, a class does not exist, or the loss is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnsim import nn
    >>> network = nn.Sequential({"fc": nn.Linear(2, 2)})
    >>> result = nn.batch_gradient(network, np.ones((3, 2), np.float32), [0, 1, 0])
    >>> result.gradient.shape
    (6,)
    """
    images = np.ascontiguousarray(network.checked(images))
    if not len(images):
        raise InputError("images.shape", images.shape, "holds no image", "give at least one")
    *_, output = network.output_shapes(images.shape[1:]).values()
    lane_labels = labels_to_blocks(checked_labels(labels, len(images), output))
    program = network.training_program(images.shape[1:]) if loss == "cross_entropy" else None
    in_row = 1 if program is None else _blocks_in_row(len(lane_labels), threads)
    gradients = np.empty((-(-len(lane_labels) // in_row), network.n_parameters), network.dtype)
    losses, guesses = np.empty(lane_labels.shape, network.dtype), np.empty_like(lane_labels)
    shares = _cut(images, gradients, (lane_labels, losses, guesses), in_row, threads)
    buffers: dict[str, Floats] = {}
    if program is None:
        buffers = _run(network, _with_lots(shares, len(images), seed), loss, map if executor is None else executor.map)
    else:
        _run_program(program, network.vector, shares, executor)
    n = lane_labels[0, ..., 0].size * len(images)
    correct = int(np.count_nonzero(guesses == lane_labels))
    gradient = _total(gradients if in_row == 2 else _in_pairs(gradients))
    gradient /= n
    return BatchResult(float(losses.sum()) / n, correct, correct / n, gradient, buffers)


def _blocks_in_row(n_blocks: int, threads: int) -> int:
    """Two where no thread has more to do that way: it adds them while they are near, and less has to go to others."""
    n_pairs = -(-n_blocks // 2)
    return 2 if 2 * -(-n_pairs // threads) <= -(-n_blocks // threads) else 1


def _in_pairs(rows: Floats) -> Floats:
    """Add the second row to the first, the fourth to the third and so on."""
    pairs = rows[::2].copy()
    pairs[: len(rows) // 2] += rows[1::2]
    return pairs


def _total(rows: Floats) -> Floats:
    """Add the rows in their order."""
    return reduce(np.add, rows[1:], rows[0])


def _cut(images: Floats, gradients: Floats, others: Arrays, in_row: int, threads: int) -> list[Arrays]:
    """Share whole rows of gradients out among the threads, as views: images, labels, gradients, losses and guesses.

    A row is the gradient of `in_row` blocks; `others` have a row per block.
    """
    labels, losses, guesses = others
    cuts = [len(gradients) * i // threads for i in range(threads + 1)]
    return [
        (images[a * LANES : b * LANES], labels[a:b], gradients[first:last], losses[a:b], guesses[a:b])
        for first, last in pairwise(cuts)
        for a, b in [(first * in_row, last * in_row)]
        if a < b
    ]


def _with_lots(shares: list[Arrays], n_images: int, seed: tuple[int, ...]) -> list[_Share]:
    firsts = accumulate((len(labels) for _, labels, *_ in shares[:-1]), initial=0)
    return [_with_lot(arrays, n_images, first, seed) for arrays, first in zip(shares, firsts, strict=True)]


def _with_lot(arrays: Arrays, n_images: int, first: int, seed: tuple[int, ...]) -> _Share:
    images, labels, gradients, losses, guesses = arrays
    present = (np.arange(len(labels) * LANES) < len(images)).reshape(-1, LANES)
    return _Share(images, labels, gradients, losses, guesses, Lot(present, n_images, first, seed), {})


def _run_program(program: TrainingProgram, parameters: Floats, shares: list[Arrays], executor: Executor | None) -> None:
    """Run the first share here, for this thread is awake already, and the others by the executor."""
    if isinstance(executor, Crew) and compiled():
        executor.follow(program, parameters, shares)
        return
    others = [executor.submit(program, parameters, *share) for share in shares[1:]] if executor else []
    for share in shares[: len(shares) - len(others)]:
        program(parameters, *share)
    for other in others:
        other.result()


def _run(
    network: Network, shares: list[_Share], loss: str, run: Callable[..., Iterable[Floats | None]]
) -> dict[str, Floats]:
    """Advance all shares to their ends; where they all ask for sums over the batch, add and tell them.

    Returns the buffers, which are the same in all shares.
    """
    passes = [_pass(network, share, loss) for share in shares]
    if not any(isinstance(step, Step) and step.training and step.training.waits for step in network.steps):
        list(run(_finish, passes))
        return shares[0].buffers
    sums = list(run(_begin, passes))
    while sums[0] is not None:
        total = np.concatenate([part for part in sums if part is not None]).sum(axis=0)
        sums = list(run(partial(_go_on, total), passes))
    return shares[0].buffers


def _finish(share: Exchange[None]) -> None:
    """Run a pass that waits for nobody; its memory is used again by the next one."""
    with memory.workspace():
        _begin(share)


def _begin(share: Exchange[None]) -> Floats | None:
    """Advance to the first question, or to the end."""
    return next(share, None)


def _go_on(total: Floats, share: Exchange[None]) -> Floats | None:
    """Answer a question, and advance to the next one, or to the end."""
    try:
        return share.send(total)
    except StopIteration:
        return None


def _pass(network: Network, share: _Share, loss: str) -> Exchange[None]:
    """Forward, loss and backward for some blocks."""
    y, tape = yield from forward(network.steps, blocks.to_blocks(share.images), share.lot)
    share.losses[...], dy, share.guesses[...] = loss_of_blocks(loss, y, share.labels)
    share.buffers.update(tape.buffers)
    yield from backward(network.steps, dy, tape, share.gradients)
