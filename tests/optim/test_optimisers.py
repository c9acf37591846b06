"""Optimisers against the formulas written out for plain numbers, and against PyTorch."""

import math

import numpy as np
import pytest

from cnnsim.errors import InputError
from cnnsim.optim import SGD, Adam, RMSprop

GRADIENTS = [[1.0, 2.0], [0.5, -1.0], [0.0, 3.0], [-2.0, 0.25]]
OPTIMISERS = {
    "plain": SGD(0.1),
    "momentum": SGD(0.1, 0.9),
    "nesterov": SGD(0.1, 0.9, nesterov=True),
    "nesterov with decay": SGD(0.05, 0.8, nesterov=True, weight_decay=0.1),
    "decay": SGD(0.1, weight_decay=0.3),
    "rmsprop": RMSprop(0.01),
    "rmsprop with everything": RMSprop(0.02, 0.9, 1e-4, 0.7, 0.1, centered=True),
    "adam": Adam(0.01),
    "adam with everything": Adam(0.02, (0.8, 0.95), 1e-4, 0.1),
}


def walk(optimiser, start, gradients):
    p = np.array(start)
    state = optimiser.initial_state(p)
    for g in gradients:
        optimiser.step(p, np.array(g, p.dtype), state)
    return p


def by_hand_sgd(p, gradients, o):
    v = 0.0
    for g in gradients:
        g = g + o.weight_decay * p
        v = o.momentum * v + g
        p -= o.lr * (g + o.momentum * v if o.nesterov else v)
    return p


def by_hand_rmsprop(p, gradients, o):
    v = s = m = 0.0
    for g in gradients:
        g = g + o.weight_decay * p
        s = o.alpha * s + (1 - o.alpha) * g**2
        m = o.alpha * m + (1 - o.alpha) * g
        v = o.momentum * v + g / (math.sqrt(s - m * m if o.centered else s) + o.eps)
        p -= o.lr * v
    return p


def by_hand_adam(p, gradients, o):
    m = s = 0.0
    for t, g in enumerate(gradients, 1):
        g = g + o.weight_decay * p
        m = o.betas[0] * m + (1 - o.betas[0]) * g
        s = o.betas[1] * s + (1 - o.betas[1]) * g**2
        p -= o.lr * (m / (1 - o.betas[0] ** t)) / (math.sqrt(s / (1 - o.betas[1] ** t)) + o.eps)
    return p


@pytest.mark.parametrize("name", OPTIMISERS)
def test_the_formula_step_by_step(name):
    optimiser = OPTIMISERS[name]
    by_hand = {SGD: by_hand_sgd, RMSprop: by_hand_rmsprop, Adam: by_hand_adam}[type(optimiser)]
    expected = [by_hand(p, [g[i] for g in GRADIENTS], optimiser) for i, p in enumerate([1.0, -2.0])]
    np.testing.assert_allclose(walk(optimiser, [1.0, -2.0], GRADIENTS), expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_against_torch(name, dtype):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")
    optimiser = OPTIMISERS[name]
    options = {field: getattr(optimiser, field) for field in optimiser.__dataclass_fields__}
    start = np.random.default_rng(0).standard_normal(37).astype(dtype)
    gradients = np.random.default_rng(1).standard_normal((30, 37)).astype(dtype)
    theirs = torch.nn.Parameter(torch.from_numpy(start.copy()))
    reference = getattr(torch.optim, type(optimiser).__name__)([theirs], **options)
    for gradient in gradients:
        theirs.grad = torch.from_numpy(gradient)
        reference.step()
    tolerance = {"float64": 1e-11, "float32": 2e-5}[dtype]
    np.testing.assert_allclose(walk(optimiser, start, gradients), theirs.detach().numpy(), tolerance, tolerance)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_float32_stays_float32_and_the_gradient_stays_as_it_was(name):
    optimiser, p, gradient = OPTIMISERS[name], np.ones(3, np.float32), np.full(3, 2, np.float32)
    state = optimiser.initial_state(p)
    optimiser.step(p, gradient, state)
    assert {p.dtype, *(array.dtype for key, array in state.items() if key != "steps")} == {np.dtype(np.float32)}
    assert gradient.tolist() == [2, 2, 2]
    assert (p < 1).all()


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_copied_state_goes_on_as_if_nothing_had_happened(name):
    optimiser, p = OPTIMISERS[name], np.array([1.0, -2.0])
    state = optimiser.initial_state(p)
    for g in GRADIENTS[:2]:
        optimiser.step(p, np.array(g), state)
    state = {key: array.copy() for key, array in state.items()}
    for g in GRADIENTS[2:]:
        optimiser.step(p, np.array(g), state)
    assert p.tobytes() == walk(optimiser, [1.0, -2.0], GRADIENTS).tobytes()


@pytest.mark.parametrize("optimiser", [SGD(0.1, 0.9, nesterov=True), RMSprop(0.05), Adam(0.3)], ids=str)
def test_a_narrow_valley_is_descended(optimiser):
    """f = x² + 25·y²/2 from (5, 1)."""
    p = np.array([5.0, 1.0])
    state = optimiser.initial_state(p)
    for _ in range(300):
        optimiser.step(p, np.array([2 * p[0], 25 * p[1]]) / 10, state)
    assert np.abs(p).max() < 0.05


def test_a_gradient_that_never_changes_is_no_trouble_when_centred():
    assert np.isfinite(walk(RMSprop(0.01, 0.5, centered=True), np.ones(3, np.float32), [[0.1] * 3] * 60)).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SGD(-1), "lr=-1 is not a finite number of at least 0"),
        (lambda: SGD(math.nan), "lr=nan"),
        (lambda: SGD(math.inf), "lr=inf"),
        (lambda: SGD(0.1, 1), "momentum=1 is not in 0 ≤ momentum < 1"),
        (lambda: SGD(0.1, -0.1), "momentum=-0.1"),
        (lambda: SGD(0.1, nesterov=True), "nesterov=True looks ahead along the momentum, which is 0"),
        (lambda: SGD(0.1, 0.9, nesterov=np.ones(2)), "nesterov=.* is neither True nor False"),
        (lambda: RMSprop(centered=np.ones(2)), "centered=.* is neither True nor False"),
        (lambda: SGD(0.1, weight_decay=-1), "weight_decay=-1"),
        (lambda: RMSprop(alpha=1), "alpha=1"),
        (lambda: RMSprop(eps=-1), "eps=-1"),
        (lambda: RMSprop(momentum=math.nan), "momentum=nan"),
        (lambda: Adam(math.nan), "lr=nan"),
        (lambda: Adam(betas=(1.0, 0.5)), "beta1=1.0"),
        (lambda: Adam(betas=(0.5, -1.0)), "beta2=-1.0"),
    ],
)
def test_numbers_out_of_range(call, message):
    with pytest.raises(InputError, match=message):
        call()
