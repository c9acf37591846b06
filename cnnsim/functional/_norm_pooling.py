"""Pooling by a norm and by weights, and the gradients."""

import numpy as np

from cnnsim import gallery
from cnnsim.errors import InputError
from cnnsim.functional._convolution import conv2d, conv2d_backward
from cnnsim.functional._pooling import avg_pool2d, avg_pool2d_backward
from cnnsim.functional.check import Floats, Pair, floats, like, number, pair, room


def lp_pool2d(
    x: Floats,
    norm_type: float,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    ceil_mode: bool = False,
) -> Floats:
    """Take the norm of each window: ``(Σ |x|^p)^{1/p}``; p = 2 is the length of the window as a vector.

    Parameters
    ----------
    x
        Images (N, C, H, W), float32 or float64.
    norm_type
        p, at least 1.
    kernel_size, stride
        One integer, or (rows, columns). `stride` None is `kernel_size`.
    ceil_mode
        Round the output size up: the last window may stick out.

    Returns
    -------
    ndarray
        (N, C, H', W') of the same dtype.

    Raises
    ------
    InputError
        If a dtype, shape or option breaks one of these rules.

    References
    ----------
    `torch.nn.functional.lp_pool2d` has the same names, order and defaults, but leaves the bars out for odd p and scales
    the sum of a window that sticks out up to a whole window's. ONNX LpPool does neither.

    Examples
    --------
    >>> import numpy as np
    >>> lp_pool2d(np.array([[[[3.0, 4.0]]]]), 2, (1, 2))
    array([[[[5.]]]])
    """
    x, p = _checked_norm(x, norm_type)
    sums = avg_pool2d(np.abs(x) ** p, kernel_size, stride, 0, ceil_mode, True, 1)
    return sums ** x.dtype.type(1 / p)  # type: ignore[no-any-return]


def lp_pool2d_backward(
    dy: Floats,
    x: Floats,
    norm_type: float,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    ceil_mode: bool = False,
) -> Floats:
    """Gradient of `lp_pool2d`: ``dx = Σ dy · sign(x) · (|x| / y)^{p-1}``, 0 where the whole window is 0.

    Parameters
    ----------
    dy
        Gradient of the output (N, C, H', W').
    x, norm_type, kernel_size, stride, ceil_mode
        The arguments of `lp_pool2d`.

    Returns
    -------
    ndarray
        dx (N, C, H, W).

    Raises
    ------
    InputError
        As `lp_pool2d`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> lp_pool2d_backward(np.array([[[[1.0]]]]), np.array([[[[3.0, 4.0]]]]), 2, (1, 2))
    array([[[[0.6, 0.8]]]])
    """
    x, p = _checked_norm(x, norm_type)
    y = lp_pool2d(x, norm_type, kernel_size, stride, ceil_mode)
    dy = like("dy", dy, "x", x, y.shape)
    share = np.divide(dy, y ** (p - x.dtype.type(1)), out=np.zeros_like(dy), where=y > 0)
    spread = avg_pool2d_backward(share, x, kernel_size, stride, 0, ceil_mode, True, 1)
    return spread * np.sign(x) * np.abs(x) ** (p - x.dtype.type(1))  # type: ignore[no-any-return]


def distance_weights(kernel_size: int | Pair) -> Floats:
    """Weights for `weighted_pool2d` that fall with the distance r from the window's centre: ``1 / (1 + r)``.

    Parameters
    ----------
    kernel_size
        One integer, or (rows, columns).

    Returns
    -------
    ndarray of float64
        (rows, columns).

    Raises
    ------
    InputError
        If a size is less than 1.

    References
    ----------
    Pooling by "a weighted average based on the distance from the central pixel": I. Goodfellow, Y. Bengio, A.
    Courville, Deep learning (2016), section 9.3.

    Examples
    --------
    >>> distance_weights(3).round(4)
    array([[0.4142, 0.5   , 0.4142],
           [0.5   , 1.    , 0.5   ],
           [0.4142, 0.5   , 0.4142]])
    """
    size = pair("kernel_size", kernel_size, 1)
    room("kernel_size", kernel_size, size)
    return gallery.distance_weights(size)


