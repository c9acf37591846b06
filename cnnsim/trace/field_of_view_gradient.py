"""The gradient of one unit with respect to the input, through layers with random kernels."""

from dataclasses import dataclass
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
    part = _Part(*unit, np.ones((DRAWS, 1, 1)))
    for layer, n in zip(reversed(layers), reversed(sizes[:-1]), strict=True):
        shape = (DRAWS, layer.kernel_size, layer.kernel_size)
        part = _spread(part, np.ones(shape) if layer.pools else numbers.standard_normal(shape), layer, n)
    size, (_, rows, cols) = np.zeros((sizes[0], sizes[0])), part.values.shape
    if part.values.size:
        size[part.top : part.top + rows, part.left : part.left + cols] = np.sqrt(np.square(part.values).mean(axis=0))
    size /= size.max() or 1.0
    size.flags.writeable = False
    return size


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The part of a map that counts for the unit, (D, rows, columns), and where it begins: all else is zero."""

    top: int
    left: int
    values: Array


def _spread(part: _Part, kernels: Array, layer: SlidingLayer, n: int) -> _Part:
    """Carry the gradient of units back through their windows to the cells below, of which padding is no part."""
    count, *lengths = part.values.shape
    if not all(lengths):
        return part
    rows, cols = ((length - 1) * layer.stride + layer.extent for length in lengths)
    spread, product = np.zeros((count, rows, cols)), np.empty(part.values.shape)
    for r, t in np.ndindex(layer.kernel_size, layer.kernel_size):
        down, right = (
            slice(first, first + (length - 1) * layer.stride + 1, layer.stride)
            for first, length in zip((r * layer.dilation, t * layer.dilation), lengths, strict=True)
        )
        spread[:, down, right] += np.multiply(part.values, kernels[:, r, t, None, None], out=product)
    top, left = layer.first(part.top), layer.first(part.left)
    inner = spread[:, max(-top, 0) : max(n - top, 0), max(-left, 0) : max(n - left, 0)]
    return _Part(max(top, 0), max(left, 0), inner)
