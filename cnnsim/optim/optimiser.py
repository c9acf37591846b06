"""What an optimiser is, and the checks that all of them share."""

import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError, number

Floats = NDArray[Any]

State = dict[str, NDArray[Any]]
"""What an optimiser remembers: arrays by name, changed in place by every step."""


class Optimiser(Protocol):
    """A rule that moves parameters against their gradient."""

    @property
    def lr(self) -> float:
        """Learning rate."""

    @property
    def momentum(self) -> float:
        """How much of the former direction is kept, from 0 to below 1."""

    def scaled(self, share: float) -> "Optimiser":
        """Return the same with `share` of the learning rate."""

    def initial_state(self, parameters: Floats) -> State:
        """State before the first step."""

    def step(self, parameters: Floats, gradient: Floats, state: State) -> None:
        """Change `parameters` and `state` in place; `gradient` in the shape and dtype of `parameters`."""


def check_not_negative(name: str, value: float, remedy: str) -> None:
    """Raise `InputError` unless `value` is finite and at least 0."""
    if not (math.isfinite(number(name, value)) and value >= 0):
        raise InputError(name, value, "is not a finite number of at least 0", remedy)


def check_share(name: str, value: float, remedy: str) -> None:
    """Raise `InputError` unless 0 ≤ `value` < 1."""
    if not 0 <= number(name, value) < 1:
        raise InputError(name, value, f"is not in 0 ≤ {name} < 1", remedy)


def check_switch(name: str, value: object) -> None:
    """Raise `InputError` unless `value` is True or False."""
    if not isinstance(value, bool | np.bool_):
        raise InputError(name, value, "is neither True nor False", f"write {name}=True or {name}=False")


def decayed(parameters: Floats, gradient: Floats, weight_decay: float) -> Floats:
    """Gradient with that of the penalty ``weight_decay/2 · ‖p‖²``; the same array where there is none."""
    return gradient + weight_decay * parameters if weight_decay else gradient
