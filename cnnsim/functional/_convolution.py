"""Two-dimensional convolution and its gradients."""

from cnnsim.analysis import output_size
from cnnsim.engine import blocks, convolution, memory
from cnnsim.engine.convolution import Geometry
from cnnsim.errors import InputError
from cnnsim.functional._outside import Outside, PaddingMode, copying, room_for_padding
from cnnsim.functional.check import (
    Floats,
    Padding,
    Pair,
    count,
    flag,
    floats,
    like,
    own,
    padding_sides,
    pair,
    with_cells,
)


def conv2d(
    x: Floats,
    weight: Floats,
    bias: Floats | None = None,
    stride: int | Pair = 1,
    padding: Padding = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
    *,
    padding_mode: PaddingMode = "zeros",
    flip: bool = False,
) -> Floats:
    """Slide kernels over images: multiply, add up, add the bias.

    ``y[n, o, i, j] = b[o] + Σ_c Σ_r Σ_t w[o, c, r, t] · x[n, c, i·s + r·d - p, j·s + t·d - p]``.

    Parameters
    ----------
    x
        Images (N, C, H, W), float32 or float64.
    weight
        Kernels (O, C / groups, kh, kw), of the same dtype.
    bias
        (O,), or None for no bias.
    stride, dilation
        One integer, or (rows, columns).
    padding
        Cells around x: one integer, (rows, columns) on both sides, or ((top, bottom), (left, right)); "valid" for none,
        or "same" for as many as keep the size at stride 1 (an odd one goes to the bottom and right).
    groups
        Input and output channels are split into this many groups that do not see each other.
    padding_mode
        What the padding holds: "zeros", or copies as "replicate", "reflect" or "circular" do, see `pad`.
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
    >>> from cnnsim.gallery import KERNELS, LECTURE_IMAGE
    >>> conv2d(LECTURE_IMAGE[None, None], KERNELS["lecture"][None, None])[0, 0]
    array([[4., 3., 4.],
           [2., 4., 3.],
           [2., 3., 4.]])
    """
    x, weight, bias, outside, geometry = _checked(x, weight, bias, stride, padding, dilation, groups, padding_mode)
    padded = convolution.pad_blocks(blocks.to_blocks(outside(x)), geometry)
    full_bias = memory.zeros((len(weight),), x.dtype) if bias is None else own(bias)
    y = convolution.convolve(padded, own(_turned(weight, flip)), full_bias, geometry)
    return blocks.from_blocks(y, len(x))


def conv2d_backward(
    dy: Floats,
    x: Floats,
    weight: Floats,
    bias: Floats | None = None,
    stride: int | Pair = 1,
    padding: Padding = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
    *,
    padding_mode: PaddingMode = "zeros",
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
    x, weight, bias, stride, padding, dilation, groups, padding_mode, flip
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
    x, weight, bias, outside, geometry = _checked(x, weight, bias, stride, padding, dilation, groups, padding_mode)
    dy = like("dy", dy, "x", x, (len(x), len(weight), *geometry.output))
    dy_blocks = blocks.to_blocks(dy)
    padded = convolution.pad_blocks(blocks.to_blocks(outside(x)), geometry)
    dx = convolution.convolve_backward_input(dy_blocks, own(_turned(weight, flip)), geometry)
    total = weight_gradient(dy_blocks, padded, geometry)
    dbias = None if bias is None else convolution.backward_bias(dy_blocks).sum(axis=0)
    return outside.backward(blocks.from_blocks(dx, len(x)), x), own(_turned(total.reshape(weight.shape), flip)), dbias


def weight_gradient(dy: Floats, padded: Floats, geometry: Geometry) -> Floats:
    """Gradient of a convolution's weight (O · n_taps,) from blocks of dy and padded input, added block by block."""
    dweight = memory.zeros((len(dy), geometry.out_channels * geometry.n_taps), dy.dtype)
    if len(dy):
        convolution.convolve_backward_weight(dy, padded, dweight, geometry)
    return dweight.sum(axis=0)  # type: ignore[no-any-return]


def _turned(weight: Floats, flip: bool) -> Floats:
    return weight[:, :, ::-1, ::-1] if flag("flip", flip) else weight


def _checked(
    x: Floats,
    weight: Floats,
    bias: Floats | None,
    stride: int | Pair,
    padding: Padding,
    dilation: int | Pair,
    groups: int,
    padding_mode: str,
) -> tuple[Floats, Floats, Floats | None, Outside, Geometry]:
    x, weight, groups = floats("x", x, 4), floats("weight", weight, 4), count("groups", groups)
    step, spread = pair("stride", stride, 1), pair("dilation", dilation, 1)
    out_channels, in_channels = weight.shape[0], x.shape[1]
    for name, channels in (("x", in_channels), ("weight", out_channels)):
        if channels % groups or not channels:
            raise InputError("groups", groups, f"does not divide the {channels} channels of {name}", "choose a divisor")
    weight = like("weight", weight, "x", x, (out_channels, in_channels // groups, *weight.shape[2:]))
    bias = None if bias is None else like("bias", bias, "x", x, (out_channels,))
    sides = padding_sides(padding, (weight.shape[2], weight.shape[3]), step, spread)
    outside = Outside(sides, copying(padding_mode))
    height, width = x.shape[2] + sides[0] + sides[1], x.shape[3] + sides[2] + sides[3]
    if not (height and width):
        with_cells(x)
    rows, columns = (
        output_size(n, k, s, 0, d) for n, k, s, d in zip((height, width), weight.shape[2:], step, spread, strict=True)
    )
    room_for_padding(padding, sides, x.shape, (out_channels, rows, columns))
    maps, zeros = outside.size(x.shape[2], x.shape[3]), outside.zeros
    geometry = Geometry(in_channels, *maps, out_channels, weight.shape[2:], step, zeros, spread, groups)
    return x, weight, bias, outside, geometry
