"""Wrong arguments name themselves; odd but valid arrays work."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim import functional
from cnnsim.analysis import output_size
from cnnsim.errors import InputError

X, W, B = np.zeros((2, 2, 5, 5)), np.zeros((4, 2, 3, 3)), np.zeros(4)

BAD = [
    (
        lambda: functional.conv2d(X.astype(int), W),
        "x.dtype=int64 is neither float32 nor float64: convert it with x.astype",
    ),
    (lambda: functional.conv2d(X[0], W), r"x.shape=\(2, 5, 5\) does not have 4 axes: reshape it to \(N, C, H, W\)"),
    (lambda: functional.conv2d(X, W.astype(np.float32)), "weight.dtype=float32 differs from x.dtype=float64"),
    (lambda: functional.conv2d(X, W[:, :1]), r"weight.shape=\(4, 1, 3, 3\) is not \(4, 2, 3, 3\)"),
    (lambda: functional.conv2d(X, W, B[:3]), r"bias.shape=\(3,\) is not \(4,\)"),
    (
        lambda: functional.conv2d(X, np.zeros((4, 2, 7, 7))),
        r"kernel_size=7 is larger than the padded input \(5\): use a smaller",
    ),
    (
        lambda: functional.conv2d(X, W, dilation=3),
        r"kernel_size=3 spread over 7 cells by dilation=3 is larger than the padded",
    ),
    (lambda: functional.conv2d(X, W, stride=0), "stride=0 is less than 1"),
    (lambda: functional.conv2d(X, W, stride=(1, -2)), r"stride=\(1, -2\) is less than 1"),
    (lambda: functional.conv2d(X, W, stride=1.5), "stride=1.5 is neither an integer nor a pair"),
    (lambda: functional.conv2d(X, W, stride=True), "stride=True is neither an integer nor a pair"),
    (lambda: functional.conv2d(X, W, padding=-1), "padding=-1 is less than 0"),
    (lambda: functional.conv2d(X, W, padding=(1, 2, 3)), r"padding=\(1, 2, 3\) is neither"),
    (lambda: functional.conv2d(X, W, dilation=0), "dilation=0 is less than 1"),
    (lambda: functional.conv2d(X, W, groups=3), "groups=3 does not divide the 2 channels of x"),
    (lambda: functional.conv2d(X, W[:3], groups=2), "groups=2 does not divide the 3 channels of weight"),
    (lambda: functional.conv2d(X, W, groups=0), "groups=0 is less than 1"),
    (lambda: functional.conv2d(X, W, groups="2"), "groups=2 is not an integer"),
    (lambda: functional.conv2d(X, np.zeros((4, 2, 0, 3))), "kernel_size=0 is too small"),
    (
        lambda: functional.conv2d_backward(np.zeros((2, 4, 5, 5)), X, W),
        r"dy.shape=\(2, 4, 5, 5\) is not \(2, 4, 3, 3\)",
    ),
    (
        lambda: functional.conv2d_backward(np.zeros((2, 4, 3, 3), "f"), X, W),
        "dy.dtype=float32 differs from x.dtype=float64",
    ),
    (lambda: functional.max_pool2d(X, 6), r"kernel_size=6 is larger than the padded input \(5\)"),
    (lambda: functional.max_pool2d(X, 2, padding=2), "padding=2 is more than half of kernel_size=2"),
    (
        lambda: functional.max_pool2d(X[..., :1], 2, 1, 1, 2),
        "padding=1 leaves a window of kernel_size=2 with dilation=2 nothing",
    ),
    (lambda: functional.max_pool2d_backward(X, X, 2), r"dy.shape=\(2, 2, 5, 5\) is not \(2, 2, 2, 2\)"),
    (lambda: functional.avg_pool2d(X, 0), "kernel_size=0 is less than 1"),
    (lambda: functional.avg_pool2d(X, 2, divisor_override=0), "divisor_override=0 is less than 1"),
    (lambda: functional.linear(X, np.zeros((3, 4))), r"weight.shape=\(3, 4\) is not \(3, 5\)"),
    (lambda: functional.linear(np.float64(1), W[0, 0]), r"x.shape=\(\) has no axis of features"),
    (
        lambda: functional.linear_backward(np.zeros((2, 2)), np.zeros((2, 3)), np.zeros((3, 3))),
        r"dy.shape=\(2, 2\) is not \(2, 3\)",
    ),
    (lambda: functional.relu(np.zeros(3, np.float16)), "x.dtype=float16 is neither"),
    (lambda: functional.tanh_backward(np.zeros(2), np.zeros(3)), r"dy.shape=\(2,\) is not \(3,\)"),
    (lambda: functional.softmax(X, 4), "dim=4 is no axis of an array with 4: use one from -4 to 3"),
    (lambda: functional.cross_entropy(X, [0, 1]), "does not have 2 axes"),
    (lambda: functional.cross_entropy(B[None], [4]), "target=4 ... 4 holds a class outside 0 ... 3"),
    (lambda: functional.cross_entropy(B[None], [-1]), "target=-1 ... -1 holds a class outside"),
    (lambda: functional.cross_entropy(B[None], [1, 2]), r"target.shape=\(2,\) is not \(1,\)"),
    (lambda: functional.cross_entropy(B[None], np.zeros((1, 3))), r"target.shape=\(1, 3\) is not \(1, 4\)"),
    (lambda: functional.cross_entropy(B[None], [0], reduction="max"), "reduction='max' is unknown"),
    (lambda: functional.cross_entropy(np.zeros((0, 3)), np.zeros(0, int)), "holds no image to average over"),
    (lambda: functional.cross_entropy_backward([1.0, 2.0], B[None], [0]), r"dy.shape=\(2,\) is not \(\)"),
    (lambda: output_size(0, 1), "n=0 is too small: use 1 or more"),
]


V, K = np.zeros((1, 2, 8)), np.zeros((4, 2, 3))
MORE_BAD = [
    (lambda: functional.conv2d(X, W, padding="full"), "padding='full' is unknown: use 'same', 'valid' or numbers"),
    (lambda: functional.conv2d(X, W, 2, padding="same"), r"bias.dtype=int64 differs"),
    (lambda: functional.conv2d(X, W, stride=2, padding="same"), r"padding=same keeps no size with stride=\(2, 2\)"),
    (lambda: functional.conv2d(X, W, padding_mode="mirror"), "padding_mode='mirror' is unknown"),
    (lambda: functional.conv2d(X, W, padding=5, padding_mode="reflect"), "needs more than the 5 cells there are"),
    (lambda: functional.conv2d(X, W, padding=((1, -1), (0, 0))), r"padding=\(1, -1\) is less than 0"),
    (lambda: functional.conv1d(X, W), r"x.shape=.* does not have 3 axes: reshape it to \(N, C, length\)"),
    (lambda: functional.conv1d(V, K, stride=(1, 2)), r"stride=\(1, 2\) is not one number"),
    (lambda: functional.conv_transpose2d(X, W), r"weight.shape=\(4, 2, 3, 3\) is not \(2, 2, 3, 3\)"),
    (lambda: functional.conv_transpose2d(X, W[:2], output_padding=1), "output_padding=1 is not less than stride=1"),
    (lambda: functional.conv_transpose2d(X, W[:2], padding=4), "padding=4 cuts everything off an output of 7×7"),
    (lambda: functional.conv_transpose2d_backward(X, X, W[:2]), r"dy.shape=.* is not \(2, 2, 7, 7\)"),
    (lambda: functional.pad(X, (1,)), r"pad=\(1,\) is no list of pairs"),
    (lambda: functional.pad(X, (1, 1), "mirror"), "mode='mirror' is unknown"),
    (lambda: functional.pad(X, (-1, 0), "reflect"), r"pad=\(-1, 0\) is negative"),
    (lambda: functional.pad(X, (-3, -3)), "cuts more off than the 5 cells"),
    (lambda: functional.lp_pool2d(X, 0.5, 2), "norm_type=0.5 is not a finite number of at least 1"),
    (lambda: functional.weighted_pool2d(X, np.array([[1.0, -1.0]])), "cannot be scaled to a sum of 1"),
    (lambda: functional.adaptive_avg_pool2d(X, 0), "output_size=0 is less than 1"),
    (lambda: functional.adaptive_max_pool2d(X, (1, 2, 3)), "is neither an integer nor a pair"),
    (lambda: functional.fold(np.zeros((1, 5, 4)), 3, 2), r"x.shape=\(1, 5, 4\) is not \(N, C · 4, 4\)"),
    (lambda: functional.unfold(X, 6), "kernel_size=6 is larger than the padded input"),
    (lambda: functional.dropout(X, 1.5, seed=0), "p=1.5 is not in 0 ≤ p ≤ 1"),
    (lambda: functional.batch_norm(X, None, None), "running_mean=None is needed when not training"),
    (lambda: functional.batch_norm(X[:1, :, :1, :1], None, None, training=True), "one value per channel to train with"),
    (lambda: functional.batch_norm(X, np.zeros(3), np.zeros(2)), r"running_mean.shape=\(3,\) is not \(2,\)"),
    (lambda: functional.local_response_norm(np.zeros(3), 2), r"x.shape=\(3,\) is not \(N, C, ...\)"),
    (lambda: functional.local_response_norm(X, 0), "size=0 is less than 1"),
    (lambda: functional.nll_loss(B[None], [4]), "holds a class outside 0 ... 3"),
    (lambda: functional.nll_loss(B[None], [0.5]), "is not .* of integers"),
    (lambda: functional.mse_loss(B, B[:3]), r"target.shape=\(3,\) is not \(4,\)"),
    (lambda: functional.mse_loss_backward(B, B, B), r"dy.shape=\(4,\) is not \(\)"),
]


@pytest.mark.parametrize(("call", "message"), BAD + MORE_BAD)
def test_a_wrong_argument_is_named_with_value_rule_and_remedy(call, message):
    with pytest.raises(InputError, match=message):
        call()


def variants(array):
    """The same numbers: read-only, strided, reversed twice, in another memory order."""
    frozen = array.copy()
    frozen.setflags(write=False)
    spread = np.zeros((*array.shape[:-1], array.shape[-1] * 2), array.dtype)
    spread[..., ::2] = array
    return [frozen, spread[..., ::2], array[..., ::-1].copy()[..., ::-1], np.asfortranarray(array)]


@pytest.mark.parametrize("which", range(4))
def test_any_memory_layout_works(which):
    random = np.random.default_rng(0)
    x, w, b = (random.standard_normal(a.shape) for a in (X, W, B))
    plain = [
        functional.conv2d(x, w, b),
        *functional.conv2d_backward(functional.conv2d(x, w, b), x, w, b),
        *functional.linear_backward(b[None], x[0, 0, :1], w[:, 0, :1, 0].repeat(5, 1), b),
    ]
    x2, w2, b2 = (variants(a)[which] for a in (x, w, b))
    dense = variants(w[:, 0, :1, 0].repeat(5, 1))[which]
    odd = [
        functional.conv2d(x2, w2, b2),
        *functional.conv2d_backward(functional.conv2d(x, w, b), x2, w2, b2),
        *functional.linear_backward(b2[None], x2[0, 0, :1], dense, b2),
    ]
    for one, other in zip(plain, odd, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(functional.max_pool2d(x, 2), functional.max_pool2d(x2, 2))


@given(
    st.tuples(*[st.integers(0, 4)] * 4),
    st.tuples(*[st.integers(0, 4)] * 4),
    *[st.integers(-1, 4) for _ in range(4)],
)
def test_any_shape_works_or_is_refused(x_shape, w_shape, stride, padding, dilation, groups):
    x, w = np.ones(x_shape, np.float32), np.ones(w_shape, np.float32)
    try:
        y = functional.conv2d(x, w, None, stride, padding, dilation, groups)
    except InputError:
        return
    assert y.shape[:2] == (len(x), len(w))
    dx, dw, _ = functional.conv2d_backward(y, x, w, None, stride, padding, dilation, groups)
    assert (dx.shape, dw.shape) == (x.shape, w.shape)
    assert np.isfinite(y).all()
