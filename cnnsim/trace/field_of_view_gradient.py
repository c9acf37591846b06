"""The gradient of one unit with respect to the input, through layers with random kernels."""

from functools import lru_cache

import numpy as np

from cnnsim.trace.checks import Array
from cnnsim.trace.field_of_view_layers import SlidingLayer

DRAWS = 64
_KEPT = 64


@lru_cache(maxsize=_KEPT)
def random_gradient(
    layers: tuple[SlidingLayer, ...], sizes: tuple[int, ...], unit: tuple[int, int], seed: int
) -> Array:
    """Return the root mean square of the gradient over `DRAWS` draws of the kernels, as a share of the largest.

    Parameters
    ----------
    layers
        What lies between the input and the unit; the weights of a pooling are all the same.
    sizes
        Sides of the input and of each map.
    unit
        Row and column in the last map.
    seed
        Of the draws.

    Returns
    -------
    ndarray
        (n, n), read-only.

    Examples
    --------
    >>> layer = SlidingLayer("conv1", 3, 1, 1, 0, False)
    >>> random_gradient((layer, layer), (5, 5, 5), (0, 0), 0)[0, 0] > 0
    np.True_
    """
    numbers = np.random.default_rng(seed)
    gradient = np.zeros((DRAWS, sizes[-1], sizes[-1]))
    gradient[:, unit[0], unit[1]] = 1.0
    for layer, n in zip(reversed(layers), reversed(sizes[:-1]), strict=True):
        shape = (DRAWS, layer.kernel_size, layer.kernel_size)
        gradient = _spread(gradient, np.ones(shape) if layer.pools else numbers.standard_normal(shape), layer, n)
    size = np.sqrt(np.square(gradient).mean(axis=0))
    size /= size.max() or 1.0
    size.flags.writeable = False
    return np.asarray(size, dtype=np.float64)


def _spread(gradient: Array, kernels: Array, layer: SlidingLayer, n: int) -> Array:
    """Carry the gradient of (D, H', W') units back through their windows to the (D, n, n) cells below."""
    padded = np.zeros((len(gradient), n + 2 * layer.padding, n + 2 * layer.padding))
    rows, cols = np.nonzero(gradient.any(axis=0))
    if rows.size == 0:
        return padded[:, :n, :n]
    top, left = rows.min(), cols.min()
    part = gradient[:, top : rows.max() + 1, left : cols.max() + 1]
    for r, t in np.ndindex(layer.kernel_size, layer.kernel_size):
        first = (top * layer.stride + r * layer.dilation, left * layer.stride + t * layer.dilation)
        down, right = (
            slice(start, start + (length - 1) * layer.stride + 1, layer.stride)
            for start, length in zip(first, part.shape[1:], strict=True)
        )
        padded[:, down, right] += part * kernels[:, r, t, None, None]
    inner = slice(layer.padding, layer.padding + n)
    return padded[:, inner, inner]
