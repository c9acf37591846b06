"""RMSprop: every parameter has a rate of its own, by the size of its recent gradients."""

from dataclasses import dataclass, replace

import numpy as np

from cnnsim.optim.optimiser import Floats, State, check_not_negative, check_share, check_switch, decayed


@dataclass(frozen=True, slots=True)
class RMSprop:
    """Divide by the root of the mean square: ``s ← α·s + (1-α)·g²``, ``p ← p - lr·g/(√s + ε)``.

    With momentum, ``v ← μ·v + g/(√s + ε)`` and ``p ← p - lr·v``. Centred, the square of the mean gradient is taken
    from s first, which leaves the variance.

    Parameters
    ----------
    lr
        Learning rate, at least 0.
    alpha
        α, how slowly the mean square forgets: at least 0 and below 1.
    eps
        ε, at least 0.
    momentum
        μ, at least 0 and below 1.
    weight_decay
        λ, at least 0; ``λ·p`` is added to the gradient.
    centered
        Divide by the standard deviation instead.

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    T. Tieleman, G. Hinton, Lecture 6.5: rmsprop, Coursera (2012). A. Graves, Generating sequences with recurrent
    neural networks (2013), for the centred one. The formulas are those of `torch.optim.RMSprop`.

    Examples
    --------
    >>> parameters = np.array([1.0])
    >>> optimiser = RMSprop(lr=0.1, alpha=0.75, eps=0.0)
    >>> state = optimiser.initial_state(parameters)
    >>> optimiser.step(parameters, np.array([4.0]), state)
    >>> parameters, state["square_mean"]
    (array([0.8]), array([4.]))
    """

    lr: float = 0.01
    alpha: float = 0.99
    eps: float = 1e-8
    momentum: float = 0.0
    weight_decay: float = 0.0
    centered: bool = False

    def __post_init__(self) -> None:
        check_not_negative("lr", self.lr, "try 0.001")
        check_share("alpha", self.alpha, "try 0.99")
        check_not_negative("eps", self.eps, "try 1e-8")
        check_share("momentum", self.momentum, "try 0.9")
        check_not_negative("weight_decay", self.weight_decay, "try 0.0005")
        check_switch("centered", self.centered)

    def scaled(self, share: float) -> "RMSprop":
        """Return the same with `share` of the learning rate."""
        return replace(self, lr=self.lr * share)

    def initial_state(self, parameters: Floats) -> State:
        """`square_mean`, `velocity` and, if centred, `mean`: zeros in the shape and dtype of `parameters`."""
        names = ("square_mean", "velocity", *(["mean"] if self.centered else []))
        return {name: np.zeros_like(parameters) for name in names}

    def step(self, parameters: Floats, gradient: Floats, state: State) -> None:
        """Change `parameters` and `state` in place; all arrays of one shape and dtype."""
        gradient, velocity = decayed(parameters, gradient, self.weight_decay), state["velocity"]
        square_mean = state["square_mean"]
        square_mean *= self.alpha
        square_mean += (1 - self.alpha) * gradient * gradient
        velocity *= self.momentum
        velocity += gradient / (np.sqrt(self._spread(gradient, state)) + self.eps)
        parameters -= self.lr * velocity

    def _spread(self, gradient: Floats, state: State) -> Floats:
        """Mean square, or variance."""
        if not self.centered:
            return state["square_mean"]
        mean = state["mean"]
        mean *= self.alpha
        mean += (1 - self.alpha) * gradient
        # where a gradient is the same at every step, rounding can make the difference negative
        return np.maximum(state["square_mean"] - mean * mean, 0)  # type: ignore[no-any-return]
