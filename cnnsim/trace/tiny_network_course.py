"""What all passes of the tiny network leave behind: the loss of each, and the weights that the next one begins with.

The steps of a pass take their time to be set up, and few passes are ever looked at. The numbers here are those of the
steps to the last bit: the same products, added up in the same order.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.trace.checks import LARGEST, Array
from cnnsim.trace.tiny_network_pass import Example, Start
from cnnsim.trace.tiny_network_weights import KERNEL_SIZE, POOL, WEIGHTS, Weights

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What each pass begins with, its loss, and the loss of the same image after its update: (passes,) each."""

    starts: tuple[Start, ...]
    losses: Array
    losses_after: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """An example, and what each weight of a kernel meets, map cell by map cell: (weights, cells)."""

    example: Example
    windows: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Forward:
    """What the way back needs of the way forward; with several networks at once these are the first axis.

    Maps are (maps, cells), the squares that are pooled (features, cells of a square), logits (classes, 1).
    """

    c: Array
    squares: Array
    pooled: Array
    z: Array
    p: Array
    loss: Array


def course(start: Start, examples: Sequence[Example], passes: int) -> Course:
    """Let a network learn from one example after the other, and from the first again when all were shown.

    Parameters
    ----------
    start
        What the first pass depends on; its arrays fit each other and the images.
    examples
        Images of one size, with their classes.
    passes
        How many, at least 1.

    Raises
    ------
    InputError
        If numbers grow out of bounds; it says by which pass.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace.tiny_network_weights import initial_weights
    >>> weights = initial_weights(8, kernels=2, classes=2, seed=0)
    >>> still = {name: np.zeros(array.shape) for name, array in weights.items()}
    >>> cross = Example(gallery.shape("cross"), 0)
    >>> found = course(Start(0, cross, weights, still, lr=0.1, momentum=0.5), [cross], passes=2)
    >>> found.losses.round(4).tolist(), found.losses_after.round(4).tolist()
    ([2.2132, 0.7765], [0.7765, 0.5169])
    """
    shapes = {name: start.weights[name].shape for name in WEIGHTS}
    shown = [_Shown(example, _windows(example.image)) for example in examples]
    with np.errstate(over="ignore", invalid="ignore"):  # the checks say what happened
        starts, losses, weights = _learn(start, shown, passes, shapes)
        after = _losses_after(start.lr, shown, losses, weights, shapes)
    return Course(starts, losses, after)


def _learn(
    start: Start, shown: Sequence[_Shown], passes: int, shapes: Shapes
) -> tuple[tuple[Start, ...], Array, Array]:
    """Return what each pass begins with, its loss, and the weights before and after all of them as rows."""
    size = sum(map(math.prod, shapes.values()))
    weights, velocities, gradients = (np.empty((count, size)) for count in (passes + 1, passes + 1, passes))
    weights[0], velocities[0] = _flat(start.weights), _flat(start.velocities)
    starts, seen, gradient = [], [], np.empty(size)
    named = _named(gradient, shapes)
    for number in range(passes):
        this = shown[number % len(shown)]
        before = _named(weights[number], shapes)
        starts.append(Start(number, this.example, before, _named(velocities[number], shapes), start.lr, start.momentum))
        seen.append(_forward(this, before))
        _backward(this, seen[-1], before, named)
        gradients[number] = gradient
        velocities[number + 1] = start.momentum * velocities[number] + gradient
        weights[number + 1] = weights[number] - start.lr * velocities[number + 1]
    losses = np.array([there.loss for there in seen])
    maps, logits = (np.stack(arrays) for arrays in zip(*((there.c, there.z) for there in seen), strict=True))
    _check(start.lr, _largest(maps, logits, losses, gradients, velocities[1:], weights[1:]))
    return tuple(starts), losses, weights


