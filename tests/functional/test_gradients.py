"""Every gradient, entry by entry, against central differences in float64."""

import naive
import numpy as np
import pytest

from cnnsim import functional

RANDOM = np.random.default_rng(5)


def array(*shape):
    return RANDOM.standard_normal(shape)


def distinct(*shape):
    """No two values closer than the step of the differences: a maximum or a kink never changes sides."""
    return RANDOM.permutation(np.prod(shape)).reshape(shape) / 3.0 - 2.05


CONVOLUTIONS = [
    ((array(2, 2, 5, 4), array(3, 2, 3, 2), array(3)), {}),
    ((array(1, 2, 5, 5), array(2, 2, 3, 3), None), {"stride": 2, "padding": 1}),
    ((array(1, 1, 6, 7), array(1, 1, 2, 3), array(1)), {"dilation": (2, 1), "stride": (1, 3), "flip": True}),
    ((array(2, 4, 4, 4), array(4, 1, 3, 3), array(4)), {"groups": 4, "padding": (0, 2)}),
]
ARRAYS = [
    (functional.relu, functional.relu_backward, distinct(3, 4), ()),
    (functional.tanh, functional.tanh_backward, array(3, 4), ()),
    (functional.softmax, functional.softmax_backward, array(3, 4), (1,)),
    (functional.softmax, functional.softmax_backward, array(2, 3, 2), (1,)),
    (functional.log_softmax, functional.log_softmax_backward, array(3, 4), (0,)),
    (functional.max_pool2d, functional.max_pool2d_backward, distinct(2, 2, 5, 4), (2,)),
    (functional.max_pool2d, functional.max_pool2d_backward, distinct(1, 2, 5, 6), (3, 2, 1)),
    (functional.max_pool2d, functional.max_pool2d_backward, distinct(1, 1, 7, 6), (2, 1, 0, 2)),
    (functional.avg_pool2d, functional.avg_pool2d_backward, array(2, 2, 5, 4), (2,)),
    (functional.avg_pool2d, functional.avg_pool2d_backward, array(1, 2, 5, 6), ((3, 2), 2, 1, True, False)),
    (functional.avg_pool2d, functional.avg_pool2d_backward, array(1, 1, 5, 6), (2, 1, 0, False, True, 7)),
]


MORE_ARRAYS = [
    (functional.leaky_relu, functional.leaky_relu_backward, distinct(3, 4), (0.2,)),
    (functional.sigmoid, functional.sigmoid_backward, array(3, 4), ()),
    (functional.scaled_tanh, functional.scaled_tanh_backward, array(3, 4), ()),
    (functional.lp_pool2d, functional.lp_pool2d_backward, distinct(2, 1, 5, 4), (2, (3, 2), 2)),
    (functional.lp_pool2d, functional.lp_pool2d_backward, distinct(1, 1, 5, 4), (3, 2, 1, True)),
    (functional.adaptive_avg_pool2d, functional.adaptive_avg_pool2d_backward, array(2, 1, 5, 4), ((3, 2),)),
    (functional.adaptive_max_pool2d, functional.adaptive_max_pool2d_backward, distinct(2, 1, 5, 4), ((3, 2),)),
    (functional.unfold, functional.unfold_backward, array(1, 2, 4, 5), ((2, 3), 1, 1, 2)),
    (functional.fold, functional.fold_backward, array(1, 12, 9), ((4, 5), (2, 3), 1, 1, 2)),
    (functional.pad, functional.pad_backward, array(2, 3, 4), ((1, 2, 0, 1), "reflect")),
    (functional.pad, functional.pad_backward, array(2, 3, 4), ((1, 2, -1, 1), "constant", 3.0)),
    (functional.local_response_norm, functional.local_response_norm_backward, array(2, 5, 2), (3, 0.5, 0.75, 2.0)),
    (functional.local_response_norm, functional.local_response_norm_backward, array(1, 4, 2, 2), (4, 1.0, 0.5)),
]
TRANSPOSED = [
    ((array(2, 2, 3, 2), array(2, 3, 3, 2), array(3)), {}),
    ((array(1, 4, 2, 3), array(4, 2, 2, 3), None), {"stride": (2, 3), "padding": 1, "output_padding": 1, "groups": 2}),
    ((array(1, 1, 2, 2), array(1, 1, 2, 2), array(1)), {"dilation": 3, "output_padding": (2, 0)}),
]
COPIES = [
    {"padding": ((2, 0), (1, 1)), "padding_mode": "circular", "flip": True},
    {"padding": "same", "padding_mode": "replicate"},
    {"padding": (1, 2), "padding_mode": "reflect", "stride": 2},
]


