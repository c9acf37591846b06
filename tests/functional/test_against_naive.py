"""Every operation and its gradient, with random options, against the naive loops; float64 tightly, float32 loosely."""

import naive
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnsim import functional
from cnnsim.errors import InputError

SIZES = st.integers(1, 3)
DTYPES = st.sampled_from([np.float32, np.float64])


def close(actual, expected, dtype):
    assert actual.dtype == dtype
    assert actual.shape == expected.shape
    tolerance = 1e-12 if dtype == np.float64 else 2e-4
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


def numbers(seed, shape, dtype):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@st.composite
def convolutions(draw):
    """Arguments of a convolution whose kernel fits, with odd sizes, pairs and batches on both sides of a block."""
    groups, dtype, seed = draw(SIZES), draw(DTYPES), draw(st.integers(0, 999))
    kernel, stride, dilation = (draw(st.tuples(SIZES, SIZES)) for _ in range(3))
    padding = draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    least = [max(1, d * (k - 1) + 1 - 2 * p) for k, d, p in zip(kernel, dilation, padding, strict=True)]
    shape = [n + draw(st.integers(0, 4)) for n in least]
    inputs, outputs = draw(st.integers(1, 2)), draw(st.sampled_from([1, 2, 5, 7]))
    n = draw(st.sampled_from([1, 2, 3, 17]))
    x = numbers(seed, (n, groups * inputs, *shape), dtype)
    weight = numbers(seed + 1, (groups * outputs, inputs, *kernel), dtype)
    bias = numbers(seed + 2, (len(weight),), dtype) if draw(st.booleans()) else None
    options = {
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "groups": groups,
        "flip": draw(st.booleans()),
    }
    return x, weight, bias, options


@given(convolutions())
def test_conv2d(case):
    x, weight, bias, options = case
    y = naive.conv2d(x, weight, bias, **options)
    close(functional.conv2d(x, weight, bias, **options), y, x.dtype)
    dy = numbers(7, y.shape, x.dtype)
    gradients = functional.conv2d_backward(dy, x, weight, bias, **options)
    for gradient, expected in zip(gradients, naive.conv2d_backward(dy, x, weight, bias, **options), strict=True):
        if expected is None:
            assert gradient is None
        else:
            close(gradient, expected, x.dtype)


@st.composite
def poolings(draw):
    """Images and options of a pooling; integer values, so that ties are frequent."""
    dtype, seed, ceil_mode = draw(DTYPES), draw(st.integers(0, 999)), draw(st.booleans())
    kernel, stride, dilation = (draw(st.tuples(SIZES, SIZES)) for _ in range(3))
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    least = [max(1, d * (k - 1) + 1 - 2 * p) for k, d, p in zip(kernel, dilation, padding, strict=True)]
    shape = [n + draw(st.integers(0, 4)) for n in least]
    images = np.random.default_rng(seed).integers(-2, 3, (draw(st.sampled_from([1, 2, 17])), draw(SIZES), *shape))
    return images.astype(dtype), kernel, draw(st.none() | st.just(stride)), padding, dilation, ceil_mode


@given(poolings())
def test_max_pool2d(case):
    x, *options = case
    try:
        y, indices = functional.max_pool2d(x, *options, return_indices=True)
    except InputError as error:  # a dilated window can see nothing but padding
        assert "padding" in str(error)
        return
    expected, winners = naive.max_pool2d(x, *options, return_indices=True)
    close(y, expected, x.dtype)
    np.testing.assert_array_equal(indices, winners)
    dy = numbers(7, y.shape, x.dtype)
    gradient = functional.max_pool2d_backward(dy, x, *options)
    close(gradient, naive.max_pool2d_backward(dy, x, *options), x.dtype)


@given(poolings(), st.booleans(), st.none() | st.integers(1, 9))
def test_avg_pool2d(case, count_include_pad, divisor_override):
    x, kernel, stride, padding, _, ceil_mode = case
    assume(all(n + 2 * p >= k for n, k, p in zip(x.shape[2:], kernel, padding, strict=True)))
    options = (kernel, stride, padding, ceil_mode, count_include_pad, divisor_override)
    expected = naive.avg_pool2d(x, *options)
    close(functional.avg_pool2d(x, *options), expected, x.dtype)
    dy = numbers(7, expected.shape, x.dtype)
    close(functional.avg_pool2d_backward(dy, x, *options), naive.avg_pool2d_backward(dy, x, *options), x.dtype)


@given(st.sampled_from([1, 3, 16, 33]), st.integers(1, 19), st.integers(1, 9), st.booleans(), DTYPES)
def test_linear(n, inputs, outputs, with_bias, dtype):
    x, weight = numbers(1, (n, inputs), dtype), numbers(2, (outputs, inputs), dtype)
    bias = numbers(3, (outputs,), dtype) if with_bias else None
    close(functional.linear(x, weight, bias), naive.linear(x, weight, bias), dtype)
    dy = numbers(4, (n, outputs), dtype)
    gradients = functional.linear_backward(dy, x, weight, bias)
    for gradient, expected in zip(gradients, naive.linear_backward(dy, x, weight, bias), strict=True):
        if expected is None:
            assert gradient is None
        else:
            close(gradient, expected, dtype)


@given(st.integers(0, 99), DTYPES)
def test_relu_and_tanh(seed, dtype):
    x = numbers(seed, (2, 3, 4), dtype)
    close(functional.relu(x), naive.relu(x), dtype)
    close(functional.tanh(x), naive.tanh(x), dtype)


@given(st.integers(1, 4), st.integers(1, 6), DTYPES)
def test_softmax_and_cross_entropy(n, classes, dtype):
    z = numbers(n, (n, classes), dtype)
    labels = np.random.default_rng(n).integers(0, classes, n)
    close(functional.softmax(z), np.array([naive.softmax(row) for row in z]), dtype)
    close(functional.log_softmax(z), np.log([naive.softmax(row) for row in z]), dtype)
    losses = np.array([naive.cross_entropy(row, label) for row, label in zip(z, labels, strict=True)])
    close(functional.cross_entropy(z, labels, reduction="none"), losses, dtype)
    close(np.asarray(functional.cross_entropy(z, labels)), np.asarray(losses.mean()), dtype)
    close(np.asarray(functional.cross_entropy(z, labels, reduction="sum")), np.asarray(losses.sum()), dtype)


def test_leading_axes_of_linear_stay():
    x, weight = numbers(1, (2, 3, 4), np.float64), numbers(2, (5, 4), np.float64)
    close(functional.linear(x, weight), naive.linear(x.reshape(6, 4), weight).reshape(2, 3, 5), np.float64)
    dx, _, _ = functional.linear_backward(np.ones((2, 3, 5)), x, weight)
    assert dx.shape == x.shape


@pytest.mark.parametrize("operation", ["conv2d", "max_pool2d"])
def test_no_image_gives_no_image(operation):
    x = np.zeros((0, 1, 4, 4))
    argument = np.zeros((2, 1, 3, 3)) if operation == "conv2d" else 2
    assert getattr(functional, operation)(x, argument).shape[:1] == (0,)
    if operation == "conv2d":
        dx, dweight, _ = functional.conv2d_backward(np.zeros((0, 2, 2, 2)), x, argument)
        assert dx.shape == x.shape
        assert not dweight.any()
