from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pooling_cases import cases
from trace_walks import assembled, check_contributions, close, draw_cell

from cnnsim import functional, gallery
from cnnsim.errors import InputError
from cnnsim.trace import GRAINS, MODES, adaptive_pooling, pooling
from cnnsim.trace.pooling_results import pooled
from cnnsim.trace.uses import sources, uses

COMBINE = {"max": max, "average": sum, "l2": sum, "weighted": sum}


@given(cases())
def test_trace_is_rule_is_engine_is_naive_loop(case):
    np.testing.assert_array_equal(assembled(case.trace), case.rule.output)
    close(case.rule.output, case.loop())
    if case.known_to_the_engine:
        close(case.rule.output, case.engine())


@given(cases(), st.data())
def test_looking_at_a_window_keeps_the_largest_or_the_sum_so_far(case, data):
    rule, cell = case.rule, draw_cell(data, case.trace)
    operands = {"input": rule.padded, "weight": rule.weights}
    multiplies, endings = check_contributions(case.trace, cell, operands, COMBINE[case.mode])
    seen = [step.contribution.factors[-1] for step in multiplies]
    assert [factor.value for factor in seen] == rule.window(cell).ravel().tolist()
    assert [factor.place for factor in seen] == [rule.place(cell, number) for number in range(len(seen))]
    assert endings[0].value == multiplies[-1].so_far


@given(cases(), st.data())
def test_a_window_takes_the_cells_that_count(case, data):
    rule, cell = case.rule, draw_cell(data, case.trace)
    top, _, left, _ = rule.windows.frame
    expected = next(cells for place, cells in case.windows() if place == cell[1:])
    assert [(row + top, col + left) for (row, col), _ in expected] == [
        rule.place(cell, number)[1:] for number in range(len(expected))
    ]
    assert rule.divisors[cell[1:]] == pytest.approx(sum(weight for _, weight in expected))


@given(cases(modes=("max",)), st.data())
def test_winners_are_the_largest_and_the_first_is_the_engines(case, data):
    rule, cell = case.rule, draw_cell(data, case.trace)
    if case.adaptive:
        _, indices = functional.adaptive_max_pool2d(rule.x[None], case.window, True)
    else:
        options = (case.window, case.stride, case.padding, 1, case.ceil_mode)
        _, indices = functional.max_pool2d(rule.x[None], *options, return_indices=True)
    assert rule.index(cell) == indices[(0, *cell)]
    values = rule.values(cell).tolist()
    looked_at = data.draw(st.integers(1, len(values)))
    best = [number for number in range(looked_at) if values[number] == max(values[:looked_at])]
    assert rule.winners(cell, looked_at) == tuple(rule.place(cell, number) for number in best)
    assert rule.winner(cell, looked_at) == rule.winners(cell, looked_at)[0]


@given(cases())
def test_many_values_are_taken_one_after_the_other_with_the_same_result_to_the_last_bit(case):
    rule = case.rule
    with patch("cnnsim.trace.pooling_results._FEW", 0):
        found = pooled(rule.padded, rule.windows, rule.kind, rule.weights, rule.divisors)
    np.testing.assert_array_equal(found, rule.output)


@given(cases())
@settings(max_examples=30)
def test_where_a_value_takes_part_is_known_without_a_search(case):
    check_uses(case.rule)


def check_uses(rule):
    """Closed forms against the factors of every contribution."""
    found = {}
    for cell in np.ndindex(*rule.output.shape):
        factors = {}
        for number in range(len(rule.values(cell))):
            for part in rule.contribution(cell, number).factors:
                if part.place is not None:
                    factors.setdefault(part.operand, []).append(list(part.place))
                    found.setdefault((part.operand, part.place), {})[cell, number] = None
        assert {name: places.tolist() for name, places in sources(rule, cell).items() if len(places)} == factors
    for (operand, place), expected in found.items():
        answer = uses(rule, operand, place)
        assert list(zip(map(tuple, answer.cells.tolist()), answer.numbers.tolist(), strict=True)) == list(expected)


@given(cases())
@settings(max_examples=20)
def test_a_grain_shows_the_last_step_of_each_unit(case):
    output = case.rule.output
    assert [step.y for step in case.trace.at("cell")] == output.ravel().tolist()
    assert [step.y for step in case.trace.at("row")] == output[..., -1].ravel().tolist()
    assert [step.y for step in case.trace.at("map")] == output[:, -1, -1].tolist()


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("max", [[6, 8], [3, 4]]),
        ("average", [[3.25, 5.25], [2, 2]]),
        ("l2", np.sqrt([[63, 133], [18, 26]])),
    ],
)
def test_the_lecture_example(mode, expected):
    np.testing.assert_array_equal(assembled(pooling(gallery.POOLING_IMAGE, mode=mode))[0], expected)


def test_windows_of_width_3_and_stride_2_overlap():
    rule = pooling(gallery.image("ramp", 5), 3, 2).rule
    np.testing.assert_array_equal(rule.output[0], [[13, 15], [23, 25]])
    assert rule.windows.overlap
    np.testing.assert_array_equal(rule.windows.coverage()[2], [2, 2, 4, 2, 2])
    assert not pooling(gallery.POOLING_IMAGE).rule.windows.overlap


