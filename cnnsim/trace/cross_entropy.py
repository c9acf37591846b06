"""Cross-entropy of logits and its gradient, one exponential and one product at a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.checks import Array, checked_vector
from cnnsim.trace.softmax import SINGLE, every_class, like_classes, softmax_stages
from cnnsim.trace.stage_parts import LOGARITHM, MINUS, NEGATIVE, SUM, Part, index_grid
from cnnsim.trace.stage_rules import formula, reduction
from cnnsim.trace.stages import Stage, StagedTrace

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class CrossEntropy:
    """What `cross_entropy` was given: logits and target, both (C, 1)."""

    z: Array
    target: Array


@dataclass(frozen=True, slots=True, eq=False)
class CrossEntropyGradient:
    """What `cross_entropy_gradient` was given: the loss."""

    forward: StagedTrace[CrossEntropy]


def cross_entropy(z: Any, target: Any) -> StagedTrace[CrossEntropy]:
    """Return the steps of the cross-entropy ``−Σ y_c ln p_c``, p the softmax of the logits.

    The logarithm is taken as ``ln p_c = (z_c − m) − ln Σ e^{z − m}``, which is a number even where p_c is so small that
    it becomes 0.

    Parameters
    ----------
    z
        Logits, (C,).
    target
        The number of the right class, or a probability for every class, (C,): one-hot is 1 for the right one.

    Returns
    -------
    StagedTrace
        The stages of `softmax`, then ``"logarithm of the sum"`` (1, 1), ``"logarithm"`` (C, 1) and ``"loss"`` (1, 1).

    Raises
    ------
    InputError
        If `z` or `target` is no vector of ordinary numbers, their lengths differ, the class does not exist, or the
        target is negative or does not add up to 1.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, section 6.2.2.3.

    Examples
    --------
    >>> steps = cross_entropy([0.1, 0.2, 0.7], 2)
    >>> steps.trace_of("probability").output.ravel().round(4)
    array([0.2546, 0.2814, 0.464 ])
    >>> steps.output.round(4)
    array([[0.7679]])
    """
    z = checked_vector("z", z)[:, None]
    y = _checked_target(target, len(z))
    shape, own, every = z.shape, index_grid(z.shape), every_class(len(z))
    of_softmax = softmax_stages(z)
    shifted, total = (stage.trace.output for stage in of_softmax if stage.name in ("shifted", "sum"))
    log_sum = formula(SINGLE, ((Part("sum", total, index_grid(SINGLE)),),), LOGARITHM)
    minus_log_sum = (MINUS, Part("logarithm of the sum", log_sum.output, index_grid(SINGLE)))
    logarithm = formula(shape, ((Part("shifted", shifted, own),), minus_log_sum), SUM)
    surprises = (Part("target", y, every), Part("logarithm", logarithm.output, every))
    stages = (
        *of_softmax,
        Stage("logarithm of the sum", log_sum),
        Stage("logarithm", logarithm),
        Stage("loss", reduction(SINGLE, len(z), surprises, SUM, NEGATIVE)),
    )
    return StagedTrace(CrossEntropy(z, y), stages)


def cross_entropy_gradient(forward: StagedTrace[CrossEntropy]) -> StagedTrace[CrossEntropyGradient]:
    """Return the steps of the gradient of the cross-entropy with respect to the logits: ``p − y``.

    Parameters
    ----------
    forward
        The loss.

    Returns
    -------
    StagedTrace
        The one stage ``"input gradient"``, (C, 1).

    References
    ----------
    J. S. Bridle, Probabilistic interpretation of feedforward classification network outputs (1990).

    Examples
    --------
    >>> cross_entropy_gradient(cross_entropy([0.1, 0.2, 0.7], 2)).output.ravel().round(4)
    array([ 0.2546,  0.2814, -0.536 ])
    """
    p, y = forward.trace_of("probability").output, forward.operation.target
    own = index_grid(p.shape)
    gradient = formula(p.shape, ((Part("probability", p, own),), (MINUS, Part("target", y, own))), SUM)
    return StagedTrace(CrossEntropyGradient(forward), (Stage("input gradient", gradient),))


def _checked_target(target: Any, count: int) -> Array:
    if isinstance(target, int | np.integer) and not isinstance(target, bool):
        if not 0 <= target < count:
            rule = f"is no class: there are {count}"
            raise InputError("target", target, rule, f"use a number from 0 to {count - 1}")
        return checked_vector("target", np.eye(count)[target])[:, None]
    y = like_classes("target", target, count)
    if (y < 0).any() or abs(y.sum() - 1) > _TOLERANCE:
        remedy = "give 1 for the right class and 0 for the others"
        raise InputError("target", y.ravel().tolist(), "is no distribution over the classes", remedy)
    return y
