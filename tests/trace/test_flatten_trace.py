import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_walks import SEEDS, assembled, check_contributions, draw_cell

from cnnsim.errors import InputError
from cnnsim.trace import flatten, flatten_gradient


@st.composite
def flattenings(draw):
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4)))
    return flatten(np.random.default_rng(draw(SEEDS)).standard_normal(shape))


@given(flattenings(), st.data())
def test_trace_is_rule_is_reading_order(trace, data):
    x = trace.rule.x
    np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    naive = [x[c, i, j] for c in range(x.shape[0]) for i in range(x.shape[1]) for j in range(x.shape[2])]
    np.testing.assert_array_equal(trace.rule.output, [naive])
    cell = draw_cell(data, trace)
    (look,), (end,) = check_contributions(trace, cell, {"input": x})
    c, i, j = look.contribution.factors[0].place
    assert cell == (0, (c * x.shape[1] + i) * x.shape[2] + j)
    assert end.kind == "copy"


@given(flattenings(), SEEDS, st.data())
def test_the_gradient_goes_back_to_where_the_value_came_from(forward, seed, data):
    g = np.random.default_rng(seed).standard_normal(forward.rule.x.size)
    trace = flatten_gradient(forward, g)
    np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    cell = draw_cell(data, trace)
    (look,), _ = check_contributions(trace, cell, {"gradient": g[None]})
    place = look.contribution.factors[0].place
    assert forward.rule.source(place) == cell
    assert trace.rule.output[cell] == g[place[1]]


def test_pytorch_reads_in_the_same_order():
    torch = pytest.importorskip("torch", reason="compares with PyTorch")
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    tensor = torch.tensor(x[None], requires_grad=True)
    y, g = torch.flatten(tensor, 1), np.arange(24.0)
    y.backward(torch.tensor(g[None]))
    np.testing.assert_array_equal(flatten(x).rule.output, y.detach().numpy())
    np.testing.assert_array_equal(flatten_gradient(flatten(x), g).rule.output, tensor.grad.numpy()[0])


def test_a_gradient_that_does_not_fit_is_refused():
    with pytest.raises(InputError, match=r"g=array of shape \(3,\) does not fit 2 cells"):
        flatten_gradient(flatten([[1, 2]]), [1, 2, 3])
