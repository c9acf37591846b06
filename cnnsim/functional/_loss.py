"""Softmax, its logarithm, and cross-entropy, with their gradients."""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnsim.errors import InputError
from cnnsim.functional.check import Floats, array_of, floats, like, loss_gradient, reduction_of

Reduction = Literal["mean", "sum", "none"]


def softmax(x: Floats, dim: int = -1) -> Floats:
    """Turn logits into probabilities: ``p_c = e^{z_c} / Σ e^{z}`` along one axis.

    Parameters
    ----------
    x
        Logits of any shape, float32 or float64.
    dim
        The axis of the classes.

    Returns
    -------
    ndarray
        The same shape and dtype; sums to 1 along `dim`.

    Raises
    ------
    InputError
        If `x` is neither float32 nor float64, or has no axis `dim`.

    References
    ----------
    J. S. Bridle, Probabilistic interpretation of feedforward classification network outputs (1990).

    Examples
    --------
    >>> import numpy as np
    >>> softmax(np.array([0.1, 0.2, 0.7])).round(4)
    array([0.2546, 0.2814, 0.464 ])
    """
    return np.exp(log_softmax(x, dim))


def softmax_backward(dy: Floats, x: Floats, dim: int = -1) -> Floats:
    """Gradient of `softmax`: ``p · (dy - Σ p·dy)``.

    Parameters
    ----------
    dy
        Gradient of the output, in the shape of `x`.
    x, dim
        The arguments of `softmax`.

    Returns
    -------
    ndarray
        dx, in the shape of `x`.

    Raises
    ------
    InputError
        As `softmax`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_backward(np.array([1.0, 0.0]), np.zeros(2))
    array([ 0.25, -0.25])
    """
    p = softmax(x, dim)
    dy = like("dy", dy, "x", p, p.shape)
    return p * (dy - (p * dy).sum(axis=dim, keepdims=True))  # type: ignore[no-any-return]


def log_softmax(x: Floats, dim: int = -1) -> Floats:
    """Logarithm of `softmax`, computed without overflow: ``z_c - log Σ e^{z}``.

    Parameters
    ----------
    x
        Logits of any shape, float32 or float64.
    dim
        The axis of the classes.

    Returns
    -------
    ndarray
        The same shape and dtype.

    Raises
    ------
    InputError
        If `x` is neither float32 nor float64, or has no axis `dim`.

    References
    ----------
    The largest logit is subtracted first, as in P. Blanchard, D. J. Higham, N. J. Higham, Accurately computing the
    log-sum-exp and softmax functions (2021).

    Examples
    --------
    >>> import numpy as np
    >>> log_softmax(np.array([0.0, 0.0, 1000.0]))
    array([-1000., -1000.,     0.])
    """
    x = floats("x", x)
    if not isinstance(dim, int | np.integer) or isinstance(dim, bool):
        raise InputError("dim", repr(dim), "is not an integer", "use the number of an axis")
    if not -x.ndim <= dim < x.ndim:
        raise InputError("dim", dim, f"is no axis of an array with {x.ndim}", f"use one from {-x.ndim} to {x.ndim - 1}")
    if not x.size:
        return x.copy()
    shifted = x - x.max(axis=dim, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))  # type: ignore[no-any-return]


def log_softmax_backward(dy: Floats, x: Floats, dim: int = -1) -> Floats:
    """Gradient of `log_softmax`: ``dy - p · Σ dy``.

    Parameters
    ----------
    dy
        Gradient of the output, in the shape of `x`.
    x, dim
        The arguments of `log_softmax`.

    Returns
    -------
    ndarray
        dx, in the shape of `x`.

    Raises
    ------
    InputError
        As `log_softmax`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> log_softmax_backward(np.array([1.0, 0.0]), np.zeros(2))
    array([ 0.5, -0.5])
    """
    p = softmax(x, dim)
    dy = like("dy", dy, "x", p, p.shape)
    return dy - p * dy.sum(axis=dim, keepdims=True)  # type: ignore[no-any-return]


def cross_entropy(x: Floats, target: ArrayLike, *, reduction: Reduction = "mean") -> Floats:
    """Surprise at the right class: ``-Σ_c t_c log p_c`` with p the softmax of the logits.

    Parameters
    ----------
    x
        Logits (N, classes), float32 or float64.
    target
        Class numbers (N,), or probabilities (N, classes) in the dtype of `x`.
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
    `torch.nn.functional.cross_entropy` has the same names and defaults.

    Examples
    --------
    >>> import numpy as np
    >>> float(cross_entropy(np.array([[0.1, 0.2, 0.7]]), [2]).round(4))
    0.7679
    """
    x, wanted = _checked(x, target, reduction)
    surprise = -log_softmax(x, 1)
    # Picked, not multiplied by 0 and 1: the surprise at a class that is ruled out is infinite.
    losses = surprise[np.arange(len(x)), wanted] if wanted.ndim == 1 else (wanted * surprise).sum(axis=1)
    if reduction == "none":
        return losses  # type: ignore[no-any-return]
    return losses.mean() if reduction == "mean" else losses.sum()  # type: ignore[no-any-return]


def cross_entropy_backward(dy: ArrayLike, x: Floats, target: ArrayLike, *, reduction: Reduction = "mean") -> Floats:
    """Gradient of `cross_entropy` with respect to the logits: ``dy · (p - t)``, over N for the mean.

    Parameters
    ----------
    dy
        Gradient of the loss: a number, or (N,) for "none".
    x, target, reduction
        The arguments of `cross_entropy`.

    Returns
    -------
    ndarray
        dx (N, classes).

    Raises
    ------
    InputError
        As `cross_entropy`, or if `dy` does not have the loss's shape.

    Examples
    --------
    >>> import numpy as np
    >>> cross_entropy_backward(1.0, np.array([[0.1, 0.2, 0.7]]), [2]).round(4)
    array([[ 0.2546,  0.2814, -0.536 ]])
    """
    x, wanted = _checked(x, target, reduction)
    probabilities = (np.arange(x.shape[1]) == wanted[:, None]).astype(x.dtype) if wanted.ndim == 1 else wanted
    scale = loss_gradient(dy, x, (len(x),) if reduction == "none" else ())
    if reduction == "mean":
        scale = scale / x.dtype.type(len(x))
    dlog = -probabilities * scale.reshape(-1, 1)
    return log_softmax_backward(dlog, x, 1)


def _checked(x: Floats, target: ArrayLike, reduction: str) -> tuple[Floats, NDArray[Any]]:
    """Logits, and the targets as class numbers (N,) or probabilities (N, classes)."""
    x, wanted = floats("x", x, 2), array_of("target", target)
    reduction_of(reduction)
    if reduction == "mean" and not len(x):
        raise InputError("x.shape", x.shape, "holds no image to average over", 'use reduction="sum"')
    if not np.issubdtype(wanted.dtype, np.integer):
        return x, like("target", wanted, "x", x, x.shape)
    if wanted.shape != (len(x),):
        raise InputError("target.shape", wanted.shape, f"is not {(len(x),)}", "give one class number per image")
    if wanted.size and not 0 <= wanted.min() <= wanted.max() < x.shape[1]:
        rule = f"holds a class outside 0 ... {x.shape[1] - 1}"
        raise InputError("target", f"{wanted.min()} ... {wanted.max()}", rule, "number the classes from 0")
    return x, wanted.astype(np.int64)
