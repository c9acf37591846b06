"""The hand-written vector loops against their twins in plain Python."""

import numpy as np
import pytest
from numba import njit

from cnnsim.engine import tiles, tiles_python
from cnnsim.engine.compile import LANES, compiled

RANDOM = np.random.default_rng(1)
TAPS = 5


def offsets(n, limit):
    return RANDOM.choice(limit, n, replace=False).astype(np.int64)


def caller(tile):
    """A vector loop can only be called from compiled code."""
    return njit(lambda *arguments: tile(*arguments)) if compiled() else tile


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("rows", "columns", "accumulate"), [(4, 4, False), (2, 1, False), (2, 2, True), (1, 3, True)])
def test_product_tile(rows, columns, accumulate, dtype):
    x, w, bias = (RANDOM.standard_normal(n).astype(dtype) for n in (40 * LANES, 60, 6))
    y = RANDOM.standard_normal(40 * LANES).astype(dtype)
    y_rows, w_rows, x_taps, w_taps = (
        offsets(6, 20) * LANES,
        offsets(6, 30),
        offsets(TAPS, 20) * LANES,
        offsets(TAPS, 25),
    )
    places = (LANES, 2 * LANES, y_rows, 1, bias, x, 3 * LANES, LANES, x_taps, w, 2, w_rows, w_taps)
    expected = y.copy()
    tiles_python.product_tile(rows, columns, accumulate)(expected, *places)
    caller(tiles.product_tile(rows, columns, accumulate))(y, *places)
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("rows", "taps"), [(4, 4), (2, 1), (1, 2)])
def test_outer_tile(rows, taps, dtype):
    dy, x = (RANDOM.standard_normal(90 * LANES).astype(dtype) for _ in range(2))
    dw = np.zeros(100, dtype)
    pair = np.array
    places = (
        *(3, np.arange(6) * 7, 1, np.arange(6), 1, dy, LANES, np.arange(6) * 9 * LANES, pair([3, 1]) * LANES),
        *(x, 2 * LANES, offsets(6, 50) * LANES, pair([5, 2]) * LANES, pair([3, 4])),
    )
    expected = dw.copy()
    tiles_python.outer_tile(rows, taps)(expected, *places)
    caller(tiles.outer_tile(rows, taps))(dw, *places)
    assert np.count_nonzero(dw) == rows * taps
    np.testing.assert_allclose(dw, expected, rtol=1e-4, atol=1e-4)
