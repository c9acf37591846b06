import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnsim.trace import (
    Stage,
    StagedTrace,
    activation,
    activation_gradient,
    batch_norm,
    batch_norm_gradient,
    convolution,
    local_response_norm,
    local_response_norm_gradient,
    softmax,
    softmax_gradient,
    sources,
    stage_position,
    uses,
)
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


def normalisations():
    numbers = np.random.default_rng(5)
    normal = batch_norm(numbers.standard_normal((2, 2, 1, 2)), [0, 1], [1, 2])
    response = local_response_norm(numbers.standard_normal((4, 1, 2)), 3)
    probable = softmax([1, 2, 3])
    forward = (normal, response, probable)
    return (*forward, batch_norm_gradient(normal), local_response_norm_gradient(response), softmax_gradient(probable))


class Unforeseen:
    """A rule without what it foresees, which has to be searched."""

    def __init__(self, rule):
        self.output, self.values, self.contribution = rule.output, rule.values, rule.contribution


def as_sets(found):
    return {name: set(map(tuple, places.tolist())) for name, places in found.items()}


def pairs_of(found):
    return sorted(zip(map(tuple, found.cells.tolist()), found.numbers.tolist(), strict=True))


@pytest.mark.parametrize("staged", normalisations(), ids=lambda staged: type(staged.operation).__name__)
def test_rules_of_stages_foresee_what_a_search_finds(staged):
    for rule in (stage.trace.rule for stage in staged.stages):
        searched = Unforeseen(rule)
        for cell in np.ndindex(rule.output.shape):
            read = as_sets(sources(searched, cell))
            assert as_sets(sources(rule, cell)) == read
            for operand, place in ((operand, place) for operand, places in read.items() for place in places):
                foreseen, found = uses(rule, operand, place), uses(searched, operand, place)
                assert pairs_of(foreseen) == pairs_of(found)
                assert as_sets(foreseen.partners) == as_sets(found.partners)
