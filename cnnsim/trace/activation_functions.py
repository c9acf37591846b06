"""The functions of the detector stage and their slopes, for arrays of any shape."""

from typing import Literal

import numpy as np

from cnnsim.trace.checks import Array

Function = Literal["relu", "leaky_relu", "sigmoid", "tanh", "scaled_tanh"]
ACTIVATIONS: tuple[Function, ...] = ("relu", "leaky_relu", "sigmoid", "tanh", "scaled_tanh")
HEIGHT, STRETCH = 1.7159, 2 / 3
"""The scaled tanh of LeNet-5 is HEIGHT · tanh(STRETCH · x), which leaves ±1 where they are."""


def applied(x: Array, function: Function, slope: float) -> Array:
    """Return f(x); `slope` is that of the leaky ReLU below 0.

    Examples
    --------
    >>> applied(np.array([-2.0, 3.0]), "leaky_relu", 0.1)
    array([-0.2,  3. ])
    """
    match function:
        case "relu":
            return np.where(x > 0, x, 0.0)
        case "leaky_relu":
            return np.where(x > 0, x, slope * x)
        case "sigmoid":
            small = np.exp(-np.abs(x))  # never overflows
            return np.asarray(np.where(x > 0, 1.0, small) / (1 + small), dtype=np.float64)
        case "tanh":
            return np.asarray(np.tanh(x), dtype=np.float64)
        case "scaled_tanh":
            return np.asarray(HEIGHT * np.tanh(x * STRETCH), dtype=np.float64)


def derivative(x: Array, function: Function, slope: float) -> Array:
    """Return f'(x); at 0, where the rectifiers have a kink, that of the left side.

    Examples
    --------
    >>> derivative(np.array([-2.0, 0.0, 3.0]), "relu", 0.0)
    array([0., 0., 1.])
    """
    match function:
        case "relu":
            return np.where(x > 0, 1.0, 0.0)
        case "leaky_relu":
            return np.where(x > 0, 1.0, slope)
        case "sigmoid":
            y = applied(x, function, slope)
            return np.asarray(y * (1 - y), dtype=np.float64)
        case "tanh":
            return np.asarray(1 - np.square(np.tanh(x)), dtype=np.float64)
        case "scaled_tanh":
            return np.asarray(HEIGHT * STRETCH * (1 - np.square(np.tanh(x * STRETCH))), dtype=np.float64)
