import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_walks import SEEDS, assembled, check_contributions, close, draw_cell, gradient_like, poolings

from cnnsim import functional, gallery
from cnnsim.errors import InputError
from cnnsim.trace import MODES, pooling, pooling_gradient


def root_backward(g, x, window, stride):
    """G·x/y to every cell of every window, nothing where y is 0."""
    dx, y = np.zeros(x.shape), naive.lp_pool2d(x, 2, window, stride)
    for place in np.ndindex(*y.shape):
        image, channel, i, j = place
        for r, t in np.ndindex(*window):
            cell = image, channel, i * stride[0] + r, j * stride[1] + t
            dx[cell] += float(g[place]) * float(x[cell]) / float(y[place]) if y[place] else 0.0
    return dx


def references(rule, g):
    """Input gradients of the engine and of the naive loop, (1, C, H, W)."""
    window, stride = rule.geometry.window_shape, (rule.geometry.rows.stride, rule.geometry.cols.stride)
    g, x = g[None], rule.x[None]
    match rule.mode:
        case "max":
            return (
                functional.max_pool2d_backward(g, x, window, stride),
                naive.max_pool2d_backward(g, x, window, stride),
            )
        case "average":
            return (
                functional.avg_pool2d_backward(g, x, window, stride),
                naive.avg_pool2d_backward(g, x, window, stride),
            )
        case _:
            return functional.lp_pool2d_backward(g, x, 2, window, stride), root_backward(g, x, window, stride)


@given(poolings(), SEEDS)
def test_trace_is_rule_is_engine_is_naive_loop(forward, seed):
    g = gradient_like(forward.rule.output, seed)
    trace = pooling_gradient(forward, g)
    np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    engine, loop = references(forward.rule, g)
    close(trace.rule.output, engine[0])
    close(trace.rule.output, loop[0])


@given(poolings(), SEEDS, st.data())
def test_a_cell_gets_from_the_windows_that_hand_it_something(forward, seed, data):
    rule = forward.rule
    g = gradient_like(rule.output, seed)
    trace = pooling_gradient(forward, g)
    cell = draw_cell(data, trace)
    multiplies, _ = check_contributions(trace, cell, {"gradient": g})
    windows = [step.contribution.factors[0].place for step in multiplies]
    assert windows == [tuple(place) for place in trace.rule.windows_of(cell).tolist()] == sorted(set(windows))
    assert len(windows) == trace.rule.counts[trace.order(cell)]
    seen_from = [
        window
        for window in np.ndindex(*g.shape)
        if cell in ([rule.winner(window)] if rule.mode == "max" else places(rule, window))
    ]
    assert windows == seen_from
    shares = [step.contribution.factors[1].value for step in multiplies if rule.mode != "max"]
    if rule.mode == "average":
        assert shares == [1 / rule.counts] * len(windows)
    if rule.mode == "l2":
        assert shares == [rule.x[cell] / rule.output[window] if rule.output[window] else 0 for window in windows]


def places(rule, window):
    return [rule.place(window, number) for number in range(rule.counts)]


@given(poolings(), SEEDS)
@settings(max_examples=20)
def test_grains_show_the_last_step_of_each_unit(forward, seed):
    trace = pooling_gradient(forward, gradient_like(forward.rule.output, seed))
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


def test_among_equals_the_first_gets_all():
    np.testing.assert_array_equal(pooling_gradient(pooling(np.ones((2, 2)))).rule.output[0], [[1, 0], [0, 0]])


def test_the_root_of_zeros_hands_nothing_back():
    np.testing.assert_array_equal(
        pooling_gradient(pooling(np.zeros((2, 2)), mode="l2")).rule.output, np.zeros((1, 2, 2))
    )


def test_overlapping_windows_add_up():
    rule = pooling_gradient(pooling([[0, 5, 1]], (1, 2), 1)).rule
    np.testing.assert_array_equal(rule.output[0], [[0, 2, 0]])
    assert rule.windows_of((0, 0, 1)).tolist() == [[0, 0, 0], [0, 0, 1]]


def test_a_cell_that_wins_many_windows_of_a_large_map_gets_from_them_in_reading_order():
    x = np.random.default_rng(3).integers(0, 3, (2, 40, 40)).astype(float)
    rule = pooling_gradient(pooling(x, 5, 1)).rule
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
