import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stage_walks import check_stages, operands_of
from trace_walks import SEEDS, close

from cnnsim import functional
from cnnsim.errors import InputError
from cnnsim.trace import batch_norm, batch_norm_gradient, local_response_norm, local_response_norm_gradient

BATCHES = st.one_of(
    st.tuples(st.integers(2, 4), st.integers(1, 3)),
    st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(2, 3)),
)


@st.composite
def batch_norms(draw):
    """A normalisation by batch, and the arguments of the engine's."""
    shape, numbers = draw(BATCHES), np.random.default_rng(draw(SEEDS))
    channels = shape[1]
    training = draw(st.booleans())
    x, weight, bias, mean = (numbers.standard_normal(size) for size in (shape, channels, channels, channels))
    running = (mean, numbers.uniform(0.5, 2, channels)) if not training or draw(st.booleans()) else (None, None)
    options = {
        "training": training,
        "momentum": draw(st.sampled_from([0.1, 0.5])),
        "eps": draw(st.sampled_from([1e-5, 0.5])),
    }
    arguments = (x, *running, weight, bias)
    return batch_norm(*arguments, **options), arguments, options


def tensors_of(forward):
    given = forward.operation
    operands = {"input": given.x, "weight": given.weight, "bias": given.bias}
    if given.running_mean is not None:
        operands |= {"running mean": given.running_mean, "running variance": given.running_var}
        operands |= {
            "mean": given.running_mean,
            "variance": given.running_var,
        }  # unless those of the batch are computed
    return operands_of(forward, **operands)


@settings(max_examples=30)
@given(batch_norms())
def test_batch_norm_is_the_engines(case):
    steps, (x, mean, var, weight, bias), options = case
    check_stages(steps, tensors_of(steps))
    running = (mean, var) if mean is None else (mean.copy(), var.copy())
    close(steps.output, functional.batch_norm(x, *running, weight, bias, **options))
    if options["training"]:
        close(steps.output, naive.batch_norm(x, weight, bias, options["eps"]))
        for name, number in zip(("mean", "variance"), running, strict=True):
            if number is not None:
                close(steps.trace_of(f"new running {name}").output.ravel(), number)
    else:
        assert [stage.name for stage in steps.stages] == ["centred", "deviation", "normalised", "output"]


@settings(max_examples=30)
@given(batch_norms(), SEEDS)
def test_its_gradients_are_the_engines(case, seed):
    forward, (x, mean, var, weight, bias), options = case
    g = np.random.default_rng(seed).standard_normal(x.shape)
    steps = batch_norm_gradient(forward, g)
    check_stages(steps, tensors_of(forward) | operands_of(steps, gradient=g))
    dx, _, _, dweight, dbias = functional.batch_norm_backward(g, x, mean, var, weight, bias, **options)
    close(steps.output, dx)
    close(steps.trace_of("weight gradient").output.ravel(), dweight)
    close(steps.trace_of("bias gradient").output.ravel(), dbias)


@pytest.mark.parametrize("training", [True, False])
def test_batch_norms_gradients_agree_with_finite_differences(training):
    numbers = np.random.default_rng(4)
    x, weight, bias, g = (numbers.standard_normal(size) for size in ((2, 2, 2, 2), 2, 2, (2, 2, 2, 2)))
    arguments = (x, np.zeros(2), np.ones(2), weight, bias)
    steps = batch_norm_gradient(batch_norm(*arguments, training=training), g)
    for name, array in (("input", x), ("weight", weight), ("bias", bias)):
        expected = naive.gradient(lambda: (batch_norm(*arguments, training=training).output * g).sum(), array)
        np.testing.assert_allclose(steps.trace_of(f"{name} gradient").output.reshape(array.shape), expected, atol=1e-7)


def test_pytorch_agrees():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    x = np.random.default_rng(7).standard_normal((3, 4, 2, 2))
    given = torch.tensor(x, requires_grad=True)
    y = torch.nn.functional.local_response_norm(given, 3, 0.5, 0.75, 2.0)
    y.sum().backward()
    for image, expected, slope in zip(x, y.detach().numpy(), given.grad.numpy(), strict=True):
        forward = local_response_norm(image, 3, 0.5, 0.75, 2.0)
        close(forward.output, expected)
        close(local_response_norm_gradient(forward).output, slope)
    given = torch.tensor(x, requires_grad=True)
    y = torch.nn.functional.batch_norm(given, None, None, training=True)
    (y * torch.arange(1.0, 49.0, dtype=torch.float64).reshape(y.shape)).sum().backward()
    forward = batch_norm(x)
    close(forward.output, y.detach().numpy())
    close(batch_norm_gradient(forward).output, given.grad.numpy())


