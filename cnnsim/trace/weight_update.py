"""A step of gradient descent with momentum, one weight at a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_array
from cnnsim.trace.sums import Sum


@dataclass(frozen=True, slots=True, eq=False)
class WeightUpdate(Sum):
    """The rule v ← μ·v + ∂J/∂w, then w ← w − lr·v, for every weight; `weight_update` makes its steps.

    Parameters
    ----------
    w, g, v
        Weights, their gradient and their velocity, all (…, rows, cols).
    lr, momentum
        Learning rate, and how much of the former direction is kept (μ).
    velocity, output
        Velocity and weights afterwards, in the same shape.
    """

    w: Array
    g: Array
    v: Array
    lr: float
    momentum: float
    velocity: Array
    output: Array

    @property
    def counts(self) -> int:
        """What is kept of the velocity, and the gradient."""
        return 2

    @property
    def endings(self) -> tuple[str, ...]:
        """Both make the new velocity, along which the weight moves."""
        return "velocity", "update"

    def values(self, cell: Place) -> Array:
        """What is kept of the velocity, and the gradient."""
        return np.array([self.momentum * self.v[cell], self.g[cell]])

    def contribution(self, cell: Place, number: int) -> Contribution:
        """The momentum times the old velocity, or the gradient."""
        if number == 0:
            kept = Factor("momentum", None, self.momentum)
            return Contribution.product(kept, Factor.of("velocity", self.v, cell))
        return Contribution.product(Factor.of("gradient", self.g, cell))

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """The new velocity, and the weight less the learning rate times it."""
        return combined, float(self.w[cell]) - self.lr * combined


def weight_update(w: Any, g: Any, v: Any = None, *, lr: float, momentum: float = 0.0) -> CellwiseTrace[WeightUpdate]:
    """Return the steps of one update of weights by stochastic gradient descent with momentum.

    Parameters
    ----------
    w
        Weights, (rows, cols) or with one or two more leading axes.
    g
        Gradient of the loss with respect to them, in the same shape.
    v
        Their velocity before, in the same shape; zeros if None.
    lr
        Learning rate, at least 0.
    momentum
        μ, at least 0 and below 1.

    Returns
    -------
    CellwiseTrace
        Each weight takes four steps: what is kept of its velocity, its gradient, its new velocity, and its new value.
        Its ``rule.output`` are the new weights, its ``rule.velocity`` the new velocities.

    Raises
    ------
    InputError
        If an array is ragged, empty or not finite, shapes differ, or a number is out of its range.

    References
    ----------
    The formulas are those of `cnnsim.optim.SGD` and `torch.optim.SGD`.

    Examples
    --------
    >>> steps = weight_update([[1.0]], [[2.0]], [[0.5]], lr=0.1, momentum=0.8)
    >>> steps.rule.velocity, steps.rule.output
    (array([[2.4]]), array([[0.76]]))
    >>> [steps[index].kind for index in range(len(steps))]
    ['multiply', 'multiply', 'velocity', 'update']
    """
    w = _like("w", w, None)
    g = _like("g", g, w)
    v = _like("v", np.zeros(w.shape) if v is None else v, w)
    lr, momentum = float(checked_array("lr", lr, 0)), float(checked_array("momentum", momentum, 0))
    if lr < 0:
        raise InputError("lr", lr, "is negative", "use 0 or more")
    if not 0 <= momentum < 1:
        raise InputError("momentum", momentum, "is not in 0 ≤ momentum < 1", "try 0.9")
    velocity = np.asarray(momentum * v + g, dtype=np.float64)
    output = np.asarray(w - lr * velocity, dtype=np.float64)
    velocity.flags.writeable = False
    return cellwise(WeightUpdate(w, g, v, lr, momentum, velocity, output))


def _like(argument: str, values: Any, other: Array | None) -> Array:
    array = checked_array(argument, values, 2, 3, 4)
    array = array.reshape(np.shape(values))
    if other is not None and array.shape != other.shape:
        raise InputError(argument, f"array of shape {array.shape}", f"is not {other.shape}", "give one value a weight")
    return array
