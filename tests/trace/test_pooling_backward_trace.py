from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pooling_cases import cases
from test_pooling_trace import check_uses
from trace_walks import SEEDS, assembled, check_contributions, close, draw_cell, gradient_like

from cnnsim import gallery
from cnnsim.errors import InputError
from cnnsim.trace import MODES, adaptive_pooling, pooling, pooling_gradient
from cnnsim.trace.pooling_shares import shared_out


@given(cases(), SEEDS)
def test_trace_is_rule_is_engine_is_naive_loop(case, seed):
    g = gradient_like(case.rule.output, seed)
    trace = pooling_gradient(case.trace, g)
    np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    close(trace.rule.output, case.loop_backward(g))
    if case.known_to_the_engine and not (case.mode == "max" and case.ties == "split"):
        close(trace.rule.output, case.engine(g))


@given(cases(), SEEDS, st.data())
def test_a_cell_gets_from_the_windows_that_hand_it_something(case, seed, data):
    rule = case.rule
    g = gradient_like(rule.output, seed)
    trace = pooling_gradient(case.trace, g)
    cell = draw_cell(data, trace)
    operands = {"gradient": g, "input": rule.padded, "weight": rule.weights, "output": rule.output}
    multiplies, _ = check_contributions(trace, cell, operands)
    windows = [step.contribution.factors[0].place for step in multiplies]
    assert windows == [tuple(place) for place in trace.rule.windows_of(cell).tolist()] == sorted(set(windows))
    assert len(windows) == trace.rule.counts[trace.order(cell)]
    place = rule.padded_place(cell)
    seen_from = [window for window in np.ndindex(*g.shape) if place in takers(rule, window)]
    assert windows == seen_from


def takers(rule, window):
    """Cells that a window hands something."""
    if rule.mode == "max":
        return rule.winners(window)[: None if rule.ties == "split" else 1]
    return [rule.place(window, number) for number in range(len(rule.values(window)))]


@given(cases(), SEEDS)
@settings(max_examples=30)
def test_where_a_g_takes_part_is_known_without_a_search(case, seed):
    rule = pooling_gradient(case.trace, gradient_like(case.rule.output, seed)).rule
    if case.rule.output.all():  # a root of 0 hands nothing over, and is no factor
        check_uses(rule)


@given(cases(), SEEDS)
@settings(max_examples=20)
def test_grains_show_the_last_step_of_each_unit(case, seed):
    trace = pooling_gradient(case.trace, gradient_like(case.rule.output, seed))
    output = trace.rule.output
    assert [step.y for step in trace.at("cell")] == output.ravel().tolist()
    assert [step.y for step in trace.at("row")] == output[..., -1].ravel().tolist()
    assert [step.y for step in trace.at("map")] == output[:, -1, -1].tolist()


def test_max_sends_g_to_the_winners_and_average_spreads_it():
    g = [[1, 2], [3, 4]]
    np.testing.assert_array_equal(
        assembled(pooling_gradient(pooling(gallery.POOLING_IMAGE), g))[0],
        [[0, 0, 0, 0], [0, 1, 0, 2], [3, 0, 0, 0], [0, 0, 0, 4]],
    )
    np.testing.assert_array_equal(
        assembled(pooling_gradient(pooling(gallery.POOLING_IMAGE, mode="average"), g))[0],
        np.repeat(np.repeat([[0.25, 0.5], [0.75, 1.0]], 2, axis=0), 2, axis=1),
    )


@pytest.mark.parametrize(("ties", "expected"), [("first", [[1, 0], [0, 0]]), ("split", [[0.25, 0.25], [0.25, 0.25]])])
def test_among_equals_the_first_gets_all_or_each_its_share(ties, expected):
    np.testing.assert_array_equal(pooling_gradient(pooling(np.ones((2, 2)), ties=ties)).rule.output[0], expected)


def test_what_is_split_adds_up_to_g():
    x = np.random.default_rng(1).integers(0, 2, (2, 6, 6))
    forward = pooling(x, 3, 1, padding=1, ties="split")
    g = gradient_like(forward.rule.output, 2)
    close(pooling_gradient(forward, g).rule.output.sum(axis=(1, 2)), g.sum(axis=(1, 2)))


def test_the_root_of_zeros_hands_nothing_back():
    trace = pooling_gradient(pooling(np.zeros((2, 2)), mode="l2"))
    np.testing.assert_array_equal(trace.rule.output, np.zeros((1, 2, 2)))
    assert [factor.operand for factor in trace[0].contribution.factors] == ["gradient", "input", "nothing"]


def test_overlapping_windows_add_up():
    rule = pooling_gradient(pooling([[0, 5, 1]], (1, 2), 1)).rule
    np.testing.assert_array_equal(rule.output[0], [[0, 2, 0]])
    assert rule.windows_of((0, 0, 1)).tolist() == [[0, 0, 0], [0, 0, 1]]


def test_global_average_pooling_spreads_g_over_the_map():
    rule = pooling_gradient(adaptive_pooling(np.zeros((1, 2, 3)), 1, "average"), [[6]]).rule
    np.testing.assert_array_equal(rule.output, np.ones((1, 2, 3)))


def test_g_of_a_window_over_padding_is_lost_there():
    forward = pooling(np.ones((2, 2)), 2, mode="average", padding=1)
    np.testing.assert_array_equal(pooling_gradient(forward).rule.output[0], np.full((2, 2), 0.25))


@given(cases(modes=("average", "l2", "weighted")), SEEDS)
def test_many_shares_are_handed_out_one_after_the_other_with_the_same_result_to_the_last_bit(case, seed):
    rule, g = case.rule, gradient_like(case.rule.output, seed)
    expected = pooling_gradient(case.trace, g).rule.output
    with patch("cnnsim.trace.pooling_results._FEW", 0):
        np.testing.assert_array_equal(shared_out(rule, rule.kind.share, g), expected)


@pytest.mark.parametrize("ties", ["first", "split"])
def test_a_cell_that_wins_many_windows_of_a_large_map_gets_from_them_in_reading_order(ties):
    x = np.random.default_rng(3).integers(0, 3, (2, 40, 40)).astype(float)
    rule = pooling_gradient(pooling(x, 5, 1, ties=ties)).rule
    for cell in np.ndindex(*x.shape):
        windows = rule.windows_of(cell).tolist()
        assert windows == sorted(windows)
    assert rule.counts.max() > 9


@pytest.mark.parametrize("mode", MODES)
def test_a_step_of_a_long_trace_costs_one_cell(mode, monkeypatch):
    trace = pooling_gradient(pooling(np.ones((16, 260, 260)), 7, 1, mode))
    assert len(trace) > (10**6 if mode == "max" else 10**7)
    assert len(trace.ends) == trace.rule.output.size
    values, asked = type(trace.rule).values, []
    monkeypatch.setattr(type(trace.rule), "values", lambda rule, cell: asked.append(cell) or values(rule, cell))
    assert trace[987_654].index == 987_654
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("g", "message"),
    [
        (np.ones((3, 2)), r"g=array of shape \(1, 3, 2\) is not \(1, 2, 2\): give one value a cell of y"),
        ([[1, 2], [3]], "is no grid of numbers"),
        ([[np.inf, 1], [1, 1]], "has a cell that is not finite"),
    ],
)
def test_a_gradient_that_does_not_fit_is_refused(g, message):
    with pytest.raises(InputError, match=message):
        pooling_gradient(pooling(gallery.POOLING_IMAGE), g)
