"""Few images take another way through the engine than blocks of them, and come to the same."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import share

from cnnsim import functional, nn
from cnnsim.engine.compile import LANES
from cnnsim.nn.program import FEW, translate


def has_program(network, shape):
    return translate(network.nodes, network.slices, network.output_shapes(shape), shape) is not None


def in_blocks(network, x):
    """As many images as fill a block never take the short way."""
    many = np.concatenate([x] * LANES)
    return network(many)[: len(x)]


def close(network, x):
    np.testing.assert_allclose(network(x), in_blocks(network, x), rtol=1e-9, atol=1e-12)


geometries = st.fixed_dictionaries(
    {
        "kernel_size": st.tuples(st.integers(1, 4), st.integers(1, 4)),
        "stride": st.tuples(st.integers(1, 3), st.integers(1, 3)),
        "padding": st.tuples(st.integers(0, 3), st.integers(0, 3)),
        "dilation": st.tuples(st.integers(1, 2), st.integers(1, 2)),
        "groups": st.sampled_from([1, 2]),
        "bias": st.booleans(),
    }
)


@given(options=geometries, size=st.tuples(st.integers(7, 12), st.integers(7, 20)), out=st.sampled_from([2, 4, 6, 10]))
@settings(max_examples=share(40))
def test_convolutions_of_every_geometry(options, size, out):
    random = np.random.default_rng(0)
    network = nn.Sequential({"conv": nn.Conv2d(4, out, **options)}, dtype=np.float64)
    x = random.standard_normal((2, 4, *size))
    assert has_program(network, x.shape[1:])
    close(network, x)
    weight, bias = network.parameters["conv.weight"], network.parameters.get("conv.bias")
    rest = {name: options[name] for name in ("stride", "padding", "dilation", "groups")}
    np.testing.assert_allclose(network(x), functional.conv2d(x, weight, bias, **rest), rtol=1e-9, atol=1e-12)


@given(
    window=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    size=st.tuples(st.integers(5, 9), st.integers(5, 25)),
    order=st.permutations(["relu", "pool", "again"]),
)
@settings(max_examples=share(30))
def test_pooling_and_relu_in_any_order(window, stride, size, order):
    kinds = {"relu": nn.ReLU(), "pool": nn.MaxPool2d(window, stride), "again": nn.MaxPool2d((2, 1), 1)}
    network = nn.Sequential({name: kinds[name] for name in order})
    x = np.random.default_rng(1).standard_normal((3, 2, *size)).astype(np.float32) - 0.5
    if size[0] - window[0] < stride[0] + 1:
        return
    assert has_program(network, x.shape[1:])
    np.testing.assert_array_equal(network(x), in_blocks(network, x))


@pytest.mark.parametrize("inputs", [1, 15, 16, 17, 40])
@pytest.mark.parametrize("outputs", [1, 7, 8, 17])
@pytest.mark.parametrize("bias", [True, False])
def test_dense_layers_of_every_size(inputs, outputs, bias):
    network = nn.Sequential({"fc": nn.Linear(inputs, outputs, bias), "relu": nn.ReLU()}, dtype=np.float64)
    x = np.random.default_rng(2).standard_normal((FEW, inputs))
    assert has_program(network, (inputs,))
    close(network, x)


def chain():
    layers = {
        "conv1": nn.Conv2d(1, 3, 3, padding=1), "relu1": nn.ReLU(), "pool1": nn.MaxPool2d(2), "drop": nn.Dropout(0.5),
        "conv2": nn.Conv2d(3, 5, 2, stride=2, bias=False), "flatten": nn.Flatten(), "fc": nn.Linear(45, 4),
    }  # fmt: skip
    return nn.Sequential(layers, dtype=np.float64)


def test_nothing_is_left_of_the_image_before():
    network, random = chain(), np.random.default_rng(3)
    first, second = random.standard_normal((2, 1, 1, 12, 12))
    expected = network(second)
    network(first * 1e9)
    np.testing.assert_array_equal(network(second), expected)
    np.testing.assert_array_equal(network(np.concatenate([first, second]))[1:], expected)


def test_changed_parameters_count_at_once():
    network, x = chain(), np.ones((1, 1, 12, 12))
    before = network(x)
    network.vector *= 2
    assert not np.allclose(network(x), before)
    close(network, x)


def test_threads_do_not_share_a_memory():
    network, images = chain(), np.random.default_rng(4).standard_normal((64, 1, 1, 12, 12))
    alone = [network(image) for image in images]
    with ThreadPoolExecutor(4) as executor:
        np.testing.assert_array_equal(list(executor.map(network, images)), alone)


def test_a_nan_stays_one_and_infinity_stays_in_its_image():
    network = nn.Sequential({"relu": nn.ReLU(), "pool": nn.MaxPool2d(2)})
    x = np.zeros((2, 1, 4, 4), np.float32)
    x[0, 0, 1, 2] = np.nan
    x[1] = -np.inf
    np.testing.assert_array_equal(network(x), in_blocks(network, x))


@pytest.mark.parametrize(
    "layers",
    [
        {"pool": nn.MaxPool2d(2, padding=1)},
        {"far": nn.MaxPool2d(2, dilation=2)},
        {"up": nn.MaxPool2d(3, 2, ceil_mode=True)},
        {"norm": nn.BatchNorm(2)},
        {"relu": nn.ReLU(), "add": nn.Node(nn.Add(), ("relu", "input"))},
    ],
    ids=lambda layers: next(reversed(layers)),
)
def test_what_has_no_instruction_goes_through_blocks(layers):
    network = nn.Network(layers, dtype=np.float64)
    assert not has_program(network, (2, 4, 4))
    x = np.random.default_rng(5).standard_normal((1, 2, 4, 4))
    close(network, x)
