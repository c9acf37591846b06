"""Adam: momentum, and a rate of its own for every parameter."""

import math
from dataclasses import dataclass, replace

import numpy as np

from cnnsim.errors import InputError
from cnnsim.optim.optimiser import Floats, State, check_not_negative, check_share, decayed


@dataclass(frozen=True, slots=True)
class Adam:
    """Mean over root mean square: ``m ← β₁·m + (1-β₁)·g``, ``s ← β₂·s + (1-β₂)·g²``, ``p ← p - lr·m̂/(√ŝ + ε)``.

    Both means start at zero and are corrected for it: ``m̂ = m/(1-β₁ᵗ)``, ``ŝ = s/(1-β₂ᵗ)`` at step t.

    Parameters
    ----------
    lr
        Learning rate, at least 0.
    betas
        (β₁, β₂), how slowly the means forget: at least 0 and below 1.
    eps
        ε, at least 0.
    weight_decay
        λ, at least 0; ``λ·p`` is added to the gradient.

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR (2015), algorithm 1; the formulas are those of
    `torch.optim.Adam`.

    Examples
    --------
    >>> parameters = np.array([1.0, 1.0])
    >>> optimiser = Adam(lr=0.1)
    >>> state = optimiser.initial_state(parameters)
    >>> optimiser.step(parameters, np.array([4.0, -0.001]), state)
    >>> parameters.round(5), int(state["steps"])  # the first step is as long as the rate, whatever the gradient
    (array([0.9, 1.1]), 1)
    """

    lr: float = 0.001
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        check_not_negative("lr", self.lr, "try 0.001")
        if not isinstance(self.betas, tuple | list) or len(self.betas) != 2:
            raise InputError("betas", repr(self.betas), "is no pair of numbers", "try (0.9, 0.999)")
        check_share("beta1", self.betas[0], "try 0.9")
        check_share("beta2", self.betas[1], "try 0.999")
        check_not_negative("eps", self.eps, "try 1e-8")
        check_not_negative("weight_decay", self.weight_decay, "try 0.0005")

    @property
    def momentum(self) -> float:
        """β₁, which plays its part."""
        return self.betas[0]

    def scaled(self, share: float) -> "Adam":
        """Return the same with `share` of the learning rate."""
        return replace(self, lr=self.lr * share)

    def initial_state(self, parameters: Floats) -> State:
        """`mean` and `square_mean`: zeros in the shape and dtype of `parameters`; `steps`: 0, an int64."""
        zeros: State = {name: np.zeros_like(parameters) for name in ("mean", "square_mean")}
        return zeros | {"steps": np.zeros((), np.int64)}

    def step(self, parameters: Floats, gradient: Floats, state: State) -> None:
        """Change `parameters` and `state` in place; all arrays but `steps` of one shape and dtype."""
        gradient = decayed(parameters, gradient, self.weight_decay)
        mean, square_mean, (beta1, beta2) = state["mean"], state["square_mean"], self.betas
        state["steps"] += 1
        steps = int(state["steps"])
        mean += (1 - beta1) * (gradient - mean)
        square_mean *= beta2
        square_mean += (1 - beta2) * gradient * gradient
        root = np.sqrt(square_mean)
        root /= math.sqrt(1 - beta2**steps)
        root += self.eps
        parameters -= self.lr / (1 - beta1**steps) * mean / root
