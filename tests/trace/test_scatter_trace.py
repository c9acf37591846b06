import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_walks import SEEDS, close, convolutions, engine_options, gradient_like

from cnnsim import functional, gallery
from cnnsim.trace import GRAINS, convolution, input_gradient, input_gradient_scatter


@given(convolutions(), SEEDS)
def test_walking_every_step_ends_in_the_engines_gradient(forward, seed):
    rule = forward.rule
    g = gradient_like(rule.output, seed)
    trace = input_gradient_scatter(forward, g)
    values = np.zeros(rule.x.shape)
    for index in range(len(trace)):
        step = trace[index]
        if step.target is None:
            assert (step.before, step.after) == (None, None)
            continue
        assert step.before == values[step.target]
        values[step.target] += step.contribution.value
        assert step.after == values[step.target]
    np.testing.assert_array_equal(trace.partial(-1), values)
    close(values, input_gradient(forward, g).rule.output)
    close(values, functional.conv2d_backward(g[None], rule.x[None], rule.w, rule.b, **engine_options(rule))[0][0])


@given(convolutions(modes=("zeros",)), SEEDS)
def test_with_zeros_around_scatter_and_gather_agree_to_the_last_bit(forward, seed):
    g = gradient_like(forward.rule.output, seed)
    np.testing.assert_array_equal(
        input_gradient_scatter(forward, g).partial(-1), input_gradient(forward, g).rule.output
    )


@given(convolutions(), SEEDS, st.data())
def test_a_partial_is_what_the_steps_so_far_have_added(forward, seed, data):
    trace = input_gradient_scatter(forward, gradient_like(forward.rule.output, seed))
    index = data.draw(st.integers(0, len(trace) - 1))
    step, now = trace[index], trace.partial(index)
    before = trace.partial(index - 1) if index else np.zeros(now.shape)
    changed = np.zeros(now.shape, bool)
    if step.target is not None:
        changed[step.target] = True
        assert (before[step.target], now[step.target]) == (step.before, step.after)
    np.testing.assert_array_equal(before[~changed], now[~changed])


@given(convolutions(), SEEDS, st.data())
def test_a_step_multiplies_one_g_by_one_weight_and_adds_it_under_that_weight(forward, seed, data):
    rule = forward.rule
    g = gradient_like(rule.output, seed)
    trace = input_gradient_scatter(forward, g)
    assert len(trace) == g.size * rule.w[0].size
    index = data.draw(st.integers(0, len(trace) - 1))
    step = trace[index]
    source, weight = step.contribution.factors
    assert (source.operand, source.place, source.value) == ("gradient", step.source, g[step.source])
    assert (weight.operand, weight.value) == ("kernel", rule.applied[weight.place])
    assert step.contribution.value == source.value * weight.value
    (out, m, n), (same_out, c, r, t) = source.place, weight.place
    assert out == same_out
    assert np.ravel_multi_index((out, m, n, c, r, t), (*g.shape, *rule.w.shape[1:])) == step.index == index
    assert step.number == index % rule.w[0].size
    row, col = rule.geometry.place(m, n, r, t)
    if step.target is not None:
        assert rule.padded[rule.first_channel(out) + c, row, col] == rule.x[step.target]
    else:
        assert rule.geometry.mode == "zeros"


@given(convolutions(), SEEDS)
@settings(max_examples=20)
def test_a_grain_shows_the_last_step_of_each_unit(forward, seed):
    g = gradient_like(forward.rule.output, seed)
    trace = input_gradient_scatter(forward, g)
    units = {"multiply": len(trace), "cell": g.size, "row": g[..., 0].size, "map": len(g), "layer": 1}
    for grain in GRAINS:
        view = trace.at(grain)
        assert len(view) == units[grain]
        assert view[-1].index == len(trace) - 1
        assert all(view.position_of(view.base_index(i)) == i for i in range(len(view)))
    assert [step.source for step in trace.at("cell")] == list(np.ndindex(*g.shape))


def test_after_one_g_its_window_shows_the_kernel():
    forward = convolution(gallery.LECTURE_IMAGE, gallery.kernel("emboss"), padding=1)
    g = np.zeros((5, 5))
    g[2, 1] = 3
    expected = np.zeros((5, 5))
    expected[1:4, 0:3] = 3 * gallery.kernel("emboss")
    trace = input_gradient_scatter(forward, g)
    np.testing.assert_array_equal(trace.partial(trace.at("cell").base_index(11))[0], expected)


def test_a_weight_on_zero_padding_adds_nothing():
    step = input_gradient_scatter(convolution(np.ones((2, 2)), np.ones((3, 3)), padding=1))[0]
    assert (step.target, step.before, step.after, step.contribution.value) == (None, None, None, 1.0)


def test_a_repeated_cell_takes_what_its_copies_get():
    trace = input_gradient_scatter(
        convolution([[1.0, 2.0]], [[1.0, 1.0, 1.0]], padding=(0, 1), padding_mode="replicate")
    )
    assert [step.target for step in trace] == [(0, 0, 0), (0, 0, 0), (0, 0, 1), (0, 0, 0), (0, 0, 1), (0, 0, 1)]
    assert [step.after for step in trace] == [1, 2, 1, 3, 2, 3]


def test_a_long_trace_takes_no_memory():
    trace = input_gradient_scatter(convolution(np.ones((16, 64, 64)), np.ones((32, 16, 7, 7))))
    assert len(trace) > 8 * 10**7
    assert all(isinstance(trace.at(grain).ends, range) for grain in GRAINS)
    assert trace[len(trace) - 1].after == 32
    assert trace[len(trace) // 2].source == (16, 0, 0)
    with pytest.raises(IndexError, match="of a trace of"):
        trace[len(trace)]
