"""One-dimensional convolution, for sound and text: a two-dimensional one on images of one row."""

from typing import Literal

from cnnsim.errors import InputError
from cnnsim.functional._convolution import conv2d, conv2d_backward
from cnnsim.functional._outside import PaddingMode
from cnnsim.functional.check import Floats, Padding, Pair, floats, like

Length = int | tuple[int]
LengthPadding = int | tuple[int] | tuple[Pair] | Literal["same", "valid"]


def conv1d(
    x: Floats,
    weight: Floats,
    bias: Floats | None = None,
    stride: Length = 1,
    padding: LengthPadding = 0,
    dilation: Length = 1,
    groups: int = 1,
    *,
    padding_mode: PaddingMode = "zeros",
    flip: bool = False,
) -> Floats:
    """Slide kernels along signals: multiply, add up, add the bias.

    ``y[n, o, i] = b[o] + Σ_c Σ_t w[o, c, t] · x[n, c, i·s + t·d - p]``.

    Parameters
    ----------
    x
        Signals (N, C, length), float32 or float64.
    weight
        Kernels (O, C / groups, k), of the same dtype.
    bias
        (O,), or None for no bias.
    stride, dilation
        One integer, alone or in a tuple.
    padding
        On both sides, or ((left, right),), "same" or "valid".
    groups, padding_mode, flip
        As for `conv2d`.

    Returns
    -------
    ndarray
        (N, O, length') of the same dtype.

    Raises
    ------
    InputError
        If a dtype, shape or option breaks one of these rules.

    References
    ----------
    `torch.nn.functional.conv1d` has the same names, order and defaults.

    Examples
    --------
    >>> import numpy as np
    >>> conv1d(np.array([[[1.0, 2.0, 4.0, 8.0]]]), np.array([[[-1.0, 1.0]]]))
    array([[[1., 2., 4.]]])
    """
    x, weight = floats("x", x, 3), floats("weight", weight, 3)
    options = of_one_row(stride, padding, dilation)
    y = conv2d(x[:, :, None], weight[:, :, None], bias, *options, groups, padding_mode=padding_mode, flip=flip)
    return y[:, :, 0]


def conv1d_backward(
    dy: Floats,
    x: Floats,
    weight: Floats,
    bias: Floats | None = None,
    stride: Length = 1,
    padding: LengthPadding = 0,
    dilation: Length = 1,
    groups: int = 1,
    *,
    padding_mode: PaddingMode = "zeros",
    flip: bool = False,
) -> tuple[Floats, Floats, Floats | None]:
    """Gradients of `conv1d`, as `conv2d_backward` gives them.

    Parameters
    ----------
    dy
        Gradient of the output (N, O, length').
    x, weight, bias, stride, padding, dilation, groups, padding_mode, flip
        The arguments of `conv1d`.

    Returns
    -------
    dx, dweight, dbias
        In the shapes of `x`, `weight` and `bias`; `dbias` is None if there was no bias.

    Raises
    ------
    InputError
        As `conv1d`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> dx, dweight, _ = conv1d_backward(np.ones((1, 1, 2)), np.array([[[1.0, 2.0, 4.0]]]), np.array([[[-1.0, 1.0]]]))
    >>> dx, dweight
    (array([[[-1.,  0.,  1.]]]), array([[[3., 6.]]]))
    """
    x, weight, dy = floats("x", x, 3), floats("weight", weight, 3), floats("dy", dy, 3)
    options = of_one_row(stride, padding, dilation)
    arguments = x[:, :, None], weight[:, :, None], bias, *options, groups
    dx, dweight, dbias = conv2d_backward(dy[:, :, None], *arguments, padding_mode=padding_mode, flip=flip)
    return like("dx", dx[:, :, 0], "x", x, x.shape), dweight[:, :, 0], dbias


def of_one_row(stride: Length, padding: LengthPadding, dilation: Length) -> tuple[Pair, Padding, Pair]:
    """Stride, padding and dilation of the same convolution of images of one row."""
    step, spread = _one("stride", stride), _one("dilation", dilation)
    if isinstance(padding, str):
        return (1, step), padding, (1, spread)
    if isinstance(padding, tuple | list) and len(padding) == 1 and isinstance(padding[0], tuple | list):
        return (1, step), ((0, 0), padding[0]), (1, spread)
    return (1, step), (0, _one("padding", padding)), (1, spread)


def _one(name: str, value: Length) -> int:
    if isinstance(value, tuple | list):
        if len(value) != 1:
            raise InputError(name, value, "is not one number", "give one integer, alone or in a tuple")
        return value[0]
    return value
