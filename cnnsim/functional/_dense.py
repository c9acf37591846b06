"""Dense layers and their gradients."""

import math

from cnnsim.engine import blocks, convolution, memory
from cnnsim.engine import linear as dense
from cnnsim.errors import InputError
from cnnsim.functional.check import Floats, floats, like, own


def linear(x: Floats, weight: Floats, bias: Floats | None = None) -> Floats:
    """Multiply by a matrix and add a bias: ``y = x · weightᵀ + bias``.

    Parameters
    ----------
    x
        (..., in_features), float32 or float64.
    weight
        (out_features, in_features), of the same dtype.
    bias
        (out_features,), or None for no bias.

    Returns
    -------
    ndarray
        (..., out_features) of the same dtype.

    Raises
    ------
    InputError
        If dtypes or shapes do not fit.

    References
    ----------
    `torch.nn.functional.linear` has the same names, order and defaults.

    Examples
    --------
    >>> import numpy as np
    >>> linear(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]), np.array([0.5, 0.0]))
    array([[11.5, 17. ]])
    """
    x, weight, bias = _checked(x, weight, bias)
    rows = x.reshape(math.prod(x.shape[:-1]), x.shape[-1])
    full_bias = memory.zeros((len(weight),), x.dtype) if bias is None else own(bias)
    y = dense.linear(blocks.to_blocks(rows), own(weight), full_bias)
    return blocks.from_blocks(y, len(rows)).reshape(*x.shape[:-1], len(weight))


def linear_backward(
    dy: Floats, x: Floats, weight: Floats, bias: Floats | None = None
) -> tuple[Floats, Floats, Floats | None]:
    """Gradients of `linear`: ``dx = dy · weight``, ``dweight = dyᵀ · x``, ``dbias = Σ dy``.

    Parameters
    ----------
    dy
        Gradient of the output (..., out_features).
    x, weight, bias
        The arguments of `linear`.

    Returns
    -------
    dx, dweight, dbias
        In the shapes of `x`, `weight` and `bias`; `dbias` is None if there was no bias.

    Raises
    ------
    InputError
        As `linear`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> dx, dweight, dbias = linear_backward(np.array([[1.0, 2.0]]), np.array([[3.0]]), np.array([[4.0], [5.0]]))
    >>> dx, dweight.ravel(), dbias
    (array([[14.]]), array([3., 6.]), None)
    """
    x, weight, bias = _checked(x, weight, bias)
    dy = like("dy", dy, "x", x, (*x.shape[:-1], len(weight)))
    n = math.prod(x.shape[:-1])
    x_blocks = blocks.to_blocks(x.reshape(n, x.shape[-1]))
    dy_blocks = blocks.to_blocks(dy.reshape(n, len(weight)))
    dweight = memory.empty((len(x_blocks), weight.size), x.dtype)
    dense.linear_backward_weight(dy_blocks, x_blocks, dweight)
    dx = blocks.from_blocks(dense.linear_backward_input(dy_blocks, own(weight)), n).reshape(x.shape)
    dbias = None if bias is None else convolution.backward_bias(dy_blocks).sum(axis=0)
    return dx, dweight.sum(axis=0).reshape(weight.shape), dbias


def _checked(x: Floats, weight: Floats, bias: Floats | None) -> tuple[Floats, Floats, Floats | None]:
    x, weight = floats("x", x), floats("weight", weight, 2)
    if x.ndim == 0:
        raise InputError("x.shape", x.shape, "has no axis of features", "reshape it to (N, features)")
    weight = like("weight", weight, "x", x, (len(weight), x.shape[-1]))
    return x, weight, None if bias is None else like("bias", bias, "x", x, (len(weight),))
