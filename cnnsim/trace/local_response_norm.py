"""Normalisation by neighbouring channels and its gradient, one square at a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Place
from cnnsim.trace.checks import Array, checked_array, checked_gradient, checked_integers
from cnnsim.trace.stage_parts import MINUS, SUM, Indices, Part, Product, index_grid, power
from cnnsim.trace.stage_rules import Reduction, formula, reduction
from cnnsim.trace.stages import Stage, StagedTrace


@dataclass(frozen=True, slots=True, eq=False)
class LocalResponseNorm:
    """What `local_response_norm` was given.

    Parameters
    ----------
    x
        Maps, (C, H, W).
    size
        Channels that take part.
    alpha, beta, k
        Numbers of the formula.
    """

    x: Array
    size: int
    alpha: float
    beta: float
    k: float


@dataclass(frozen=True, slots=True, eq=False)
class LocalResponseNormGradient:
    """What `local_response_norm_gradient` was given: the normalisation, and the gradient of the loss to its output."""

    forward: StagedTrace[LocalResponseNorm]
    g: Array


def local_response_norm(
    x: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> StagedTrace[LocalResponseNorm]:
    """Return the steps of a local response normalisation: ``y = x / s^β`` with ``s = k + α/size · Σ x²``.

    The sum runs over `size` channels around the cell's own, as far as there are any.

    Parameters
    ----------
    x
        Maps, (H, W) or (C, H, W).
    size
        Channels that take part, at least 1.
    alpha, beta, k
        Numbers of the formula, none of them negative. AlexNet's α is not divided by its size of 5.

    Returns
    -------
    StagedTrace
        The stages ``"squares"`` for the sum, ``"scale"`` for s, ``"power"`` for s^β, and ``"output"``, all (C, H, W).

    Raises
    ------
    InputError
        If the array is ragged, empty or not finite, a number is out of range, s is 0 somewhere, or s^β is too large.

    References
    ----------
    A. Krizhevsky, I. Sutskever, G. E. Hinton, ImageNet classification with deep convolutional neural networks (2012).
    The names are those of `cnnsim.functional.local_response_norm`.

    Examples
    --------
    >>> steps = local_response_norm([[[1]], [[2]]], 2, alpha=2, beta=1)
    >>> steps.trace_of("squares").output.ravel(), steps.output.ravel().round(4)
    (array([1., 5.]), array([0.5   , 0.3333]))
    """
    x, size = checked_array("x", x, 2, 3), checked_integers("size", size, 1)[0]
    if size < 1:
        raise InputError("size", size, "is too small", "use at least 1 channel")
    alpha, beta, k = (_not_negative(name, value) for name, value in (("alpha", alpha), ("beta", beta), ("k", k)))
    own = index_grid(x.shape)
    squared = Part("input", x), Part("input", x)
    squares = _over_channels(squared, x.shape, size // 2, (size - 1) // 2)
    share = Part("share", np.array(alpha / size)), Part("squares", squares.output, own)
    scale = formula(x.shape, ((Part("k", np.array(k)),), share), SUM)
    if (scale.output <= 0).any():
        raise InputError("k", k, "leaves a cell to be divided by 0", "use a number above 0")
    powered = formula(x.shape, ((Part("scale", scale.output, own),),), power(beta))
    quotient = Part("input", x, own), Part("power", powered.output, own, divides=True)
    stages = (
        Stage("squares", squares),
        Stage("scale", scale),
        Stage("power", powered),
        Stage("output", formula(x.shape, (quotient,), SUM)),
    )
    return StagedTrace(LocalResponseNorm(x, size, alpha, beta, k), stages)


def local_response_norm_gradient(
    forward: StagedTrace[LocalResponseNorm], g: Any = None
) -> StagedTrace[LocalResponseNormGradient]:
    """Return the steps of the gradient of a local response normalisation.

    Channel c is in the denominator of every channel that sees it:
    ``∂x_c = G_c/s_c^β − 2αβ/size · x_c · Σ G·y/s``, the sum over those channels.

    Parameters
    ----------
    forward
        The normalisation.
    g
        Gradient of the loss with respect to its output, (H, W) or (C, H, W); ones if None.

    Returns
    -------
    StagedTrace
        The stages ``"shares"`` G·y/s, ``"sum of shares"`` and ``"input gradient"``, all (C, H, W).

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> forward = local_response_norm([[[1]], [[2]]], 2, alpha=2, beta=1)
    >>> local_response_norm_gradient(forward).output.ravel().round(4)
    array([-0.1111, -0.0556])
    """
    given, y = forward.operation, forward.output
    g = checked_gradient(g, y)
    shape, own, size = y.shape, index_grid(y.shape), given.size
    scale, powered = forward.trace_of("scale").output, forward.trace_of("power").output
    product = Part("gradient", g, own), Part("output", y, own), Part("scale", scale, own, divides=True)
    shares = formula(shape, (product,), SUM)
    total = _over_channels((Part("shares", shares.output),), shape, (size - 1) // 2, size // 2)
    slope = Part("slope", np.array(2 * given.alpha * given.beta / size))
    addends = (
        (Part("gradient", g, own), Part("power", powered, own, divides=True)),
        (MINUS, slope, Part("input", given.x, own), Part("sum of shares", total.output, own)),
    )
    stages = (
        Stage("shares", shares),
        Stage("sum of shares", total),
        Stage("input gradient", formula(shape, addends, SUM)),
    )
    return StagedTrace(LocalResponseNormGradient(forward, g), stages)


def _over_channels(product: Product, shape: Place, before: int, after: int) -> CellwiseTrace[Reduction]:
    """Add up products over so many channels before and after each, itself included, as far as there are any."""
    channels = shape[0]
    first, last = _neighbours(channels, before, after)
    counts = last - first + 1
    channel = np.minimum(first[:, None, None, None] + np.arange(counts.max()), channels - 1)
    _, row, col = index_grid(shape)
    places: Indices = channel, row[..., None], col[..., None]
    everywhere = tuple(Part(part.operand, part.array, places) for part in product)
    return reduction(shape, np.repeat(counts, shape[1] * shape[2]), everywhere, SUM)


def _neighbours(channels: int, before: int, after: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last channel around each."""
    channel = np.arange(channels)
    return np.maximum(channel - before, 0), np.minimum(channel + after, channels - 1)


def _not_negative(argument: str, value: Any) -> float:
    number = float(checked_array(argument, value, 0))
    if number < 0:
        raise InputError(argument, value, "is negative", "use 0 or more")
    return number
