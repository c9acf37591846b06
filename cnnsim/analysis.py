"""What can be said about a layer from its shape alone."""

import math
from collections.abc import Sequence

from cnnsim.errors import InputError


def output_size(
    n: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1, *, ceil_mode: bool = False
) -> int:
    """Rows (or columns) that a window visits: ``⌊(n + 2p - d(k-1) - 1) / s⌋ + 1``.

    Parameters
    ----------
    n
        Rows (or columns) of the input.
    kernel_size, stride, padding, dilation
        Of the window along this axis; `padding` on both sides.
    ceil_mode
        Round up instead, as pooling can: a last window may stick out, if it starts inside the input or its left
        padding.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    InputError
        If the window is larger than the padded input, or a number is out of its range.

    References
    ----------
    V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep learning (2016), relationship 15.

    Examples
    --------
    >>> output_size(5, 3)
    3
    >>> output_size(227, 11, stride=4)
    55
    """
    for name, value, least in (
        ("n", n, 1), ("kernel_size", kernel_size, 1), ("stride", stride, 1), ("padding", padding, 0), ("dilation",
        dilation, 1)
    ):  # fmt: skip
        if value < least:
            raise InputError(name, value, "is too small", f"use {least} or more")
    extent, padded = dilation * (kernel_size - 1) + 1, n + 2 * padding
    if extent > padded:
        spread = "" if dilation == 1 else f" spread over {extent} cells by dilation={dilation}"
        raise InputError(
            "kernel_size",
            kernel_size,
            f"{spread.strip()} is larger than the padded input ({padded})".strip(),
            "use a smaller kernel or more padding",
        )
    steps = -(-(padded - extent) // stride) if ceil_mode else (padded - extent) // stride
    if ceil_mode and steps * stride >= n + padding:
        steps -= 1
    return steps + 1


def receptive_field(windows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """Cells of the input that one cell sees after each of several layers, along one axis.

    ``l_k = l_{k-1} + d_k·(f_k - 1)·Π_{i<k} s_i`` with ``l_0 = 1``, for kernel sizes f, strides s and dilations d.

    Parameters
    ----------
    windows
        (kernel_size, stride) or (kernel_size, stride, dilation) of each layer, the first one first.

    Returns
    -------
    tuple of int
        One size for each layer. At the borders a cell sees less of the image, and padding instead.

    Raises
    ------
    InputError
        If a window does not have two or three numbers of at least 1.

    References
    ----------
    A. Araujo, W. Norris, J. Sim, Computing receptive fields of convolutional neural networks, Distill (2019).

    Examples
    --------
    >>> receptive_field([(3, 2), (3, 1)])
    (3, 7)
    """
    sizes, size, jump = [], 1, 1
    for window in windows:
        if len(window) not in (2, 3) or min(window) < 1:
            rule = "is not (kernel_size, stride) or (kernel_size, stride, dilation)"
            raise InputError("windows", window, rule, "give two or three numbers of at least 1")
        kernel_size, stride, dilation = (*window, 1)[:3]
        size += dilation * (kernel_size - 1) * jump
        jump *= stride
        sizes.append(size)
    return tuple(sizes)


def parameters(inputs: int, outputs: int, cells: int = 1, groups: int = 1, *, bias: bool = True) -> int:
    """Numbers that a layer learns: ``(inputs/groups · cells + 1) · outputs``.

    Parameters
    ----------
    inputs, outputs
        Channels of a convolution, or features of a dense layer.
    cells
        Of a kernel: kh·kw, or 1 for a dense layer.
    groups
        Groups of channels that do not see each other.
    bias
        Whether every output has one.

    Returns
    -------
    int
        Whatever the size of the images.

    Raises
    ------
    InputError
        If a number is less than 1, or `groups` does not divide the channels.

    Examples
    --------
    >>> parameters(1, 20, 5 * 5), parameters(784, 30), parameters(3, 300, 3 * 3)
    (520, 23550, 8400)
    """
    return _weights(inputs, outputs, cells, groups) + (outputs if bias else 0)


def macs(inputs: int, outputs: int, cells: int = 1, positions: int = 1, groups: int = 1) -> int:
    """Multiply-accumulates for one image: every weight is used at every position.

    Parameters
    ----------
    inputs, outputs, cells, groups
        As for `parameters`.
    positions
        Where a kernel stands: H'·W' of the output (of the input, for a transposed convolution), or 1 for a dense layer.

    Returns
    -------
    int
        Biases are not counted.

    Raises
    ------
    InputError
        As `parameters`, or if `positions` is less than 1.

    Examples
    --------
    >>> macs(1, 6, 5 * 5, positions=28 * 28)
    117600
    """
    if positions < 1:
        raise InputError("positions", positions, "is less than 1", "use 1 or more")
    return _weights(inputs, outputs, cells, groups) * positions


def memory(shape: tuple[int, ...], itemsize: int = 4) -> int:
    """Bytes of an array.

    Parameters
    ----------
    shape
        Of the array.
    itemsize
        Bytes of a number: 4 for float32, 8 for float64.

    Returns
    -------
    int
        ``itemsize`` times the product of `shape`.

    Examples
    --------
    >>> memory((6, 28, 28))
    18816
    """
    return itemsize * math.prod(shape)


def _weights(inputs: int, outputs: int, cells: int, groups: int) -> int:
    for name, value in (("inputs", inputs), ("outputs", outputs), ("cells", cells), ("groups", groups)):
        if value < 1:
            raise InputError(name, value, "is less than 1", "use 1 or more")
    if inputs % groups or outputs % groups:
        rule = f"does not divide inputs={inputs} and outputs={outputs}"
        raise InputError("groups", groups, rule, "choose a common divisor")
    return inputs // groups * cells * outputs
