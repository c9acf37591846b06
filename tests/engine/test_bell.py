"""A bell loses no call, whenever the one who listens gives up."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numba import njit

from cnnsim.engine import bell
from cnnsim.engine.compile import compiled

pytestmark = pytest.mark.skipif(not compiled(), reason="NUMBA_DISABLE_JIT: nobody listens in a kernel")

COUNT = 8
LONG = 2**40


@njit(nogil=True)
def count(word, patience):
    """Count calls until none comes."""
    while True:
        word[COUNT] += 1
        if not bell.called_again(word, patience):
            return


def quiet_bell():
    return np.zeros(16, np.int64)


def test_nobody_can_be_rung_where_nobody_listens():
    word = quiet_bell()
    assert not bell.ring(word)
    assert bell.answered(word, 0)


def test_who_hears_nothing_goes_away():
    word = quiet_bell()
    word[0] = bell.CALLED
    count(word, 10)
    assert (word[0], word[COUNT]) == (bell.AWAY, 1)


def test_who_takes_too_long_goes_away_at_once():
    word = quiet_bell()
    word[0] = bell.CALLED
    assert not bell.answered(word, 10)
    assert not bell.answered(word, 10)
    count(word, LONG)
    assert word[0] == bell.AWAY
    assert bell.answered(word, 0)


@pytest.mark.parametrize("patience", [0, 1, 30, 1000])
def test_every_call_is_answered_once(patience):
    word, submitted = quiet_bell(), 0
    with ThreadPoolExecutor(2) as pool:
        for n in range(1, 3001):
            if not bell.ring(word):
                word[0] = bell.CALLED
                work = pool.submit(count, word, patience)
                submitted += 1
            if not bell.answered(word, n % 100):
                work.result(timeout=60)
            assert word[COUNT] == n
    assert word[0] == bell.AWAY
    assert submitted <= 3000
