"""The images and kernels that every lecture on convolution uses, at any size."""

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError

Grid = NDArray[np.float64]

LECTURE_IMAGE: Grid = np.array(
    [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]], dtype=np.float64
)
POOLING_IMAGE: Grid = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]], dtype=np.float64)

KERNELS: dict[str, Grid] = {
    "lecture": np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], dtype=np.float64),
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], dtype=np.float64),
    "edge-diagonal": np.array([[1, 0, -1], [0, 0, 0], [-1, 0, 1]], dtype=np.float64),
    "edge-4": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=np.float64),
    "edge-8": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], dtype=np.float64),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], dtype=np.float64),
    "box-blur": np.full((3, 3), 1 / 9),
    "gaussian": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], dtype=np.float64) / 16,
    "emboss": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], dtype=np.float64),
    "sobel-x": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=np.float64),
    "sobel-y": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], dtype=np.float64),
}
IMAGES = ("lecture", "pooling", "ramp", "edge", "diagonal", "random")
SHAPES = ("horizontal", "vertical", "cross", "circle")


def kernel(name: str, size: int = 3) -> Grid:
    """Return a kernel of the gallery at any size.

    The lecture's pattern, the identity and the two blurs are families with a member of every size; the others are
    3×3 and stand in the middle of zeros, or lose their border, at another size.

    Parameters
    ----------
    name
        A key of `KERNELS`.
    size
        Rows and columns, 1 or more.

    Returns
    -------
    ndarray
        (size, size) float64.

    Raises
    ------
    InputError
        If there is no such kernel, or the size is not positive.

    Examples
    --------
    >>> kernel("emboss")
    array([[-2., -1.,  0.],
           [-1.,  1.,  1.],
           [ 0.,  1.,  2.]])
    """
    if name not in KERNELS:
        raise InputError("kernel", name, "is not in the gallery", f"choose one of {', '.join(KERNELS)}")
    _check_size("kernel_size", size)
    if name == "box-blur":
        return np.full((size, size), 1 / size**2, dtype=np.float64)
    if name == "gaussian":
        return _binomial(size)
    if name == "lecture":
        return np.asarray(np.indices((size, size)).sum(axis=0) % 2 == 0, dtype=np.float64)
    return _centred(KERNELS[name], size)


def distance_weights(size: tuple[int, int]) -> Grid:
    """Return weights that fall with the distance r from the middle of a window: ``1 / (1 + r)``.

    Parameters
    ----------
    size
        Rows and columns of the window, each 1 or more.

    Returns
    -------
    ndarray
        `size`, float64.

    Examples
    --------
    >>> distance_weights((1, 3))
    array([[0.5, 1. , 0.5]])
    """
    rows, cols = (np.arange(n) - (n - 1) / 2 for n in size)
    return np.asarray(1 / (1 + np.hypot(rows[:, None], cols)), dtype=np.float64)


def image(name: str, size: int = 5, seed: int = 0) -> Grid:
    """Return an input image of the gallery at any size.

    Parameters
    ----------
    name
        An element of `IMAGES`; the two examples of the lectures repeat themselves where they are too small.
    size
        Rows and columns, 1 or more.
    seed
        Draws another ``"random"`` image of digits 0 to 9.

    Returns
    -------
    ndarray
        (size, size) float64.

    Raises
    ------
    InputError
        If there is no such image, or the size is not positive.

    Examples
    --------
    >>> image("ramp", 3)
    array([[1., 2., 3.],
           [4., 5., 6.],
           [7., 8., 9.]])
    """
    if name not in IMAGES:
        raise InputError("image", name, "is not in the gallery", f"choose one of {', '.join(IMAGES)}")
    _check_size("input_size", size)
    rows, cols = np.indices((size, size))
    match name:
        case "lecture":
            return _tiled(LECTURE_IMAGE, size)
        case "pooling":
            return _tiled(POOLING_IMAGE, size)
        case "ramp":
            return np.asarray(rows * size + cols + 1, dtype=np.float64)
        case "edge":
            return np.asarray(cols >= size / 2, dtype=np.float64)
        case "diagonal":
            return np.asarray(rows == cols, dtype=np.float64)
        case _:
            return np.random.default_rng(seed).integers(0, 10, (size, size)).astype(np.float64)


def shape(name: str, size: int = 8) -> Grid:
    """Return a shape of ones on zeros, for a network to tell from another.

    Parameters
    ----------
    name
        An element of `SHAPES`: a horizontal or a vertical bar, a cross, or a circle.
    size
        Rows and columns, 5 or more.

    Returns
    -------
    ndarray
        (size, size) float64.

    Raises
    ------
    InputError
        If there is no such shape, or the size is too small for it.

    Examples
    --------
    >>> shape("cross", 5).astype(int)
    array([[0, 0, 0, 0, 0],
           [0, 1, 0, 1, 0],
           [0, 0, 1, 0, 0],
           [0, 1, 0, 1, 0],
           [0, 0, 0, 0, 0]])
    """
    if name not in SHAPES:
        raise InputError("shape", name, "is not in the gallery", f"choose one of {', '.join(SHAPES)}")
    if size < 5:
        raise InputError("input_size", size, "is too small for a shape", "use 5 or more")
    rows, cols = np.indices((size, size)) - (size - 1) / 2
    inside = np.maximum(abs(rows), abs(cols)) < size / 2 - 0.75
    match name:
        case "horizontal":
            drawn = abs(rows) < 1
        case "vertical":
            drawn = abs(cols) < 1
        case "cross":
            drawn = abs(abs(rows) - abs(cols)) < 0.5
        case _:
            drawn = abs(np.hypot(rows, cols) - (size / 2 - 1.25)) < 0.6
    return np.asarray(drawn & inside, dtype=np.float64)


def _check_size(argument: str, size: int) -> None:
    if size < 1:
        raise InputError(argument, size, "is not positive", "use 1 or more")


def _tiled(grid: Grid, size: int) -> Grid:
    repeats = -(-size // len(grid))
    return np.tile(grid, (repeats, repeats))[:size, :size].copy()


def _binomial(size: int) -> Grid:
    row = np.array([1.0])
    for _ in range(size - 1):
        row = np.convolve(row, [1.0, 1.0])
    return np.asarray(np.outer(row, row) / row.sum() ** 2, dtype=np.float64)


def _centred(grid: Grid, size: int) -> Grid:
    """Lay `grid` in the middle of a (size, size) grid of zeros, cutting what does not fit."""
    target = np.zeros((size, size))
    offset = (size - len(grid)) // 2
    for (row, col), value in np.ndenumerate(grid):
        if 0 <= row + offset < size and 0 <= col + offset < size:
            target[row + offset, col + offset] = value
    return target
