"""Rectifiers, element by element, and their gradients."""

import numpy as np

from cnnsim.functional.check import Floats, floats, like, number


def relu(x: Floats) -> Floats:
    """Cut off what is negative: ``max(0, x)``.

    Parameters
    ----------
    x
        Any shape, float32 or float64.

    Returns
    -------
    ndarray
        The same shape and dtype; a NaN stays one.

    Raises
    ------
    InputError
        If `x` is neither float32 nor float64.

    References
    ----------
    V. Nair, G. E. Hinton, Rectified linear units improve restricted Boltzmann machines, ICML (2010).

    Examples
    --------
    >>> import numpy as np
    >>> relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    return np.maximum(floats("x", x), 0)


def relu_backward(dy: Floats, x: Floats) -> Floats:
    """Gradient of `relu`: dy where x was positive, 0 elsewhere (at 0 too).

    Parameters
    ----------
    dy
        Gradient of the output, in the shape of `x`.
    x
        The argument of `relu`.

    Returns
    -------
    ndarray
        dx, in the shape of `x`.

    Raises
    ------
    InputError
        As `relu`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> relu_backward(np.array([5.0, 5.0, 5.0]), np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 5.])
    """
    x = floats("x", x)
    return np.where(x > 0, like("dy", dy, "x", x, x.shape), x.dtype.type(0))


def leaky_relu(x: Floats, negative_slope: float = 0.01) -> Floats:
    """Let a little of what is negative through: x where positive, ``negative_slope · x`` elsewhere.

    Parameters
    ----------
    x
        Any shape, float32 or float64.
    negative_slope
        Slope left of 0.

    Returns
    -------
    ndarray
        The same shape and dtype.

    Raises
    ------
    InputError
        If `x` is neither float32 nor float64, or the slope is not a number.

    References
    ----------
    A. L. Maas, A. Y. Hannun, A. Y. Ng, Rectifier nonlinearities improve neural network acoustic models, ICML (2013).

    Examples
    --------
    >>> import numpy as np
    >>> leaky_relu(np.array([-1.0, 0.0, 2.0]))
    array([-0.01,  0.  ,  2.  ])
    """
    x = floats("x", x)
    return np.where(x > 0, x, x * x.dtype.type(number("negative_slope", negative_slope)))


def leaky_relu_backward(dy: Floats, x: Floats, negative_slope: float = 0.01) -> Floats:
    """Gradient of `leaky_relu`: dy where x was positive, ``negative_slope · dy`` elsewhere.

    Parameters
    ----------
    dy
        Gradient of the output, in the shape of `x`.
    x, negative_slope
        The arguments of `leaky_relu`.

    Returns
    -------
    ndarray
        dx, in the shape of `x`.

    Raises
    ------
    InputError
        As `leaky_relu`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> leaky_relu_backward(np.array([5.0, 5.0]), np.array([-1.0, 2.0]), 0.1)
    array([0.5, 5. ])
    """
    x = floats("x", x)
    dy = like("dy", dy, "x", x, x.shape)
    return np.where(x > 0, dy, dy * x.dtype.type(number("negative_slope", negative_slope)))
