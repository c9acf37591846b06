"""Hundreds of random configurations of every operation, forward and backward, beside PyTorch where it is installed."""

import numpy as np
import pytest

from cnnsim import functional

torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")

# PyTorch copies the input for an odd padding, and says so
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")

CASES = 150


def tensor(array):
    return torch.from_numpy(np.array(array)).requires_grad_(np.issubdtype(array.dtype, np.floating))


def check(name, arrays, options, backward_options=None):
    """Run `name` here and there, and compare values and all gradients."""
    tensors = [None if a is None else tensor(a) for a in arrays]
    theirs = getattr(torch.nn.functional, name)(*tensors, **options)
    ours = getattr(functional, name)(*arrays, **options)
    tolerance = {"rtol": 1e-10, "atol": 1e-10} if arrays[0].dtype == np.float64 else {"rtol": 2e-3, "atol": 2e-4}
    np.testing.assert_allclose(ours, theirs.detach().numpy(), **tolerance)
    dy = np.random.default_rng(3).standard_normal(ours.shape).astype(ours.dtype)
    theirs.backward(torch.from_numpy(np.asarray(dy)))
    gradients = getattr(functional, f"{name}_backward")(dy, *arrays, **options)
    for gradient, leaf in zip(gradients if isinstance(gradients, tuple) else [gradients], tensors, strict=False):
        if gradient is not None:
            np.testing.assert_allclose(gradient, leaf.grad.numpy(), **tolerance)


def dtype_of(case):
    return np.float32 if case % 2 else np.float64


@pytest.mark.parametrize("case", range(CASES))
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


@pytest.mark.parametrize("case", range(CASES))
def test_max_pool2d(case):
    x, options = pooling(case, dilated=True)
    check("max_pool2d", [x], options)
    _, ours = functional.max_pool2d(x, **options, return_indices=True)
    _, theirs = torch.nn.functional.max_pool2d(torch.from_numpy(x), **options, return_indices=True)
    np.testing.assert_array_equal(ours, theirs.numpy())


