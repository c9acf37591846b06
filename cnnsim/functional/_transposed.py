"""Transposed convolution and its gradients: the gradient of a convolution, used forwards."""

import math
from dataclasses import dataclass

from cnnsim.engine import blocks, convolution, memory
from cnnsim.engine.convolution import Geometry
from cnnsim.errors import InputError
from cnnsim.functional._convolution import weight_gradient
from cnnsim.functional._padding import pad
from cnnsim.functional.check import Floats, Pair, count, floats, like, own, pair, room


def conv_transpose2d(
    x: Floats,
    weight: Floats,
    bias: Floats | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
    groups: int = 1,
    dilation: int | Pair = 1,
) -> Floats:
    """Scatter every input through the kernels and add up: multiply by the transpose of the matrix of `conv2d`.

    ``y[n, o, i·s + r·d - p, j·s + t·d - p] += Σ_c w[c, o, r, t] · x[n, c, i, j]``, plus the bias.

    Parameters
    ----------
    x
        Maps (N, C, H, W), float32 or float64.
    weight
        Kernels (C, O / groups, kh, kw), of the same dtype.
    bias
        (O,), or None for no bias.
    stride, dilation
        One integer, or (rows, columns).
    padding
        Rows and columns cut off the output on both sides.
    output_padding
        Rows and columns added at the bottom and right, less than the stride or the dilation: which of the sizes that a
        convolution with this stride would map to H and W.
    groups
        Channels are split into this many groups that do not see each other.

    Returns
    -------
    ndarray
        (N, O, H', W') of the same dtype, with H' = (H - 1)·s - 2p + d(kh-1) + output_padding + 1.

    Raises
    ------
    InputError
        If a dtype, shape or option breaks one of these rules, or nothing would be left of the output.

    References
    ----------
    `torch.nn.functional.conv_transpose2d` has the same names, order and defaults. M. D. Zeiler, D. Krishnan, G. W.
    Taylor, R. Fergus, Deconvolutional networks, CVPR (2010).

    Examples
    --------
    >>> import numpy as np
    >>> conv_transpose2d(np.array([[[[1.0, 2.0]]]]), np.array([[[[1.0, 10.0, 100.0]]]]), stride=2)[0, 0]
    array([[  1.,  10., 102.,  20., 200.]])
    """
    x, weight, bias, plan = _checked(x, weight, bias, stride, padding, output_padding, groups, dilation)
    canvas = convolution.convolve_backward_input(blocks.to_blocks(x), own(weight), plan.geometry)
    y = pad(blocks.from_blocks(canvas, len(x)), plan.margins)
    return y if bias is None else y + bias[:, None, None]


def conv_transpose2d_backward(
    dy: Floats,
    x: Floats,
    weight: Floats,
    bias: Floats | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
    groups: int = 1,
    dilation: int | Pair = 1,
) -> tuple[Floats, Floats, Floats | None]:
    """Gradients of `conv_transpose2d`; that of the input is a convolution.

    Parameters
    ----------
    dy
        Gradient of the output (N, O, H', W').
    x, weight, bias, stride, padding, output_padding, groups, dilation
        The arguments of `conv_transpose2d`.

    Returns
    -------
    dx, dweight, dbias
        In the shapes of `x`, `weight` and `bias`; `dbias` is None if there was no bias.

    Raises
    ------
    InputError
        As `conv_transpose2d`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> x, weight = np.array([[[[1.0, 2.0]]]]), np.array([[[[1.0, 10.0, 100.0]]]])
    >>> dx, dweight, dbias = conv_transpose2d_backward(np.ones((1, 1, 1, 5)), x, weight, stride=2)
    >>> dx, dweight, dbias
    (array([[[[111., 111.]]]]), array([[[[3., 3., 3.]]]]), None)
    """
    x, weight, bias, plan = _checked(x, weight, bias, stride, padding, output_padding, groups, dilation)
    left, right, top, bottom = plan.margins
    g = plan.geometry
    shape = (len(x), g.in_channels, g.height + top + bottom, g.width + left + right)
    dy = like("dy", dy, "x", x, shape)
    canvas = blocks.to_blocks(pad(dy, (-left, -right, -top, -bottom)))
    no_bias = memory.zeros((len(weight),), x.dtype)
    dx = blocks.from_blocks(convolution.convolve(canvas, own(weight), no_bias, g), len(x))
    dweight = weight_gradient(blocks.to_blocks(x), canvas, g).reshape(weight.shape)
    return dx, dweight, None if bias is None else dy.sum(axis=(0, 2, 3))


@dataclass(frozen=True, slots=True)
class _Plan:
    """The convolution that this is the transpose of, and the cells to add (left, right, top, bottom) to its input."""

    geometry: Geometry
    margins: tuple[int, int, int, int]


def _checked(
    x: Floats,
    weight: Floats,
    bias: Floats | None,
    stride: int | Pair,
    padding: int | Pair,
    output_padding: int | Pair,
    groups: int,
    dilation: int | Pair,
) -> tuple[Floats, Floats, Floats | None, _Plan]:
    x, weight, groups = floats("x", x, 4), floats("weight", weight, 4), count("groups", groups)
    step, spread = pair("stride", stride, 1), pair("dilation", dilation, 1)
    cut, more = pair("padding", padding, 0), pair("output_padding", output_padding, 0)
    channels, size = x.shape[1], (weight.shape[2], weight.shape[3])
    if channels % groups or not channels:
        raise InputError("groups", groups, f"does not divide the {channels} channels of x", "choose a divisor")
    if 0 in weight.shape or 0 in x.shape[2:]:
        raise InputError(
            "weight.shape", weight.shape, f"or x.shape={x.shape} has an empty axis", "give at least one cell"
        )
    weight = like("weight", weight, "x", x, (channels, *weight.shape[1:]))
    out_channels = weight.shape[1] * groups
    bias = None if bias is None else like("bias", bias, "x", x, (out_channels,))
    if any(m and m >= max(s, d) for m, s, d in zip(more, step, spread, strict=True)):
        rule = f"is not less than stride={stride} or dilation={dilation}"
        raise InputError("output_padding", output_padding, rule, "use less")
    canvas = [(n - 1) * s + d * (k - 1) + 1 for n, s, d, k in zip(x.shape[2:], step, spread, size, strict=True)]
    if any(n - 2 * p + m < 1 for n, p, m in zip(canvas, cut, more, strict=True)):
        rule = f"cuts everything off an output of {canvas[0]}×{canvas[1]}"
        raise InputError("padding", padding, rule, "use less padding")
    larger = [max(n, n - 2 * p + m) for n, p, m in zip(canvas, cut, more, strict=True)]
    option = ("stride", stride) if max(step) >= max(spread) else ("dilation", dilation)
    places = blocks.lanes(len(x))
    room(*option, (places, out_channels, *larger), places * math.prod(x.shape[1:]))
    geometry = Geometry(out_channels, canvas[0], canvas[1], channels, size, step, (0, 0, 0, 0), spread, groups)
    margins = (-cut[1], more[1] - cut[1], -cut[0], more[0] - cut[0])
    return x, weight, bias, _Plan(geometry, margins)
