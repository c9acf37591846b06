"""Optimisers: how parameters follow their gradient."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError

Floats = NDArray[Any]


@dataclass(frozen=True, slots=True)
class SGD:
    """Stochastic gradient descent with momentum: ``v ← μ·v + g``, ``p ← p - lr·v``.

    The velocity v is kept by the caller, who gets it from `initial_velocity`; rate and momentum may change from step
    to step.

    Parameters
    ----------
    lr
        Learning rate, at least 0.
    momentum
        μ, at least 0 and below 1.

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    B. T. Polyak, Some methods of speeding up the convergence of iteration methods (1964); the formula is PyTorch's.

    Examples
    --------
    >>> import numpy as np
    >>> parameters, velocity = np.array([1.0]), np.array([0.5])
    >>> SGD(lr=0.1, momentum=0.8).step(parameters, np.array([2.0]), velocity)
    >>> parameters, velocity
    (array([0.76]), array([2.4]))
    """

    lr: float
    momentum: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lr) and self.lr >= 0):
            raise InputError("lr", self.lr, "is not a finite number of at least 0", "try 0.05")
        if not 0 <= self.momentum < 1:
            raise InputError("momentum", self.momentum, "is not in 0 ≤ momentum < 1", "try 0.9")

    def initial_velocity(self, parameters: Floats) -> Floats:
        """Zeros in the shape and dtype of `parameters`."""
        return np.zeros_like(parameters)

    def step(self, parameters: Floats, gradient: Floats, velocity: Floats) -> None:
        """Change `parameters` and `velocity` in place; all three arrays of one shape and dtype."""
        velocity *= parameters.dtype.type(self.momentum)
        velocity += gradient
        parameters -= parameters.dtype.type(self.lr) * velocity