def _losses_after(lr: float, shown: Sequence[_Shown], losses: Array, weights: Array, shapes: Shapes) -> Array:
    """Return the loss of each image after its update; where the next pass shows it again it is the loss of that."""
    after, largest = np.append(losses[1:], 0.0), np.zeros(len(losses))
    for turn, this in enumerate(shown):
        passes = slice(turn, None, len(shown)) if len(shown) > 1 else slice(-1, None)
        if after[passes].size:
            there = _forward(this, _named(weights[1:][passes], shapes))
            after[passes], largest[passes] = there.loss, _largest(there.c, there.z, there.loss)
    _check(lr, largest)
    return after


def _largest(*arrays: Array) -> Array:
    """Return the size of the largest number in each pass, which the first axis of each array counts."""
    return np.asarray(np.max([np.abs(array).reshape(len(array), -1).max(axis=1) for array in arrays], axis=0))


def _check(lr: float, largest: Array) -> None:
    beyond = np.flatnonzero(~(largest <= LARGEST))
    if beyond.size:
        rule = f"makes numbers grow out of bounds by pass {beyond[0] + 1}"
        raise InputError("lr", lr, rule, "use a smaller one, or smaller numbers in the image")


def _windows(image: Array) -> Array:
    seen = np.lib.stride_tricks.sliding_window_view(image, (KERNEL_SIZE, KERNEL_SIZE))
    return np.ascontiguousarray(seen.reshape(-1, KERNEL_SIZE**2).T)


def _flat(named: Weights) -> Array:
    return np.concatenate([named[name].ravel() for name in WEIGHTS])


def _named(flat: Array, shapes: Shapes) -> dict[str, Array]:
    """Name the parts of the last axis."""
    parts, end = {}, 0
    for name, shape in shapes.items():
        start, end = end, end + math.prod(shape)
        parts[name] = flat[..., start:end].reshape(*flat.shape[:-1], *shape)
    return parts


@lru_cache(maxsize=16)
def _squares(maps: int, cells: int) -> NDArray[np.intp]:
    """Which cells of the maps each pooled cell takes, row by row: (pooled cells, cells of a square)."""
    side = math.isqrt(cells)
    half = side // POOL
    numbers = np.arange(maps * cells).reshape(maps, side, side)[:, : half * POOL, : half * POOL]
    return numbers.reshape(maps, half, POOL, half, POOL).swapaxes(2, 3).reshape(-1, POOL * POOL)


def _forward(shown: _Shown, weights: Weights) -> _Forward:
    """Show an example to a network, or to several at once: then each weight has a first axis for them."""
    kernels = weights["kernels"]
    products = kernels.reshape(*kernels.shape[:-3], -1, 1) * shown.windows
    c = products[..., 0, :].copy()
    for tap in range(1, products.shape[-2]):
        c += products[..., tap, :]
    c += weights["kernel biases"][..., 0]
    squares = np.where(c > 0, c, 0.0).reshape(*c.shape[:-2], -1).take(_squares(*c.shape[-2:]), axis=-1)
    pooled = squares.max(axis=-1)
    z = (weights["dense weights"] * pooled[..., None, :]).cumsum(axis=-1)[..., -1:] + weights["dense biases"]
    shifted = z - z.max(axis=-2, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.cumsum(axis=-2)[..., -1:, :]
    loss = -(shifted - np.log(total))[..., shown.example.target, 0]
    return _Forward(c, squares, pooled, z, exponentials / total, loss)


def _backward(shown: _Shown, there: _Forward, weights: Weights, gradients: Weights) -> None:
    """Write the gradients of the loss of one network."""
    dz = gradients["dense biases"]
    dz[...] = there.p
    dz[shown.example.target] -= 1.0
    np.multiply(dz, there.pooled, out=gradients["dense weights"])
    to_pooled = (weights["dense weights"] * dz).cumsum(axis=0)[-1]
    squares = _squares(*there.c.shape)
    winners = squares[np.arange(len(squares)), there.squares.argmax(axis=1)]  # among equals the first
    dc = np.zeros(there.c.shape)
    dc.reshape(-1)[winners] = to_pooled * np.where(there.pooled > 0, 1.0, 0.0)
    gradients["kernels"].reshape(len(dc), -1)[...] = (dc[:, None] * shown.windows).cumsum(axis=2)[..., -1]
    gradients["kernel biases"][..., 0] = dc.cumsum(axis=1)[:, -1:]