def test_a_batch_of_two_by_hand():
    steps = batch_norm([[1, 4], [3, 8]], weight=[2, 1], bias=[5, 0], eps=0)
    found = {stage.name: stage.trace.output.tolist() for stage in steps.stages}
    assert found == {
        "mean": [[2, 6]],
        "centred": [[-1, -2], [1, 2]],
        "variance": [[1, 4]],
        "deviation": [[1, 2]],
        "normalised": [[-1, -1], [1, 1]],
        "output": [[3, -1], [7, 1]],
    }


def test_a_gradient_of_ones_moves_no_input_in_training():
    np.testing.assert_allclose(batch_norm_gradient(batch_norm([[1], [2], [4]]), np.ones((3, 1))).output, 0, atol=1e-15)


@st.composite
def responses(draw):
    shape = draw(st.tuples(st.integers(1, 6), st.integers(1, 2), st.integers(1, 2)))
    x = 3 * np.random.default_rng(draw(SEEDS)).standard_normal(shape)
    options = draw(
        st.tuples(st.sampled_from([1e-4, 0.5, 2.0]), st.sampled_from([0.75, 1.0]), st.sampled_from([1.0, 2.0]))
    )
    return local_response_norm(x, draw(st.integers(1, 7)), *options), options


@settings(max_examples=30)
@given(responses(), SEEDS)
def test_local_response_norm_and_its_gradient_are_the_engines(case, seed):
    forward, options = case
    x, size = forward.operation.x, forward.operation.size
    check_stages(forward, operands_of(forward, input=x))
    close(forward.output, functional.local_response_norm(x[None], size, *options)[0])
    close(forward.output, naive.local_response_norm(x[None], size, *options)[0])
    g = np.random.default_rng(seed).standard_normal(x.shape)
    backward = local_response_norm_gradient(forward, g)
    check_stages(backward, operands_of(forward, input=x, gradient=g) | operands_of(backward))
    close(backward.output, functional.local_response_norm_backward(g[None], x[None], size, *options)[0])


def test_channels_at_the_edge_have_fewer_neighbours():
    steps = local_response_norm(np.ones((4, 1, 1)), 3)
    assert steps.trace_of("squares").output.ravel().tolist() == [2, 3, 3, 2]
    assert [step.number for step in steps.trace_of("squares").at("cell")] == [2, 3, 3, 2]


def test_local_response_norms_gradient_agrees_with_finite_differences():
    x, g = (np.random.default_rng(seed).standard_normal((5, 2, 1)) for seed in (1, 2))
    steps = local_response_norm_gradient(local_response_norm(x, 4, 0.5), g)
    expected = naive.gradient(lambda: (local_response_norm(x, 4, 0.5).output * g).sum(), x)
    np.testing.assert_allclose(steps.output, expected, atol=1e-8)


ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: batch_norm([1, 2]), "x=.* is no grid"),
        (lambda: batch_norm([[1, 2], [3]]), "x=.* is no grid of numbers"),
        (lambda: batch_norm([[1, 2]]), "x=array of shape .* has one value per channel: give a larger batch"),
        (lambda: batch_norm(ONES, weight=[1, 2]), "weight=2 numbers are not 3: give one for every channel"),
        (lambda: batch_norm(ONES, training=False), "running_mean=None is needed: give both running numbers"),
        (lambda: batch_norm(ONES, [0, 0, 0]), "running_var=None is needed: give both running numbers or neither"),
        (lambda: batch_norm(ONES, [0] * 3, [1, 1, -1]), "running_var=.* has a negative variance"),
        (lambda: batch_norm(ONES, eps=0), "eps=0.0 leaves a channel without variance"),
        (lambda: batch_norm_gradient(batch_norm(ONES), [[1]]), r"g=array of shape \(1, 1\) is not \(2, 3\)"),
        (lambda: local_response_norm(ONES, 0), "size=0 is too small: use at least 1 channel"),
        (lambda: local_response_norm(ONES, 1, alpha=-1), "alpha=-1 is negative: use 0 or more"),
        (lambda: local_response_norm(0 * ONES, 1, k=0), "k=0.0 leaves a cell to be divided by 0"),
        (lambda: local_response_norm(1e90 * ONES, 1, beta=9), "leads to a number that is not finite"),
        (lambda: local_response_norm_gradient(local_response_norm(ONES, 1), [[1]]), "is not"),
    ],
)
def test_impossible_input_is_refused_in_words(make, message):
    with pytest.raises(InputError, match=message):
        make()
