"""Smooth squashing functions, element by element, and their gradients."""

import numpy as np

from cnnsim.functional.check import Floats, floats, like

_HEIGHT, _SLOPE = 1.7159, 2 / 3


def tanh(x: Floats) -> Floats:
    """Hyperbolic tangent, between -1 and 1.

    Parameters
    ----------
    x
        Any shape, float32 or float64.

    Returns
    -------
    ndarray
        The same shape and dtype.

    Raises
    ------
    InputError
        If `x` is neither float32 nor float64.

    References
    ----------
    Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, Efficient BackProp (1998).

    Examples
    --------
    >>> import numpy as np
    >>> tanh(np.array([0.0, 1.0])).round(4)
    array([0.    , 0.7616])
    """
    return np.tanh(floats("x", x))


def tanh_backward(dy: Floats, x: Floats) -> Floats:
    """Gradient of `tanh`: ``dy · (1 - tanh²x)``.

    Parameters
    ----------
    dy
        Gradient of the output, in the shape of `x`.
    x
        The argument of `tanh`.

    Returns
    -------
    ndarray
        dx, in the shape of `x`.

    Raises
    ------
    InputError
        As `tanh`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> tanh_backward(np.array([1.0, 1.0]), np.array([0.0, 1.0])).round(4)
    array([1.  , 0.42])
    """
    x = floats("x", x)
    y = np.tanh(x)
    return like("dy", dy, "x", x, x.shape) * (1 - y * y)  # type: ignore[no-any-return]


def sigmoid(x: Floats) -> Floats:
    """Squash into 0 ... 1: ``1 / (1 + e^{-x})``, without overflow.

    Parameters
    ----------
    x
        Any shape, float32 or float64.

    Returns
    -------
    ndarray
        The same shape and dtype.

    Raises
    ------
    InputError
        If `x` is neither float32 nor float64.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton, R. J. Williams, Learning representations by back-propagating errors (1986).

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid(np.array([0.0, 1.0])).round(4)
    array([0.5   , 0.7311])
    """
    x = floats("x", x)
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small)).astype(x.dtype, copy=False)


def sigmoid_backward(dy: Floats, x: Floats) -> Floats:
    """Gradient of `sigmoid`: ``dy · y · (1 - y)``.

    Parameters
    ----------
    dy
        Gradient of the output, in the shape of `x`.
    x
        The argument of `sigmoid`.

    Returns
    -------
    ndarray
        dx, in the shape of `x`.

    Raises
    ------
    InputError
        As `sigmoid`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid_backward(np.array([1.0, 1.0]), np.array([0.0, 1.0])).round(4)
    array([0.25  , 0.1966])
    """
    y = sigmoid(x)
    return like("dy", dy, "x", y, y.shape) * y * (1 - y)  # type: ignore[no-any-return]


def scaled_tanh(x: Floats) -> Floats:
    """Hyperbolic tangent scaled so that ±1 go to ±1: ``1.7159 · tanh(2x/3)``.

    Parameters
    ----------
    x
        Any shape, float32 or float64.

    Returns
    -------
    ndarray
        The same shape and dtype.

    Raises
    ------
    InputError
        If `x` is neither float32 nor float64.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document recognition (1998),
    appendix A: the squashing function of LeNet-5.

    Examples
    --------
    >>> import numpy as np
    >>> scaled_tanh(np.array([0.0, 1.0])).round(4)
    array([0., 1.])
    """
    x = floats("x", x)
    return x.dtype.type(_HEIGHT) * np.tanh(x * x.dtype.type(_SLOPE))  # type: ignore[no-any-return]


def scaled_tanh_backward(dy: Floats, x: Floats) -> Floats:
    """Gradient of `scaled_tanh`: ``dy · 1.7159 · 2/3 · (1 - tanh²(2x/3))``.

    Parameters
    ----------
    dy
        Gradient of the output, in the shape of `x`.
    x
        The argument of `scaled_tanh`.

    Returns
    -------
    ndarray
        dx, in the shape of `x`.

    Raises
    ------
    InputError
        As `scaled_tanh`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> scaled_tanh_backward(np.array([1.0, 1.0]), np.array([0.0, 1.0])).round(4)
    array([1.1439, 0.7554])
    """
    x = floats("x", x)
    t = np.tanh(x * x.dtype.type(_SLOPE))
    return like("dy", dy, "x", x, x.shape) * x.dtype.type(_HEIGHT * _SLOPE) * (1 - t * t)  # type: ignore[no-any-return]
