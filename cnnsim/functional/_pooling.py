"""Max and average pooling and their gradients."""

from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine import blocks, pooling
from cnnsim.engine.pooling import Window
from cnnsim.functional._window import Size, checked_window
from cnnsim.functional.check import Floats, count, flag, like, own


@overload
def max_pool2d(
    x: Floats, kernel_size: Size, stride: Size | None = ..., padding: Size = ..., dilation: Size = ...,
    ceil_mode: bool = ..., return_indices: Literal[False] = ...,
) -> Floats: ...  # fmt: skip
@overload
def max_pool2d(
    x: Floats, kernel_size: Size, stride: Size | None = ..., padding: Size = ..., dilation: Size = ...,
    ceil_mode: bool = ..., *, return_indices: Literal[True],
) -> tuple[Floats, NDArray[np.int64]]: ...  # fmt: skip


def max_pool2d(
    x: Floats,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Floats | tuple[Floats, NDArray[np.int64]]:
    """Keep the largest value of each window.

    Of equal values the first wins, row by row; a NaN wins over everything.

    Parameters
    ----------
    x
        Images (N, C, H, W), float32 or float64.
    kernel_size, stride, padding, dilation
        One integer, or (rows, columns). `stride` None is `kernel_size`. The padding, at most half the kernel, never
        wins.
    ceil_mode
        Round the output size up: the last window may stick out.
    return_indices
        Also return which cell won.

    Returns
    -------
    y : ndarray
        (N, C, H', W') of the same dtype.
    indices : ndarray of int64
        The same shape: row · W + column of the winner in its map. Only with `return_indices`.

    Raises
    ------
    InputError
        If a dtype, shape or option breaks one of these rules.

    References
    ----------
    `torch.nn.functional.max_pool2d` has the same names, order, defaults and indices.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]], np.float32)
    >>> max_pool2d(x[None, None], 2)[0, 0]
    array([[6., 8.],
           [3., 4.]], dtype=float32)
    """
    x, window = checked_window(x, kernel_size, stride, padding, dilation, ceil_mode)
    y, winner = pooling.max_pool(blocks.to_blocks(x), window)
    if not flag("return_indices", return_indices):
        return blocks.from_blocks(y, len(x))
    return blocks.from_blocks(y, len(x)), blocks.from_blocks(winner, len(x)).astype(np.int64)


def max_pool2d_backward(
    dy: Floats,
    x: Floats,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Floats:
    """Gradient of `max_pool2d`: each dy goes to the cell that won.

    Parameters
    ----------
    dy
        Gradient of the output (N, C, H', W').
    x, kernel_size, stride, padding, dilation, ceil_mode, return_indices
        The arguments of `max_pool2d`; the last changes nothing here.

    Returns
    -------
    ndarray
        dx (N, C, H, W).

    Raises
    ------
    InputError
        As `max_pool2d`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool2d_backward(np.full((1, 1, 1, 1), 5.0), np.array([[[[1.0, 3.0], [3.0, 2.0]]]]), 2)[0, 0]
    array([[0., 5.],
           [0., 0.]])
    """
    x, window = checked_window(x, kernel_size, stride, padding, dilation, ceil_mode)
    dy = like("dy", dy, "x", x, (*x.shape[:2], *window.output))
    _, winner = pooling.max_pool(blocks.to_blocks(x), window)
    dx = pooling.max_pool_backward(blocks.to_blocks(dy), winner, x.shape[2], x.shape[3], window)
    return blocks.from_blocks(dx, len(x))


def avg_pool2d(
    x: Floats,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Floats:
    """Average each window.

    Parameters
    ----------
    x
        Images (N, C, H, W), float32 or float64.
    kernel_size, stride, padding
        One integer, or (rows, columns). `stride` None is `kernel_size`; `padding` zeros on both sides, at most half
        the kernel.
    ceil_mode
        Round the output size up: the last window may stick out (what sticks out beyond the padding never counts).
    count_include_pad
        Whether the padding's zeros count in the divisor.
    divisor_override
        Divide the sums by this number instead of the number of cells.

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
    `torch.nn.functional.avg_pool2d` has the same names, order and defaults.

    Examples
    --------
    >>> import numpy as np
    >>> avg_pool2d(np.arange(16.0).reshape(1, 1, 4, 4), 2)[0, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    x, window = checked_window(x, kernel_size, stride, padding, 1, ceil_mode)
    share = window_shares(x, window, count_include_pad, divisor_override)
    return blocks.from_blocks(pooling.average_pool(blocks.to_blocks(x), window, share), len(x))


def avg_pool2d_backward(
    dy: Floats,
    x: Floats,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Floats:
    """Gradient of `avg_pool2d`: each dy is spread evenly over its window.

    Parameters
    ----------
    dy
        Gradient of the output (N, C, H', W').
    x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        The arguments of `avg_pool2d`.

    Returns
    -------
    ndarray
        dx (N, C, H, W).

    Raises
    ------
    InputError
        As `avg_pool2d`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> avg_pool2d_backward(np.full((1, 1, 1, 1), 8.0), np.zeros((1, 1, 2, 2)), 2)[0, 0]
    array([[2., 2.],
           [2., 2.]])
    """
    x, window = checked_window(x, kernel_size, stride, padding, 1, ceil_mode)
    dy = like("dy", dy, "x", x, (*x.shape[:2], *window.output))
    share = window_shares(x, window, count_include_pad, divisor_override)
    dx = pooling.average_pool_backward(blocks.to_blocks(dy), x.shape[2], x.shape[3], window, share)
    return blocks.from_blocks(dx, len(x))


def window_shares(x: Floats, window: Window, count_include_pad: bool, divisor_override: int | None) -> Floats:
    """One over the number that each window's sum is divided by: (H', W')."""
    if divisor_override is not None:
        return np.full(window.output, 1 / count("divisor_override", divisor_override), x.dtype)
    padding_counts, cells = flag("count_include_pad", count_include_pad), []
    for axis in (0, 1):
        n, p = x.shape[2 + axis], window.padding[axis]
        start = np.arange(window.output[axis]) * window.stride[axis] - p
        stop = np.minimum(start + window.kernel_size[axis], n + p)
        cells.append(stop - start if padding_counts else np.minimum(stop, n) - np.maximum(start, 0))
    return own((1 / np.outer(*cells)).astype(x.dtype))
