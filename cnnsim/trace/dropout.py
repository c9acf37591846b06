"""Dropout and its gradient, one value at a time."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_array, checked_gradient, checked_integers
from cnnsim.trace.sums import Elementwise


@dataclass(frozen=True, slots=True, eq=False)
class Dropout(Elementwise):
    """The rule y[c, i, j] = x[c, i, j] · mask[c, i, j] · scale; `dropout` makes its steps.

    Parameters
    ----------
    x
        Maps, (C, H, W).
    p
        Probability of a cell to be dropped.
    training
        Without it nothing is dropped.
    mask
        1 where a cell stays, 0 where it goes: (C, H, W).
    scale
        1/(1 − p), which keeps the mean; 1 where nothing is dropped, 0 where everything is.
    output
        (C, H, W).
    """

    x: Array
    p: float
    training: bool
    mask: Array
    scale: float
    output: Array

    operands: ClassVar[tuple[str, ...]] = ("input", "mask")

    @property
    def endings(self) -> tuple[str, ...]:
        """What stays is scaled."""
        return ("scale",)

    def contribution(self, cell: Place, number: int) -> Contribution:
        """The value and the mask at the same place."""
        return Contribution.product(Factor.of("input", self.x, cell), Factor.of("mask", self.mask, cell))

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Scale it."""
        return (combined * self.scale,)


@dataclass(frozen=True, slots=True, eq=False)
class DropoutGradient(Elementwise):
    """The rule ∂J/∂x[c, i, j] = G[c, i, j] · mask[c, i, j] · scale, with the mask that the forward pass drew.

    Parameters
    ----------
    forward
        The dropout whose gradient it is.
    g
        Gradient of the loss with respect to its output: (C, H, W).
    output
        Gradient with respect to its input: (C, H, W).
    """

    forward: Dropout
    g: Array
    output: Array

    operands: ClassVar[tuple[str, ...]] = ("gradient", "mask")

    @property
    def endings(self) -> tuple[str, ...]:
        """What stays is scaled."""
        return ("scale",)

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G and the mask at the same place."""
        return Contribution.product(Factor.of("gradient", self.g, cell), Factor.of("mask", self.forward.mask, cell))

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Scale it."""
        return (combined * self.forward.scale,)


def dropout(x: Any, p: float = 0.5, training: bool = True, *, seed: int = 0, draw: int = 0) -> CellwiseTrace[Dropout]:
    """Return the steps of a dropout.

    Parameters
    ----------
    x
        Maps, (H, W) or (C, H, W).
    p
        Probability of a cell to be dropped, from 0 to 1.
    training
        Without it, when the network is used, every cell passes as it is.
    seed
        Decides the mask of the first training step.
    draw
        Number of the training step, from 0: every step has a mask of its own, that of the seed ``seed + draw``.

    Returns
    -------
    CellwiseTrace
        Each cell takes a step for its product with the mask and one for the scale. Its ``rule.output`` is (C, H, W), as
        ``cnnsim.functional.dropout(x, p, training, seed=seed + draw)`` has it.

    Raises
    ------
    InputError
        If the array is ragged, empty or not finite, or a number is out of its range.

    References
    ----------
    N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, Dropout, JMLR 15 (2014).

    Examples
    --------
    >>> steps = dropout([[1, 2, 3, 4, 5, 6]], seed=1)
    >>> steps.rule.mask[0]
    array([[1., 1., 0., 1., 0., 0.]])
    >>> steps.rule.output[0]
    array([[2., 4., 0., 8., 0., 0.]])
    """
    x = checked_array("x", x, 2, 3)
    p = float(checked_array("p", p, 0))
    if not 0 <= p <= 1:
        raise InputError("p", p, "is not in 0 ≤ p ≤ 1", "try 0.5")
    changes = training and p > 0
    drawn = _mask(x.shape, p, _seed(seed, draw))
    mask = drawn if changes else np.ones(x.shape)
    scale = _scale(p) if changes else 1.0
    output = np.asarray(x * mask * scale, dtype=np.float64)
    mask.flags.writeable = False
    return cellwise(Dropout(x, p, training, mask, scale, output))


def dropout_gradient(forward: CellwiseTrace[Dropout], g: Any = None) -> CellwiseTrace[DropoutGradient]:
    """Return the steps of the gradient of a dropout.

    Parameters
    ----------
    forward
        The dropout.
    g
        Gradient of the loss with respect to its output, (H, W) or (C, H, W); ones if None.

    Returns
    -------
    CellwiseTrace
        Each cell takes a step for its product with the mask and one for the scale. Its ``rule.output`` is (C, H, W).

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> dropout_gradient(dropout([[1, 2, 3, 4, 5, 6]], seed=1), [[3, 3, 3, 3, 3, 3]]).rule.output[0]
    array([[6., 6., 0., 6., 0., 0.]])
    """
    rule = forward.rule
    g = checked_gradient(g, rule.output)
    output = np.asarray(g * rule.mask * rule.scale, dtype=np.float64)
    return cellwise(DropoutGradient(rule, g, output))


def _seed(seed: int, draw: int) -> int:
    for argument, value in (("seed", seed), ("draw", draw)):
        if checked_integers(argument, value, 1)[0] < 0:
            raise InputError(argument, value, "is less than 0", "use 0 or more")
    return int(seed) + int(draw)


def _mask(shape: tuple[int, ...], p: float, seed: int) -> Array:
    return np.asarray(np.random.default_rng(seed).random(shape) >= p, dtype=np.float64)


def _scale(p: float) -> float:
    return 0.0 if p == 1 else 1 / (1 - p)
