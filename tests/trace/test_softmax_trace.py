import math

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage_walks import check_stages, operands_of
from trace_walks import SEEDS, close

from cnnsim import functional
from cnnsim.errors import InputError
from cnnsim.trace import cross_entropy, cross_entropy_gradient, softmax, softmax_gradient

LOGITS = st.lists(st.floats(-30, 30), min_size=1, max_size=6).map(np.array)
GOLDEN = [0.1, 0.2, 0.7]


def one_hot(data, count):
    return np.eye(count)[data.draw(st.integers(0, count - 1))]


@given(LOGITS)
def test_softmax_is_the_engines_and_the_naive_loops(z):
    steps = softmax(z)
    check_stages(steps, operands_of(steps, logits=z[:, None]))
    close(steps.output.ravel(), functional.softmax(z))
    close(steps.output.ravel(), naive.softmax(z.tolist()))


@given(LOGITS, SEEDS)
def test_its_gradient_is_the_jacobian_times_g(z, seed):
    g = np.random.default_rng(seed).standard_normal(len(z))
    forward = softmax(z)
    steps = softmax_gradient(forward, g)
    given_too = {"probability": forward.output, "gradient": g[:, None]}
    check_stages(steps, operands_of(steps, **given_too))
    close(steps.output.ravel(), functional.softmax_backward(g, z))
    close(steps.trace_of("jacobian").output @ g, steps.output.ravel())


@given(LOGITS, st.data())
def test_cross_entropy_is_the_engines_and_the_naive_loops(z, data):
    y = one_hot(data, len(z))
    steps = cross_entropy(z, y)
    check_stages(steps, operands_of(steps, logits=z[:, None], target=y[:, None]))
    close(steps.output[0, 0], functional.cross_entropy(z[None], y[None]))
    close(steps.output[0, 0], functional.cross_entropy(z[None], [int(y.argmax())]))
    close(steps.output[0, 0], naive.cross_entropy(z.tolist(), int(y.argmax())))
    np.testing.assert_array_equal(cross_entropy(z, int(y.argmax())).output, steps.output)


@given(LOGITS, st.data(), st.booleans())
def test_its_gradient_is_p_minus_y(z, data, soft):
    y = naive.softmax(np.arange(len(z)).tolist()) if soft else one_hot(data, len(z))
    y = np.array(y)
    forward = cross_entropy(z, y)
    steps = cross_entropy_gradient(forward)
    check_stages(steps, operands_of(forward, target=y[:, None]) | operands_of(steps))
    close(steps.output.ravel(), functional.cross_entropy_backward(1.0, z[None], y[None])[0])
    close(steps.output.ravel(), functional.softmax(z) - y)


def test_gradients_agree_with_finite_differences():
    z, y, g = np.array([0.3, -1.2, 2.0]), np.array([0.0, 1.0, 0.0]), np.array([0.5, -1.0, 2.0])
    of_loss = cross_entropy_gradient(cross_entropy(z, y)).output.ravel()
    np.testing.assert_allclose(of_loss, naive.gradient(lambda: cross_entropy(z, y).output[0, 0], z), atol=1e-8)
    of_softmax = softmax_gradient(softmax(z), g).output.ravel()
    np.testing.assert_allclose(of_softmax, naive.gradient(lambda: softmax(z).output.ravel() @ g, z), atol=1e-8)


def test_pytorch_agrees():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    z = torch.tensor([GOLDEN], dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(z, torch.tensor([2]))
    loss.backward()
    forward = cross_entropy(GOLDEN, 2)
    close(forward.output[0, 0], loss.item())
    close(cross_entropy_gradient(forward).output.ravel(), z.grad.numpy()[0])


def test_the_lectures_numbers_come_out():
    forward = cross_entropy(GOLDEN, [0, 0, 1])
    np.testing.assert_allclose(forward.trace_of("probability").output.ravel(), [0.2546, 0.2814, 0.4640], atol=5e-5)
    assert forward.output[0, 0] == pytest.approx(0.7680, abs=1e-4)
    np.testing.assert_allclose(cross_entropy_gradient(forward).output.ravel(), [0.2546, 0.2814, -0.5360], atol=5e-5)
    assert -math.log(0.7) == pytest.approx(0.3567, abs=5e-5)  # only if the logits had been probabilities


def test_far_logits_overflow_nothing_and_lose_no_loss():
    forward = cross_entropy([1000, 0, -1000], 2)
    np.testing.assert_array_equal(forward.trace_of("probability").output.ravel(), [1, 0, 0])
    assert forward.output[0, 0] == 2000
    np.testing.assert_array_equal(cross_entropy_gradient(forward).output.ravel(), [1, 0, -1])


def test_stages_are_those_of_the_formula():
    assert [stage.name for stage in cross_entropy(GOLDEN, 0).stages] == [
        *(stage.name for stage in softmax(GOLDEN).stages),
        "logarithm of the sum",
        "logarithm",
        "loss",
    ]
    kinds = [step.step.kind for step in softmax([1, 2]).at("multiply")]
    assert kinds == (
        ["multiply", "multiply", "largest"]
        + ["multiply", "multiply", "sum"] * 2
        + ["multiply", "exponential"] * 2
        + ["multiply", "multiply", "sum"]
        + ["multiply", "sum"] * 2
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: softmax([[1, 2], [3, 4]]), "z=array of shape .* is no vector"),
        (lambda: softmax([1, math.nan]), "z=.*not finite"),
        (lambda: cross_entropy([1, 2], 2), "target=2 is no class: there are 2: use a number from 0 to 1"),
        (lambda: cross_entropy([1, 2], [0, 0, 1]), "target=3 numbers are not 2: give one for every logit"),
        (lambda: cross_entropy([1, 2], [1, 1]), "is no distribution over the classes"),
        (lambda: cross_entropy([1, 2], [2, -1]), "is no distribution over the classes"),
        (lambda: softmax_gradient(softmax([1, 2]), [1]), "g=1 numbers are not 2"),
    ],
)
def test_impossible_input_is_refused_in_words(make, message):
    with pytest.raises(InputError, match=message):
        make()
