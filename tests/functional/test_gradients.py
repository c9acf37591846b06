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


@pytest.mark.parametrize(("forward", "backward", "x", "options"), ARRAYS)
def test_of_one_array(forward, backward, x, options):
    dy = array(*forward(x, *options).shape)
    check_arrays(lambda: (forward(x, *options) * dy).sum(), [x], [backward(dy, x, *options)])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("target", [np.array([1, 0, 3]), functional.softmax(array(3, 4))])
def test_cross_entropy(reduction, target):
    x, dy = array(3, 4), array(3) if reduction == "none" else array()
    gradient = functional.cross_entropy_backward(dy, x, target, reduction=reduction)
    check_arrays(lambda: (functional.cross_entropy(x, target, reduction=reduction) * dy).sum(), [x], [gradient])


def check_arrays(loss, arrays, gradients):
    for x, gradient in zip(arrays, gradients, strict=True):
        if x is None:
            assert gradient is None
            continue
        np.testing.assert_allclose(gradient, naive.gradient(loss, x), rtol=1e-6, atol=1e-7)
