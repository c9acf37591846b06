"""Summaries: the lectures' LeNet-5 and AlexNet, and every count against what is really there."""

from fractions import Fraction

import numpy as np
import pytest
from test_every_layer import WITH, WITHOUT
from test_graphs import GRAPHS
from test_training_layers import BOTH

from cnnsim import models, nn
from cnnsim.errors import InputError

ALEXNET = {
    "conv1": nn.Conv2d(3, 96, 11, stride=4), "relu1": nn.ReLU(), "norm1": nn.LocalResponseNorm(5),
    "pool1": nn.MaxPool2d(3, 2),
    "conv2": nn.Conv2d(96, 256, 5, padding=2, groups=2), "relu2": nn.ReLU(), "norm2": nn.LocalResponseNorm(5),
    "pool2": nn.MaxPool2d(3, 2),
    "conv3": nn.Conv2d(256, 384, 3, padding=1), "relu3": nn.ReLU(),
    "conv4": nn.Conv2d(384, 384, 3, padding=1, groups=2), "relu4": nn.ReLU(),
    "conv5": nn.Conv2d(384, 256, 3, padding=1, groups=2), "relu5": nn.ReLU(),
    "pool5": nn.MaxPool2d(3, 2), "flatten": nn.Flatten(),
    "drop6": nn.Dropout(), "fc6": nn.Linear(9216, 4096), "relu6": nn.ReLU(),
    "drop7": nn.Dropout(), "fc7": nn.Linear(4096, 4096), "relu7": nn.ReLU(),
    "fc8": nn.Linear(4096, 1000),
}  # fmt: skip