@pytest.mark.parametrize(("arrays", "options"), CONVOLUTIONS)
def test_conv2d(arrays, options):
    dy = array(*functional.conv2d(*arrays, **options).shape)
    check_arrays(
        lambda: (functional.conv2d(*arrays, **options) * dy).sum(),
        arrays,
        functional.conv2d_backward(dy, *arrays, **options),
    )


@pytest.mark.parametrize("bias", [array(3), None])
def test_linear(bias):
    arrays, dy = (array(4, 5), array(3, 5), bias), array(4, 3)
    check_arrays(lambda: (functional.linear(*arrays) * dy).sum(), arrays, functional.linear_backward(dy, *arrays))


@pytest.mark.parametrize(("forward", "backward", "x", "options"), ARRAYS + MORE_ARRAYS)
def test_of_one_array(forward, backward, x, options):
    dy = array(*forward(x, *options).shape)
    check_arrays(lambda: (forward(x, *options) * dy).sum(), [x], [backward(dy, x, *options)])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("target", [np.array([1, 0, 3]), functional.softmax(array(3, 4))])
def test_cross_entropy(reduction, target):
    x, dy = array(3, 4), array(3) if reduction == "none" else array()
    gradient = functional.cross_entropy_backward(dy, x, target, reduction=reduction)
    check_arrays(lambda: (functional.cross_entropy(x, target, reduction=reduction) * dy).sum(), [x], [gradient])


@pytest.mark.parametrize(("arrays", "options"), TRANSPOSED)
def test_conv_transpose2d(arrays, options):
    dy = array(*functional.conv_transpose2d(*arrays, **options).shape)
    gradients = functional.conv_transpose2d_backward(dy, *arrays, **options)
    check_arrays(lambda: (functional.conv_transpose2d(*arrays, **options) * dy).sum(), arrays, gradients)


@pytest.mark.parametrize("options", COPIES)
def test_conv2d_with_copied_borders(options):
    arrays = array(1, 2, 4, 5), array(2, 2, 3, 2), array(2)
    dy = array(*functional.conv2d(*arrays, **options).shape)
    gradients = functional.conv2d_backward(dy, *arrays, **options)
    check_arrays(lambda: (functional.conv2d(*arrays, **options) * dy).sum(), arrays, gradients)


def test_conv1d():
    arrays, options = (array(2, 4, 7), array(4, 2, 3), array(4)), {"stride": 2, "padding": 1, "groups": 2, "flip": True}
    dy = array(*functional.conv1d(*arrays, **options).shape)
    gradients = functional.conv1d_backward(dy, *arrays, **options)
    check_arrays(lambda: (functional.conv1d(*arrays, **options) * dy).sum(), arrays, gradients)


def test_weighted_pool2d():
    arrays = array(2, 2, 5, 4), RANDOM.random((3, 2)) + 0.5
    dy = array(*functional.weighted_pool2d(*arrays, 2, 1).shape)
    gradients = functional.weighted_pool2d_backward(dy, *arrays, 2, 1)
    check_arrays(lambda: (functional.weighted_pool2d(*arrays, 2, 1) * dy).sum(), arrays, gradients)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("scaled", [True, False])
def test_batch_norm(training, scaled):
    weight, bias = (array(3), array(3)) if scaled else (None, None)
    x, running = array(4, 3, 2), (None, None) if training else (array(3), RANDOM.random(3) + 0.5)
    dy = array(*x.shape)
    dx, _, _, dweight, dbias = functional.batch_norm_backward(dy, x, *running, weight, bias, training)
    check_arrays(
        lambda: (functional.batch_norm(x, *running, weight, bias, training) * dy).sum(),
        [x, weight, bias],
        [dx, dweight, dbias],
    )


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_nll_and_mse(reduction):
    x, target, labels = array(3, 4), array(3, 4), [1, 0, 3]
    dy = array(3) if reduction == "none" else array()
    gradient = functional.nll_loss_backward(dy, x, labels, reduction=reduction)
    check_arrays(lambda: (functional.nll_loss(x, labels, reduction=reduction) * dy).sum(), [x], [gradient])
    dy = array(3, 4) if reduction == "none" else array()
    gradients = functional.mse_loss_backward(dy, x, target, reduction=reduction)
    check_arrays(lambda: (functional.mse_loss(x, target, reduction=reduction) * dy).sum(), [x, target], gradients)


def test_dropout():
    x, dy = array(5, 6), array(5, 6)
    gradient = functional.dropout_backward(dy, x, 0.4, seed=3)
    check_arrays(lambda: (functional.dropout(x, 0.4, seed=3) * dy).sum(), [x], [gradient])


def check_arrays(loss, arrays, gradients):
    for x, gradient in zip(arrays, gradients, strict=True):
        if x is None:
            assert gradient is None
            continue
        np.testing.assert_allclose(gradient, naive.gradient(loss, x), rtol=1e-6, atol=1e-7)
