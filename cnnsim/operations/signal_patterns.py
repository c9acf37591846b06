"""What signals and their kernels can start as, for any number of channels and any length."""

from collections.abc import Callable

import numpy as np

from cnnsim.operations.patterns import DIGITS, OWN_NUMBERS, RAMP, SIGNED, ZEROS, Shape
from cnnsim.operations.source import Array, Pattern


def _each(make: Callable[[int], Array]) -> Callable[[Shape, int], Array]:
    """Give every further channel the same signal, so much later."""

    def fill(shape: Shape, _seed: int) -> Array:
        count = int(np.prod(shape[:-1]))
        return np.stack([np.roll(make(shape[-1]), channel) for channel in range(count)]).reshape(shape)

    return fill


def _pulse(length: int) -> Array:
    return np.asarray(np.arange(length) == length // 3, dtype=np.float64)


def _box(length: int) -> Array:
    place = np.arange(length)
    return np.asarray((place >= length // 3) & (place < length - length // 3), dtype=np.float64)


def _wave(length: int) -> Array:
    """Return one period and a half in quarters, which are written exactly."""
    return np.round(4 * np.sin(np.arange(length) * 3 * np.pi / max(length - 1, 1))) / 4


def _slope(length: int) -> Array:
    return np.arange(length, 0.0, -1.0)


def _difference(length: int) -> Array:
    kernel = np.zeros(length)
    kernel[0], kernel[-1] = (1.0, -1.0) if length > 1 else (1.0, 1.0)
    return kernel


def _mean(length: int) -> Array:
    return np.full(length, 1 / length)


def _binomial(length: int) -> Array:
    row = np.array([1.0])
    for _ in range(length - 1):
        row = np.convolve(row, [0.5, 0.5])
    return np.asarray(row, dtype=np.float64)


def _unit(length: int) -> Array:
    return np.asarray(np.arange(length) == 0, dtype=np.float64)


SIGNALS = (
    RAMP,
    Pattern("pulse", "Single pulse", _each(_pulse)),
    Pattern("box", "Box", _each(_box)),
    Pattern("wave", "Wave", _each(_wave)),
    DIGITS,
    SIGNED,
    ZEROS,
    OWN_NUMBERS,
)
SIGNAL_KERNELS = (
    Pattern("slope", "Falling", _each(_slope)),
    Pattern("difference", "Difference", _each(_difference)),
    Pattern("mean", "Mean", _each(_mean)),
    Pattern("binomial", "Binomial", _each(_binomial)),
    Pattern("unit", "Unit pulse", _each(_unit)),
    SIGNED,
    OWN_NUMBERS,
)
