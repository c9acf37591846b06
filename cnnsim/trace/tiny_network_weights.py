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
    """Return the rows and columns of a pooled map.

    Raises
    ------
    InputError
        If the image is too small.

    Examples
    --------
    >>> pooled_side(8), pooled_side(12)
    (3, 5)
    """
    side = (size - KERNEL_SIZE + 1) // POOL
    if side < 1:
        least = KERNEL_SIZE + POOL - 1
        raise InputError("input_size", size, "leaves nothing to pool", f"use {least} or more")
    return side


def weight_shapes(size: int, kernels: int, classes: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights for an image of so many rows and columns, by the names in `WEIGHTS`.

    Parameters
    ----------
    size
        Rows and columns of the image.
    kernels, classes
        How many, at least 1 and 2.

    Returns
    -------
    dict
        A tuple for each kind of weights.

    Raises
    ------
    InputError
        If the image is too small, or there are too few kernels or classes.

    Examples
    --------
    >>> weight_shapes(8, kernels=2, classes=2)["dense weights"]
    (2, 18)
    """
    for argument, value, least in (("kernels", kernels, 1), ("classes", classes, 2)):
        if value < least:
            raise InputError(argument, value, f"is less than {least}", f"use {least} or more")
    features = features_of(size, kernels)
    shapes = ((kernels, 1, KERNEL_SIZE, KERNEL_SIZE), (kernels, 1, 1), (classes, features), (classes, 1))
    return dict(zip(WEIGHTS, shapes, strict=True))


def initial_weight(name: str, shape: tuple[int, ...], seed: int) -> Array:
    """Draw one kind of weights; see `initial_weights`.

    Parameters
    ----------
    name
        One of `WEIGHTS`.
    shape
        Its axes; all but the first belong to one sum.
    seed
        Draws other numbers.

    Returns
    -------
    ndarray
        Of that shape, float64; zeros for biases.

    Examples
    --------
    >>> initial_weight("kernel biases", (2, 1, 1), seed=0).ravel()
    array([0., 0.])
    """
    if name.endswith("biases"):
        return np.zeros(shape)
    numbers = np.random.default_rng([seed, WEIGHTS.index(name)])
    deviation = (2 / np.prod(shape[1:])) ** 0.5
    return np.asarray((numbers.standard_normal(shape) * deviation).round(_DECIMALS) + 0.0, dtype=np.float64)


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
    shapes = weight_shapes(size, kernels, classes)
    return {name: initial_weight(name, shape, seed) for name, shape in shapes.items()}
