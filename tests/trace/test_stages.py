import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim.trace import Stage, StagedTrace, activation, activation_gradient, convolution, stage_position
from cnnsim.trace.stages import Joined


def two_stages(shape=(2, 3)):
    forward = activation(np.arange(-2.0, np.prod(shape) - 2).reshape(shape))
    return StagedTrace("ReLU", (Stage("forward", forward), Stage("backward", activation_gradient(forward))))


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_joined_numbers_go_on_where_the_part_before_stopped(lengths):
    joined = Joined(tuple(range(2, 2 * length + 1, 2) for length in lengths))
    assert list(joined) == list(range(2, 2 * sum(lengths) + 1, 2))
    assert joined[-1] == joined[len(joined) - 1]
    with pytest.raises(IndexError):
        joined[len(joined)]


def test_a_stage_can_be_staged_itself():
    inner = two_stages()
    outer = StagedTrace("twice", (Stage("first", inner), Stage("second", inner)))
    assert len(outer) == 2 * len(inner)
    assert outer[len(inner) + 3].step == inner[3]
    assert [step.stage for step in outer.at("layer")] == [0, 0, 1, 1]
    found = stage_position(outer.at("cell"), 6 + 6 + 7.5)
    assert (found.stage, found.position) == (1, 7.5)
    assert stage_position(found.steps, found.position).position == 1.5


@pytest.mark.parametrize(
    ("position", "expected"),
    [(-3.0, (0, 0.0)), (0.0, (0, 0.0)), (5.75, (0, 5.75)), (6.0, (1, 0.0)), (11.0, (1, 5.0)), (99.0, (1, 5.0))],
)
def test_a_position_lies_in_one_stage(position, expected):
    found = stage_position(two_stages().at("cell"), position)
    assert (found.stage, found.position) == expected
    assert len(found.steps) == 6


def test_stages_are_found_by_name():
    trace = two_stages((1, 3))
    np.testing.assert_array_equal(trace.trace_of("backward").output, trace.output)
    with pytest.raises(KeyError, match="sideways"):
        trace.trace_of("sideways")


def test_long_stages_take_no_memory():
    trace = convolution(np.ones((8, 130, 130)), np.ones((8, 8, 7, 7)))
    staged = StagedTrace("long", (Stage("once", trace), Stage("again", trace)))
    assert len(staged) > 10**8 / 2
    view = staged.at("multiply")
    assert all(isinstance(part, range) for part in view.ends.parts)
    assert view[len(staged) - 1].step.index == len(trace) - 1
    assert view.position_of(len(trace) + 5) == len(trace) + 5
