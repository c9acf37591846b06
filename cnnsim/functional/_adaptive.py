"""Pooling to a fixed output size, and its gradients."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.functional.check import Floats, count, flag, floats, like, room, with_cells

OutputSize = int | tuple[int | None, int | None]
_Slices = tuple[slice, slice]


def adaptive_avg_pool2d(x: Floats, output_size: OutputSize) -> Floats:
    """Average windows that divide the input as evenly as possible, whatever its size.

    Window i of m runs from ⌊i·n/m⌋ to ⌈(i+1)·n/m⌉, exclusive; neighbours may share a row or column.

    Parameters
    ----------
    x
        Images (N, C, H, W), float32 or float64.
    output_size
        One integer, or (rows, columns); None keeps the input's size.

    Returns
    -------
    ndarray
        (N, C, rows, columns) of the same dtype. With size 1: global pooling.

    Raises
    ------
    InputError
        If a dtype, shape or option breaks one of these rules.

    References
    ----------
    `torch.nn.functional.adaptive_avg_pool2d` has the same names and windows. K. He et al., Spatial pyramid pooling in
    deep convolutional networks (2014); M. Lin, Q. Chen, S. Yan, Network in network (2013), for global pooling.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_avg_pool2d(np.arange(25.0).reshape(1, 1, 5, 5), 2)[0, 0]
    array([[ 6.,  8.],
           [16., 18.]])
    """
    x, size = _checked(x, output_size)
    y = np.empty((*x.shape[:2], *size), x.dtype)
    for places, window in _windows(x, size):
        y[:, :, *places] = x[:, :, *window].mean(axis=(2, 3), keepdims=True)
    return y


def adaptive_avg_pool2d_backward(dy: Floats, x: Floats, output_size: OutputSize) -> Floats:
    """Gradient of `adaptive_avg_pool2d`: each dy is spread evenly over its window.

    Parameters
    ----------
    dy
        Gradient of the output (N, C, rows, columns).
    x, output_size
        The arguments of `adaptive_avg_pool2d`.

    Returns
    -------
    ndarray
        dx (N, C, H, W).

    Raises
    ------
    InputError
        As `adaptive_avg_pool2d`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_avg_pool2d_backward(np.full((1, 1, 1, 1), 6.0), np.zeros((1, 1, 2, 3)), 1)[0, 0]
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """
    x, size = _checked(x, output_size)
    dy, dx = like("dy", dy, "x", x, (*x.shape[:2], *size)), np.zeros_like(x)
    for places, window in _windows(x, size):
        seen = dx[:, :, *window]
        seen += dy[:, :, *places].sum(axis=(2, 3), keepdims=True) / x.dtype.type(seen.shape[2] * seen.shape[3])
    return dx


@overload
def adaptive_max_pool2d(x: Floats, output_size: OutputSize, return_indices: Literal[False] = ...) -> Floats: ...
@overload
def adaptive_max_pool2d(
    x: Floats, output_size: OutputSize, return_indices: Literal[True]
) -> tuple[Floats, NDArray[np.int64]]: ...


def adaptive_max_pool2d(
    x: Floats, output_size: OutputSize, return_indices: bool = False
) -> Floats | tuple[Floats, NDArray[np.int64]]:
    """Keep the largest value of windows that divide the input as evenly as possible, whatever its size.

    The windows are those of `adaptive_avg_pool2d`. Of equal values the first wins, row by row.

    Parameters
    ----------
    x
        Images (N, C, H, W), float32 or float64.
    output_size
        One integer, or (rows, columns); None keeps the input's size.
    return_indices
        Also return which cell won.

    Returns
    -------
    y : ndarray
        (N, C, rows, columns) of the same dtype.
    indices : ndarray of int64
        The same shape: row · W + column of the winner in its map. Only with `return_indices`.

    Raises
    ------
    InputError
        If a dtype, shape or option breaks one of these rules.

    References
    ----------
    `torch.nn.functional.adaptive_max_pool2d` has the same names, windows and indices.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_max_pool2d(np.arange(25.0).reshape(1, 1, 5, 5), 2)[0, 0]
    array([[12., 14.],
           [22., 24.]])
    """
    x, size = _checked(x, output_size)
    y, indices = np.empty((*x.shape[:2], *size), x.dtype), np.empty((*x.shape[:2], *size), np.int64)
    for places, (rows, columns) in _windows(x, size):
        seen = x[:, :, rows, columns].reshape(*x.shape[:2], (rows.stop - rows.start) * (columns.stop - columns.start))
        winner = seen.argmax(axis=2)
        y[:, :, *places] = np.take_along_axis(seen, winner[..., None], axis=2)[..., None]
        row, column = np.divmod(winner, columns.stop - columns.start)
        indices[:, :, *places] = ((rows.start + row) * x.shape[3] + columns.start + column)[..., None, None]
    return (y, indices) if flag("return_indices", return_indices) else y


def adaptive_max_pool2d_backward(
    dy: Floats, x: Floats, output_size: OutputSize, return_indices: bool = False
) -> Floats:
    """Gradient of `adaptive_max_pool2d`: each dy goes to the cell that won.

    Parameters
    ----------
    dy
        Gradient of the output (N, C, rows, columns).
    x, output_size, return_indices
        The arguments of `adaptive_max_pool2d`; the last changes nothing here.

    Returns
    -------
    ndarray
        dx (N, C, H, W).

    Raises
    ------
    InputError
        As `adaptive_max_pool2d`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_max_pool2d_backward(np.full((1, 1, 1, 1), 6.0), np.array([[[[1.0, 3.0, 2.0]]]]), 1)[0, 0]
    array([[0., 6., 0.]])
    """
    x, _ = _checked(x, output_size)
    _, indices = adaptive_max_pool2d(x, output_size, True)
    dy, dx = (
        like("dy", dy, "x", x, indices.shape),
        np.zeros((x.shape[0] * x.shape[1], x.shape[2] * x.shape[3]), x.dtype),
    )
    maps = np.arange(len(dx))[:, None]
    positions = len(dx), indices.shape[2] * indices.shape[3]
    np.add.at(dx, (maps, indices.reshape(positions)), dy.reshape(positions))
    return dx.reshape(x.shape)


def _checked(x: Floats, output_size: OutputSize) -> tuple[Floats, tuple[int, int]]:
    x = with_cells(floats("x", x, 4))
    sizes = output_size if isinstance(output_size, tuple | list) else (output_size, output_size)
    if len(sizes) != 2:
        raise InputError(
            "output_size", output_size, "is neither an integer nor a pair", "use for example 2 or (2, None)"
        )
    rows, columns = (n if m is None else count("output_size", m) for n, m in zip(x.shape[2:], sizes, strict=True))
    room("output_size", output_size, (*x.shape[:2], rows, columns), x.size)
    return x, (rows, columns)


def _windows(x: Floats, size: tuple[int, int]) -> Iterator[tuple[_Slices, _Slices]]:
    """Places of the output with the part of the input that they look at."""
    for down, rows in _runs(x.shape[2], size[0]):
        for right, columns in _runs(x.shape[3], size[1]):
            yield (down, right), (rows, columns)


def _runs(n: int, m: int) -> list[tuple[slice, slice]]:
    """Neighbouring ones of m places that look at the same of n cells: each is alone where m is at most n."""
    starts = {k * m // n for k in range(n)} | {-(-k * m // n) for k in range(n)}
    return [
        (slice(first, end), slice(first * n // m, -(-(first + 1) * n // m)))
        for first, end in pairwise(sorted(starts | {m}))
    ]
