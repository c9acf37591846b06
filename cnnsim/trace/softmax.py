"""Softmax and its gradient, one exponential and one product at a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.checks import Array, checked_vector
from cnnsim.trace.stage_parts import EXPONENTIAL, LARGEST, MINUS, SUM, Indices, Part, index_grid
from cnnsim.trace.stage_rules import formula, reduction
from cnnsim.trace.stages import Stage, StagedTrace

SINGLE = (1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Softmax:
    """What `softmax` was given: logits, (C, 1)."""

    z: Array


@dataclass(frozen=True, slots=True, eq=False)
class SoftmaxGradient:
    """What `softmax_gradient` was given: the softmax, and the gradient of the loss to its output, (C, 1)."""

    forward: StagedTrace[Softmax]
    g: Array


def softmax(z: Any) -> StagedTrace[Softmax]:
    """Return the steps of a softmax: ``p_c = e^{z_c − m} / Σ e^{z − m}``, m the largest logit.

    Dividing by e^m above and below changes no probability, and no exponential can be too large for a number.

    Parameters
    ----------
    z
        Logits, (C,).

    Returns
    -------
    StagedTrace
        The stages ``"largest"`` (1, 1), ``"shifted"`` (C, 1), ``"exponential"`` (C, 1), ``"sum"`` (1, 1) and
        ``"probability"`` (C, 1). Its ``output`` are the probabilities.

    Raises
    ------
    InputError
        If `z` is no vector of ordinary numbers.

    References
    ----------
    P. Blanchard, D. J. Higham, N. J. Higham, Accurately computing the log-sum-exp and softmax functions (2021).

    Examples
    --------
    >>> softmax([0.1, 0.2, 0.7]).output.ravel().round(4)
    array([0.2546, 0.2814, 0.464 ])
    """
    z = checked_vector("z", z)[:, None]
    return StagedTrace(Softmax(z), softmax_stages(z))


def softmax_stages(z: Array) -> tuple[Stage, ...]:
    """Return the stages of the softmax of logits, (C, 1)."""
    shape, count = z.shape, len(z)
    own, single, every = index_grid(shape), index_grid(SINGLE), every_class(count)
    largest = reduction(SINGLE, count, (Part("logits", z, every),), LARGEST)
    minus_largest = (MINUS, Part("largest", largest.output, single))
    shifted = formula(shape, ((Part("logits", z, own),), minus_largest), SUM)
    exponential = formula(shape, ((Part("shifted", shifted.output, own),),), EXPONENTIAL)
    total = reduction(SINGLE, count, (Part("exponential", exponential.output, every),), SUM)
    quotient = (Part("exponential", exponential.output, own), Part("sum", total.output, single, divides=True))
    return (
        Stage("largest", largest),
        Stage("shifted", shifted),
        Stage("exponential", exponential),
        Stage("sum", total),
        Stage("probability", formula(shape, (quotient,), SUM)),
    )


def softmax_gradient(forward: StagedTrace[Softmax], g: Any = None) -> StagedTrace[SoftmaxGradient]:
    """Return the steps of the gradient of a softmax: its Jacobian, and that times G.

    Parameters
    ----------
    forward
        The softmax.
    g
        Gradient of the loss with respect to its output, (C,); 1 for the first class and 0 for the others if None, since
        ones lead to zeros: the probabilities always add up to 1.

    Returns
    -------
    StagedTrace
        The stages ``"jacobian"``, (C, C) with ∂p_c/∂z_k = p_c·(δ_ck − p_k) in row c and column k, and
        ``"input gradient"``, (C, 1).

    Raises
    ------
    InputError
        If `g` is no vector of ordinary numbers or has another length than the logits.

    Examples
    --------
    >>> backward = softmax_gradient(softmax([0, 0]), [1, 0])
    >>> backward.trace_of("jacobian").output
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    >>> backward.output.ravel()
    array([ 0.25, -0.25])
    """
    p = forward.output
    count = len(p)
    g = like_classes("g", np.eye(count)[0] if g is None else g, count)
    (row, col), none = index_grid((count, count)), np.zeros(SINGLE, np.intp)
    ours, theirs = Part("probability", p, (row, none)), Part("probability", p, (col, none))
    same = Part("same", np.eye(count))
    jacobian = formula((count, count), ((ours, same), (MINUS, ours, theirs)), SUM)
    # Column k of the Jacobian says what logit k does to every probability.
    cell, each = np.arange(count)[:, None, None], np.arange(count)[None, None, :]
    factors = Part("jacobian", jacobian.output, (each, cell)), Part("gradient", g, (each, np.zeros_like(each)))
    gradient = reduction((count, 1), count, factors, SUM)
    stages = Stage("jacobian", jacobian), Stage("input gradient", gradient)
    return StagedTrace(SoftmaxGradient(forward, g), stages)


def every_class(count: int) -> Indices:
    """Return the indices with which a single cell meets every cell of a column."""
    each = np.arange(count)[None, None, :]
    return each, np.zeros_like(each)


def like_classes(argument: str, values: Any, count: int) -> Array:
    """Return one number for every class as a column, (C, 1)."""
    array = checked_vector(argument, values)[:, None]
    if len(array) != count:
        raise InputError(argument, f"{len(array)} numbers", f"are not {count}", "give one for every logit")
    return array
