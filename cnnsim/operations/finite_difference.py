"""Gradients checked by nudging: change one number a little, see how the loss changes, compare with the gradient.

The loss is J = Σ G · y, whose gradient by the output y is G itself; where an operation ends in a loss, J is that.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnnsim.operations.operation import Operation
from cnnsim.operations.settings import S, Settings, array_of, sources_of, with_cell
from cnnsim.operations.source import Array, Place
from cnnsim.trace import CellwiseTrace, KernelGradient, NetworkTrace, SignalKernelGradient, Stepped

GRADIENT = "gradient"
_NOTICED, _KINKED = 0.01, 10  # the relative error from which it counts, and how many times that of the other side


@dataclass(frozen=True, slots=True)
class Check:
    """A gradient beside what a nudge gives.

    Parameters
    ----------
    operand, place
        The number that is nudged.
    epsilon
        By how much.
    before, after
        The loss without the nudge and with it.
    analytic
        The gradient that the backward pass computes.
    other
        The loss with the nudge in the other direction.
    """

    operand: str
    place: Place
    epsilon: float
    before: float
    after: float
    analytic: float
    other: float

    @property
    def numeric(self) -> float:
        """The quotient ΔJ/ε."""
        return (self.after - self.before) / self.epsilon

    @property
    def numeric_back(self) -> float:
        """The quotient of the nudge in the other direction."""
        return (self.before - self.other) / self.epsilon

    @property
    def at_kink(self) -> bool:
        """Whether the loss has a kink here, of which the gradient is the slope on the other side.

        A bend makes both quotients err alike; a tie for a maximum, or a ReLU at 0, only one of them.
        """
        return self.relative_error > _NOTICED and _KINKED * abs(self.numeric_back - self.analytic) < self.error

    @property
    def error(self) -> float:
        """How far the quotient is from the gradient."""
        return abs(self.numeric - self.analytic)

    @property
    def relative_error(self) -> float:
        """The error as a share of the larger of the two; 0 where both are 0."""
        larger = max(abs(self.numeric), abs(self.analytic))
        return self.error / larger if larger else 0.0


def check_gradient(
    operation: Operation[Any], settings: Settings, operand: str, place: Place, epsilon: float
) -> Check | None:
    """Nudge one number of an operand and compare with the backward pass.

    Parameters
    ----------
    operation
        Says which pass gives the gradient of which operand.
    settings
        The present settings, at any pass.
    operand, place
        The number.
    epsilon
        The nudge, not 0.

    Returns
    -------
    Check, or None if the operation has no gradient for this operand.

    Examples
    --------
    >>> from cnnsim.operations import operation_named
    >>> convolution = operation_named("convolution")
    >>> check = check_gradient(convolution, convolution.start, "kernel", (0, 0, 1, 1), 0.5)
    >>> check.numeric, check.analytic, check.error
    (7.0, 7.0, 0.0)
    """
    if operand not in operation.gradients:
        return None
    trace = settings.trace()
    if isinstance(trace, NetworkTrace):
        return _check_network(trace, operation.gradients[operand], settings, operand, place, epsilon)
    backward: Any = replace(settings, direction=operation.gradients[operand])
    g = array_of(backward, GRADIENT) if _has_gradient(backward) else np.ones(())
    analytic = _gradient(backward.trace())
    gradient = float(np.reshape(analytic, settings.shape(operand))[place])
    nudged = (_nudged(settings, operand, place, change) for change in (epsilon, -epsilon))
    after, other = (_loss(moved, g) for moved in nudged)
    return Check(operand, place, epsilon, _loss(settings, g), after, gradient, other)


def _check_network(
    trace: NetworkTrace, stage: str, settings: Settings, operand: str, place: Place, epsilon: float
) -> Check:
    """Compare with a stage of the first pass; the loss is the network's own."""
    first: Any = replace(settings, passes=1)
    nudged = (_nudged(first, operand, place, change).trace() for change in (epsilon, -epsilon))
    after, other = (float(moved.output[0]) for moved in nudged)
    gradient = trace.passes[0].trace_of(stage).output.reshape(settings.shape(operand))
    return Check(operand, place, epsilon, trace.loss(0), after, float(gradient[place]), other)


def _nudged(settings: S, operand: str, place: Place, change: float) -> S:
    return with_cell(settings, operand, place, float(array_of(settings, operand)[place]) + change)


def _gradient(trace: Stepped[Any]) -> Array:
    """Return the gradient by the operand as it was given: a true convolution computes that of the turned kernel."""
    rule = trace.rule if isinstance(trace, CellwiseTrace) else None
    return rule.of_given if isinstance(rule, KernelGradient | SignalKernelGradient) else trace.output


def _loss(settings: Any, g: Any) -> float:
    y = replace(settings, direction="forward").trace().output
    return float((np.broadcast_to(np.reshape(g, y.shape) if np.size(g) == y.size else g, y.shape) * y).sum())


def _has_gradient(settings: Settings) -> bool:
    return any(kind.operand == GRADIENT for _, kind, _ in sources_of(settings))
