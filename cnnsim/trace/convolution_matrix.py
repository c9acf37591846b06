"""A convolution as one matrix: a Toeplitz matrix times the flattened input, or patches (im2col) times the kernels.

Every meeting of a weight with an input cell has its entry in either matrix, so the steps of a convolution and of its
gradients walk over both: a row at a time forward, a column at a time backward, which is the transpose.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.checks import Array
from cnnsim.trace.convolution import Convolution
from cnnsim.trace.convolution_products import Indices, Products, all_products
from cnnsim.trace.geometry import OUTSIDE

Mask = NDArray[np.bool_]
MatrixForm = Literal["toeplitz", "im2col"]
MATRIX_FORMS: tuple[MatrixForm, ...] = ("toeplitz", "im2col")


@dataclass(frozen=True, slots=True, eq=False)
class StructuredMatrix:
    """A matrix with entries that are zero by its structure, whatever the numbers are.

    Parameters
    ----------
    values
        (rows, cols).
    taken
        (rows, cols); False where the structure says zero.
    """

    values: Array
    taken: Mask


def toeplitz_matrix(rule: Convolution) -> StructuredMatrix:
    """Return the matrix T with y = T·x + b, where x and y are flattened in reading order.

    Parameters
    ----------
    rule
        The convolution, with any options.

    Returns
    -------
    StructuredMatrix
        (O·H'·W', C·H·W) float64. Weights that lie on a padding of zeros have no entry; weights that lie on copies of
        one input cell add up in its column. With circular padding, stride 1 and as many windows as cells, T is doubly
        block circulant.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> toeplitz_matrix(convolution([[1, 2, 3, 4]], [[5, 6]]).rule).values
    array([[5., 6., 0., 0.],
           [0., 5., 6., 0.],
           [0., 0., 5., 6.]])
    """
    met = all_products(rule)
    rows, cols = toeplitz_places(rule, met)
    values = np.zeros((rule.output.size, rule.x.size + 1))  # the last column takes what lies on zeros
    np.add.at(values, (rows, cols), rule.applied[tuple(met.weights.T)])
    taken = np.zeros(values.shape, np.bool_)
    taken[rows, cols] = True
    return StructuredMatrix(values[:, :-1], taken[:, :-1])


def patch_matrix(rule: Convolution) -> StructuredMatrix:
    """Return the matrix P whose rows are the windows of the padded input, one for each place of the output (im2col).

    Parameters
    ----------
    rule
        The convolution, with any options.

    Returns
    -------
    StructuredMatrix
        (H'·W', C·kh·kw) float64; entries on a padding of zeros are not taken. The output is P·Kᵀ + b with the rows of K
        from `kernel_matrix`, one column for each map.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> patch_matrix(convolution([[1, 2, 3, 4]], [[5, 6]]).rule).values
    array([[1., 2.],
           [2., 3.],
           [3., 4.]])
    """
    geometry, channels = rule.geometry, len(rule.x)
    row, within_row = np.indices((geometry.rows.windows, geometry.rows.size))
    col, within_col = np.indices((geometry.cols.windows, geometry.cols.size))
    rows = row * geometry.rows.stride + within_row * geometry.rows.dilation
    cols = col * geometry.cols.stride + within_col * geometry.cols.dilation
    # Axes: map, row and column of the output, row and column of the window.
    windows = rule.padded[:, rows[:, None, :, None], cols[None, :, None, :]]
    real = (geometry.seen() != rule.x[0].size).swapaxes(1, 2)
    shape = (geometry.rows.windows * geometry.cols.windows, channels * geometry.rows.size * geometry.cols.size)
    taken = np.broadcast_to(real[:, :, None], (*real.shape[:2], channels, *real.shape[2:]))
    return StructuredMatrix(np.moveaxis(windows, 0, 2).reshape(shape), taken.reshape(shape))


def kernel_matrix(rule: Convolution, kernels: Array | None = None) -> StructuredMatrix:
    """Return the kernels as rows, one for each output map, as they meet the columns of `patch_matrix`.

    Parameters
    ----------
    rule
        The convolution, with any options.
    kernels
        What takes the place of its kernels as they lie on the windows, such as their gradient: (O, C/groups, kh, kw).

    Returns
    -------
    StructuredMatrix
        (O, C·kh·kw) float64; entries for maps outside of the kernel's group are not taken.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> kernel_matrix(convolution([[[1, 2]], [[3, 4]]], [[[[5, 6]]], [[[7, 8]]]], groups=2).rule).values
    array([[5., 6., 0., 0.],
           [0., 0., 7., 8.]])
    """
    given = rule.applied if kernels is None else kernels
    outs, width = len(given), rule.w[0].size
    groups = np.arange(outs) // (outs // rule.groups)
    values, taken = np.zeros((outs, rule.groups, width)), np.zeros((outs, rule.groups, width), np.bool_)
    values[np.arange(outs), groups] = given.reshape(outs, width)
    taken[np.arange(outs), groups] = True
    return StructuredMatrix(values.reshape(outs, -1), taken.reshape(outs, -1))


def is_circulant(rule: Convolution) -> bool:
    """Say whether the Toeplitz matrix of a convolution is doubly block circulant (for each pair of maps).

    Parameters
    ----------
    rule
        The convolution.

    Returns
    -------
    bool
        Whether windows wrap around in both directions, one for each input cell.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> is_circulant(convolution([[1, 2, 3]], [[5, 6]], padding=(0, 0, 0, 1), padding_mode="circular").rule)
    True
    """
    axes = (rule.geometry.rows, rule.geometry.cols)
    wraps = rule.geometry.mode == "circular" and any(axis.before or axis.after for axis in axes)
    return wraps and all(axis.stride == 1 and axis.windows == axis.n for axis in axes)


def places(forward: Convolution, form: MatrixForm, met: Products) -> tuple[Indices, Indices]:
    """Return the row and the column of the entry of each product; the column is `OUTSIDE` where there is none.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> rule = convolution([[1, 2, 3, 4]], [[5, 6]]).rule
    >>> rows, cols = places(rule, "toeplitz", rule.met((0, 0, 2)))
    >>> rows.tolist(), cols.tolist()
    ([2, 2], [2, 3])
    """
    return toeplitz_places(forward, met) if form == "toeplitz" else patch_places(forward, met)


def toeplitz_places(forward: Convolution, met: Products) -> tuple[Indices, Indices]:
    """Return where products stand in `toeplitz_matrix`; the column is `OUTSIDE` where a weight lies on a zero."""
    geometry = forward.geometry
    rows = np.ravel_multi_index(tuple(met.windows.T), forward.output.shape)
    channel, row, col = met.sources(forward).T
    cols = (channel * geometry.rows.n + row) * geometry.cols.n + col
    return rows, np.where((row == OUTSIDE) | (col == OUTSIDE), OUTSIDE, cols)


def patch_places(forward: Convolution, met: Products) -> tuple[Indices, Indices]:
    """Return where products stand in `patch_matrix`."""
    height, width = forward.geometry.window_shape
    (_, row, col), (_, _, r, t) = met.windows.T, met.weights.T
    return row * forward.geometry.cols.windows + col, (met.inputs[:, 0] * height + r) * width + t
