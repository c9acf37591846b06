"""Layers and networks: values, gradients entry by entry, and what they refuse."""

import naive
import numpy as np
import pytest

from cnnsim import functional, nn
from cnnsim.errors import InputError

RANDOM = np.random.default_rng(3)
NETWORKS = {
    "dense": ({"flatten": nn.Flatten(), "fc": nn.Linear(18, 3)}, (2, 3, 3)),
    "without biases": (
        {"conv": nn.Conv2d(2, 3, 3, bias=False), "flatten": nn.Flatten(), "fc": nn.Linear(3, 2, bias=False)},
        (2, 3, 3),
    ),
    "tanh and average": (
        {
            "conv1": nn.Conv2d(1, 4, 3, padding=1),
            "tanh1": nn.Tanh(),
            "pool1": nn.AvgPool2d(2),
            "conv2": nn.Conv2d(4, 4, (2, 1), stride=(1, 2), groups=2, padding=(0, 1)),
            "tanh2": nn.Tanh(),
            "flatten": nn.Flatten(),
            "fc": nn.Linear(48, 3),
        },
        (1, 10, 6),
    ),
    "rectified and maximum": (
        {
            "conv1": nn.Conv2d(1, 3, 3, dilation=2),
            "relu1": nn.ReLU(),
            "pool1": nn.MaxPool2d(3, 2, 1),
            "flatten": nn.Flatten(),
            "fc1": nn.Linear(27, 5),
            "relu2": nn.ReLU(),
            "fc2": nn.Linear(5, 4),
        },
        (1, 9, 9),
    ),
}


def network_of(name):
    layers, shape = NETWORKS[name]
    return nn.Sequential(layers, seed=2, dtype=np.float64), shape


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_by_finite_differences(name):
    network, shape = network_of(name)
    x, labels = RANDOM.standard_normal((3, *shape)), RANDOM.integers(0, 2, 3)
    result = nn.batch_gradient(network, x, labels)

    def loss():
        return functional.cross_entropy(network(x), labels)

    assert result.loss == pytest.approx(float(loss()))
    assert result.correct == (network(x).argmax(axis=1) == labels).sum()
    np.testing.assert_allclose(result.gradient, naive.gradient(loss, network.vector), rtol=1e-5, atol=1e-8)


def test_a_network_is_its_operations_in_a_row():
    network, shape = network_of("rectified and maximum")
    x = RANDOM.standard_normal((20, *shape))
    p = network.state_dict()
    conv1 = functional.conv2d(x, p["conv1.weight"], p["conv1.bias"], dilation=2)
    pool1 = functional.max_pool2d(functional.relu(conv1), 3, 2, 1)
    fc1 = functional.linear(pool1.reshape(20, -1), p["fc1.weight"], p["fc1.bias"])
    fc2 = functional.linear(functional.relu(fc1), p["fc2.weight"], p["fc2.bias"])
    np.testing.assert_allclose(network(x), fc2, rtol=1e-12)
    outputs = network.activations(x)
    assert list(outputs) == list(network.layers)
    np.testing.assert_allclose(outputs["pool1"], pool1, rtol=1e-12)
    np.testing.assert_allclose(outputs["fc2"], fc2, rtol=1e-12)
    assert {name: a.shape[1:] for name, a in outputs.items()} == network.output_shapes(shape)


@pytest.mark.parametrize("threads", [2, 3, 5])
def test_the_number_of_threads_changes_nothing(threads):
    from concurrent.futures import ThreadPoolExecutor

    layers, shape = NETWORKS["rectified and maximum"]
    network = nn.Sequential(layers, seed=1)
    x, labels = RANDOM.standard_normal((70, *shape)).astype(np.float32), RANDOM.integers(0, 4, 70)
    alone = nn.batch_gradient(network, x, labels)
    with ThreadPoolExecutor(threads) as executor:
        shared = nn.batch_gradient(network, x, labels, threads=threads, executor=executor)
    assert alone.loss == shared.loss
    assert alone.gradient.tobytes() == shared.gradient.tobytes()


