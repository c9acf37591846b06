"""From an output back to the pixels."""

import naive
import numpy as np
import pytest
from test_graphs import DENSE, RESIDUAL, TWICE
from test_training_layers import BOTH, NORMALISED

from cnnsim import nn
from cnnsim.errors import InputError

RANDOM = np.random.default_rng(4)
NETWORKS = {"residual": RESIDUAL, "dense": DENSE, "twice": TWICE, "normalised": NORMALISED, "both": BOTH}


@pytest.mark.parametrize("name", NETWORKS)
def test_by_finite_differences(name):
    network = nn.Network(NETWORKS[name], seed=2, dtype=np.float64)
    network.buffer_vector[:] = RANDOM.uniform(0.5, 1.5, len(network.buffer_vector))
    x, dy = RANDOM.standard_normal((2, 1, 4, 4)), RANDOM.standard_normal((2, 3))
    before = x.copy(), dy.copy(), network.vector.copy()
    dx = nn.input_gradient(network, x, dy)
    for array, copy in zip((x, dy, network.vector), before, strict=True):
        np.testing.assert_array_equal(array, copy)
    np.testing.assert_allclose(dx, naive.gradient(lambda: (dy * network(x)).sum(), x), rtol=1e-5, atol=1e-8)


def test_images_do_not_mix():
    network = nn.Network(BOTH, seed=1)
    x, dy = RANDOM.standard_normal((20, 1, 4, 4)).astype(np.float32), RANDOM.standard_normal((20, 3)).astype(np.float32)
    together = nn.input_gradient(network, x, dy)
    one_by_one = [nn.input_gradient(network, x[i : i + 1], dy[i : i + 1])[0] for i in range(20)]
    np.testing.assert_array_equal(together, one_by_one)
    assert nn.input_gradient(network, x[:0], dy[:0]).shape == (0, 1, 4, 4)


def test_what_does_not_fit_is_refused():
    network = nn.Network(RESIDUAL)
    x = np.zeros((2, 1, 4, 4), np.float32)
    for dy, message in (
        (np.zeros((2, 4), np.float32), r"dy.shape=\(2, 4\) is not \(2, 3\)"),
        (np.zeros((2, 3)), "dy.dtype=float64 differs from x.dtype=float32"),
    ):
        with pytest.raises(InputError, match=message):
            nn.input_gradient(network, x, dy)
