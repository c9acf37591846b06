"""What the tiny network learns: its kernels, its dense weights, and the biases of both."""

from collections.abc import Mapping

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.checks import Array

Weights = Mapping[str, Array]
WEIGHTS = ("kernels", "kernel biases", "dense weights", "dense biases")
"""Names of the weights: (K, 1, k, k), (K, 1, 1), (classes, features), (classes, 1)."""

KERNEL_SIZE = 3
POOL = 2
_DECIMALS = 2  # numbers that are drawn are short, so that the first pass is easy to follow


def features_of(size: int, kernels: int) -> int:
    """Return how many values reach the dense layer from an image of so many rows and columns.

    Examples
    --------
    >>> features_of(8, 2), features_of(12, 2)
    (18, 50)
    """
    return kernels * pooled_side(size) ** 2


def pooled_side(size: int) -> int:
    """Return the rows and columns of a pooled map."""
    side = (size - KERNEL_SIZE + 1) // POOL
    if side < 1:
        least = KERNEL_SIZE + POOL - 1
        raise InputError("input_size", size, "leaves nothing to pool", f"use {least} or more")
    return side


def initial_weights(size: int, kernels: int, classes: int, seed: int) -> Weights:
    """Draw the weights with which training begins; biases are zero.

    Parameters
    ----------
    size
        Rows and columns of the image.
    kernels, classes
        How many, at least 1 and 2.
    seed
        Draws other numbers.

    Returns
    -------
    dict
        By the names in `WEIGHTS`, float64.

    Raises
    ------
    InputError
        If the image is too small, or there are too few kernels or classes.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, Delving deep into rectifiers, ICCV 2015: the deviation √(2/n) for n inputs, here
    with two decimals.

    Examples
    --------
    >>> initial_weights(8, kernels=2, classes=2, seed=0)["kernels"].shape
    (2, 1, 3, 3)
    """
    for argument, value, least in (("kernels", kernels, 1), ("classes", classes, 2)):
        if value < least:
            raise InputError(argument, value, f"is less than {least}", f"use {least} or more")
    numbers, features = np.random.default_rng(seed), features_of(size, kernels)
    shapes = ((kernels, 1, KERNEL_SIZE, KERNEL_SIZE), (kernels, 1, 1), (classes, features), (classes, 1))
    drawn = [_drawn(numbers, shape) for shape in shapes]
    return dict(zip(WEIGHTS, drawn, strict=True))


def _drawn(numbers: np.random.Generator, shape: tuple[int, ...]) -> Array:
    inputs = int(np.prod(shape[1:]))
    if inputs == 1:  # a bias
        return np.zeros(shape)
    return np.asarray((numbers.standard_normal(shape) * (2 / inputs) ** 0.5).round(_DECIMALS) + 0.0, dtype=np.float64)
