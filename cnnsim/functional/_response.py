"""Normalisation by neighbouring channels, and its gradient."""

import numpy as np

from cnnsim.functional.check import Floats, count, like, number, with_channels


def local_response_norm(x: Floats, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Floats:
    """Damp a cell by its neighbours in other channels: ``x / (k + α/size · Σ x²)^β``.

    The sum runs over `size` channels around the cell's own, those outside being 0.

    Parameters
    ----------
    x
        (N, C, ...), float32 or float64.
    size
        Channels that take part, at least 1.
    alpha, beta, k
        Numbers of the formula. AlexNet's α is not divided by its size of 5: its 10⁻⁴ is 5·10⁻⁴ here.

    Returns
    -------
    ndarray
        The same shape and dtype.

    Raises
    ------
    InputError
        If a dtype, shape or option breaks one of these rules.

    References
    ----------
    A. Krizhevsky, I. Sutskever, G. E. Hinton, ImageNet classification with deep convolutional neural networks (2012).
    `torch.nn.functional.local_response_norm` has the same names, order and defaults.

    Examples
    --------
    >>> import numpy as np
    >>> local_response_norm(np.array([[1.0, 2.0]]), 2, alpha=2.0, beta=1.0)
    array([[0.5       , 0.33333333]])
    """
    x, size = with_channels(x), count("size", size)
    alpha, beta, k = number("alpha", alpha), number("beta", beta), number("k", k)
    base = x.dtype.type(k) + x.dtype.type(alpha / size) * _channel_sums(x * x, size // 2, (size - 1) // 2)
    return x * base ** x.dtype.type(-beta)  # type: ignore[no-any-return]


def local_response_norm_backward(
    dy: Floats, x: Floats, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Floats:
    """Gradient of `local_response_norm`.

    With s the bracket: ``dx_c = dy_c · s_c^{-β} - 2αβ/size · x_c · Σ dy·x·s^{-β-1}``, over the channels that see c.

    Parameters
    ----------
    dy
        Gradient of the output, in the shape of `x`.
    x, size, alpha, beta, k
        The arguments of `local_response_norm`.

    Returns
    -------
    ndarray
        dx, in the shape of `x`.

    Raises
    ------
    InputError
        As `local_response_norm`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> local_response_norm_backward(np.array([[1.0]]), np.array([[1.0]]), 1, alpha=1.0, beta=1.0)
    array([[0.]])
    """
    x, size = with_channels(x), count("size", size)
    dy = like("dy", dy, "x", x, x.shape)
    alpha, beta, k = number("alpha", alpha), number("beta", beta), number("k", k)
    base = x.dtype.type(k) + x.dtype.type(alpha / size) * _channel_sums(x * x, size // 2, (size - 1) // 2)
    power = base ** x.dtype.type(-beta)
    through = _channel_sums(dy * x * power / base, (size - 1) // 2, size // 2)
    return dy * power - x.dtype.type(2 * alpha * beta / size) * x * through  # type: ignore[no-any-return]


def _channel_sums(values: Floats, before: int, after: int) -> Floats:
    """Sum over so many channels before and after each, itself included."""
    channels = values.shape[1]
    sums = np.zeros_like(values)
    for shift in range(max(-before, 1 - channels), min(after, channels - 1) + 1):
        low, high = max(0, -shift), min(channels, channels - shift)
        sums[:, low:high] += values[:, low + shift : high + shift]
    return sums
