"""Learning-rate schedules: what share of the rate an optimiser uses at a step, as pure functions of the step.

A schedule is called with the number of the step, from 0, and returns a factor for the learning rate. It remembers
nothing, so a training that is resumed needs no more than the step it is at.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral

from cnnsim.errors import InputError, number

Schedule = Callable[[int], float]
"""From the number of a step, 0 for the first, to the share of the learning rate."""


@dataclass(frozen=True, slots=True)
class Constant:
    """The whole rate at every step, or the same `share` of it.

    Parameters
    ----------
    share
        What every step's rate is multiplied by.

    Examples
    --------
    >>> Constant()(1000)
    1.0
    """

    share: float = 1.0

    def __post_init__(self) -> None:
        _check_number("share", self.share)

    def __call__(self, step: int) -> float:
        """Return the share."""
        return self.share


@dataclass(frozen=True, slots=True)
class Stepwise:
    """Multiply by `factor` after every so many steps: ``factor^⌊step/every⌋``.

    Parameters
    ----------
    every
        Steps, at least 1.
    factor
        At least 0.

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    `torch.optim.lr_scheduler.StepLR`.

    Examples
    --------
    >>> [Stepwise(2, 0.5)(step) for step in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        _check_steps("every", self.every)
        _check_number("factor", self.factor)

    def __call__(self, step: int) -> float:
        """Return the share at `step`."""
        return _power(self.factor, step // self.every)


@dataclass(frozen=True, slots=True)
class Exponential:
    """Multiply by `factor` after every step, as PyTorch's ExponentialLR: ``factor^step``.

    Parameters
    ----------
    factor
        At least 0.

    Raises
    ------
    InputError
        If the factor is out of its range.

    Examples
    --------
    >>> [Exponential(0.5)(step) for step in range(4)]
    [1.0, 0.5, 0.25, 0.125]
    """

    factor: float

    def __post_init__(self) -> None:
        _check_number("factor", self.factor)

    def __call__(self, step: int) -> float:
        """Return the share at `step`."""
        return _power(self.factor, step)


@dataclass(frozen=True, slots=True)
class Cosine:
    """Fall from 1 to `floor` along half a cosine: ``floor + (1 - floor)·(1 + cos(π·step/steps))/2``, then stay there.

    Parameters
    ----------
    steps
        Until the floor is reached, at least 1.
    floor
        At least 0.

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    I. Loshchilov, F. Hutter, SGDR: stochastic gradient descent with warm restarts, ICLR (2017), equation 5, without the
    restarts.

    Examples
    --------
    >>> [round(Cosine(4)(step), 4) for step in range(6)]
    [1.0, 0.8536, 0.5, 0.1464, 0.0, 0.0]
    """

    steps: int
    floor: float = 0.0

    def __post_init__(self) -> None:
        _check_steps("steps", self.steps)
        _check_number("floor", self.floor)

    def __call__(self, step: int) -> float:
        """Return the share at `step`."""
        part = min(step, self.steps) / self.steps
        return self.floor + (1 - self.floor) * (1 + math.cos(math.pi * part)) / 2


@dataclass(frozen=True, slots=True)
class Warmup:
    """Rise from `start` to 1 along a line: ``start + (1 - start)·step/steps``, then stay there.

    Parameters
    ----------
    steps
        Until the whole rate is reached, at least 1.
    start
        At least 0.

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    P. Goyal et al., Accurate, large minibatch SGD: training ImageNet in 1 hour (2017), section 2.2;
    `torch.optim.lr_scheduler.LinearLR`.

    Examples
    --------
    >>> [Warmup(4, start=0.0)(step) for step in range(6)]
    [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
    """

    steps: int
    start: float = 0.1

    def __post_init__(self) -> None:
        _check_steps("steps", self.steps)
        _check_number("start", self.start)

    def __call__(self, step: int) -> float:
        """Return the share at `step`."""
        return self.start + (1 - self.start) * min(step, self.steps) / self.steps


@dataclass(frozen=True, slots=True)
class Product:
    """Several schedules at once: the product of their shares, as `torch.optim.lr_scheduler.ChainedScheduler`.

    Parameters
    ----------
    schedules
        Functions of the step, whose shares are multiplied.

    Examples
    --------
    >>> Product((Constant(0.5), Exponential(0.5)))(1)
    0.25
    """

    schedules: tuple[Schedule, ...]

    def __call__(self, step: int) -> float:
        """Return the share at `step`."""
        return math.prod(schedule(step) for schedule in self.schedules)


@dataclass(frozen=True, slots=True)
class InTurn:
    """One schedule after the other; each counts its steps from its own beginning.

    Parameters
    ----------
    first
        Until `steps`.
    steps
        How long, at least 1.
    then
        From there on; may be another `InTurn`.

    Raises
    ------
    InputError
        If `steps` is out of its range, or a schedule is none.

    References
    ----------
    `torch.optim.lr_scheduler.SequentialLR`.

    Examples
    --------
    >>> schedule = InTurn(Warmup(2, start=0.0), 2, Exponential(0.5))
    >>> [schedule(step) for step in range(5)]
    [0.0, 0.5, 1.0, 0.5, 0.25]
    """

    first: Schedule
    steps: int
    then: Schedule

    def __post_init__(self) -> None:
        _check_steps("steps", self.steps)
        for name, schedule in (("first", self.first), ("then", self.then)):
            if not callable(schedule):
                raise InputError(name, repr(schedule), "is no schedule", "use for example Constant()")

    def __call__(self, step: int) -> float:
        """Return the share at `step`."""
        return self.first(step) if step < self.steps else self.then(step - self.steps)


def _power(factor: float, n: int) -> float:
    """Raise to a power, infinity where no float is so large: a training with such a rate diverges, and says so."""
    try:
        return float(factor**n)
    except OverflowError:
        return math.inf


def _check_steps(name: str, value: int) -> None:
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise InputError(name, repr(value), "is not an integer", "use 1 or more")
    if value < 1:
        raise InputError(name, value, "is less than 1", "use 1 or more")


def _check_number(name: str, value: float) -> None:
    if not (math.isfinite(number(name, value)) and value >= 0):
        raise InputError(name, value, "is not a finite number of at least 0", "try 0.1")