def weighted_pool2d(x: Floats, weight: Floats, stride: int | Pair | None = None, padding: int | Pair = 0) -> Floats:
    """Average each window with weights: ``Σ w·x / Σ w``.

    Parameters
    ----------
    x
        Images (N, C, H, W), float32 or float64.
    weight
        (rows, columns) of the same dtype, as from `distance_weights`; their sum must not be 0.
    stride, padding
        One integer, or (rows, columns). `stride` None is the window's size; `padding` zeros on both sides.

    Returns
    -------
    ndarray
        (N, C, H', W') of the same dtype.

    Raises
    ------
    InputError
        If a dtype, shape or option breaks one of these rules.

    References
    ----------
    As `distance_weights`; equal weights give `avg_pool2d`.

    Examples
    --------
    >>> import numpy as np
    >>> weighted_pool2d(np.array([[[[2.0, 6.0]]]]), np.array([[3.0, 1.0]]))
    array([[[[3.]]]])
    """
    x, weight, kernels, step = _checked_weight(x, weight, stride)
    return conv2d(x, kernels, None, step, padding, groups=x.shape[1])


def weighted_pool2d_backward(
    dy: Floats, x: Floats, weight: Floats, stride: int | Pair | None = None, padding: int | Pair = 0
) -> tuple[Floats, Floats]:
    """Gradients of `weighted_pool2d`.

    ``dx = Σ dy · w / S`` over the windows that see the cell, ``dw = Σ dy · (x - y) / S``, with S = Σ w.

    Parameters
    ----------
    dy
        Gradient of the output (N, C, H', W').
    x, weight, stride, padding
        The arguments of `weighted_pool2d`.

    Returns
    -------
    dx, dweight
        In the shapes of `x` and `weight`.

    Raises
    ------
    InputError
        As `weighted_pool2d`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> dx, dw = weighted_pool2d_backward(np.ones((1, 1, 1, 1)), np.array([[[[2.0, 6.0]]]]), np.array([[3.0, 1.0]]))
    >>> dx, dw
    (array([[[[0.75, 0.25]]]]), array([[-0.25,  0.75]]))
    """
    x, weight, kernels, step = _checked_weight(x, weight, stride)
    dx, dkernels, _ = conv2d_backward(dy, x, kernels, None, step, padding, groups=x.shape[1])
    seen = dkernels.sum(axis=(0, 1))
    return dx, (seen - (seen * weight).sum() / weight.sum()) / weight.sum()


def _checked_norm(x: Floats, norm_type: float) -> tuple[Floats, np.floating]:
    x = floats("x", x)
    if not 1 <= number("norm_type", norm_type) < np.inf:
        raise InputError("norm_type", norm_type, "is not a finite number of at least 1", "use 2 for the length")
    return x, x.dtype.type(norm_type)


def _checked_weight(x: Floats, weight: Floats, stride: int | Pair | None) -> tuple[Floats, Floats, Floats, Pair]:
    """Also the weights as kernels (C, 1, rows, columns) of sum 1, and the stride."""
    x, weight = floats("x", x, 4), floats("weight", weight, 2)
    weight = like("weight", weight, "x", x, weight.shape)
    if not x.shape[1]:
        raise InputError("x.shape", x.shape, "has no channels", "give at least one map")
    if not weight.sum():
        raise InputError("weight", "(sum 0)", "cannot be scaled to a sum of 1", "use weights with another sum")
    size = weight.shape[0], weight.shape[1]
    kernels = np.broadcast_to(weight / weight.sum(), (x.shape[1], 1, *size))
    return x, weight, kernels, size if stride is None else pair("stride", stride, 1)
