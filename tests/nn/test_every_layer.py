"""Every layer against the functional operation of its name, forwards and backwards."""

from functools import partial

import numpy as np
import pytest

from cnnsim import functional as f
from cnnsim import nn
from cnnsim.engine import blocks
from cnnsim.engine.compile import compiled
from cnnsim.errors import InputError

RANDOM = np.random.default_rng(11)


def padded_by(mode, kind="conv2d"):
    """A convolution and its gradients with a padding mode, which is no positional argument."""
    return tuple(partial(getattr(f, name), padding_mode=mode) for name in (kind, f"{kind}_backward"))


WITHOUT = {
    nn.ReLU(): ((2, 5, 4), f.relu, f.relu_backward, ()),
    nn.Tanh(): ((7,), f.tanh, f.tanh_backward, ()),
    nn.LeakyReLU(0.2): ((2, 5, 4), f.leaky_relu, f.leaky_relu_backward, (0.2,)),
    nn.Sigmoid(): ((7,), f.sigmoid, f.sigmoid_backward, ()),
    nn.ScaledTanh(): ((2, 5, 4), f.scaled_tanh, f.scaled_tanh_backward, ()),
    nn.Softmax(): ((7,), f.softmax, f.softmax_backward, (1,)),
    nn.LogSoftmax(): ((3, 2, 2), f.log_softmax, f.log_softmax_backward, (1,)),
    nn.LocalResponseNorm(3, 0.5, 0.7, 2.0): (
        (5, 3, 2), f.local_response_norm, f.local_response_norm_backward, (3, 0.5, 0.7, 2.0),
    ),
    nn.Pad((1, 2, 2, 0), "reflect"): ((2, 5, 4), f.pad, f.pad_backward, ((1, 2, 2, 0), "reflect")),
    nn.Pad((1, -1), value=3.0): ((2, 5, 4), f.pad, f.pad_backward, ((1, -1), "constant", 3.0)),
    nn.MaxPool2d(2, 2, 1, 2): ((2, 7, 6), f.max_pool2d, f.max_pool2d_backward, (2, 2, 1, 2)),
    nn.MaxPool2d(3, 2, ceil_mode=True): ((2, 6, 6), f.max_pool2d, f.max_pool2d_backward, (3, 2, 0, 1, True)),
    nn.MaxPool2d((1, 2)): ((2, 6, 6), f.max_pool2d, f.max_pool2d_backward, ((1, 2),)),
    nn.AvgPool2d(3, 2, 1): ((2, 7, 6), f.avg_pool2d, f.avg_pool2d_backward, (3, 2, 1)),
    nn.AvgPool2d(3, 2, 1, True, False): ((2, 7, 6), f.avg_pool2d, f.avg_pool2d_backward, (3, 2, 1, True, False)),
    nn.LPPool2d(2, 2, ceil_mode=True): ((2, 5, 4), f.lp_pool2d, f.lp_pool2d_backward, (2, 2, None, True)),
    nn.AdaptiveAvgPool2d((2, None)): ((2, 5, 4), f.adaptive_avg_pool2d, f.adaptive_avg_pool2d_backward, ((2, None),)),
    nn.AdaptiveMaxPool2d(3): ((2, 5, 4), f.adaptive_max_pool2d, f.adaptive_max_pool2d_backward, (3,)),
    nn.Unfold(2, 1, 1, 2): ((2, 5, 4), f.unfold, f.unfold_backward, (2, 1, 1, 2)),
    nn.Fold((5, 4), 2): ((8, 12), f.fold, f.fold_backward, ((5, 4), 2)),
}  # fmt: skip
WITH = {
    nn.Conv1d(2, 4, 3, 2, 1, 2, 2): ((2, 11), f.conv1d, f.conv1d_backward, (2, 1, 2, 2)),
    nn.Conv1d(1, 2, 5, bias=False): ((1, 7), f.conv1d, f.conv1d_backward, ()),
    nn.Conv2d(2, 4, (3, 2), 2, (1, 0), (1, 2), 2): ((2, 6, 7), f.conv2d, f.conv2d_backward, (2, (1, 0), (1, 2), 2)),
    nn.Conv2d(2, 4, (4, 3), padding="same", dilation=(1, 2)): (
        (2, 6, 7), f.conv2d, f.conv2d_backward, (1, "same", (1, 2)),
    ),
    nn.Conv2d(2, 3, (3, 2), 100_000, 1): ((2, 6, 7), f.conv2d, f.conv2d_backward, (100_000, 1)),
    nn.Conv2d(2, 3, 3, 2, ((0, 2), (3, 1))): ((2, 6, 7), f.conv2d, f.conv2d_backward, (2, ((0, 2), (3, 1)))),
    nn.Conv2d(2, 4, 3, 2, ((0, 2), (1, 3)), groups=2, padding_mode="reflect"): (
        (2, 5, 4), *padded_by("reflect"), (2, ((0, 2), (1, 3)), 1, 2),
    ),
    nn.Conv2d(2, 1, 2, padding="same", bias=False, padding_mode="circular"): (
        (2, 3, 4), *padded_by("circular"), (1, "same"),
    ),
    nn.Conv2d(1, 2, 3, padding=(4, 1), padding_mode="replicate"): ((1, 2, 3), *padded_by("replicate"), (1, (4, 1))),
    nn.Conv1d(2, 3, 4, padding="same", padding_mode="circular"): (
        (2, 6), *padded_by("circular", "conv1d"), (1, "same"),
    ),
    nn.Conv1d(2, 3, 2, 2, ((3, 0),)): ((2, 6), f.conv1d, f.conv1d_backward, (2, ((3, 0),))),
    nn.ConvTranspose2d(2, 3, 2, 1, (2, 1), (3, 2), dilation=(4, 3)): (
        (2, 3, 2), f.conv_transpose2d, f.conv_transpose2d_backward, (1, (2, 1), (3, 2), 1, (4, 3)),
    ),
    nn.ConvTranspose2d(2, 1, 2, (1, 3), 0, (1, 2), bias=False, dilation=2): (
        (2, 3, 2), f.conv_transpose2d, f.conv_transpose2d_backward, ((1, 3), 0, (1, 2), 1, 2),
    ),
    nn.ConvTranspose2d(4, 2, 2, 2): ((4, 3, 2), f.conv_transpose2d, f.conv_transpose2d_backward, (2,)),
    nn.ConvTranspose2d(4, 6, (3, 2), (2, 3), 1, (1, 2), 2, True, 2): (
        (4, 3, 4), f.conv_transpose2d, f.conv_transpose2d_backward, ((2, 3), 1, (1, 2), 2, 2),
    ),
    nn.ConvTranspose2d(1, 3, 3, bias=False): ((1, 2, 2), f.conv_transpose2d, f.conv_transpose2d_backward, ()),
    nn.Linear(5, 3): ((5,), f.linear, f.linear_backward, ()),
}  # fmt: skip


