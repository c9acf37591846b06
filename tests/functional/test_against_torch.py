"""Hundreds of random configurations of every operation, forward and backward, beside PyTorch where it is installed."""

import numpy as np
import pytest

from cnnsim import functional

torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")

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
