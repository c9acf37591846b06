"""Losses of classifiers on blocks: what an image costs, the gradient of that, and the class guessed.

Outputs are (blocks, classes, L), or (blocks, classes, H, W, L) where every pixel has a class; labels (blocks, L) or
(blocks, H, W, L), `NO_IMAGE` where a lane holds no image.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnsim.engine import loss
from cnnsim.engine.blocks import to_blocks
from cnnsim.engine.compile import LANES
from cnnsim.errors import InputError
from cnnsim.nn.layer import Floats

Integers = NDArray[np.int64]
Loss = Callable[[Floats, Integers], tuple[Floats, Floats, Integers]]
"""From outputs (rows, classes, L) and labels (rows, L) to losses (rows, L), gradient (rows, classes, L), guesses."""

NO_IMAGE = loss.NO_IMAGE


def mse(outputs: Floats, labels: Integers) -> tuple[Floats, Floats, Integers]:
    """Mean square of the distance to 1 for the right class and 0 for the others.

    References
    ----------
    Y. LeCun et al., Gradient-based learning applied to document recognition (1998), section II.C, trains with squared
    distances. As `torch.nn.functional.mse_loss` of the outputs and one-hot targets.
    """
    classes = outputs.shape[1]
    distance = outputs - (np.arange(classes)[:, None] == labels[:, None])
    distance *= (labels != NO_IMAGE)[:, None]
    losses = (distance * distance).mean(axis=1)
    gradient = (distance * (2 / classes)).astype(outputs.dtype, copy=False)
    return losses.astype(outputs.dtype, copy=False), gradient, outputs.argmax(axis=1)


LOSSES: Mapping[str, Loss] = MappingProxyType({"cross_entropy": loss.cross_entropy, "mse": mse})
"""Losses by name."""


def loss_called(name: str) -> Loss:
    """Return a loss by its name; `InputError` if there is none."""
    if name not in LOSSES:
        raise InputError("loss", name, "is unknown", f"choose one of {', '.join(LOSSES)}")
    return LOSSES[name]


def loss_of_blocks(name: str, outputs: Floats, labels: Integers) -> tuple[Floats, Floats, Integers]:
    """Loss, gradient and guess for every image, or for every pixel of it: in the shapes of labels and outputs."""
    classes, positions = outputs.shape[1], labels.shape[1:-1]
    rows = np.ascontiguousarray(np.moveaxis(outputs, 1, -2)).reshape(-1, classes, LANES) if positions else outputs
    losses, dy, guesses = loss_called(name)(rows, labels.reshape(-1, LANES))
    if positions:
        dy = np.ascontiguousarray(np.moveaxis(dy.reshape(len(outputs), *positions, classes, LANES), -2, 1))
    return losses.reshape(labels.shape), dy, guesses.reshape(labels.shape)


def labels_to_blocks(labels: Integers) -> Integers:
    """(N, ...) to (blocks, ..., L), with `NO_IMAGE` in the lanes that only fill up."""
    n_blocks = -(-len(labels) // LANES)
    filled = np.full((n_blocks * LANES, *labels.shape[1:]), NO_IMAGE, np.int64)
    filled[: len(labels)] = labels
    lanes = filled.reshape(n_blocks, LANES, *labels.shape[1:])
    return lanes if labels.ndim == 1 else np.ascontiguousarray(np.moveaxis(lanes, 1, -1))


def checked_labels(labels: ArrayLike, n_images: int, shape: tuple[int, ...]) -> Integers:
    """Class numbers as int64, of `n_images` whose output has the `shape` (classes, ...).

    Raises
    ------
    InputError
        If they are no integers, have the wrong shape, or a class does not exist.
    """
    given = np.asarray(labels)
    if given.dtype.kind not in "iu":
        raise InputError("labels.dtype", given.dtype, "is no integer type", "number the classes from 0")
    if given.shape != (n_images, *shape[1:]):
        rule = f"is not {(n_images, *shape[1:])}"
        raise InputError(
            "labels.shape", given.shape, rule, "give one class number per image, or per pixel of the output"
        )
    if given.size and not 0 <= given.min() <= given.max() < shape[0]:
        rule = f"holds a class outside 0 ... {shape[0] - 1}"
        raise InputError("labels", f"{given.min()} ... {given.max()}", rule, "number the classes from 0")
    return given.astype(np.int64)


def measured(name: str, outputs: Floats, labels: Integers) -> tuple[float, Integers]:
    """Mean loss of the outputs (N, classes, ...) for labels (N, ...), and the classes guessed (N, ...)."""
    losses, _, _ = loss_of_blocks(name, to_blocks(outputs), labels_to_blocks(labels))
    return float(losses.sum(dtype=np.float64)) / labels.size, outputs.argmax(axis=1)