def test_an_image_does_not_depend_on_its_neighbours():
    network, shape = network_of("tanh and average")
    x = RANDOM.standard_normal((18, *shape))
    one_by_one = np.concatenate([network(image[None]) for image in x])
    np.testing.assert_array_equal(network(x), one_by_one)


def test_the_same_seed_gives_the_same_start():
    layers, _ = NETWORKS["dense"]
    a, b, c = (nn.Sequential(layers, seed=seed).vector for seed in (4, 4, 5))
    assert a.tobytes() == b.tobytes()
    assert a.tobytes() != c.tobytes()


def test_parameters_start_within_their_bounds():
    network = nn.Sequential({"conv": nn.Conv2d(3, 50, 5), "flatten": nn.Flatten()})
    limit = 1 / np.sqrt(75)
    assert np.abs(network.vector).max() <= limit
    assert network.vector.std() == pytest.approx(limit / np.sqrt(3), rel=0.05)


def test_state_goes_round():
    layers, shape = NETWORKS["tanh and average"]
    one, other = nn.Sequential(layers, seed=1), nn.Sequential(layers, seed=2)
    other.load_state_dict(one.state_dict())
    x = RANDOM.standard_normal((2, *shape)).astype(np.float32)
    np.testing.assert_array_equal(one(x), other(x))
    one.state_dict()["fc.weight"][...] = 0  # a copy
    np.testing.assert_array_equal(one(x), other(x))


def test_wrong_state_is_refused_and_changes_nothing():
    network, _ = network_of("dense")
    before = network.vector.copy()
    good = network.state_dict()
    for state, message in (
        ({"fc.weight": good["fc.weight"]}, "lacks fc.bias"),
        (good | {"extra": np.zeros(1)}, "holds the unexpected extra"),
        (good | {"fc.bias": np.zeros(4)}, r"state\['fc.bias'\].shape=\(4,\) is not \(3,\)"),
        (good | {"fc.bias": np.zeros(3, int)}, "is none of float16, float32 and float64"),
        ({}, "lacks fc.bias, fc.weight"),
    ):
        with pytest.raises(InputError, match=message):
            network.load_state_dict({key: value + 1 for key, value in state.items()})
    np.testing.assert_array_equal(network.vector, before)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.Conv2d(1, 2, 0), "kernel_size=0 is less than 1"),
        (lambda: nn.Conv2d(3, 4, 3, groups=2), "groups=2 does not divide in_channels=3"),
        (lambda: nn.Linear(0, 2), "in_features=0 is less than 1"),
        (lambda: nn.MaxPool2d(2, padding=2), "padding=2 is more than half of kernel_size=2"),
        (lambda: nn.AvgPool2d(2, stride=0), "stride=0 is less than 1"),
        (lambda: nn.Sequential({}), "is empty"),
        (lambda: nn.Sequential({"a.b": nn.ReLU()}), "is no name for a layer"),
        (lambda: nn.Sequential({"a": nn.ReLU()}, dtype=int), "dtype=int64 is neither"),
        (lambda: network_of("dense")[0](np.zeros((1, 2, 3, 4))), r"fc: input shape=\(24,\) is not \(18,\)"),
        (lambda: network_of("dense")[0](np.zeros((1, 2, 3, 3), "f")), "x.dtype=float32 is not the network's float64"),
        (lambda: network_of("dense")[0](np.zeros(3)), r"x.shape=\(3,\) is not \(N, ...\)"),
        (
            lambda: network_of("tanh and average")[0](np.zeros((1, 2, 9, 9))),
            r"conv1: input shape=\(2, 9, 9\) is not \(1, H, W\)",
        ),
        (lambda: network_of("tanh and average")[0](np.zeros((1, 1, 2, 6))), r"conv2: kernel_size=2 is larger than the"),
        (lambda: network_of("dense")[0].output_shapes((2, 3)), r"fc: input shape=\(6,\)"),
        (lambda: nn.MaxPool2d(2).output_shape((4,)), "pool before flattening"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
