"""How parameters start: pure functions of a shape and a random generator.

The shape is that of a weight, (O, I) or (O, C, kh, kw): every output sums ``fan_in`` = I or C·kh·kw products, every
input goes into ``fan_out`` = O or O·kh·kw of them. All return float64; a network rounds to its own dtype.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError

Shape = tuple[int, ...]
Float64s = NDArray[np.float64]
Initialiser = Callable[[Shape, np.random.Generator], Float64s]
"""From a shape and a generator to an array."""

GAIN_RELU = math.sqrt(2)
"""Makes up for ReLU, which takes half of the variance away (He et al. 2015)."""


def zeros(shape: Shape, random: np.random.Generator) -> Float64s:
    """Zeros: usual for biases; weights that are all alike stay alike.

    Examples
    --------
    >>> zeros((2,), np.random.default_rng(0))
    array([0., 0.])
    """
    return np.zeros(shape)


def constant(value: float) -> Initialiser:
    """Make an initialiser that gives the same value everywhere.

    Examples
    --------
    >>> constant(0.1)((2,), np.random.default_rng(0))
    array([0.1, 0.1])
    """
    return lambda shape, random: np.full(shape, value, np.float64)


def uniform(low: float, high: float) -> Initialiser:
    """Make an initialiser that draws evenly from low to below high.

    Raises
    ------
    InputError
        If `low` is above `high`.

    Examples
    --------
    >>> uniform(-1, 1)((2,), np.random.default_rng(0)).round(3)
    array([ 0.274, -0.46 ])
    """
    if not low <= high:
        raise InputError("low", low, f"is above high={high}", "swap them")
    return lambda shape, random: random.uniform(low, high, shape)


def normal(mean: float = 0.0, deviation: float = 1.0) -> Initialiser:
    """Make an initialiser that draws from a normal distribution.

    Raises
    ------
    InputError
        If `deviation` is negative.

    Examples
    --------
    >>> normal(5, 0.1)((2,), np.random.default_rng(0)).round(3)
    array([5.013, 4.987])
    """
    if not deviation >= 0:
        raise InputError("deviation", deviation, "is not at least 0", "try 0.1")
    return lambda shape, random: random.normal(mean, deviation, shape)


def xavier_uniform(shape: Shape, random: np.random.Generator) -> Float64s:
    """Even in ``±√(6/(fan_in + fan_out))``: keeps the variance forwards and backwards, for tanh.

    Raises
    ------
    InputError
        If the shape is not that of a weight.

    References
    ----------
    X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS (2010),
    equation 16.

    Examples
    --------
    >>> xavier_uniform((2, 1), np.random.default_rng(0)).round(3)
    array([[ 0.387],
           [-0.651]])
    """
    limit = math.sqrt(6 / sum(fans(shape)))
    return random.uniform(-limit, limit, shape)


def xavier_normal(shape: Shape, random: np.random.Generator) -> Float64s:
    """Normal with variance ``2/(fan_in + fan_out)``.

    Raises
    ------
    InputError
        If the shape is not that of a weight.

    References
    ----------
    Glorot and Bengio (2010), equation 12.

    Examples
    --------
    >>> xavier_normal((2, 1), np.random.default_rng(0)).round(3)
    array([[ 0.103],
           [-0.108]])
    """
    return random.normal(0, math.sqrt(2 / sum(fans(shape))), shape)


def kaiming_uniform(shape: Shape, random: np.random.Generator) -> Float64s:
    """Even in ``±√(6/fan_in)``: keeps the variance forwards through ReLU.

    Raises
    ------
    InputError
        If the shape is not that of a weight.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, Delving deep into rectifiers, ICCV (2015), equation 10.

    Examples
    --------
    >>> kaiming_uniform((1, 2), np.random.default_rng(0)).round(3)
    array([[ 0.474, -0.797]])
    """
    limit = GAIN_RELU * math.sqrt(3 / fans(shape)[0])
    return random.uniform(-limit, limit, shape)


def kaiming_normal(shape: Shape, random: np.random.Generator) -> Float64s:
    """Normal with variance ``2/fan_in``; He et al. (2015), equation 10.

    Raises
    ------
    InputError
        If the shape is not that of a weight.

    Examples
    --------
    >>> kaiming_normal((1, 2), np.random.default_rng(0)).round(3)
    array([[ 0.126, -0.132]])
    """
    return random.normal(0, GAIN_RELU / math.sqrt(fans(shape)[0]), shape)


def lecun_uniform(shape: Shape, random: np.random.Generator) -> Float64s:
    """Even in ``±√(3/fan_in)``: unit variance of every sum of unit inputs, for the scaled tanh.

    Raises
    ------
    InputError
        If the shape is not that of a weight.

    References
    ----------
    Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, Efficient BackProp (1998), section 4.6, equation 16.

    Examples
    --------
    >>> lecun_uniform((1, 2), np.random.default_rng(0)).round(3)
    array([[ 0.335, -0.564]])
    """
    limit = math.sqrt(3 / fans(shape)[0])
    return random.uniform(-limit, limit, shape)


def lecun_normal(shape: Shape, random: np.random.Generator) -> Float64s:
    """Normal with variance ``1/fan_in``; LeCun et al. (1998), equation 16.

    Raises
    ------
    InputError
        If the shape is not that of a weight.

    Examples
    --------
    >>> lecun_normal((1, 2), np.random.default_rng(0)).round(3)
    array([[ 0.089, -0.093]])
    """
    return random.normal(0, 1 / math.sqrt(fans(shape)[0]), shape)


def orthogonal(shape: Shape, random: np.random.Generator) -> Float64s:
    """Rows (or, if there are more rows than numbers in one, columns) of length 1 at right angles to each other.

    A weight of more than two axes counts as the matrix (O, fan_in).

    Raises
    ------
    InputError
        If the shape is not that of a weight.

    References
    ----------
    A. M. Saxe, J. L. McClelland, S. Ganguli, Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks, ICLR (2014). Signs as in F. Mezzadri, How to generate random matrices from the classical compact
    groups (2007), so that all such matrices are equally likely.

    Examples
    --------
    >>> q = orthogonal((2, 3), np.random.default_rng(0))
    >>> bool(np.allclose(q @ q.T, np.eye(2)))
    True
    """
    rows, columns = shape[0], fans(shape)[0]
    gauss = random.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(gauss)
    q *= np.sign(np.diag(r))
    return np.ascontiguousarray(q.T if rows < columns else q).reshape(shape)


def fans(shape: Shape) -> tuple[int, int]:
    """Products that an output sums, and products that an input goes into.

    Raises
    ------
    InputError
        If the shape has less than two axes or an empty one.

    Examples
    --------
    >>> fans((16, 6, 5, 5))
    (150, 400)
    """
    if len(shape) < 2 or min(shape) < 1:
        raise InputError("shape", shape, "is not that of a weight, (O, I) or (O, C, kh, kw)", "give all of its axes")
    cells = math.prod(shape[2:])
    return shape[1] * cells, shape[0] * cells