def test_weights_fall_with_the_distance_from_the_centre():
    rule = pooling(np.eye(3), 3, mode="weighted").rule
    np.testing.assert_array_equal(rule.weights, functional.distance_weights(3))
    assert rule.weights[1, 1] > rule.weights[0, 1] > rule.weights[0, 0]
    middle, corner = 1.0, 1 / (1 + 2**0.5)
    assert rule.output[0, 0, 0] == pytest.approx((middle + 2 * corner) / (middle + 4 * 0.5 + 4 * corner))


def test_equal_weights_are_the_average():
    x = gallery.image("random", 6)
    given_weights = pooling(x, 3, 1, "weighted", padding=1, weights=np.full((3, 3), 7.0)).rule
    close(given_weights.output, pooling(x, 3, 1, "average", padding=1).rule.output)


@pytest.mark.parametrize("size", [(4, 4), (5, 7), (9, 3)])
def test_any_input_comes_out_as_quadrants(size):
    x = np.arange(np.prod(size), dtype=float).reshape(size)
    rule = adaptive_pooling(x, 2).rule
    assert rule.output.shape == (1, 2, 2)
    assert rule.output[0, 1, 1] == x.max()
    assert rule.windows.coverage().min() > 0


def test_windows_of_an_adaptive_pooling_differ_in_size():
    rule = adaptive_pooling(np.zeros((1, 5)), (1, 3)).rule
    assert rule.windows.counts.tolist() == [[2, 3, 2]]
    assert [rule.windows.box(0, col) for col in range(3)] == [(0, 0, 1, 2), (0, 1, 1, 3), (0, 3, 1, 2)]


def test_global_pooling_takes_a_map_for_one_number():
    x = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(adaptive_pooling(x, 1, "average").rule.output.ravel(), x.mean(axis=(1, 2)))
    np.testing.assert_array_equal(adaptive_pooling(x, 1).rule.output.ravel(), [11, 23])


def test_padding_never_wins_and_counts_in_the_average_unless_told_not_to():
    x = np.full((2, 2), -1.0)
    assert pooling(x, 2, padding=1).rule.output.max() == -1
    np.testing.assert_array_equal(pooling(x, 2, mode="average", padding=1).rule.output, np.full((1, 2, 2), -0.25))
    rule = pooling(x, 2, mode="average", padding=1, count_include_pad=False).rule
    np.testing.assert_array_equal(rule.output, np.full((1, 2, 2), -1.0))


def test_rounding_up_adds_windows_that_stick_out():
    down, up = (pooling(gallery.image("ramp", 5), 2, ceil_mode=mode).rule for mode in (False, True))
    assert (down.output.shape, up.output.shape) == ((1, 2, 2), (1, 3, 3))
    assert up.windows.frame == (0, 1, 0, 1)
    assert up.windows.counts.tolist() == [[4, 4, 2], [4, 4, 2], [2, 2, 1]]


@pytest.mark.parametrize("mode", MODES)
def test_a_step_of_a_long_trace_costs_one_window(mode, monkeypatch):
    trace = pooling(np.ones((64, 160, 160)), 3, 1, mode)
    assert len(trace) > 10**7
    assert isinstance(trace.ends, range)
    assert all(isinstance(trace.at(grain).ends, range) for grain in GRAINS)
    values, asked = type(trace.rule).values, []
    monkeypatch.setattr(type(trace.rule), "values", lambda rule, cell: asked.append(cell) or values(rule, cell))
    assert trace[12_345_678].index == 12_345_678
    assert len(asked) == 1


STICKS_OUT = [[1, -1, 0], [1, 1, 1], [1, 1, 1]]  # where only its first row counts, it adds up to 0


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((5, 1), {}, r"window=5 is larger than the padded input \(4\)"),
        ((0, 1), {}, "window=0 is less than 1"),
        (((2, 2, 2), 1), {}, r"window=\(2, 2, 2\) is no whole number"),
        ((2, 0), {}, "stride=0 is less than 1"),
        ((2, 0.5), {}, "stride=0.5 is no whole number"),
        ((2, 2, "median"), {}, "mode=median is unknown: choose one of max, average, l2, weighted"),
        ((3, 1), {"padding": 2}, "padding=2 is more than half of window=3"),
        ((3, 1), {"padding": -1}, "padding=-1 is less than 0"),
        ((2, 2), {"ties": "last"}, "ties=last is unknown: choose one of first, split"),
        ((2, 2, "weighted"), {"weights": np.ones((3, 3))}, r"weights=array of shape \(3, 3\) is not \(2, 2\)"),
        ((2, 2, "weighted"), {"weights": [[1, -1], [1, -1]]}, r"weights=\(sum 0\) cannot be divided by"),
        ((3, 3, "weighted"), {"weights": STICKS_OUT, "ceil_mode": True}, r"weights=\(sum 0\) cannot be divided by"),
    ],
)
def test_impossible_input_is_refused_in_words(arguments, options, message):
    with pytest.raises(InputError, match=message):
        pooling(gallery.POOLING_IMAGE, *arguments, **options)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "output_size=0 is less than 1"),
        ((2.5,), "output_size=2.5 is no whole number"),
        ((2, "weighted"), "mode=weighted needs windows of one size"),
    ],
)
def test_impossible_output_is_refused_in_words(arguments, message):
    with pytest.raises(InputError, match=message):
        adaptive_pooling(gallery.POOLING_IMAGE, *arguments)
