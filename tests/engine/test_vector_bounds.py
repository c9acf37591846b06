"""Under ``NUMBA_BOUNDSCHECK=1`` the hand-written vector loops refuse to leave any of their arrays."""

import numpy as np
import pytest
from numba import config, njit

from cnnsim.engine.champion import champion
from cnnsim.engine.compile import LANES, compiled
from cnnsim.engine.largest import largest
from cnnsim.engine.shares import give
from cnnsim.engine.tiles import outer_tile, product_tile

pytestmark = pytest.mark.skipif(not compiled(), reason="plain Python loops leave the bounds to NumPy")


def numbers(vectors):
    return np.ones(vectors * LANES, np.float32)


def places(*values):
    return np.array(values, np.int64)


WINNERS = np.zeros(2 * LANES, np.int32)
LOOPS = {
    "product": (
        product_tile(2, 2, False),
        *(numbers(4), 0, LANES, places(0, 2 * LANES), 0, np.ones(2, np.float32)),
        *(numbers(3), 0, LANES, places(0, LANES), np.ones(4, np.float32), 0, places(0, 2), places(0, 1)),
    ),
    "outer": (
        outer_tile(2, 2),
        *(np.ones(4, np.float32), 0, places(0, 2), 0, places(0, 1), 0, numbers(8), 0, places(0, 4 * LANES)),
        *(places(2 * LANES, LANES), numbers(5), 0, places(0, LANES), places(2 * LANES, LANES), places(2, 2)),
    ),
    "largest": (largest, numbers(2), 0, 2, numbers(3), 0, places(0, LANES), 0.0),
    "champion": (champion, numbers(2), WINNERS, LANES, numbers(4), 0, 0, 2, 2, 2, 1),
    "share": (give(True), numbers(2), LANES, numbers(1), 0, WINNERS[:LANES], 1),
}


COUNTED = {"product": 9, "largest": 5}
"""The argument whose length says how many taps there are: no length of it is too short."""


@pytest.mark.parametrize("name", LOOPS)
def test_an_array_that_is_too_short_is_refused(name, monkeypatch):
    monkeypatch.setattr(config, "BOUNDSCHECK", 1)
    loop, *arguments = LOOPS[name]
    call = njit(lambda *given: loop(*given))
    call(*arguments)
    for i, argument in enumerate(arguments):
        if isinstance(argument, np.ndarray) and COUNTED.get(name) != i:
            with pytest.raises(IndexError, match="out of bounds"):
                call(*arguments[:i], argument[:-1], *arguments[i + 1 :])


@pytest.mark.parametrize("name", LOOPS)
def test_a_place_before_an_array_is_refused(name, monkeypatch):
    monkeypatch.setattr(config, "BOUNDSCHECK", 1)
    loop, *arguments = LOOPS[name]
    call = njit(lambda *given: loop(*given))
    offset = {"product": 1, "outer": 1, "largest": 1, "champion": 2, "share": 1}[name]
    arguments[offset] = -1
    with pytest.raises(IndexError, match="out of bounds"):
        call(*arguments)
