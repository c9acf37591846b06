import math

import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_walks import SEEDS, assembled, check_contributions, close, draw_cell, gradient_like

from cnnsim import functional
from cnnsim.errors import InputError
from cnnsim.trace import ACTIVATIONS, GRAINS, activation, activation_gradient

NAIVE = {
    "relu": lambda x, slope: max(0.0, x),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "sigmoid": lambda x, slope: 1 / (1 + math.exp(-x)),
    "tanh": lambda x, slope: math.tanh(x),
    "scaled_tanh": lambda x, slope: 1.7159 * math.tanh(2 / 3 * x),
}


@st.composite
def activations(draw):
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5)))
    x = 3 * np.random.default_rng(draw(SEEDS)).standard_normal(shape)
    x = x.round() if draw(st.booleans()) else x
    return activation(x, draw(st.sampled_from(ACTIVATIONS)), draw(st.sampled_from([0.01, 0.25, 0.0, -1.0])))


def slope_of(rule):
    return {"negative_slope": rule.slope} if rule.function == "leaky_relu" else {}


@given(activations())
def test_trace_is_rule_is_engine_is_naive_loop(trace):
    rule = trace.rule
    np.testing.assert_array_equal(assembled(trace), rule.output)
    close(rule.output, getattr(functional, rule.function)(rule.x, **slope_of(rule)))
    close(rule.output.ravel(), [NAIVE[rule.function](float(value), rule.slope) for value in rule.x.ravel()])


@given(activations(), st.data())
def test_a_cell_is_looked_at_and_ends_in_the_function(trace, data):
    cell = draw_cell(data, trace)
    (look,), (end,) = check_contributions(trace, cell, {"input": trace.rule.x})
    assert look.contribution.factors[0].place == cell
    assert end.kind == trace.rule.function


@given(activations(), SEEDS, st.data())
def test_the_gradient_is_g_times_the_derivative(forward, seed, data):
    rule = forward.rule
    g = gradient_like(rule.output, seed)
    trace = activation_gradient(forward, g)
    np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    close(trace.rule.output, getattr(functional, f"{rule.function}_backward")(g, rule.x, **slope_of(rule)))
    cell = draw_cell(data, trace)
    check_contributions(trace, cell, {"gradient": g, "derivative": trace.rule.derivative})
    if abs(rule.x[cell]) > 1e-3:  # not across the kink
        above, below = (NAIVE[rule.function](float(rule.x[cell]) + step, rule.slope) for step in (1e-6, -1e-6))
        assert trace.rule.derivative[cell] == pytest.approx((above - below) / 2e-6, abs=1e-7)


def test_relu_masks_with_zeros_and_ones():
    rule = activation_gradient(activation([[-2, 0, 3]]), [[5, 6, 7]]).rule
    np.testing.assert_array_equal(rule.derivative[0], [[0, 0, 1]])
    np.testing.assert_array_equal(rule.output[0], [[0, 0, 7]])
    np.testing.assert_array_equal(naive.relu(np.array([-2.0, 0, 3])), [0, 0, 3])


def test_far_from_zero_the_functions_saturate_without_overflow():
    x = [[-1e4, 1e4]]
    np.testing.assert_array_equal(activation(x, "sigmoid").rule.output[0], [[0, 1]])
    np.testing.assert_array_equal(activation(x, "tanh").rule.output[0], [[-1, 1]])
    for function in ("sigmoid", "tanh", "scaled_tanh"):
        np.testing.assert_array_equal(activation_gradient(activation(x, function)).rule.output[0], [[0, 0]])


def test_long_traces_take_no_memory():
    forward = activation(np.zeros((20, 520, 520)))
    for trace in (forward, activation_gradient(forward)):
        assert len(trace) > 10**7
        assert isinstance(trace.ends, range)
        assert all(isinstance(trace.at(grain).ends, range) for grain in GRAINS)
        assert trace[10**7].index == 10**7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1]], "step"), "function=step is unknown: choose one of relu, leaky_relu, sigmoid, tanh, scaled_tanh"),
        (([[1]], "leaky_relu", math.inf), "slope=inf .*not finite"),
        (([[1], [2, 3]],), "x=.* is no grid of numbers"),
        (([[math.nan]],), "has a cell that is not finite"),
    ],
)
def test_impossible_input_is_refused_in_words(arguments, message):
    with pytest.raises(InputError, match=message):
        activation(*arguments)


def test_a_gradient_that_does_not_fit_is_refused():
    with pytest.raises(InputError, match=r"g=array of shape \(1, 1, 1\) is not \(1, 1, 2\)"):
        activation_gradient(activation([[1, 2]]), [[1]])
