"""Random configurations beside SciPy: convolution, correlation, rank and mean filters, and special functions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage, signal, special

from cnnsim import functional

SEEDS = st.integers(0, 2**31 - 1)


def close(ours, theirs):
    assert ours.shape == theirs.shape
    tolerance = 1e-9 if ours.dtype == np.float64 else 2e-4
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


def configuration(seed):
    """Images, kernels and options of a convolution that fits, in either dtype."""
    random, dtype = np.random.default_rng(seed), np.float32 if seed % 2 else np.float64
    n, inputs, outputs, *kernel = (int(k) for k in random.integers(1, [4, 4, 4, 5, 5]))
    stride, dilation = (tuple(int(k) for k in random.integers(1, 4, 2)) for _ in range(2))
    shape = [d * (k - 1) + 1 + int(random.integers(0, 7)) for k, d in zip(kernel, dilation, strict=True)]
    x, weight = random.standard_normal((n, inputs, *shape)), random.standard_normal((outputs, inputs, *kernel))
    padding = tuple(int(p) for p in random.integers(0, 3, 2))
    return x.astype(dtype), weight.astype(dtype), stride, padding, dilation


def holes(kernel, dilation):
    """A kernel with zeros between its numbers."""
    spread = np.zeros([d * (k - 1) + 1 for k, d in zip(kernel.shape, dilation, strict=True)], kernel.dtype)
    spread[:: dilation[0], :: dilation[1]] = kernel
    return spread


def slid(x, weight, stride, padding, dilation, slide):
    """Every map with every kernel, by `slide` of SciPy, in all places; then those that the stride visits."""
    margins = [(0, 0), (0, 0), *((p, p) for p in padding)]
    images, kernels = np.pad(x, margins), [[holes(k, dilation) for k in maps] for maps in weight]
    y = [[sum(slide(m, k, "valid") for m, k in zip(i, maps, strict=True)) for maps in kernels] for i in images]
    return np.array(y)[:, :, :: stride[0], :: stride[1]]


@given(SEEDS)
def test_conv2d(seed):
    x, weight, *options = configuration(seed)
    for flip, slide in ((False, signal.correlate2d), (True, signal.convolve2d)):
        close(functional.conv2d(x, weight, None, *options, flip=flip), slid(x, weight, *options, slide))


@given(SEEDS)
def test_conv2d_backward(seed):
    """A full convolution of the gradients, set apart by the stride; and a correlation with them."""
    x, weight, stride, padding, dilation = configuration(seed)
    dy = np.random.default_rng(seed).standard_normal(
        functional.conv2d(x, weight, None, stride, padding, dilation).shape
    )
    dy = dy.astype(x.dtype)
    dx, dweight, _ = functional.conv2d_backward(dy, x, weight, None, stride, padding, dilation)
    padded = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    apart = [[holes(one, stride) for one in maps] for maps in dy]
    for n, c in np.ndindex(x.shape[:2]):
        full = sum(signal.convolve2d(g, holes(w[c], dilation)) for g, w in zip(apart[n], weight, strict=True))
        total = np.zeros(padded.shape[2:], x.dtype)
        total[: full.shape[0], : full.shape[1]] = full
        inside = tuple(slice(p, m - p) for p, m in zip(padding, total.shape, strict=True))
        close(dx[n, c], total[inside])
    for o, c in np.ndindex(weight.shape[:2]):
        seen = sum(signal.correlate2d(image[c], g[o], "valid") for image, g in zip(padded, apart, strict=True))
        rows, columns = (d * (k - 1) + 1 for d, k in zip(dilation, weight.shape[2:], strict=True))
        close(dweight[o, c], seen[: rows : dilation[0], : columns : dilation[1]])


@given(SEEDS)
def test_conv_transpose2d(seed):
    x, weight, stride, _, dilation = configuration(seed)
    weight = weight.swapaxes(0, 1)
    y = functional.conv_transpose2d(x, weight, None, stride, dilation=dilation)
    for n, o in np.ndindex(y.shape[:2]):
        parts = (signal.convolve2d(holes(m, stride), holes(w[o], dilation)) for m, w in zip(x[n], weight, strict=True))
        close(y[n, o], sum(parts))


@given(SEEDS)
def test_conv1d(seed):
    x, weight, (stride, _), (padding, _), (dilation, _) = configuration(seed)
    x, weight = x[..., 0].copy(), weight[..., 0].copy()
    images, line = np.pad(x, [(0, 0), (0, 0), (padding, padding)]), (dilation, 1)
    kernels = [[holes(k[:, None], line)[:, 0] for k in maps] for maps in weight]
    for flip, slide in ((False, np.correlate), (True, np.convolve)):
        y = [[sum(slide(m, k, "valid") for m, k in zip(i, maps, strict=True)) for maps in kernels] for i in images]
        options = {"stride": stride, "padding": padding, "dilation": dilation, "flip": flip}
        close(functional.conv1d(x, weight, **options), np.array(y)[:, :, ::stride])


@given(SEEDS)
def test_pooling(seed):
    x, weight, stride, *_ = configuration(seed)
    size = weight.shape[2:]
    for name, ranked in (("max_pool2d", ndimage.maximum_filter), ("avg_pool2d", ndimage.uniform_filter)):
        everywhere = ranked(x.astype(float), (1, 1, *size), mode="constant", cval=0.0)
        first = [k // 2 for k in size]
        last = [n - k + f + 1 for n, k, f in zip(x.shape[2:], size, first, strict=True)]
        theirs = everywhere[:, :, first[0] : last[0] : stride[0], first[1] : last[1] : stride[1]]
        close(getattr(functional, name)(x, size, stride), theirs)


@given(SEEDS)
def test_special_functions(seed):
    random = np.random.default_rng(seed)
    x = (random.standard_normal(random.integers(1, 6, 3)) * 10.0 ** random.integers(-3, 4)).astype(
        np.float32 if seed % 2 else np.float64
    )
    axis = seed % 3
    close(functional.sigmoid(x), special.expit(x))
    close(functional.softmax(x, axis), special.softmax(x, axis))
    close(functional.log_softmax(x, axis), special.log_softmax(x, axis))
