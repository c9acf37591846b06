"""Random configurations of every operation, forward and backward, beside PyTorch where it is installed.

``HYPOTHESIS_PROFILE=thorough`` draws thousands for each.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import share

from cnnsim import functional

torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")

# PyTorch copies the input for an odd padding, and says so
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")

SEEDS = st.integers(0, 2**31 - 1)


def tensor(array):
    return torch.from_numpy(np.array(array)).requires_grad_(np.issubdtype(array.dtype, np.floating))


def close(ours, theirs):
    assert ours.dtype == theirs.dtype
    tolerance = {"rtol": 1e-9, "atol": 1e-9} if ours.dtype == np.float64 else {"rtol": 2e-3, "atol": 3e-4}
    np.testing.assert_allclose(ours, theirs, **tolerance)


def check(name, arrays, options, gradients=None):
    """Run `name` here and there, and compare values and the gradients of the first `gradients` arrays, or all."""
    tensors = [None if a is None else tensor(a) for a in arrays]
    theirs = getattr(torch.nn.functional, name)(*tensors, **options)
    ours = getattr(functional, name)(*arrays, **options)
    close(ours, theirs.detach().numpy())
    dy = np.random.default_rng(3).standard_normal(ours.shape).astype(ours.dtype)
    theirs.backward(torch.from_numpy(np.asarray(dy)))
    found = getattr(functional, f"{name}_backward")(dy, *arrays, **options)
    for gradient, leaf in zip(found if isinstance(found, tuple) else [found], tensors[:gradients], strict=False):
        if gradient is not None:
            close(gradient, leaf.grad.numpy())


def dtype_of(case):
    return np.float32 if case % 2 else np.float64


@given(SEEDS)
@settings(max_examples=share(150))
def test_conv2d(case):
    random = np.random.default_rng(case)
    kernel, stride, dilation, padding = (tuple(int(n) for n in random.integers(low, 5, 2)) for low in (1, 1, 1, 0))
    groups, inputs, outputs, n = (int(n) for n in random.integers(1, [4, 4, 6, 35]))
    extra = random.integers(0, 9, 2)
    shape = [max(1, d * (k - 1) + 1 - 2 * p) + e for k, d, p, e in zip(kernel, dilation, padding, extra, strict=True)]
    x = random.standard_normal((n, groups * inputs, *shape)).astype(dtype_of(case))
    weight = random.standard_normal((groups * outputs, inputs, *kernel)).astype(x.dtype)
    bias = random.standard_normal(len(weight)).astype(x.dtype) if random.integers(2) else None
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    check("conv2d", [x, weight, bias], options)


def pooling(case, dilated):
    random = np.random.default_rng(case)
    kernel, stride = (tuple(int(n) for n in random.integers(1, 5, 2)) for _ in range(2))
    padding = tuple(int(random.integers(0, k // 2 + 1)) for k in kernel)
    dilation = tuple(int(n) for n in random.integers(1, 3, 2)) if dilated else (1, 1)
    extra = random.integers(2, 9, 2)
    shape = [max(1, d * (k - 1) + 1 - 2 * p) + e for k, d, p, e in zip(kernel, dilation, padding, extra, strict=True)]
    values = random.integers(-3, 4, (int(random.integers(1, 20)), int(random.integers(1, 4)), *shape))
    options = {"kernel_size": kernel, "padding": padding, "ceil_mode": bool(random.integers(2))}
    if random.integers(2):
        options["stride"] = stride
    return values.astype(dtype_of(case)), options | ({"dilation": dilation} if dilated else {})


@given(SEEDS)
@settings(max_examples=share(150))
def test_max_pool2d(case):
    x, options = pooling(case, dilated=True)
    check("max_pool2d", [x], options)
    _, ours = functional.max_pool2d(x, **options, return_indices=True)
    _, theirs = torch.nn.functional.max_pool2d(torch.from_numpy(x), **options, return_indices=True)
    np.testing.assert_array_equal(ours, theirs.numpy())


@given(SEEDS)
@settings(max_examples=share(150))
def test_avg_pool2d(case):
    x, options = pooling(case, dilated=False)
    options["count_include_pad"] = bool(case // 2 % 2)
    if case % 3 == 0:
        options["divisor_override"] = case % 5 + 1
    check("avg_pool2d", [x], options)


@given(SEEDS)
def test_linear(case):
    random = np.random.default_rng(case)
    n, inputs, outputs = (int(n) for n in random.integers(1, 50, 3))
    leading = (n, 2) if case % 5 == 0 else (n,)
    x = random.standard_normal((*leading, inputs)).astype(dtype_of(case))
    weight = random.standard_normal((outputs, inputs)).astype(x.dtype)
    check("linear", [x, weight, random.standard_normal(outputs).astype(x.dtype) if case % 3 else None], {})


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "leaky_relu", "softmax", "log_softmax"])
@given(SEEDS)
@settings(max_examples=share(50))
def test_element_by_element(name, case):
    random = np.random.default_rng(case)
    x = 3 * random.standard_normal(random.integers(1, 6, random.integers(1, 5))).astype(dtype_of(case))
    options = {"dim": int(random.integers(-x.ndim, x.ndim))} if "softmax" in name else {}
    check(name, [x], {"negative_slope": float(random.random())} if name == "leaky_relu" else options)


@given(SEEDS)
def test_cross_entropy_and_nll(case):
    random = np.random.default_rng(case)
    n, classes = (int(n) for n in random.integers(1, 12, 2))
    x = 3 * random.standard_normal((n, classes)).astype(dtype_of(case))
    shares, labels = functional.softmax(random.standard_normal(x.shape).astype(x.dtype)), random.integers(0, classes, n)
    reduction = {"reduction": ["mean", "sum", "none"][case % 3]}
    check("cross_entropy", [x, labels], reduction)
    check("cross_entropy", [x, shares], reduction, gradients=1)
    check("nll_loss", [functional.log_softmax(x), labels], reduction)


@given(SEEDS)
def test_mse(case):
    x, target = numbers(case, (2, *shape_of(case, 1, 6, 3)), dtype_of(case))
    check("mse_loss", [x, target], {"reduction": ["mean", "sum", "none"][case % 3]})


@given(SEEDS)
@settings(max_examples=share(150))
def test_conv_transpose2d(case):
    random = np.random.default_rng(case)
    kernel, stride, dilation = (tuple(int(n) for n in random.integers(1, 4, 2)) for _ in range(3))
    padding = tuple(int(random.integers(0, d * (k - 1) // 2 + 1)) for k, d in zip(kernel, dilation, strict=True))
    more = tuple(int(random.integers(0, max(s, d))) for s, d in zip(stride, dilation, strict=True))
    groups, inputs, outputs, n = (int(n) for n in random.integers(1, [4, 4, 6, 20]))
    shape = random.integers(1, 7, 2)
    x = random.standard_normal((n, groups * inputs, *shape)).astype(dtype_of(case))
    weight = random.standard_normal((groups * inputs, outputs, *kernel)).astype(x.dtype)
    bias = random.standard_normal(groups * outputs).astype(x.dtype) if random.integers(2) else None
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups, "output_padding": more}
    check("conv_transpose2d", [x, weight, bias], options)


@given(SEEDS)
def test_conv1d(case):
    random = np.random.default_rng(case)
    kernel, stride, dilation, groups = (int(n) for n in random.integers(1, 4, 4))
    padding = ["same", "valid", 0, 1, 2][case % 5]
    x = random.standard_normal((3, 2 * groups, int(random.integers(9, 14)))).astype(dtype_of(case))
    weight = random.standard_normal((3 * groups, 2, kernel)).astype(x.dtype)
    options = {"stride": 1 if padding == "same" else stride, "padding": padding, "dilation": dilation, "groups": groups}
    check("conv1d", [x, weight, random.standard_normal(3 * groups).astype(x.dtype)], options)


@given(SEEDS)
def test_same_padding(case):
    (rows, columns), dilation = shape_of(case, 1, 6, 2), shape_of(case + 1, 1, 4, 2)
    x, weight = numbers(case, (2, 3, 8, 7), dtype_of(case)), numbers(9, (4, 3, rows, columns), dtype_of(case))
    check("conv2d", [x, weight, None], {"padding": "same", "dilation": dilation})


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular", "constant"])
@given(SEEDS)
@settings(max_examples=share(50))
def test_pad(mode, case):
    sides = shape_of(case, -2 if mode == "constant" else 0, 3, 4)
    options = {"pad": sides, "mode": mode} | ({"value": case % 7 - 3.0} if mode == "constant" else {})
    check("pad", [numbers(case, (2, 3, *shape_of(case + 1, 5, 8, 2)), dtype_of(case))], options)


@given(SEEDS)
def test_adaptive_pooling(case):
    x, size = numbers(case, (2, 3, *shape_of(case, 1, 9, 2)), dtype_of(case)), shape_of(case + 1, 1, 7, 2)
    for name in ("adaptive_avg_pool2d", "adaptive_max_pool2d"):
        check(name, [x], {"output_size": size})
    _, ours = functional.adaptive_max_pool2d(x, size, True)
    _, theirs = torch.nn.functional.adaptive_max_pool2d(torch.from_numpy(x), size, True)
    np.testing.assert_array_equal(ours, theirs.numpy())


@given(SEEDS)
def test_unfold_and_fold(case):
    height, width = shape_of(case, 5, 10, 2)
    names = {"kernel_size": (1, 4), "dilation": (1, 3), "padding": (0, 3), "stride": (1, 5)}
    options = {name: shape_of(case + i, *ends, 2) for i, (name, ends) in enumerate(names.items())}
    check("unfold", [numbers(case, (2, 3, height, width), dtype_of(case))], options)
    patches = functional.unfold(numbers(case, (2, 3, height, width), dtype_of(case)), **options)
    check("fold", [patches], {"output_size": (height, width), **options})


@given(SEEDS)
def test_lp_pool2d(case):
    """Even powers and whole windows: for others PyTorch leaves the bars of |x| out, or scales a part's sum up."""
    x = numbers(case, (2, 3, *shape_of(case, 4, 9, 2)), dtype_of(case))
    options = {"norm_type": [2, 4][case % 2], "kernel_size": shape_of(case + 1, 1, 4, 2)}
    check("lp_pool2d", [x], options | {"stride": [None, shape_of(case + 2, 1, 4, 2)][case // 4 % 2]})


@given(SEEDS)
def test_local_response_norm(case):
    random = np.random.default_rng(case)
    x = numbers(case, (2, *shape_of(case, 1, 8, 2 + case % 2)), dtype_of(case))
    alpha, beta, k = (float(n) for n in random.random(3) + 0.1)
    check("local_response_norm", [x], {"size": int(random.integers(1, 9)), "alpha": alpha, "beta": beta, "k": k})


@given(SEEDS)
def test_batch_norm(case):
    dtype, training = dtype_of(case), bool(case // 2 % 2)
    x = numbers(case, (2, *shape_of(case, 1, 6, 1 + case % 3)), dtype)
    channels = (x.shape[1],)
    weight, bias = (numbers(case + i, channels, dtype) for i in (1, 2)) if case % 5 else (None, None)
    mean, variance = numbers(case + 3, channels, dtype), numbers(case + 4, channels, dtype) ** 2 + dtype(0.1)
    leaves = [None if a is None else tensor(a) for a in (x, weight, bias)]
    running = [torch.from_numpy(a.copy()) for a in (mean, variance)]
    options = {"training": training, "momentum": 0.2, "eps": 1e-2}
    theirs = torch.nn.functional.batch_norm(leaves[0], *running, *leaves[1:], **options)
    dy = numbers(case + 5, x.shape, dtype)
    theirs.backward(torch.from_numpy(dy))
    gradients = functional.batch_norm_backward(dy, x, mean, variance, weight, bias, **options)
    ours = functional.batch_norm(x, mean, variance, weight, bias, **options)
    close(ours, theirs.detach().numpy())
    for gradient, leaf in zip((gradients[0], *gradients[3:]), leaves, strict=True):
        if leaf is not None:
            close(gradient, leaf.grad.numpy())
    close(mean, running[0].numpy())
    close(variance, running[1].numpy())


def test_a_class_that_is_ruled_out_costs_nothing():
    x = np.array([[0.0, 1.0, -np.inf], [-np.inf, 2.0, 0.0]])
    check("cross_entropy", [x, np.array([0, 1])], {})


def shape_of(seed, low, high, n):
    """`n` random sizes from `low` up to `high`, exclusive."""
    return tuple(int(n) for n in np.random.default_rng(seed).integers(low, high, n))


def numbers(seed, shape, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)
