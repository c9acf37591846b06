"""Initialisers: their moments, their bounds, and the network that starts with them."""

import numpy as np
import pytest

from cnnsim import nn
from cnnsim.errors import InputError
from cnnsim.nn import initial

SHAPE = (60, 20, 5, 5)
FAN_IN, FAN_OUT = 500, 1500
VARIANCES = {
    initial.xavier_uniform: 2 / (FAN_IN + FAN_OUT),
    initial.xavier_normal: 2 / (FAN_IN + FAN_OUT),
    initial.kaiming_uniform: 2 / FAN_IN,
    initial.kaiming_normal: 2 / FAN_IN,
    initial.lecun_uniform: 1 / FAN_IN,
    initial.lecun_normal: 1 / FAN_IN,
    initial.uniform(-2, 4): 3.0,
    initial.normal(1, 0.5): 0.25,
}


@pytest.mark.parametrize("initialiser", VARIANCES, ids=lambda f: f.__qualname__.split(".")[0])
def test_variance(initialiser):
    drawn = initialiser(SHAPE, np.random.default_rng(1))
    again = initialiser(SHAPE, np.random.default_rng(1))
    assert drawn.shape == SHAPE
    assert drawn.dtype == np.float64
    assert drawn.var() == pytest.approx(VARIANCES[initialiser], rel=0.03)
    np.testing.assert_array_equal(drawn, again)
    if "uniform" in initialiser.__qualname__:
        spread = np.sqrt(12 * VARIANCES[initialiser])
        assert np.ptp(drawn) <= spread
        assert np.ptp(drawn) > 0.99 * spread


def test_fans_are_those_of_torch():
    assert initial.fans(SHAPE) == (FAN_IN, FAN_OUT)
    assert initial.fans((84, 120)) == (120, 84)


def test_constants():
    assert initial.zeros((2, 3), np.random.default_rng()).tolist() == [[0] * 3] * 2
    assert initial.constant(0.5)((2,), np.random.default_rng()).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("shape", [(4, 9), (9, 4), (5, 5), (3, 2, 2, 2), (16, 1, 3, 3)])
def test_orthogonal(shape):
    matrix = initial.orthogonal(shape, np.random.default_rng(2)).reshape(shape[0], -1)
    product = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-12)


def test_orthogonal_matrices_point_everywhere():
    """Without the correction of the signs, QR decompositions prefer a side."""
    drawn = [initial.orthogonal((2, 2), np.random.default_rng(seed)) for seed in range(400)]
    assert np.mean(drawn, axis=0) == pytest.approx(np.zeros((2, 2)), abs=0.12)


def test_activations_neither_fade_nor_explode():
    """He et al.: through twenty layers with ReLU the variance stays of the order of 1."""
    layers = {}
    for i in range(20):
        layers |= {f"fc{i}": nn.Linear(200, 200), f"relu{i}": nn.ReLU()}
    network = nn.Sequential(layers)
    x = np.random.default_rng(0).standard_normal((16, 200)).astype(np.float32)
    faded = network(x).std()
    network.load_state_dict(nn.fresh_state(network, 1, weight=initial.kaiming_normal))
    assert faded < 0.1
    assert 0.2 < network(x).std() < 5


def test_a_fresh_start_leaves_normalisation_alone():
    network = nn.Sequential({"conv": nn.Conv2d(1, 2, 3), "bn": nn.BatchNorm(2)})
    state = nn.fresh_state(network, 0, weight=initial.constant(3.0), bias=initial.constant(0.25))
    assert {name: set(value.ravel().tolist()) for name, value in state.items()} == {
        "conv.weight": {3.0}, "conv.bias": {0.25}, "bn.weight": {1.0}, "bn.bias": {0.25},
        "bn.running_mean": {0.0}, "bn.running_var": {1.0},
    }  # fmt: skip
    network.load_state_dict(state)


def test_against_torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")
    theirs = {
        initial.xavier_uniform: torch.nn.init.xavier_uniform_,
        initial.xavier_normal: torch.nn.init.xavier_normal_,
        initial.kaiming_uniform: lambda t: torch.nn.init.kaiming_uniform_(t, nonlinearity="relu"),
        initial.kaiming_normal: lambda t: torch.nn.init.kaiming_normal_(t, nonlinearity="relu"),
        initial.orthogonal: torch.nn.init.orthogonal_,
    }
    torch.manual_seed(0)
    for ours, reference in theirs.items():
        expected = reference(torch.empty(SHAPE)).std().item()
        assert ours(SHAPE, np.random.default_rng(0)).std() == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: initial.fans((3,)), r"shape=\(3,\) is not that of a weight"),
        (lambda: initial.kaiming_normal((3, 0), np.random.default_rng()), r"shape=\(3, 0\)"),
        (lambda: initial.uniform(1, 0), "low=1 is above high=0"),
        (lambda: initial.normal(0, -1), "deviation=-1"),
    ],
)
def test_numbers_out_of_range(call, message):
    with pytest.raises(InputError, match=message):
        call()
