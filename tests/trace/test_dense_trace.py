import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_walks import SEEDS, assembled, check_contributions, close, draw_cell, gradient_like

from cnnsim import functional
from cnnsim.errors import InputError
from cnnsim.trace import dense, dense_bias_gradient, dense_input_gradient, dense_weight_gradient


@st.composite
def layers(draw):
    inputs, outputs = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    numbers = np.random.default_rng(draw(SEEDS))
    return dense(*(numbers.standard_normal(shape) for shape in (inputs, (outputs, inputs), outputs)))


@given(layers(), st.data())
def test_trace_is_rule_is_engine_is_naive_loop(trace, data):
    rule = trace.rule
    np.testing.assert_array_equal(assembled(trace), rule.output)
    arguments = rule.x, rule.w, np.ascontiguousarray(rule.b[:, 0])
    for reference in (functional, naive):
        close(rule.output.T, reference.linear(*arguments))
    cell = draw_cell(data, trace)
    multiplies, endings = check_contributions(trace, cell, {"input": rule.x, "kernel": rule.w})
    assert len(multiplies) == rule.x.size
    assert endings[0].value == multiplies[-1].so_far
    assert endings[1].value == endings[0].value + rule.b[cell]


@given(layers(), SEEDS, st.data())
def test_gradients_are_the_engines_and_the_naive_loops(forward, seed, data):
    rule, g = forward.rule, gradient_like(forward.rule.output, seed)
    traces = [make(forward, g) for make in (dense_input_gradient, dense_weight_gradient, dense_bias_gradient)]
    for reference in (functional, naive):
        expected = reference.linear_backward(
            np.ascontiguousarray(g.T), rule.x, rule.w, np.ascontiguousarray(rule.b[:, 0])
        )
        for trace, gradient in zip(traces, expected, strict=True):
            close(trace.rule.output.ravel(), gradient.ravel())
    for trace in traces:
        np.testing.assert_array_equal(assembled(trace), trace.rule.output)
        check_contributions(trace, draw_cell(data, trace), {"input": rule.x, "kernel": rule.w, "gradient": g})


@given(layers(), SEEDS, st.data())
def test_gradients_are_slopes_of_the_loss(forward, seed, data):
    rule, g = forward.rule, gradient_like(forward.rule.output, seed)
    arrays = [np.array(array) for array in (rule.x, rule.w, rule.b)]

    def loss():
        return float((dense(*arrays).rule.output * g).sum())

    gradients = (dense_input_gradient, dense_weight_gradient, dense_bias_gradient)
    for array, gradient in zip(arrays, gradients, strict=True):
        trace = gradient(forward, g)
        cell = draw_cell(data, trace)
        assert naive.slope(loss, array, cell) == pytest.approx(trace.rule.output[cell], abs=1e-7)


def test_pytorch_computes_the_same():
    torch = pytest.importorskip("torch", reason="compares with PyTorch")
    numbers = np.random.default_rng(3)
    arrays = [numbers.standard_normal(shape) for shape in (6, (4, 6), 4)]
    x, w, b = (torch.tensor(array, requires_grad=True) for array in arrays)
    y = torch.nn.functional.linear(x, w, b)
    g = numbers.standard_normal(4)
    y.backward(torch.tensor(g))
    forward = dense(*arrays)
    close(forward.rule.output.ravel(), y.detach().numpy())
    close(dense_input_gradient(forward, g).rule.output.ravel(), x.grad.numpy())
    close(dense_weight_gradient(forward, g).rule.output, w.grad.numpy())
    close(dense_bias_gradient(forward, g).rule.output.ravel(), b.grad.numpy())


def test_a_weight_gradient_is_an_outer_product():
    rule = dense_weight_gradient(dense([1, 0, -2], np.ones((2, 3))), [3, 5]).rule
    np.testing.assert_array_equal(rule.output, [[3, 0, -6], [5, 0, -10]])


def test_one_bias_is_for_all_and_none_is_zero():
    np.testing.assert_array_equal(dense([1], [[2], [3]], 10).rule.output, [[12], [13]])
    np.testing.assert_array_equal(dense([[1]], [[2], [3]]).rule.output, [[2], [3]])


def test_on_wide_layers_steps_still_end_in_the_outputs_bits():
    numbers = np.random.default_rng(1)
    forward = dense(*(numbers.standard_normal(shape) for shape in (401, (37, 401), 37)))
    g = numbers.standard_normal(37)
    gradients = (dense_weight_gradient, dense_input_gradient, dense_bias_gradient)
    for trace in (forward, *(gradient(forward, g) for gradient in gradients)):
        rule = trace.rule
        finished = [rule.after(cell, rule.combined(rule.values(cell)))[-1] for cell in np.ndindex(*rule.output.shape)]
        np.testing.assert_array_equal(np.reshape(finished, rule.output.shape), rule.output)


def test_long_traces_take_no_memory():
    trace = dense(np.zeros(5000), np.zeros((5000, 5000)))
    assert len(trace) == 5000 * 5002
    assert isinstance(trace.ends, range)
    assert trace[10**7].index == 10**7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [[1]]), r"w=array of shape \(1, 1\) does not fit 2 input values"),
        (([[1, 2], [3, 4]], [[1, 2]]), r"x=array of shape \(2, 2\) is no vector"),
        (([1], [[1], [2]], [1, 2, 3]), r"b=array of shape \(3,\) does not fit 2 outputs"),
        (([], [[1]]), "x=.* is no grid"),
        (([np.inf], [[1]]), "not finite"),
    ],
)
def test_impossible_input_is_refused_in_words(arguments, message):
    with pytest.raises(InputError, match=message):
        dense(*arguments)


@pytest.mark.parametrize("gradient", [dense_weight_gradient, dense_bias_gradient, dense_input_gradient])
def test_a_gradient_that_does_not_fit_is_refused(gradient):
    with pytest.raises(InputError, match=r"g=array of shape \(3,\) does not fit 2 outputs"):
        gradient(dense([1], [[1], [2]]), [1, 2, 3])
