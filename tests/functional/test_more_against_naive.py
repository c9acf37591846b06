"""Padding, transposed convolution, patches, the other poolings and normalisations against the naive loops."""

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim import functional
from cnnsim.errors import InputError

SIZES = st.integers(1, 3)
PAIRS = st.tuples(SIZES, SIZES)
DTYPES = st.sampled_from([np.float32, np.float64])
MODES = st.sampled_from(["zeros", "replicate", "reflect", "circular"])


def numbers(seed, shape, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def close(actual, expected, dtype):
    assert actual.dtype == dtype
    assert actual.shape == expected.shape
    tolerance = 1e-11 if dtype == np.float64 else 3e-4
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


@given(
    st.tuples(SIZES, st.integers(3, 5), st.integers(3, 5)),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
    st.sampled_from(["constant", "replicate", "reflect", "circular"]),
    DTYPES,
)
def test_pad(shape, sides, mode, dtype):
    x = numbers(1, shape, dtype)
    y = naive.pad(x, sides, mode, 0.5)
    close(functional.pad(x, sides, mode, 0.5), y, dtype)
    dy = numbers(2, y.shape, dtype)
    close(functional.pad_backward(dy, x, sides, mode, 0.5), naive.pad_backward(dy, x, sides, mode), dtype)


def test_negative_padding_cuts_off():
    x = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(functional.pad(x, (-1, 1, 0, -2)), [[1, 2, 3, 0]])
    dx = functional.pad_backward(np.ones((1, 4)), x, (-1, 1, 0, -2))
    np.testing.assert_array_equal(dx, [[0, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]])


@given(MODES, st.tuples(*[st.integers(0, 2)] * 4), PAIRS, PAIRS, st.booleans())
def test_conv2d_with_any_padding(mode, sides, stride, kernel, flip):
    top, bottom, left, right = sides
    x, weight, bias = numbers(1, (2, 2, 4, 5)), numbers(2, (3, 2, *kernel)), numbers(3, (3,))
    numpys = "constant" if mode == "zeros" else mode
    padded = naive.pad(x, (left, right, top, bottom), numpys)
    y = naive.conv2d(padded, weight, bias, stride, flip=flip)
    options = {"padding_mode": mode, "flip": flip}
    arguments = (x, weight, bias, stride, ((top, bottom), (left, right)))
    close(functional.conv2d(*arguments, **options), y, np.float64)
    dy = numbers(4, y.shape)
    dx, dweight, dbias = functional.conv2d_backward(dy, *arguments, **options)
    dpadded, expected_dweight, expected_dbias = naive.conv2d_backward(dy, padded, weight, bias, stride, flip=flip)
    close(dx, naive.pad_backward(dpadded, x, (left, right, top, bottom), numpys), np.float64)
    close(dweight, expected_dweight, np.float64)
    close(dbias, expected_dbias, np.float64)


@given(st.integers(1, 6), st.integers(1, 4), DTYPES)
def test_same_keeps_the_size_and_valid_adds_nothing(kernel, dilation, dtype):
    x, weight = numbers(1, (1, 1, 7, 7), dtype), numbers(2, (1, 1, kernel, 1), dtype)
    assert functional.conv2d(x, weight, padding="same", dilation=dilation).shape == x.shape
    if dilation * (kernel - 1) < 7:
        valid = functional.conv2d(x, weight, padding="valid", dilation=dilation)
        np.testing.assert_array_equal(valid, functional.conv2d(x, weight, dilation=dilation))


@given(SIZES, SIZES, st.integers(0, 2), SIZES, st.booleans(), DTYPES)
def test_conv1d_is_conv2d_of_one_row(kernel, stride, padding, dilation, with_bias, dtype):
    x, weight = numbers(1, (2, 4, 8), dtype), numbers(2, (6, 2, kernel), dtype)
    bias = numbers(3, (6,), dtype) if with_bias else None
    rows = {"stride": (1, stride), "padding": (0, padding), "dilation": (1, dilation), "groups": 2}
    line = {"stride": stride, "padding": (padding,), "dilation": (dilation,), "groups": 2}
    y = naive.conv2d(x[:, :, None], weight[:, :, None], bias, **rows)
    close(functional.conv1d(x, weight, bias, **line), y[:, :, 0], dtype)
    dy = numbers(4, y[:, :, 0].shape, dtype)
    expected = naive.conv2d_backward(dy[:, :, None], x[:, :, None], weight[:, :, None], bias, **rows)
    dx, dweight, dbias = functional.conv1d_backward(dy, x, weight, bias, **line)
    close(dx, expected[0][:, :, 0], dtype)
    close(dweight, expected[1][:, :, 0], dtype)
    assert (dbias is None) == (bias is None)


@given(PAIRS, PAIRS, PAIRS, st.tuples(*[st.integers(0, 2)] * 2), st.integers(1, 2), st.booleans(), DTYPES, st.data())
def test_conv_transpose2d(kernel, stride, dilation, padding, groups, with_bias, dtype, data):
    more = tuple(data.draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True))
    x, weight = numbers(1, (3, 2 * groups, 2, 3), dtype), numbers(2, (2 * groups, 2, *kernel), dtype)
    bias = numbers(3, (2 * groups,), dtype) if with_bias else None
    arguments = (x, weight, bias, stride, padding, more, groups, dilation)
    try:
        y = functional.conv_transpose2d(*arguments)
    except InputError as error:
        assert "cuts everything off" in str(error)
        return
    close(y, naive.conv_transpose2d(*arguments), dtype)
    dy = numbers(4, y.shape, dtype)
    gradients = functional.conv_transpose2d_backward(dy, *arguments)
    for gradient, expected in zip(gradients, naive.conv_transpose2d_backward(dy, *arguments), strict=True):
        if expected is None:
            assert gradient is None
        else:
            close(gradient, expected, dtype)


