import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim.engine import blocks
from cnnsim.engine.compile import LANES


@given(st.integers(0, 40), st.integers(1, 3), st.integers(1, 4), st.integers(1, 5))
def test_there_and_back(n, c, h, w):
    images = np.random.default_rng(n).standard_normal((n, c, h, w))
    there = blocks.to_blocks(images)
    assert there.shape == (-(-n // LANES), c, h, w, LANES)
    np.testing.assert_array_equal(blocks.from_blocks(there, n), images)
    assert there.sum() == pytest.approx(images.sum())


def test_the_last_block_is_filled_up_with_zeros():
    there = blocks.to_blocks(np.ones((LANES + 3, 2), np.float32))
    assert there[1, :, 3:].any() == np.False_
    assert there[1, :, :3].all()
