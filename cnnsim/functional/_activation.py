"""The detector stage, element by element, and its gradients."""

import numpy as np

from cnnsim.functional.check import Floats, floats, like


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
