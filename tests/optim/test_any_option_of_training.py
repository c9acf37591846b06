"""Every option of every optimiser and schedule with every kind of value: it works, or is named."""

import dataclasses

import numpy as np
import pytest
from odd_values import HARMLESS, HUGE

from cnnsim.errors import InputError
from cnnsim.optim import SGD, Adam, RMSprop
from cnnsim.schedules import Constant, Cosine, Exponential, InTurn, Stepwise, Warmup

FLAGS = {"nesterov", "centered"}
RULES = (SGD(0.1, 0.9), Adam(0.1), RMSprop(0.1))
SCHEDULES = (Constant(), Stepwise(2), Exponential(0.5), Cosine(3), Warmup(3), InTurn(Constant(), 2, Constant()))


def fields(things):
    return [(thing, field.name) for thing in things for field in dataclasses.fields(thing) if field.name not in FLAGS]


def refusals(thing, option, use):
    """What was said of the values that were refused."""
    said = []
    for value in HARMLESS + HUGE:
        try:
            use(dataclasses.replace(thing, **{option: value}))
        except InputError as error:
            said.append(error.argument)
    return said


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of steps as long as they were asked for
@pytest.mark.parametrize(("rule", "option"), fields(RULES), ids=str)
def test_optimisers(rule, option):
    parameters = np.ones(3)
    said = refusals(rule, option, lambda rule: rule.step(parameters, np.ones(3), rule.initial_state(parameters)))
    assert said.count(option) + said.count("beta1") + said.count("beta2") == len(said) > 10


@pytest.mark.parametrize(("schedule", "option"), fields(SCHEDULES), ids=str)
def test_schedules(schedule, option):
    said = refusals(schedule, option, lambda schedule: schedule(7))
    assert set(said) == {option}
    assert len(said) > 10


def test_a_number_too_large_for_a_float_is_named():
    with pytest.raises(InputError, match=r"^lr=1000.* is too large for a number"):
        SGD(10**400)