def test_alexnet():
    """Without its 61 million numbers: a layer is a description."""
    result = nn.summary(ALEXNET, (3, 227, 227))
    by_name = {layer.name: layer for layer in result.layers}
    shapes = [by_name[name].output_shape for name in ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5")]
    assert shapes == [(96, 55, 55), (96, 27, 27), (256, 27, 27), (256, 13, 13), *[(384, 13, 13)] * 2, (256, 13, 13)]
    assert [by_name[name].output_shape for name in ("pool5", "fc6", "fc7", "fc8")] == [
        (256, 6, 6), (4096,), (4096,), (1000,),
    ]  # fmt: skip
    learned = [layer.parameters for layer in result.layers if layer.parameters]
    assert learned == [34_944, 307_456, 885_120, 663_936, 442_624, 37_752_832, 16_781_312, 4_097_000]
    assert result.parameters == 60_965_224
    assert result.parameter_memory == 4 * 60_965_224
    assert sum(learned[-3:]) / result.parameters == pytest.approx(0.96, abs=0.005)
    names = ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5")
    assert [by_name[name].view.size for name in names] == [(n, n) for n in (11, 19, 51, 67, 99, 131, 163, 195)]
    assert [by_name[name].view.jump[0] for name in names] == [4, 8, 8, 16, 16, 16, 16, 32]
    assert by_name["fc6"].view is None
    assert by_name["conv1"].macs == 55 * 55 * 96 * 363
    assert by_name["conv2"].macs == 27 * 27 * 256 * 48 * 25


def test_lenet():
    network = models.lenet5()
    result = nn.summary(network, (1, 28, 28))
    assert result.parameters == network.n_parameters == 61_706
    assert [layer.parameters for layer in result.layers if layer.parameters] == [156, 2_416, 48_120, 10_164, 850]
    assert [layer.macs for layer in result.layers if layer.macs] == [117_600, 240_000, 48_000, 10_080, 840]
    assert result.macs == 416_520
    assert [layer.view.size[0] for layer in result.layers if layer.view] == [5, 5, 6, 14, 14, 16, 16]
    assert {layer.name: layer.output_shape for layer in result.layers} == network.output_shapes((1, 28, 28))
    assert result.activation_memory == 4 * sum(
        a[0].size for a in network.activations(np.zeros((1, 1, 28, 28), "f")).values()
    )
    assert nn.summary(models.lenet5(dtype=np.float64), (1, 28, 28)).activation_memory == 2 * result.activation_memory
    table = str(result).splitlines()
    assert table[0].split() == ["layer", "kind", "output", "parameters", "MACs", "bytes", "sees", "every"]
    assert table[4].split() == [
        "conv2",
        "Conv2d",
        "16",
        "×",
        "10",
        "×",
        "10",
        "2,416",
        "240,000",
        "6,400",
        "14×14",
        "2",
    ]
    assert table[-1].split()[:3] == ["total", "61,706", "416,520"]


@pytest.mark.parametrize("layer", WITHOUT | WITH, ids=str)
def test_every_layer_is_counted(layer):
    shape, *_ = (WITHOUT | WITH)[layer]
    network = nn.Sequential({"layer": layer})
    (only,) = nn.summary(network, shape).layers
    assert only.parameters == network.n_parameters
    assert (only.macs > 0) == (layer in WITH)


@pytest.mark.parametrize("layers", [*GRAPHS.values(), BOTH], ids=[*GRAPHS, "both"])
def test_graphs_are_counted(layers):
    network = nn.Network(layers)
    assert nn.summary(layers, (1, 4, 4)).parameters == network.n_parameters


SEEN = {
    "plain": {"a": nn.Conv2d(1, 1, 3, 2), "b": nn.MaxPool2d(2, 1), "c": nn.Conv2d(1, 1, (2, 3), dilation=(2, 1))},
    "transposed": {
        "a": nn.Conv2d(1, 1, 3, 2), "b": nn.ConvTranspose2d(1, 1, 3, 2), "c": nn.Conv2d(1, 1, 3), "d": nn.AvgPool2d(2),
    },
    "joined": {
        "a": nn.Conv2d(1, 1, 3, padding=1), "b": nn.Conv2d(1, 1, 3, padding=1), "c": nn.Node(nn.Add(), ("a", "b")),
        "d": nn.Conv2d(1, 1, 3),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_a_cell_sees_what_changes_it(name):
    """Change every pixel in turn: those that change a cell in the middle are its field of view."""
    n = 16
    network = nn.Network(SEEN[name], dtype=np.float64)
    network.vector[:] = np.random.default_rng(0).uniform(0.5, 1.5, network.n_parameters)
    *_, last = nn.summary(network, (1, n, n)).layers
    images = np.repeat(np.random.default_rng(1).standard_normal((1, 1, n, n)), 2 * n * n + 1, axis=0)
    for cell, place in enumerate(np.ndindex(n, n)):
        images[2 * cell + 1, 0, *place], images[2 * cell + 2, 0, *place] = 1e3, -1e3
    y = network(images)[:, 0]
    row, column = (size // 2 for size in last.output_shape[1:])
    sizes = []
    for i, j in np.ndindex(2, 2):  # with strides, neighbours may see different numbers of cells
        changed = (y[1:, row - i, column - j] != y[0, row - i, column - j]).reshape(n, n, 2).any(axis=2)
        sizes.append(np.ptp(np.argwhere(changed), axis=0) + 1)
    assert np.max(sizes, axis=0).tolist() == list(last.view.size)


def test_a_transposed_convolution_makes_views_denser():
    result = nn.summary(SEEN["transposed"], (1, 24, 24))
    assert [layer.view.jump[0] for layer in result.layers] == [2, 1, 1, 2]
    halves = nn.summary({"up": nn.ConvTranspose2d(1, 1, 2, 2)}, (1, 4, 4)).layers[0].view
    assert halves.jump == (Fraction(1, 2), Fraction(1, 2))
    assert halves.size == (1, 1)


def test_what_makes_no_network_is_refused():
    with pytest.raises(InputError, match="fc6: input shape"):
        nn.summary(ALEXNET, (3, 224, 300))
    with pytest.raises(InputError, match="is empty"):
        nn.summary({}, (1, 4, 4))
