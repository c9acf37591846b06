"""Negative log-likelihood and mean squared error, with their gradients."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnsim.errors import InputError
from cnnsim.functional._loss import Reduction
from cnnsim.functional.check import Floats, array_of, floats, like, loss_gradient, reduction_of


def nll_loss(x: Floats, target: ArrayLike, *, reduction: Reduction = "mean") -> Floats:
    """Minus the logarithm of the right class's probability: ``-x[n, target[n]]``.

    Parameters
    ----------
    x
        Logarithms of probabilities (N, classes), as from `log_softmax`; float32 or float64.
    target
        Class numbers (N,).
    reduction
        "mean" over the images, "sum" of them, or "none": one loss per image.

    Returns
    -------
    ndarray
        A scalar of the dtype of `x`, or (N,).

    Raises
    ------
    InputError
        If dtypes or shapes do not fit, a class does not exist, or there is no image to average over.

    References
    ----------
    `torch.nn.functional.nll_loss` has the same names and defaults.

    Examples
    --------
    >>> import numpy as np
    >>> float(nll_loss(np.log([[0.25, 0.75]]), [1]).round(4))
    0.2877
    """
    x, labels = _checked_labels(x, target, reduction)
    return _reduced(-x[np.arange(len(x)), labels], reduction)


def nll_loss_backward(dy: ArrayLike, x: Floats, target: ArrayLike, *, reduction: Reduction = "mean") -> Floats:
    """Gradient of `nll_loss`: -dy at the right class, over N for the mean.

    Parameters
    ----------
    dy
        Gradient of the loss: a number, or (N,) for "none".
    x, target, reduction
        The arguments of `nll_loss`.

    Returns
    -------
    ndarray
        dx (N, classes).

    Raises
    ------
    InputError
        As `nll_loss`, or if `dy` does not have the loss's shape.

    Examples
    --------
    >>> import numpy as np
    >>> nll_loss_backward(1.0, np.log([[0.25, 0.75]]), [1])
    array([[ 0., -1.]])
    """
    x, labels = _checked_labels(x, target, reduction)
    dx = np.zeros_like(x)
    dx[np.arange(len(x)), labels] = -_shares(dy, x, (len(x),), reduction)
    return dx


def mse_loss(x: Floats, target: Floats, *, reduction: Reduction = "mean") -> Floats:
    """Squared error: ``(x - target)²``.

    Parameters
    ----------
    x
        Any shape, float32 or float64.
    target
        The same shape and dtype.
    reduction
        "mean" over all cells, "sum" of them, or "none": one for each.

    Returns
    -------
    ndarray
        A scalar of the dtype of `x`, or the shape of `x`.

    Raises
    ------
    InputError
        If dtypes or shapes do not fit, or there is no cell to average over.

    References
    ----------
    `torch.nn.functional.mse_loss` has the same names and defaults.

    Examples
    --------
    >>> import numpy as np
    >>> float(mse_loss(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    2.0
    """
    x, target = _checked_target(x, target, reduction)
    return _reduced((x - target) ** 2, reduction)


def mse_loss_backward(
    dy: ArrayLike, x: Floats, target: Floats, *, reduction: Reduction = "mean"
) -> tuple[Floats, Floats]:
    """Gradients of `mse_loss`: ``2·dy·(x - target)``, over the number of cells for the mean, and its opposite.

    Parameters
    ----------
    dy
        Gradient of the loss: a number, or the shape of `x` for "none".
    x, target, reduction
        The arguments of `mse_loss`.

    Returns
    -------
    dx, dtarget
        In the shape of `x`.

    Raises
    ------
    InputError
        As `mse_loss`, or if `dy` does not have the loss's shape.

    Examples
    --------
    >>> import numpy as np
    >>> mse_loss_backward(1.0, np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    (array([ 0., -2.]), array([-0.,  2.]))
    """
    x, target = _checked_target(x, target, reduction)
    dx = 2 * _shares(dy, x, x.shape, reduction) * (x - target)
    return dx, -dx


def _reduced(losses: Floats, reduction: Reduction) -> Floats:
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()  # type: ignore[no-any-return]


def _shares(dy: ArrayLike, x: Floats, shape: tuple[int, ...], reduction: Reduction) -> Floats:
    """Gradient of every single loss."""
    scale = loss_gradient(dy, x, shape if reduction == "none" else ())
    return scale / x.dtype.type(math.prod(shape)) if reduction == "mean" else scale


def _checked_reduction(x: Floats, reduction: str) -> None:
    reduction_of(reduction)
    if reduction == "mean" and not x.size:
        raise InputError("x.shape", x.shape, "holds nothing to average over", 'use reduction="sum"')


def _checked_target(x: Floats, target: Floats, reduction: str) -> tuple[Floats, Floats]:
    x = floats("x", x)
    _checked_reduction(x, reduction)
    return x, like("target", target, "x", x, x.shape)


def _checked_labels(x: Floats, target: ArrayLike, reduction: str) -> tuple[Floats, NDArray[np.int64]]:
    x, labels = floats("x", x, 2), array_of("target", target)
    _checked_reduction(x, reduction)
    if labels.shape != (len(x),) or not (np.issubdtype(labels.dtype, np.integer) or not labels.size):
        rule = f"{labels.dtype} is not {(len(x),)} of integers"
        raise InputError("target", f"{labels.shape}", rule, "give one class number per image")
    if labels.size and not 0 <= labels.min() <= labels.max() < x.shape[1]:
        rule = f"holds a class outside 0 ... {x.shape[1] - 1}"
        raise InputError("target", f"{labels.min()} ... {labels.max()}", rule, "number the classes from 0")
    return x, labels.astype(np.int64)