@pytest.mark.parametrize("case", range(CASES))
def test_avg_pool2d(case):
    x, options = pooling(case, dilated=False)
    options["count_include_pad"] = bool(case // 2 % 2)
    if case % 3 == 0:
        options["divisor_override"] = case % 5 + 1
    check("avg_pool2d", [x], options)


@pytest.mark.parametrize("case", range(40))
def test_linear(case):
    random = np.random.default_rng(case)
    n, inputs, outputs = (int(n) for n in random.integers(1, 50, 3))
    x, weight = (random.standard_normal((m, inputs)).astype(dtype_of(case)) for m in (n, outputs))
    check("linear", [x, weight, random.standard_normal(outputs).astype(x.dtype) if case % 3 else None], {})


@pytest.mark.parametrize("name", ["relu", "tanh", "softmax", "log_softmax"])
@pytest.mark.parametrize("case", range(4))
def test_element_by_element(name, case):
    x = np.random.default_rng(case).standard_normal((3, 4, 5)).astype(dtype_of(case))
    check(name, [x], {"dim": case - 1} if "softmax" in name else {})


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("case", range(6))
def test_cross_entropy(reduction, case):
    random = np.random.default_rng(case)
    x = random.standard_normal((7, 5)).astype(dtype_of(case))
    check("cross_entropy", [x, random.integers(0, 5, 7)], {"reduction": reduction})
    check(
        "cross_entropy",
        [x, functional.softmax(random.standard_normal((7, 5)).astype(x.dtype))],
        {"reduction": reduction},
    )


@pytest.mark.parametrize("case", range(CASES))
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


@pytest.mark.parametrize("case", range(40))
def test_conv1d(case):
    random = np.random.default_rng(case)
    kernel, stride, dilation, groups = (int(n) for n in random.integers(1, 4, 4))
    padding = ["same", "valid", 0, 1, 2][case % 5]
    x = random.standard_normal((3, 2 * groups, 9)).astype(dtype_of(case))
    weight = random.standard_normal((3 * groups, 2, kernel)).astype(x.dtype)
    options = {"stride": 1 if padding == "same" else stride, "padding": padding, "dilation": dilation, "groups": groups}
    check("conv1d", [x, weight, random.standard_normal(3 * groups).astype(x.dtype)], options)


@pytest.mark.parametrize("kernel", range(1, 6))
def test_same_padding(kernel):
    x, weight = numbers(kernel, (2, 3, 8, 7)), numbers(9, (4, 3, kernel, 3))
    check("conv2d", [x, weight, None], {"padding": "same", "dilation": (1, 2)})


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular", "constant"])
def test_pad(mode):
    check(
        "pad",
        [numbers(1, (2, 3, 5, 6))],
        {"pad": (1, 2, 3, 0), "mode": mode} | ({"value": 2.0} if mode == "constant" else {}),
    )


@pytest.mark.parametrize("case", range(30))
def test_adaptive_pooling(case):
    x, size = numbers(case, (2, 3, case % 7 + 1, case % 5 + 2), dtype_of(case)), (case % 4 + 1, case % 3 + 1)
    for name in ("adaptive_avg_pool2d", "adaptive_max_pool2d"):
        check(name, [x], {"output_size": size})
    _, ours = functional.adaptive_max_pool2d(x, size, True)
    _, theirs = torch.nn.functional.adaptive_max_pool2d(torch.from_numpy(x), size, True)
    np.testing.assert_array_equal(ours, theirs.numpy())


@pytest.mark.parametrize("case", range(12))
def test_unfold_and_fold(case):
    x = numbers(case, (2, 3, 7, 8), dtype_of(case))
    options = {
        "kernel_size": (case % 3 + 1, 2),
        "dilation": (1, case % 2 + 1),
        "padding": case % 2,
        "stride": (case % 4 + 1, 1),
    }
    check("unfold", [x], options)
    check("fold", [functional.unfold(x, **options)], {"output_size": (7, 8), **options})


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_lp_pool2d(ceil_mode):
    x = numbers(1, (2, 3, 6, 8))
    check("lp_pool2d", [x], {"norm_type": 2, "kernel_size": (2, 2), "stride": 2, "ceil_mode": ceil_mode})


@pytest.mark.parametrize("name", ["sigmoid", "leaky_relu"])
def test_more_activations(name):
    check(name, [numbers(1, (4, 5), np.float32)], {})


@pytest.mark.parametrize("size", range(1, 7))
def test_local_response_norm(size):
    x = numbers(size, (2, 5, 3, 4), dtype_of(size))
    check("local_response_norm", [x], {"size": size, "alpha": 0.3, "beta": 0.8, "k": 1.5})


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm(training):
    x, weight, bias = numbers(1, (4, 3, 5, 2)), numbers(2, (3,)), numbers(3, (3,))
    mean, variance = numbers(4, (3,)), numbers(5, (3,)) ** 2 + 0.1
    leaves = [tensor(a) for a in (x, weight, bias)]
    running = [torch.from_numpy(a.copy()) for a in (mean, variance)]
    theirs = torch.nn.functional.batch_norm(leaves[0], *running, *leaves[1:], training)
    dy = numbers(6, x.shape)
    theirs.backward(torch.from_numpy(dy))
    gradients = functional.batch_norm_backward(dy, x, mean, variance, weight, bias, training)
    ours = functional.batch_norm(x, mean, variance, weight, bias, training)
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-9, atol=1e-9)
    for gradient, leaf in zip((gradients[0], *gradients[3:]), leaves, strict=True):
        np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(mean, running[0].numpy(), rtol=1e-12)
    np.testing.assert_allclose(variance, running[1].numpy(), rtol=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_nll_and_mse(reduction):
    x = numbers(1, (7, 5))
    check("nll_loss", [functional.log_softmax(x), np.arange(7) % 5], {"reduction": reduction})
    check("mse_loss", [x, numbers(2, (7, 5))], {"reduction": reduction})


def numbers(seed, shape, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)
