import numpy as np
import pytest

from cnnsim.errors import InputError
from cnnsim.optim import SGD


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_formula_step_by_step(momentum):
    p, v = np.array([1.0, -2.0]), np.zeros(2)
    expected, velocity = [1.0, -2.0], [0.0, 0.0]
    optimiser = SGD(lr=0.1, momentum=momentum)
    for g in ([1.0, 2.0], [0.5, -1.0], [0.0, 3.0]):
        optimiser.step(p, np.array(g), v)
        for i in range(2):
            velocity[i] = momentum * velocity[i] + g[i]
            expected[i] -= 0.1 * velocity[i]
    np.testing.assert_allclose(p, expected, rtol=1e-12)


def test_against_torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")
    start = np.random.default_rng(0).standard_normal(7)
    ours, v = start.copy(), np.zeros(7)
    theirs = torch.nn.Parameter(torch.from_numpy(start.copy()))
    optimiser = torch.optim.SGD([theirs], lr=0.05, momentum=0.9)
    for step in range(5):
        gradient = np.random.default_rng(step).standard_normal(7)
        theirs.grad = torch.from_numpy(gradient)
        optimiser.step()
        SGD(0.05, 0.9).step(ours, gradient, v)
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize(("lr", "momentum"), [(-1, 0), (float("nan"), 0), (float("inf"), 0), (0.1, 1), (0.1, -0.1)])
def test_numbers_out_of_range(lr, momentum):
    with pytest.raises(InputError):
        SGD(lr, momentum)


def test_float32_stays_float32():
    p, v = np.ones(3, np.float32), np.zeros(3, np.float32)
    SGD(0.1, 0.9).step(p, np.ones(3, np.float32), v)
    assert p.dtype == v.dtype == np.float32
