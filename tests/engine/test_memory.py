"""The workspace that every batch uses again."""

import threading
from itertools import pairwise

import numpy as np
import pytest

from cnnsim.engine import memory


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_start_on_a_cache_line(dtype):
    for size in range(1, 50):
        array = memory.zeros((size, 3), dtype)
        assert array.ctypes.data % 64 == 0
        assert not array.any()


def test_the_same_memory_serves_the_next_batch_but_never_twice_at_once():
    def batch():
        with memory.workspace():
            arrays = [memory.empty((100, n), np.float32) for n in range(1, 9)]
            return [(a.ctypes.data, a.nbytes) for a in arrays]

    batch()
    first, second = batch(), batch()
    assert first == second
    ordered = sorted(first)
    assert all(start + size <= following for (start, size), (following, _) in pairwise(ordered))
    assert memory.empty((100, 8), np.float32).ctypes.data not in [start for start, _ in first]


def test_every_thread_has_a_workspace_of_its_own():
    places, barrier = set(), threading.Barrier(3)

    def work():
        for _ in range(2):
            with memory.workspace():
                place = memory.empty((1000,), np.float32).ctypes.data
                barrier.wait()
        places.add(place)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(places) == 3


def test_outside_a_workspace_arrays_are_kept():
    with memory.workspace():
        memory.empty((10,), np.float32)
    arrays = [memory.zeros((10,), np.float32) for _ in range(5)]
    arrays[0].fill(1)
    assert not any(array.any() for array in arrays[1:])


def test_an_error_closes_the_workspace():
    with pytest.raises(RuntimeError), memory.workspace():
        raise RuntimeError
    first, second = memory.empty((4,), np.float64), memory.empty((4,), np.float64)
    assert first.ctypes.data != second.ctypes.data
