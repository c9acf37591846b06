"""Between arrays of images (N, C, H, W) and blocks of L images (blocks, C, H, W, L)."""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnnsim.engine.compile import LANES

Floats = NDArray[np.floating]
T = TypeVar("T", bound=np.generic)

_CACHE_LINE = 64


def empty(shape: tuple[int, ...], dtype: DTypeLike) -> Floats:
    """Uninitialised array on a cache line, so that no vector of L numbers straddles two of them."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    room = np.empty(size + _CACHE_LINE, np.uint8)
    start = -room.__array_interface__["data"][0] % _CACHE_LINE
    return room[start : start + size].view(dtype).reshape(shape)


def zeros(shape: tuple[int, ...], dtype: DTypeLike) -> Floats:
    """Zeros on a cache line."""
    array = empty(shape, dtype)
    array.fill(0)
    return array


def to_blocks(images: Floats) -> Floats:
    """Put L images side by side, filling the last block up with zeros: (N, ...) to (⌈N/L⌉, ..., L)."""
    n, rest = len(images), images.shape[1:]
    full = n // LANES
    blocks = empty((-(-n // LANES), *rest, LANES), images.dtype)
    blocks[:full] = np.moveaxis(images[: full * LANES].reshape(full, LANES, *rest), 1, -1)
    if full < len(blocks):
        blocks[full, ..., : n - full * LANES] = np.moveaxis(images[full * LANES :], 0, -1)
        blocks[full, ..., n - full * LANES :] = 0
    return blocks


def from_blocks(blocks: NDArray[T], n: int) -> NDArray[T]:
    """Give the first `n` images of a stack of blocks back: (blocks, ..., L) to (n, ...), contiguous."""
    images = np.moveaxis(blocks, -1, 1)
    return np.ascontiguousarray(images).reshape(-1, *images.shape[2:])[:n]
