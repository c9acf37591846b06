"""Training in one kernel call is the same as layer by layer, to the last bit."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import share, sizes

from cnnsim import models, nn


def both_ways(network, x, labels, **options):
    """The result of the one call, and of the layers one by one."""
    assert network.training_program(x.shape[1:]) is not None
    program = nn.batch_gradient(network, x, labels, **options)
    network._training_programs[x.shape[1:]] = None
    layers = nn.batch_gradient(network, x, labels, **options)
    del network._training_programs[x.shape[1:]]
    return program, layers


def assert_same(one, other):
    assert one.loss == other.loss
    assert one.correct == other.correct
    np.testing.assert_array_equal(one.gradient, other.gradient)


@pytest.mark.parametrize("n", sizes([4, 16, 37], [4]))
def test_inference_is_the_last_of_the_activations(n):
    network, x = models.lenet5(seed=3), np.random.default_rng(n).standard_normal((n, 1, 28, 28)).astype(np.float32)
    *_, last = network.activations(x).values()
    np.testing.assert_array_equal(network(x), last)


@pytest.mark.parametrize("n", sizes([1, 16, 37], [1, 3]))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lenet(n, dtype):
    network, random = models.lenet5(seed=3, dtype=dtype), np.random.default_rng(n)
    assert_same(*both_ways(network, random.standard_normal((n, 1, 28, 28)).astype(dtype), np.arange(n) % 10))


@given(
    stride=st.integers(1, 2),
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    dilation=st.integers(1, 2),
    groups=st.sampled_from([1, 2]),
    bias=st.booleans(),
    window=st.integers(1, 3),
    step=st.integers(1, 3),
    order=st.sampled_from(["relu pool", "pool relu", "relu relu pool pool", "pool"]),
    size=st.tuples(st.integers(11, 14), st.integers(11, 17)),
)
@settings(max_examples=share(25))
def test_chains_of_every_geometry(stride, padding, dilation, groups, bias, window, step, order, size):
    random = np.random.default_rng(0)
    layers = {
        "conv1": nn.Conv2d(2, 4, 3, padding=padding, bias=bias),
        "relu1": nn.ReLU(),
        "conv2": nn.Conv2d(4, 6, 2, stride=stride, dilation=dilation, padding=1, groups=groups),
    }
    for i, kind in enumerate(order.split()):
        layers[f"{kind}{i + 2}"] = nn.ReLU() if kind == "relu" else nn.MaxPool2d(window, step)
        window, step = 2, 1
    layers["flatten"] = nn.Flatten()
    features = nn.Sequential(layers).output_shapes((2, *size))["flatten"][0]
    if features < 16:
        return
    layers |= {"fc1": nn.Linear(features, 17), "relu9": nn.ReLU(), "fc2": nn.Linear(17, 3, bias)}
    network = nn.Sequential(layers, dtype=np.float64)
    assert_same(*both_ways(network, random.standard_normal((5, 2, *size)), np.arange(5) % 3))


def test_threads_and_repetition_change_nothing():
    network, random = models.lenet5(), np.random.default_rng(1)
    n = sizes(100, 17)
    x, labels = random.standard_normal((n, 1, 28, 28)).astype(np.float32), np.arange(n) % 10
    alone = nn.batch_gradient(network, x, labels)
    nn.batch_gradient(network, -3 * x, labels)
    with ThreadPoolExecutor(3) as executor:
        for threads in sizes((1, 2, 3, 7, 8), (2,)):
            assert_same(nn.batch_gradient(network, x, labels, threads=threads, executor=executor), alone)


def test_a_nan_is_seen_in_the_loss():
    network, x = models.lenet5(), np.zeros((2, 1, 28, 28), np.float32)
    x[1, 0, 5, 5] = np.nan
    program, layers = both_ways(network, x, [0, 1])
    assert np.isnan(program.loss)
    assert np.isnan(layers.loss)


@pytest.mark.parametrize(
    "layers",
    [
        {"flatten": nn.Flatten(), "fc": nn.Linear(8, 3)},
        {"flatten": nn.Flatten(), "drop": nn.Dropout(0.5), "fc": nn.Linear(8, 3)},
        {"tanh": nn.Tanh(), "flatten": nn.Flatten(), "fc": nn.Linear(8, 3)},
        {"conv": nn.Conv2d(2, 2, 1), "pool": nn.MaxPool2d(2, 1, 1), "flatten": nn.Flatten(), "fc": nn.Linear(18, 3)},
        {
            "wide": nn.Conv2d(2, 2, 1, padding=2),
            "pool": nn.MaxPool2d(2, 4, ceil_mode=True),
            "flatten": nn.Flatten(),
            "fc": nn.Linear(8, 3),
        },
        {
            "far": nn.Conv2d(2, 2, 1, padding=2),
            "pool": nn.MaxPool2d(2, 1, dilation=2),
            "flatten": nn.Flatten(),
            "fc": nn.Linear(32, 3),
        },
        {"add": nn.Node(nn.Add(), ("input", "input")), "flatten": nn.Flatten(), "fc": nn.Linear(8, 3)},
        {"conv": nn.Conv2d(2, 3, 2)},
    ],
    ids=lambda layers: next(iter(layers)),
)
def test_other_networks_go_layer_by_layer(layers):
    assert nn.Network(layers).training_program((2, 2, 2)) is None


def test_other_losses_go_layer_by_layer():
    network, x = models.lenet5(), np.ones((2, 1, 28, 28), np.float32)
    assert nn.batch_gradient(network, x, [0, 1], loss="mse").loss < nn.batch_gradient(network, x, [0, 1]).loss
