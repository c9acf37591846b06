import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_walks import SEEDS, assembled, check_contributions, draw_cell

from cnnsim.errors import InputError
from cnnsim.optim import SGD
from cnnsim.trace import weight_update

SHAPES = st.sampled_from([(1, 1), (2, 5), (3, 1, 1), (2, 3, 2), (2, 1, 3, 3)])


@settings(max_examples=40, deadline=None)
@given(st.data(), SHAPES, SEEDS, st.floats(0, 2), st.floats(0, 0.99))
def test_steps_and_result_are_those_of_the_optimiser(data, shape, seed, lr, momentum):
    w, g, v = np.random.default_rng(seed).standard_normal((3, *shape))
    steps = weight_update(w, g, v, lr=lr, momentum=momentum)
    expected, state = w.copy(), {"velocity": v.copy()}
    SGD(lr=lr, momentum=momentum).step(expected, g, state)
    np.testing.assert_array_equal(steps.rule.output, expected)
    np.testing.assert_array_equal(steps.rule.velocity, state["velocity"])
    np.testing.assert_array_equal(assembled(steps), expected)
    cell = draw_cell(data, steps)
    multiplies, endings = check_contributions(steps, cell, {"velocity": v, "gradient": g})
    assert [step.contribution.value for step in multiplies] == [momentum * v[cell], g[cell]]
    assert [step.value for step in endings] == [state["velocity"][cell], expected[cell]]


def test_two_updates_of_one_weight_by_hand():
    first = weight_update([[1.0]], [[2.0]], lr=0.5, momentum=0.5)
    assert (first.rule.velocity.item(), first.rule.output.item()) == (2.0, 0.0)
    second = weight_update(first.rule.output, [[-1.0]], first.rule.velocity, lr=0.5, momentum=0.5)
    assert (second.rule.velocity.item(), second.rule.output.item()) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": -1}, "lr=-1.0 is negative"),
        ({"lr": np.inf}, "lr=inf is not finite"),
        ({"lr": 1, "momentum": 1}, "momentum=1.0 is not in 0 ≤ momentum < 1"),
        ({"lr": 1, "v": [[1.0]]}, r"v=array of shape \(1, 1\) is not \(1, 2\)"),
        ({"lr": 1, "g": [[1.0, 2.0], [3.0]]}, "is no grid of numbers"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        weight_update([[1.0, 2.0]], **{"g": [[1.0, 1.0]], **options})
