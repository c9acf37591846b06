"""No operation reads or writes outside its arrays: cells around all of them hold NaN before, the same NaN after.

Kernels address flat arrays by offsets, in vector instructions. So every array that the engine makes, and every operand,
stands in a larger piece of memory that is full of NaN: what is read from there spreads to the results, what is written
there is missed. ``make test-bounds`` runs the same, and more, while every single access is checked.
"""

from contextlib import contextmanager

import numpy as np
import pytest
from call_table import NAMES, copies, results, valid_call
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import share, sizes

from cnnsim import functional, models, nn
from cnnsim.engine import memory

SEEDS = st.integers(0, 2**31 - 1)
MARGIN = 1 << 15
"""Bytes on both sides: more than the largest of these images."""
NAN = 0xFF
"""Any number of such bytes is a NaN, or -1."""


class Fence:
    """Pieces of memory with a margin around each."""

    def __init__(self):
        self.rooms = []

    def room(self, size):
        room = np.full(size + 2 * MARGIN + 64, NAN, np.uint8)
        start = MARGIN - (room.ctypes.data + MARGIN) % -64
        self.rooms.append((room, start, start + size))
        return room[start : start + size]

    def around(self, array):
        """A contiguous copy of `array` inside a fence."""
        if array is None or not array.ndim:
            return array
        inside = self.room(array.nbytes).view(array.dtype).reshape(array.shape)
        inside[...] = array
        return inside

    def check(self):
        for room, start, stop in self.rooms:
            assert (room[:start] == NAN).all(), "written before an array"
            assert (room[stop:] == NAN).all(), "written after an array"


@contextmanager
def fenced():
    """Fence every array of the engine, its workspace too."""
    fence = Fence()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "_aligned", fence.room)
        patch.setattr(memory._Arena, "take", lambda *_: None)
        yield fence
    fence.check()


def test_a_fence_is_no_hypothesis():
    """Writing one number too far is missed, reading one is seen."""
    with pytest.raises(AssertionError, match="written after"), fenced():
        array = memory.zeros((4,), np.float32)
        np.lib.stride_tricks.as_strided(array, (5,))[4] = 1
    with fenced():
        array = memory.zeros((4,), np.float32)
        assert np.isnan(np.lib.stride_tricks.as_strided(array, (5,)).sum())
        assert array.ctypes.data % 64 == 0


@pytest.mark.parametrize("name", NAMES)
@given(SEEDS)
@settings(max_examples=share(15))
def test_operations(name, seed):
    arrays, options = valid_call(name, seed)
    function = getattr(functional, name)
    plain = results(function(*copies(arrays), **options))
    with fenced() as fence:
        inside = results(function(*[fence.around(a) for a in arrays], **options))
    for one, other in zip(inside, plain, strict=True):
        assert np.isfinite(other).all()
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", sizes((1, 3, 16, 33), (1,)))
def test_a_network_and_its_training(n, dtype):
    """LeNet-5 goes through the kernels of few images, of blocks, and of whole training programs."""
    network, random = models.lenet5(seed=1, dtype=dtype), np.random.default_rng(n)
    x, labels = random.standard_normal((n, 1, 28, 28)).astype(dtype), random.integers(0, 10, n)
    plain = network(x), nn.batch_gradient(network, x, labels, threads=2).gradient.copy()
    with fenced() as fence:
        inside = network(fence.around(x)), nn.batch_gradient(network, fence.around(x), labels, threads=2).gradient
    for one, other in zip(inside, plain, strict=True):
        assert np.isfinite(other).all()
        np.testing.assert_array_equal(one, other)
