import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_walks import assembled, check_contributions, close, draw_cell, poolings

from cnnsim import functional, gallery
from cnnsim.errors import InputError
from cnnsim.trace import GRAINS, MODES, pooling

COMBINE = {"max": max, "average": sum, "l2": sum}


def engine(rule):
    """The engine's pooling, the naive loop, and the arguments of both after x."""
    window, stride = rule.geometry.window_shape, (rule.geometry.rows.stride, rule.geometry.cols.stride)
    match rule.mode:
        case "max":
            return functional.max_pool2d, naive.max_pool2d, (window, stride)
        case "average":
            return functional.avg_pool2d, naive.avg_pool2d, (window, stride)
        case _:
            return functional.lp_pool2d, naive.lp_pool2d, (2, window, stride)


@given(poolings())
def test_trace_is_rule_is_engine_is_naive_loop(trace):
    rule = trace.rule
    np.testing.assert_array_equal(assembled(trace), rule.output)
    fast, slow, arguments = engine(rule)
    close(rule.output, fast(rule.x[None], *arguments)[0])
    close(rule.output, slow(rule.x[None], *arguments)[0])


@given(poolings(), st.data())
def test_looking_at_a_window_keeps_the_largest_or_the_sum_so_far(trace, data):
    rule, cell = trace.rule, draw_cell(data, trace)
    multiplies, endings = check_contributions(trace, cell, {"input": rule.x}, COMBINE[rule.mode])
    assert [step.contribution.factors[0].value for step in multiplies] == rule.window(cell).ravel().tolist()
    assert [rule.place(cell, step.number) for step in multiplies] == [
        step.contribution.factors[0].place for step in multiplies
    ]
    assert endings[0].value == multiplies[-1].so_far


@given(poolings(modes=("max",)), st.data())
def test_the_winner_is_the_first_largest_and_the_engines(trace, data):
    rule, cell = trace.rule, draw_cell(data, trace)
    _, indices = functional.max_pool2d(
        rule.x[None], rule.geometry.window_shape, (rule.geometry.rows.stride, rule.geometry.cols.stride),
        return_indices=True,
    )  # fmt: skip
    channel, row, col = rule.winner(cell)
    assert (channel, row * rule.x.shape[2] + col) == (cell[0], indices[(0, *cell)])
    looked_at = data.draw(st.integers(1, rule.counts))
    best = rule.window(cell).ravel()[:looked_at]
    assert rule.winner(cell, looked_at) == rule.place(cell, best.tolist().index(best.max()))


@given(poolings())
@settings(max_examples=20)
def test_a_grain_shows_the_last_step_of_each_unit(trace):
    output = trace.rule.output
    assert [step.y for step in trace.at("cell")] == output.ravel().tolist()
    assert [step.y for step in trace.at("row")] == output[..., -1].ravel().tolist()
    assert [step.y for step in trace.at("map")] == output[:, -1, -1].tolist()


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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5, 1), r"window=5 is larger than the padded input \(4\)"),
        ((0, 1), "window=0 is less than 1"),
        (((2, 2, 2), 1), r"window=\(2, 2, 2\) is no whole number"),
        ((2, 0), "stride=0 is less than 1"),
        ((2, 0.5), "stride=0.5 is no whole number"),
        ((2, 2, "median"), "mode=median is unknown: choose one of max, average, l2"),
    ],
)
def test_impossible_input_is_refused_in_words(arguments, message):
    with pytest.raises(InputError, match=message):
        pooling(gallery.POOLING_IMAGE, *arguments)
