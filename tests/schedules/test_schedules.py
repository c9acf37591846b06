"""Schedules: their ends, their formulas, and PyTorch's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim.errors import InputError
from cnnsim.schedules import Constant, Cosine, Exponential, InTurn, Product, Stepwise, Warmup

STEPS = range(40)


def test_ends():
    assert [Cosine(10, 0.2)(step) for step in (0, 5, 10, 99)] == pytest.approx([1, 0.6, 0.2, 0.2])
    assert [Warmup(10, 0.2)(step) for step in (0, 5, 10, 99)] == pytest.approx([0.2, 0.6, 1, 1])
    assert [Stepwise(10)(step) for step in (0, 9, 10, 29)] == pytest.approx([1, 1, 0.1, 0.01])
    assert Constant(0.3)(7) == 0.3
    assert Product(())(5) == 1
    assert Exponential(2.0)(5000) == Stepwise(2, 3.0)(5000) == math.inf


@given(st.integers(1, 50), st.integers(0, 200), st.floats(0, 1))
def test_shares_stay_between_their_ends(steps, step, end):
    for schedule in (Cosine(steps, end), Warmup(steps, end)):
        assert end - 1e-12 <= schedule(step) <= 1 + 1e-12


@given(st.integers(1, 50), st.integers(0, 100))
def test_in_turn_is_the_one_and_then_the_other(steps, step):
    one, other = Warmup(7, 0.5), Exponential(0.9)
    expected = one(step) if step < steps else other(step - steps)
    assert InTurn(one, steps, other)(step) == expected


def test_composition():
    schedule = InTurn(Warmup(5, 0.0), 5, Product((Cosine(30), Constant(0.5))))
    assert schedule(0) == 0
    assert schedule(4) == pytest.approx(0.8)
    assert schedule(5) == 0.5
    assert schedule(20) == pytest.approx(0.25)
    assert schedule(35) == pytest.approx(0)


def test_a_schedule_is_its_numbers():
    """Equal numbers, equal schedules, and nothing in them changes when they are called."""
    schedule = InTurn(Warmup(5), 5, Stepwise(3, 0.5))
    before = repr(schedule)
    assert [schedule(step) for step in (9, 2, 9)] == [0.5, pytest.approx(0.46), 0.5]
    assert repr(schedule) == before
    assert schedule == InTurn(Warmup(5), 5, Stepwise(3, 0.5)) != InTurn(Warmup(5), 5, Stepwise(3, 0.1))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["step", "exponential", "cosine", "warmup", "in turn", "product"])
def test_against_torch(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")
    schedulers = torch.optim.lr_scheduler
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    steps = STEPS
    match name:
        case "step":
            ours, theirs = Stepwise(7, 0.3), schedulers.StepLR(optimiser, 7, 0.3)
        case "exponential":
            ours, theirs = Exponential(0.93), schedulers.ExponentialLR(optimiser, 0.93)
        case "cosine":  # PyTorch's rises again after the floor
            ours, theirs = Cosine(30, 0.1), schedulers.CosineAnnealingLR(optimiser, 30, 0.1)
            steps = range(31)
        case "warmup":
            ours, theirs = Warmup(12, 0.2), schedulers.LinearLR(optimiser, 0.2, 1.0, 12)
        case "in turn":
            parts = [schedulers.LinearLR(optimiser, 0.2, 1.0, 12), schedulers.ExponentialLR(optimiser, 0.9)]
            ours = InTurn(Warmup(12, 0.2), 12, Exponential(0.9))
            theirs = schedulers.SequentialLR(optimiser, parts, [12])
        case "product":
            parts = [schedulers.LinearLR(optimiser, 0.2, 1.0, 12), schedulers.ExponentialLR(optimiser, 0.9)]
            ours, theirs = Product((Warmup(12, 0.2), Exponential(0.9))), schedulers.ChainedScheduler(parts)
    for step in steps:
        assert ours(step) == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-9), step
        optimiser.step()
        theirs.step()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Cosine(0), "steps=0 is less than 1"),
        (lambda: Cosine(3, math.nan), "floor=nan"),
        (lambda: Stepwise(0), "every=0"),
        (lambda: Exponential(-1), "factor=-1"),
        (lambda: Warmup(3, math.inf), "start=inf"),
        (lambda: Constant(-0.1), "share=-0.1"),
        (lambda: InTurn(Constant(), 0, Constant()), "steps=0"),
    ],
)
def test_numbers_out_of_range(call, message):
    with pytest.raises(InputError, match=message):
        call()
