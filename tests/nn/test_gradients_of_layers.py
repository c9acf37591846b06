"""The gradient of every layer, entry by entry, against central differences in float64: of its input and parameters."""

import naive
import numpy as np
import pytest
from test_every_layer import WITH, WITHOUT, through

from cnnsim import nn

RANDOM = np.random.default_rng(2)
SHAPES = {layer: shape for layer, (shape, *_) in (WITHOUT | WITH).items()} | {
    nn.WeightedPool2d(3, 2, 1): (2, 5, 4),
    nn.Flatten(): (2, 3, 2),
}
ELSEWHERE = {nn.BatchNorm, nn.Dropout, nn.Add, nn.Concatenate}
"""Layers of a batch in training mode, or of several inputs: tests/nn/test_training_layers.py and test_graphs.py."""


def test_no_layer_is_left_out():
    named = (getattr(nn, name) for name in nn.__all__)
    layers = {kind for kind in named if isinstance(kind, type) and hasattr(kind, "backward")}
    assert layers - {type(layer) for layer in SHAPES} - {nn.Layer, nn.TrainingLayer} == ELSEWHERE & layers


def test_a_network_without_arithmetic_gives_its_input_back():
    x = RANDOM.standard_normal((3, 2, 5, 4))
    np.testing.assert_array_equal(nn.Sequential({"flatten": nn.Flatten()}, dtype=np.float64)(x), x.reshape(3, 40))


@pytest.mark.parametrize("layer", SHAPES, ids=str)
def test_no_image_gives_no_output(layer):
    network = nn.Sequential({"layer": layer}, dtype=np.float64)
    assert network(np.zeros((0, *SHAPES[layer]))).shape == (0, *network.output_shapes(SHAPES[layer])["layer"])


@pytest.mark.parametrize("layer", SHAPES, ids=str)
def test_every_entry(layer):
    network = nn.Sequential({"layer": layer}, seed=1, dtype=np.float64)
    x = RANDOM.permutation(2 * np.prod(SHAPES[layer])).reshape(2, *SHAPES[layer]) / 7.0 - 2.05  # no ties, no kinks
    dy = RANDOM.standard_normal(network(x).shape)
    dx, gradients = through(network, x, dy)

    def cost():
        return float((network(x) * dy).sum())

    np.testing.assert_allclose(dx, naive.gradient(cost, x), rtol=1e-5, atol=1e-7)
    slopes = naive.gradient(cost, network.vector)
    ours = [gradients[name].sum(axis=0) for name in network.of_layer("layer")]
    np.testing.assert_allclose(np.concatenate([*ours, []]), slopes, rtol=1e-5, atol=1e-7)