@pytest.mark.parametrize("n", [1, 18])
@pytest.mark.parametrize("layer", WITHOUT | WITH, ids=str)
def test_it_is_its_operation(layer, n):
    shape, forward, backward, options = (WITHOUT | WITH)[layer]
    network = nn.Sequential({"layer": layer}, seed=1, dtype=np.float64)
    parameters = [network.of_layer("layer").get(name) for name in ("weight", "bias")] if layer in WITH else []
    x = RANDOM.standard_normal((n, *shape))
    y = forward(x, *parameters, *options)
    np.testing.assert_allclose(network(x), y, rtol=1e-12, atol=1e-14)
    assert network.output_shapes(shape) == {"layer": y.shape[1:]}
    dy = RANDOM.standard_normal(y.shape)
    expected = backward(dy, x, *parameters, *options)
    dx, gradients = through(network, x, dy)
    np.testing.assert_allclose(dx, expected[0] if parameters else expected, rtol=1e-10, atol=1e-12)
    for name, gradient in zip(("weight", "bias"), expected[1:] if parameters else (), strict=False):
        if gradient is not None:
            np.testing.assert_allclose(gradients[name].sum(axis=0), gradient.ravel(), rtol=1e-10, atol=1e-12)


def through(network, x, dy):
    """Gradients as the layer itself gives them, on blocks."""
    layer, parameters = network.layers["layer"], network.of_layer("layer")
    stacked = blocks.to_blocks(x)
    before = stacked.copy()
    _, saved = layer.forward(stacked, parameters)
    slots = {name: np.full((len(stacked), value.size), np.nan) for name, value in parameters.items()}
    dx = layer.backward(blocks.to_blocks(dy), saved, parameters, slots)
    np.testing.assert_array_equal(stacked, before)
    assert dx.flags.c_contiguous
    return blocks.from_blocks(dx, len(x)), slots


