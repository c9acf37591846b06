"""Memory on cache lines, and a workspace that is used again by every batch.

A training step fills some ten megabytes with activations and gives them back. The operating system would take the pages
and hand new, zeroed ones out for the next step, which costs as much time as the arithmetic.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_CACHE_LINE = 64
_LARGEST_WORKSPACE = 2**26
"""Bytes that a thread keeps at most; what goes beyond is taken and given back as usual."""


class _Arena(threading.local):
    """The workspace of one thread: a piece of memory, how much of it is used, and how much would have been."""

    def __init__(self) -> None:
        self.open = False
        self.room = np.empty(0, np.uint8)
        self.used = 0

    def take(self, size: int) -> NDArray[np.uint8] | None:
        start, self.used = self.used, self.used + -(-size // _CACHE_LINE) * _CACHE_LINE
        return self.room[start : start + size] if self.used <= len(self.room) else None


_arena = _Arena()


@contextmanager
def workspace() -> Iterator[None]:
    """Let `empty` and `zeros` use the thread's workspace: no array made inside may be used after the block."""
    _arena.open, _arena.used = True, 0
    try:
        yield
    finally:
        _arena.open = False
        if len(_arena.room) < _arena.used <= _LARGEST_WORKSPACE:
            _arena.room = _aligned(_arena.used)


def _aligned(size: int) -> NDArray[np.uint8]:
    room = np.empty(size + _CACHE_LINE, np.uint8)
    start = -room.__array_interface__["data"][0] % _CACHE_LINE
    return room[start : start + size]


def empty(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Uninitialised array on a cache line, so that no vector of L numbers straddles two of them."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    room = _arena.take(size) if _arena.open else None
    return (_aligned(size) if room is None else room).view(dtype).reshape(shape)


def blank(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Zeros on a cache line, outside the workspace, of which the system provides only what is touched."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    room = np.zeros(size + _CACHE_LINE, np.uint8)
    start = -room.__array_interface__["data"][0] % _CACHE_LINE
    return room[start : start + size].view(dtype).reshape(shape)


def zeros(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Zeros on a cache line."""
    array = empty(shape, dtype)
    array.fill(0)
    return array
