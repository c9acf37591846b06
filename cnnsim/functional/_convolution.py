"""Two-dimensional convolution and its gradients."""

from cnnsim.analysis import output_size
from cnnsim.engine import blocks, convolution, memory
from cnnsim.engine.convolution import Geometry
from cnnsim.errors import InputError
from cnnsim.functional.check import Floats, Pair, count, floats, like, own, pair


def conv2d(
    x: Floats,
    weight: Floats,
    bias: Floats | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
    *,
    flip: bool = False,
) -> Floats:
    """Slide kernels over images: multiply, add up, add the bias.

    ``y[n, o, i, j] = b[o] + Σ_c Σ_r Σ_t w[o, c, r, t] · x[n, c, i·s + r·d - p, j·s + t·d - p]``, with zeros outside x.

    Parameters
    ----------
    x
        Images (N, C, H, W), float32 or float64.
    weight
        Kernels (O, C / groups, kh, kw), of the same dtype.
    bias
        (O,), or None for no bias.
    stride, padding, dilation
        One integer, or (rows, columns); `padding` zeros on both sides.
    groups
        Input and output channels are split into this many groups that do not see each other.
    flip
        Turn the kernels by 180° first: convolution in the sense of mathematics. Without it the sum is a
        cross-correlation, which is what every deep-learning library computes under the name of convolution.

    Returns
    -------
    ndarray
        (N, O, H', W') of the same dtype, with H' = ⌊(H + 2p - d(kh-1) - 1) / s⌋ + 1.

    Raises
    ------
    InputError
        If a dtype, shape or option breaks one of these rules.

    References
    ----------
    `torch.nn.functional.conv2d` has the same names, order and defaults. V. Dumoulin, F. Visin, A guide to convolution
    arithmetic for deep learning (2016).

    Examples
    --------
    >>> import numpy as np
    >>> image = np.array([[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]],
    np.float32) >>> kernel = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], np.float32)
    >>> conv2d(image[None, None], kernel[None, None])[0, 0]
    array([[4., 3., 4.],
           [2., 4., 3.],
           [2., 3., 4.]], dtype=float32)
    """
    x, weight, bias, geometry = _checked(x, weight, bias, stride, padding, dilation, groups)
    padded = convolution.pad_blocks(blocks.to_blocks(x), geometry)
    full_bias = memory.zeros((len(weight),), x.dtype) if bias is None else own(bias)
    y = convolution.convolve(padded, own(_turned(weight, flip)), full_bias, geometry)
    return blocks.from_blocks(y, len(x))


def conv2d_backward(
    dy: Floats,
    x: Floats,
    weight: Floats,
    bias: Floats | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
    *,
    flip: bool = False,
) -> tuple[Floats, Floats, Floats | None]:
    """Gradients of `conv2d`: every dy is scattered back through its window, and meets what the window saw.

    ``dx[c, i·s + r·d - p, j·s + t·d - p] += Σ_o w[o, c, r, t] · dy[o, i, j]``,
    ``dw[o, c, r, t] = Σ_{n,i,j} dy[n, o, i, j] · x[n, c, i·s + r·d - p, j·s + t·d - p]``, ``db[o] = Σ_{n,i,j} dy[n, o,
    i, j]``.

    Parameters
    ----------
    dy
        Gradient of the output (N, O, H', W').
    x, weight, bias, stride, padding, dilation, groups, flip
        The arguments of `conv2d`.

    Returns
    -------
    dx, dweight, dbias
        In the shapes of `x`, `weight` and `bias`; `dbias` is None if there was no bias.

    Raises
    ------
    InputError
        As `conv2d`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> dx, dweight, dbias = conv2d_backward(np.ones((1, 1, 2, 2)), x, np.ones((1, 1, 2, 2)), np.zeros(1))
    >>> dweight[0, 0]
    array([[ 8., 12.],
           [20., 24.]])
    """
    x, weight, bias, geometry = _checked(x, weight, bias, stride, padding, dilation, groups)
    dy = like("dy", dy, "x", x, (len(x), len(weight), *geometry.output))
    dy_blocks = blocks.to_blocks(dy)
    dx = convolution.convolve_backward_input(dy_blocks, own(_turned(weight, flip)), geometry)
    dweight = memory.empty((len(dy_blocks), weight.size), x.dtype)
    if len(dy_blocks):
        padded = convolution.pad_blocks(blocks.to_blocks(x), geometry)
        convolution.convolve_backward_weight(dy_blocks, padded, dweight, geometry)
    total = _turned(dweight.sum(axis=0).reshape(weight.shape), flip)
    dbias = None if bias is None else convolution.backward_bias(dy_blocks).sum(axis=0)
    return blocks.from_blocks(dx, len(x)), own(total), dbias


def _turned(weight: Floats, flip: bool) -> Floats:
    return weight[:, :, ::-1, ::-1] if flip else weight


def _checked(
    x: Floats,
    weight: Floats,
    bias: Floats | None,
    stride: int | Pair,
    padding: int | Pair,
    dilation: int | Pair,
    groups: int,
) -> tuple[Floats, Floats, Floats | None, Geometry]:
    x, weight, groups = floats("x", x, 4), floats("weight", weight, 4), count("groups", groups)
    stride, padding, dilation = pair("stride", stride, 1), pair("padding", padding, 0), pair("dilation", dilation, 1)
    out_channels, in_channels = weight.shape[0], x.shape[1]
    for name, channels in (("x", in_channels), ("weight", out_channels)):
        if channels % groups or not channels:
            raise InputError("groups", groups, f"does not divide the {channels} channels of {name}", "choose a divisor")
    weight = like("weight", weight, "x", x, (out_channels, in_channels // groups, *weight.shape[2:]))
    bias = None if bias is None else like("bias", bias, "x", x, (out_channels,))
    for n, k, s, p, d in zip(x.shape[2:], weight.shape[2:], stride, padding, dilation, strict=True):
        output_size(n, k, s, p, d)
    height, width, kernel_size = *x.shape[2:], weight.shape[2:]
    sides = (padding[0], padding[0], padding[1], padding[1])
    geometry = Geometry(in_channels, height, width, out_channels, kernel_size, stride, sides, dilation, groups)
    return x, weight, bias, geometry
