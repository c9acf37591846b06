"""Between arrays of images (N, C, H, W) and blocks of L images (blocks, C, H, W, L)."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.compile import LANES
from cnnsim.engine.memory import empty

Floats = NDArray[np.floating]
T = TypeVar("T", bound=np.generic)


def flat_rows(rows: Floats) -> Floats:
    """View rows that may lie apart as one flat array, gaps included: (B, n), contiguous along n, to (reach,)."""
    step = rows.strides[0] // rows.itemsize
    return np.lib.stride_tricks.as_strided(rows, ((len(rows) - 1) * step + rows.shape[1],), (rows.itemsize,))


def lanes(n: int) -> int:
    """Places for images in as many blocks as `n` of them take, and at least in one."""
    return max(1, -(-n // LANES)) * LANES


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
    """Give the first `n` images of a stack of blocks back, in memory of their own: (blocks, ..., L) to (n, ...)."""
    images = np.moveaxis(blocks, -1, 1)
    return images.reshape(images.shape[0] * LANES, *images.shape[2:])[:n].copy()
