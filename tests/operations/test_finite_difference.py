from dataclasses import replace

import numpy as np
import pytest

from cnnsim.operations import OPERATIONS, array_of, sources_of, with_array
from cnnsim.operations.finite_difference import check_gradient

CHECKED = [operation for operation in OPERATIONS if operation.gradients]


@pytest.mark.parametrize("operation", CHECKED, ids=lambda operation: operation.name)
def test_every_declared_gradient_agrees_with_a_small_nudge(operation):
    """Away from kinks: the starting numbers get a little noise, so that no two are equal."""
    settings = operation.start
    random = np.random.default_rng(1)
    for name, kind, source in list(sources_of(settings)):
        array = array_of(settings, kind.operand)
        noisy = type(source).of(array + random.uniform(0.01, 0.2, array.shape))
        settings = replace(settings, **{name: noisy})
    for operand in operation.gradients:
        array = array_of(settings, operand)
        for order in random.integers(0, array.size, 4):
            place = tuple(int(index) for index in np.unravel_index(order, array.shape))
            check = check_gradient(operation, settings, operand, place, 1e-6)
            assert check is not None
            assert check.numeric == pytest.approx(check.analytic, rel=1e-4, abs=1e-6), (operand, place)


def test_an_operand_without_a_gradient_has_no_check():
    operation = CHECKED[0]
    assert check_gradient(operation, operation.start, "gradient", (0, 0, 0), 0.1) is None


def test_a_kink_is_told_from_a_bend():
    pooling = next(operation for operation in CHECKED if operation.name == "pooling")
    tied = with_array(pooling.start, "input", [[3, 3], [1, 2]])
    winner, loser = (check_gradient(pooling, tied, "input", (0, 0, col), 0.01) for col in (0, 1))
    assert (winner.at_kink, winner.analytic) == (False, 1)  # from here on it wins alone
    assert (loser.at_kink, loser.analytic, loser.numeric_back) == (True, 0, 0)
    assert loser.numeric == pytest.approx(1)
    sigmoid = next(operation for operation in CHECKED if operation.name == "activation")
    bent = check_gradient(sigmoid, replace(sigmoid.start, function="sigmoid"), "input", (0, 0, 0), 0.5)
    assert bent.relative_error > 0.01 and not bent.at_kink
