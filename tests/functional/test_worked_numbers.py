"""The numbers of the lectures, and what SciPy says."""

import numpy as np
import pytest
from scipy import signal

from cnnsim import analysis, functional, gallery

IMAGE = np.array([[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]], np.float64)
CROSS = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], np.float64)
EMBOSS = np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], np.float64)


def maps(*arrays):
    return [np.asarray(a)[None, None] for a in arrays]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("kernel", "flip", "expected"),
    [
        (CROSS, False, [[4, 3, 4], [2, 4, 3], [2, 3, 4]]),
        (CROSS, True, [[4, 3, 4], [2, 4, 3], [2, 3, 4]]),
        (EMBOSS, False, [[1, 1, 1], [2, 2, -1], [4, 2, -3]]),
        (EMBOSS, True, [[1, 1, 1], [-2, 0, 3], [-4, 0, 5]]),
    ],
)
def test_the_shared_example(dtype, kernel, flip, expected):
    x, w = maps(IMAGE.astype(dtype), kernel.astype(dtype))
    np.testing.assert_array_equal(functional.conv2d(x, w, flip=flip)[0, 0], expected)


def test_its_gradients():
    dx, dw, db = functional.conv2d_backward(np.ones((1, 1, 3, 3)), *maps(IMAGE, CROSS), np.zeros(1))
    np.testing.assert_array_equal(dw[0, 0], [[6, 7, 6], [4, 7, 7], [4, 6, 6]])
    rows = [[1, 1, 2, 1, 1], [1, 2, 3, 2, 1], [2, 3, 5, 3, 2], [1, 2, 3, 2, 1], [1, 1, 2, 1, 1]]
    np.testing.assert_array_equal(dx[0, 0], rows)
    np.testing.assert_array_equal(db, [9])


def test_two_kernels_on_a_4x4_input():
    cells = np.arange(1, 17).reshape(4, 4)
    a, b = np.random.default_rng(0).integers(-5, 6, (2, 9))
    weight = np.stack([a, b]).reshape(2, 1, 3, 3).astype(float)
    x = np.random.default_rng(1).integers(-5, 6, 16).astype(float)
    images = x.reshape(1, 1, 4, 4)
    seen = [1, 2, 3, 5, 6, 7, 9, 10, 11]
    assert cells[1, 1] == 6
    assert functional.conv2d(images, weight)[0, 0, 0, 0] == sum(a[i] * x[cell - 1] for i, cell in enumerate(seen))
    corner = b[4] * x[0] + b[5] * x[1] + b[7] * x[4] + b[8] * x[5]
    assert functional.conv2d(images, weight, padding=1)[0, 1, 0, 0] == corner


def test_pooling_of_the_lectures():
    (x,) = maps(np.array([[1.0, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]))
    y, indices = functional.max_pool2d(x, 2, 2, return_indices=True)
    np.testing.assert_array_equal(y[0, 0], [[6, 8], [3, 4]])
    np.testing.assert_array_equal(indices[0, 0], [[5, 7], [8, 15]])
    assert functional.max_pool2d(x, 3, 2).shape == (1, 1, 1, 1)
    np.testing.assert_array_equal(functional.avg_pool2d(x, 2)[0, 0], [[3.25, 5.25], [2, 2]])


def test_the_first_of_equal_values_wins():
    x = np.zeros((1, 1, 3, 3))
    _, indices = functional.max_pool2d(x, 2, 1, return_indices=True)
    np.testing.assert_array_equal(indices[0, 0], [[0, 1], [3, 4]])


def test_a_nan_wins_and_padding_never_does():
    x = np.full((1, 1, 2, 2), -np.inf)
    y, indices = functional.max_pool2d(x, 2, 1, 1, return_indices=True)
    assert (y == -np.inf).all()
    assert 0 <= indices.min() <= indices.max() <= 3
    x[0, 0, 0, 1] = np.nan
    y, indices = functional.max_pool2d(x, 2, return_indices=True)
    assert np.isnan(y[0, 0, 0, 0])
    assert indices[0, 0, 0, 0] == 1


def test_softmax_and_cross_entropy_of_the_lectures():
    z = np.array([[0.1, 0.2, 0.7]])
    np.testing.assert_allclose(functional.softmax(z), [[0.2546, 0.2814, 0.4640]], atol=5e-5)
    for target in ([2], np.array([[0.0, 0, 1]])):
        assert float(functional.cross_entropy(z, target)) == pytest.approx(0.7680, abs=1e-4)
        gradient = functional.cross_entropy_backward(1.0, z, target)
        np.testing.assert_allclose(gradient, functional.softmax(z) - [[0, 0, 1]], rtol=1e-12)
    assert -np.log(0.7) == pytest.approx(0.3567, abs=5e-5)


def test_large_logits_do_not_overflow():
    z = np.array([[1000.0, 0.0, -1000.0]], np.float32)
    assert np.isfinite(functional.log_softmax(z)).all()
    assert float(functional.cross_entropy(z, [0])) == 0


@pytest.mark.parametrize("padding", [0, 1, 2])
def test_scipy_agrees(padding):
    random = np.random.default_rng(padding)
    image, kernel = random.standard_normal((9, 7)), random.standard_normal((3, 4))
    padded = np.pad(image, padding)
    x, w = maps(image, kernel)
    correlated = functional.conv2d(x, w, padding=padding)[0, 0]
    np.testing.assert_allclose(correlated, signal.correlate2d(padded, kernel, "valid"), atol=1e-12)
    convolved = functional.conv2d(x, w, padding=padding, flip=True)[0, 0]
    np.testing.assert_allclose(convolved, signal.convolve2d(padded, kernel, "valid"), atol=1e-12)


def test_the_input_gradient_is_a_full_convolution_with_the_turned_kernel():
    dy, kernel = np.random.default_rng(0).standard_normal((2, 3, 3))
    dx, _, _ = functional.conv2d_backward(*maps(dy), np.zeros((1, 1, 5, 5)), *maps(kernel))
    np.testing.assert_allclose(dx[0, 0], signal.convolve2d(dy, kernel, "full"), atol=1e-12)


@pytest.mark.parametrize("name", sorted(gallery.KERNELS))
def test_the_flip_shows_only_in_kernels_that_a_half_turn_changes(name):
    kernel = gallery.KERNELS[name]
    x, w = maps(IMAGE, kernel)
    same = np.array_equal(functional.conv2d(x, w), functional.conv2d(x, w, flip=True))
    assert same == np.array_equal(kernel, kernel[::-1, ::-1])


def test_output_sizes_of_the_lectures():
    assert [analysis.output_size(n, 3, stride=2) for n in (5, 6, 7)] == [2, 2, 3]
    assert analysis.output_size(227, 11, stride=4) == 55
    assert analysis.output_size(55, 3, stride=2) == 27
    assert analysis.output_size(7, 3, dilation=2) == 3