def test_conv_transpose2d_is_the_input_gradient_of_conv2d():
    dy, x, weight = numbers(1, (2, 3, 3, 4)), np.zeros((2, 2, 6, 9)), numbers(2, (3, 2, 3, 3))
    dx, _, _ = functional.conv2d_backward(dy, x, weight, stride=2, padding=(1, 0))
    np.testing.assert_allclose(
        functional.conv_transpose2d(dy, weight, stride=2, padding=(1, 0), output_padding=(1, 0)), dx, rtol=1e-12
    )


@given(st.sampled_from([1, 2, 3, 2.5]), PAIRS, st.none() | PAIRS, st.booleans(), DTYPES)
def test_lp_pool2d(norm_type, kernel, stride, ceil_mode, dtype):
    x = numbers(1, (2, 2, 5, 4), dtype)
    arguments = (norm_type, kernel, stride, ceil_mode)
    close(functional.lp_pool2d(x, *arguments), naive.lp_pool2d(x, *arguments), dtype)


@given(PAIRS, st.none() | PAIRS, DTYPES)
def test_weighted_pool2d(kernel, stride, dtype):
    x, weight = numbers(1, (2, 3, 5, 4), dtype), functional.distance_weights(kernel).astype(dtype)
    padding = tuple(k // 2 for k in kernel)
    close(
        functional.weighted_pool2d(x, weight, stride, padding), naive.weighted_pool2d(x, weight, stride, padding), dtype
    )


def test_equal_weights_are_the_average():
    x = numbers(1, (1, 2, 6, 6))
    np.testing.assert_allclose(functional.weighted_pool2d(x, np.ones((2, 3))), functional.avg_pool2d(x, (2, 3)))


@given(st.integers(1, 7), st.integers(1, 7), st.integers(1, 5), st.integers(1, 5), DTYPES)
def test_adaptive_pooling(height, width, rows, columns, dtype):
    x = np.random.default_rng(height).integers(-3, 4, (2, 2, height, width)).astype(dtype)
    average, _ = naive.adaptive_pool2d(x, rows, columns, "average")
    close(functional.adaptive_avg_pool2d(x, (rows, columns)), average, dtype)
    largest, winners = naive.adaptive_pool2d(x, rows, columns, "largest")
    y, indices = functional.adaptive_max_pool2d(x, (rows, columns), True)
    close(y, largest, dtype)
    np.testing.assert_array_equal(indices, winners)


def test_adaptive_pooling_keeps_a_size_on_request():
    x = numbers(1, (1, 1, 4, 6))
    assert functional.adaptive_avg_pool2d(x, (None, 2)).shape == (1, 1, 4, 2)
    np.testing.assert_array_equal(functional.adaptive_max_pool2d(x, (None, None)), x)


@given(PAIRS, st.tuples(*[st.integers(0, 2)] * 2), PAIRS, DTYPES)
def test_unfold_and_fold(kernel, padding, stride, dtype):
    x = numbers(1, (2, 2, 4, 5), dtype)
    options = {"kernel_size": kernel, "padding": padding, "stride": stride}
    patches = functional.unfold(x, **options)
    close(patches, naive.unfold(x, **options), dtype)
    times = functional.fold(np.ones_like(patches), (4, 5), **options)
    close(functional.fold(patches, (4, 5), **options), x * times, dtype)


def test_convolution_is_a_product_with_the_patches():
    x, weight = numbers(1, (2, 3, 6, 5)), numbers(2, (4, 3, 3, 2))
    product = weight.reshape(4, -1) @ functional.unfold(x, (3, 2))
    np.testing.assert_allclose(product.reshape(2, 4, 4, 4), functional.conv2d(x, weight), rtol=1e-10)


@given(st.integers(1, 6), st.integers(1, 7), DTYPES)
def test_local_response_norm(channels, size, dtype):
    x = numbers(1, (2, channels, 2, 3), dtype)
    options = {"size": size, "alpha": 0.5, "beta": 0.6, "k": 2.0}
    close(functional.local_response_norm(x, **options), naive.local_response_norm(x, **options), dtype)


@given(st.integers(2, 5), st.integers(1, 3), DTYPES)
def test_batch_norm_of_the_batch(n, channels, dtype):
    x, weight, bias = (
        numbers(1, (n, channels, 2, 2), dtype),
        numbers(2, (channels,), dtype),
        numbers(3, (channels,), dtype),
    )
    y = functional.batch_norm(x, None, None, weight, bias, True)
    close(y, naive.batch_norm(x, weight, bias), dtype)


def test_batch_norm_keeps_running_numbers():
    x, mean, variance = numbers(1, (4, 2, 3)), np.zeros(2), np.ones(2)
    functional.batch_norm(x, mean, variance, training=True, momentum=0.25)
    np.testing.assert_allclose(mean, 0.25 * x.mean(axis=(0, 2)))
    np.testing.assert_allclose(variance, 0.75 + 0.25 * x.var(axis=(0, 2), ddof=1))
    before = mean.copy()
    functional.batch_norm_backward(x, x, mean, variance, training=True)
    y = functional.batch_norm(x, mean, variance)
    np.testing.assert_array_equal(mean, before)
    np.testing.assert_allclose(y[:, 1], (x[:, 1] - mean[1]) / np.sqrt(variance[1] + 1e-5))


def test_dropout_drops_a_share_and_keeps_the_mean():
    x = np.ones((200, 200), np.float32)
    y = functional.dropout(x, 0.3, seed=1)
    assert y.dtype == x.dtype
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert y.mean() == pytest.approx(1, abs=0.01)
    np.testing.assert_array_equal(y, functional.dropout(x, 0.3, seed=1))
    assert (y != functional.dropout(x, 0.3, seed=2)).any()
    np.testing.assert_array_equal(functional.dropout_backward(x, x * 7, 0.3, seed=1), y)
    np.testing.assert_array_equal(functional.dropout(x, 0.3, False, seed=1), x)
    assert not functional.dropout(x, 1.0, seed=1).any()


def test_activations():
    x = numbers(1, (3, 4))
    np.testing.assert_allclose(functional.sigmoid(x), [[1 / (1 + np.exp(-v)) for v in row] for row in x])
    np.testing.assert_allclose(functional.scaled_tanh(x), 1.7159 * naive.tanh(2 / 3 * x))
    np.testing.assert_allclose(functional.leaky_relu(x, 0.2), [[max(v, 0.2 * v) for v in row] for row in x])
    np.testing.assert_array_equal(functional.sigmoid(np.array([-1e4, 1e4], np.float32)), [0, 1])


def test_nll_of_log_softmax_is_cross_entropy():
    x, labels = numbers(1, (5, 4)), [0, 3, 1, 1, 2]
    for reduction in ("mean", "sum", "none"):
        likelihood = functional.nll_loss(functional.log_softmax(x), labels, reduction=reduction)
        np.testing.assert_allclose(likelihood, functional.cross_entropy(x, labels, reduction=reduction))