def test_weighted_pooling():
    layer, x, dy = (
        nn.WeightedPool2d(3, 2, 1),
        RANDOM.standard_normal((2, 2, 7, 5)),
        RANDOM.standard_normal((2, 2, 4, 3)),
    )
    network, weights = nn.Sequential({"layer": layer}, dtype=np.float64), f.distance_weights(3)
    np.testing.assert_allclose(network(x), f.weighted_pool2d(x, weights, 2, 1), rtol=1e-12)
    dx, _ = through(network, x, dy)
    np.testing.assert_allclose(dx, f.weighted_pool2d_backward(dy, x, weights, 2, 1)[0], rtol=1e-12)


@pytest.mark.parametrize("layer", [layer for layer in WITHOUT | WITH if layer != nn.Fold((5, 4), 2)], ids=str)
def test_float32_stays_float32(layer):
    shape, *_ = (WITHOUT | WITH)[layer]
    layers = {"layer": layer, "flatten": nn.Flatten()}
    size = nn.Sequential(layers).output_shapes(shape)["flatten"][0]
    network = nn.Sequential(layers | {"fc": nn.Linear(size, 2)})
    x = RANDOM.standard_normal((3, *shape)).astype(np.float32)
    assert network(x).dtype == np.float32
    assert nn.batch_gradient(network, x, [0, 1, 0]).gradient.dtype == np.float32


@pytest.mark.skipif(not compiled(), reason="learning takes minutes where kernels are not compiled")
def test_a_u_shaped_network_learns_which_pixels_are_bright():
    """Contract, expand, and join what was seen before: a class for every pixel, through the same `batch_gradient`."""
    from cnnsim.optim import Adam

    layers = {
        "down": nn.Conv2d(1, 4, 3, padding=1),
        "relu1": nn.ReLU(),
        "pool": nn.MaxPool2d(2),
        "bottom": nn.Conv2d(4, 6, 3, padding=1),
        "bn": nn.BatchNorm(6),
        "relu2": nn.ReLU(),
        "up": nn.ConvTranspose2d(6, 4, 2, stride=2),
        "skip": nn.Node(nn.Concatenate(), ("up", "relu1")),
        "out": nn.Conv2d(8, 2, 1),
    }
    network, optimiser = nn.Network(layers, seed=1), Adam(0.02)
    state = optimiser.initial_state(network.vector)
    x = RANDOM.standard_normal((40, 1, 8, 8)).astype(np.float32)
    labels = (x[:, 0] > 0.3).astype(int)
    for _ in range(60):
        result = nn.batch_gradient(network, x, labels, threads=2)
        optimiser.step(network.vector, result.gradient, state)
    assert result.accuracy > 0.97


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.Conv1d(1, 2, 0), "kernel_size="),
        (lambda: nn.Conv1d(1, 2, 3).output_shape((1, 5, 5)), r"input shape=\(1, 5, 5\) is not \(1, length\)"),
        (lambda: nn.Conv1d(2, 2, 3).output_shape((1, 5)), "input shape="),
        (lambda: nn.ConvTranspose2d(1, 2, 2, 2, output_padding=2), "output_padding=2 is not less than stride=2"),
        (lambda: nn.ConvTranspose2d(3, 2, 2, groups=2), "groups=2 does not divide in_channels=3"),
        (lambda: nn.ConvTranspose2d(1, 1, 2, padding=3).output_shape((1, 2, 2)), "padding=3 cuts everything off"),
        (lambda: nn.ConvTranspose2d(2, 1, 2).output_shape((1, 2, 2)), r"input shape=\(1, 2, 2\) is not \(2, H, W\)"),
        (lambda: nn.LocalResponseNorm(0), "size=0"),
        (lambda: nn.LocalResponseNorm(5, k=0), "k=0 is not above 0"),
        (lambda: nn.MaxPool2d(2, dilation=0), "dilation=0"),
        (lambda: nn.Sequential({"p": nn.LPPool2d(0.5, 2)}).output_shapes((1, 4, 4)), "p: norm_type=0.5"),
        (lambda: nn.Sequential({"p": nn.AdaptiveAvgPool2d(0)}).output_shapes((1, 4, 4)), "p: output_size=0"),
        (lambda: nn.Sequential({"p": nn.Pad((9, 9), "reflect")}).output_shapes((1, 4, 4)), r"p: pad=\(9, 9\)"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
