"""Cutting images into the patches that a window sees, and adding patches up to images: each the other's gradient."""

from collections.abc import Iterator

import numpy as np

from cnnsim.analysis import output_size as size_after
from cnnsim.errors import InputError
from cnnsim.functional.check import Floats, Pair, floats, like, pair, room, with_cells

Size = int | Pair
_Slices = tuple[slice, slice]


def unfold(x: Floats, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> Floats:
    """Cut out what a sliding window sees, one column for each position ("im2col").

    Parameters
    ----------
    x
        Images (N, C, H, W), float32 or float64.
    kernel_size, dilation, padding, stride
        One integer, or (rows, columns); `padding` zeros on both sides.

    Returns
    -------
    ndarray
        (N, C · kh · kw, positions), positions row by row.

    Raises
    ------
    InputError
        If a dtype, shape or option breaks one of these rules.

    References
    ----------
    `torch.nn.functional.unfold` has the same names, order and defaults. K. Chellapilla, S. Puri, P. Simard, High
    performance convolutional neural networks for document processing (2006).

    Examples
    --------
    >>> import numpy as np
    >>> unfold(np.arange(9.0).reshape(1, 1, 3, 3), 2)[0]
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.],
           [3., 4., 6., 7.],
           [4., 5., 7., 8.]])
    """
    x = with_cells(floats("x", x, 4))
    (top, left), size = pair("padding", padding, 0), pair("kernel_size", kernel_size, 1)
    rows, columns = _positions(x.shape[2:], kernel_size, dilation, padding, stride)
    room("padding", padding, (*x.shape[:2], x.shape[2] + 2 * top, x.shape[3] + 2 * left), x.size)
    room("kernel_size", kernel_size, (*x.shape[:2], *size, rows, columns), x.size)
    padded = np.pad(x, ((0, 0), (0, 0), (top, top), (left, left)))
    patches = np.empty((*x.shape[:2], *size, rows, columns), x.dtype)
    for r, c, window in _windows(size, dilation, stride, (rows, columns)):
        patches[:, :, r, c] = padded[:, :, *window]
    return patches.reshape(len(x), x.shape[1] * size[0] * size[1], rows * columns)


def unfold_backward(
    dy: Floats, x: Floats, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
) -> Floats:
    """Gradient of `unfold`: `fold`.

    Parameters
    ----------
    dy
        Gradient of the output (N, C · kh · kw, positions).
    x, kernel_size, dilation, padding, stride
        The arguments of `unfold`.

    Returns
    -------
    ndarray
        dx (N, C, H, W).

    Raises
    ------
    InputError
        As `unfold`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> unfold_backward(np.ones((1, 4, 4)), np.zeros((1, 1, 3, 3)), 2)[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    x, size = with_cells(floats("x", x, 4)), pair("kernel_size", kernel_size, 1)
    rows, columns = _positions(x.shape[2:], kernel_size, dilation, padding, stride)
    dy = like("dy", dy, "x", x, (len(x), x.shape[1] * size[0] * size[1], rows * columns))
    return fold(dy, (x.shape[2], x.shape[3]), kernel_size, dilation, padding, stride)


def fold(
    x: Floats, output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
) -> Floats:
    """Put patches where a sliding window saw them, adding up where they overlap ("col2im").

    Parameters
    ----------
    x
        Patches (N, C · kh · kw, positions), float32 or float64.
    output_size
        Height and width of the images: one integer, or (rows, columns).
    kernel_size, dilation, padding, stride
        Of the window; one integer, or (rows, columns).

    Returns
    -------
    ndarray
        (N, C, H, W) of the same dtype.

    Raises
    ------
    InputError
        If a dtype, shape or option breaks one of these rules.

    References
    ----------
    `torch.nn.functional.fold` has the same names, order and defaults.

    Examples
    --------
    >>> import numpy as np
    >>> fold(np.ones((1, 4, 4)), 3, 2)[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    x = floats("x", x, 3)
    (height, width), size = pair("output_size", output_size, 1), pair("kernel_size", kernel_size, 1)
    (top, left), n = pair("padding", padding, 0), size[0] * size[1]
    rows, columns = _positions((height, width), kernel_size, dilation, padding, stride)
    if x.shape[1] % n or x.shape[2] != rows * columns:
        rule = f"is not (N, C · {n}, {rows * columns}) as output_size={output_size} and the window say"
        raise InputError("x.shape", x.shape, rule, "give the arguments that the patches were cut out with")
    padded_shape = len(x), x.shape[1] // n, height + 2 * top, width + 2 * left
    option = ("padding", padding) if max(top, left) > max(height, width) else ("output_size", output_size)
    room(*option, padded_shape, x.size)
    patches = x.reshape(len(x), x.shape[1] // n, *size, rows, columns)
    padded = np.zeros(padded_shape, x.dtype)
    for r, c, window in _windows(size, dilation, stride, (rows, columns)):
        padded[:, :, *window] += patches[:, :, r, c]
    return padded[:, :, top : top + height, left : left + width].copy()


def fold_backward(
    dy: Floats, x: Floats, output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
) -> Floats:
    """Gradient of `fold`: `unfold`.

    Parameters
    ----------
    dy
        Gradient of the output (N, C, H, W).
    x, output_size, kernel_size, dilation, padding, stride
        The arguments of `fold`.

    Returns
    -------
    ndarray
        dx (N, C · kh · kw, positions).

    Raises
    ------
    InputError
        As `fold`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> fold_backward(np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 4, 4)), 3, 2)[0, 0]
    array([0., 1., 3., 4.])
    """
    x = floats("x", x, 3)
    y = fold(x, output_size, kernel_size, dilation, padding, stride)
    return unfold(like("dy", dy, "x", x, y.shape), kernel_size, dilation, padding, stride)


def _positions(shape: tuple[int, ...], kernel_size: Size, dilation: Size, padding: Size, stride: Size) -> Pair:
    options = (
        pair("kernel_size", kernel_size, 1),
        pair("stride", stride, 1),
        pair("padding", padding, 0),
        pair("dilation", dilation, 1),
    )
    rows, columns = (size_after(n, *numbers) for n, *numbers in zip(shape, *options, strict=True))
    return rows, columns


def _windows(size: Pair, dilation: Size, stride: Size, positions: Pair) -> Iterator[tuple[int, int, _Slices]]:
    """Every cell of the window, with the places of the padded image that it visits."""
    spread, step = pair("dilation", dilation, 1), pair("stride", stride, 1)
    for r in range(size[0]):
        for c in range(size[1]):
            rows, columns = (
                slice(i * d, i * d + (n - 1) * s + 1, s)
                for i, d, n, s in zip((r, c), spread, positions, step, strict=True)
            )
            yield r, c, (rows, columns)
