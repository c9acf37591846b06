"""Normalisation by batch, and its gradients."""

import numpy as np

from cnnsim.errors import InputError
from cnnsim.functional.check import Floats, flag, like, number, with_channels


def batch_norm(
    x: Floats,
    running_mean: Floats | None,
    running_var: Floats | None,
    weight: Floats | None = None,
    bias: Floats | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Floats:
    """Give every channel zero mean and unit variance, then scale and shift: ``w · (x - μ) / √(σ² + ε) + b``.

    Parameters
    ----------
    x
        (N, C, ...), float32 or float64.
    running_mean, running_var
        (C,) of the same dtype, μ and σ² when not training; None with `training` for none. With `training` they are
        changed in place, as PyTorch does: ``r ← (1 - momentum)·r + momentum·b``, b the mean or the unbiased variance of
        the batch.
    weight, bias
        (C,), or None for 1 and 0.
    training
        Take μ and σ² from the batch.
    momentum, eps
        Share of the batch in the running numbers; ε.

    Returns
    -------
    ndarray
        The same shape and dtype.

    Raises
    ------
    InputError
        If dtypes or shapes do not fit, running numbers are missing, or a channel has one value to train with.

    References
    ----------
    S. Ioffe, C. Szegedy, Batch normalization, ICML (2015). `torch.nn.functional.batch_norm` has the same names,
    order and defaults.

    Examples
    --------
    >>> import numpy as np
    >>> batch_norm(np.array([[1.0], [3.0]]), None, None, training=True).round(3)
    array([[-1.],
           [ 1.]])
    """
    training, momentum, eps = flag("training", training), number("momentum", momentum), number("eps", eps)
    if training:
        _refuse_unchangeable("running_mean", running_mean)
        _refuse_unchangeable("running_var", running_var)
    x, running_mean, running_var, weight, bias = _checked(x, running_mean, running_var, weight, bias, training)
    mean, variance = _statistics(x, running_mean, running_var, training)
    if training and running_mean is not None and running_var is not None:
        n = x.size // x.shape[1]
        running_mean += x.dtype.type(momentum) * (mean - running_mean)
        running_var += x.dtype.type(momentum) * (variance * x.dtype.type(n / (n - 1)) - running_var)
    normal = (x - _spread(mean, x)) / np.sqrt(_spread(variance, x) + x.dtype.type(eps))
    if weight is not None:
        normal = normal * _spread(weight, x)
    return normal if bias is None else normal + _spread(bias, x)  # type: ignore[no-any-return]


def batch_norm_backward(
    dy: Floats,
    x: Floats,
    running_mean: Floats | None,
    running_var: Floats | None,
    weight: Floats | None = None,
    bias: Floats | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Floats, None, None, Floats | None, Floats | None]:
    """Gradients of `batch_norm`; when training, through the batch's mean and variance too.

    With x̂ the normalised x: ``dx = w/√(σ² + ε) · (dy - mean(dy) - x̂ · mean(dy·x̂))``, without the two means otherwise.

    Parameters
    ----------
    dy
        Gradient of the output, in the shape of `x`.
    x, running_mean, running_var, weight, bias, training, momentum, eps
        The arguments of `batch_norm`; nothing is changed here.

    Returns
    -------
    dx, None, None, dweight, dbias
        The running numbers are no parameters and have no gradient; None where an argument was None.

    Raises
    ------
    InputError
        As `batch_norm`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> x, dy = np.array([[1.0], [3.0]]), np.array([[1.0], [1.0]])
    >>> dx, _, _, _, dbias = batch_norm_backward(dy, x, None, None, np.ones(1), np.zeros(1), training=True)
    >>> dx.round(3), dbias
    (array([[0.],
           [0.]]), array([2.]))
    """
    training, momentum, eps = flag("training", training), number("momentum", momentum), number("eps", eps)
    x, running_mean, running_var, weight, bias = _checked(x, running_mean, running_var, weight, bias, training)
    dy = like("dy", dy, "x", x, x.shape)
    mean, variance = _statistics(x, running_mean, running_var, training)
    deviation = np.sqrt(variance + x.dtype.type(eps))
    normal = (x - _spread(mean, x)) / _spread(deviation, x)
    axes = _all_but_channels(x)
    dweight, dbias = (dy * normal).sum(axis=axes), dy.sum(axis=axes)
    inner = dy
    if training:
        n = x.dtype.type(x.size // x.shape[1])
        inner = dy - _spread(dbias / n, x) - normal * _spread(dweight / n, x)
    scale = 1 / deviation if weight is None else weight / deviation
    dx = inner * _spread(scale, x)
    return dx, None, None, None if weight is None else dweight, None if bias is None else dbias


def _checked(
    x: Floats,
    running_mean: Floats | None,
    running_var: Floats | None,
    weight: Floats | None,
    bias: Floats | None,
    training: bool,
) -> tuple[Floats, Floats | None, Floats | None, Floats | None, Floats | None]:
    x = with_channels(x)
    running_mean = _checked_running("running_mean", running_mean, x, training)
    running_var = _checked_running("running_var", running_var, x, training)
    if training and x.size // max(1, x.shape[1]) < 2:
        raise InputError("x.shape", x.shape, "has one value per channel to train with", "use a larger batch")
    weight, bias = (
        None if a is None else like(name, a, "x", x, (x.shape[1],)) for name, a in (("weight", weight), ("bias", bias))
    )
    return x, running_mean, running_var, weight, bias


def _checked_running(name: str, values: Floats | None, x: Floats, training: bool) -> Floats | None:
    if values is None:
        if not training:
            raise InputError(name, None, "is needed when not training", "give it, or use training=True")
        return None
    return like(name, values, "x", x, (x.shape[1],))


def _refuse_unchangeable(name: str, values: Floats | None) -> None:
    if values is not None and not (isinstance(values, np.ndarray) and values.flags.writeable):
        raise InputError(name, "(read-only)", "is changed when training", "give an array that can be written")


def _statistics(
    x: Floats, running_mean: Floats | None, running_var: Floats | None, training: bool
) -> tuple[Floats, Floats]:
    if not training and running_mean is not None and running_var is not None:
        return running_mean, running_var
    return x.mean(axis=_all_but_channels(x)), x.var(axis=_all_but_channels(x))


def _all_but_channels(x: Floats) -> tuple[int, ...]:
    return (0, *range(2, x.ndim))


def _spread(values: Floats, x: Floats) -> Floats:
    """(C,) to (C, 1, ...), to meet (N, C, ...)."""
    return values.reshape(-1, *[1] * (x.ndim - 2))
