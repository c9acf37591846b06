import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_walks import SEEDS, assembled, check_contributions, close, draw_cell, gradient_like

from cnnsim import functional
from cnnsim.errors import InputError
from cnnsim.trace import dropout, dropout_gradient


@st.composite
def dropouts(draw):
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5)))
    options = draw(st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0])), draw(st.booleans())
    seed, number = draw(st.integers(0, 1000)), draw(st.integers(0, 50))
    x = np.random.default_rng(draw(SEEDS)).standard_normal(shape)
    return dropout(x, *options, seed=seed, draw=number), seed + number


@given(dropouts(), st.data())
def test_trace_is_rule_is_engine_is_naive_loop(drawn, data):
    trace, seed = drawn
    rule = trace.rule
    np.testing.assert_array_equal(assembled(trace), rule.output)
    np.testing.assert_array_equal(rule.output, functional.dropout(rule.x, rule.p, rule.training, seed=seed))
    kept = 1 / (1 - rule.p) if rule.training and rule.p < 1 else float(not rule.training)
    naive = [kept * x if stays else 0 for x, stays in zip(rule.x.ravel(), rule.mask.ravel(), strict=True)]
    close(rule.output.ravel(), naive)
    (product,), (end,) = check_contributions(
        trace, draw_cell(data, trace), {"input": rule.x, "mask": rule.mask}, combine=math.fsum
    )
    assert end.value == product.so_far * rule.scale


@given(dropouts(), SEEDS, st.data())
def test_the_gradient_meets_the_same_mask(drawn, seed_of_g, data):
    forward, seed = drawn
    rule, g = forward.rule, gradient_like(forward.rule.output, seed_of_g)
    trace = dropout_gradient(forward, g)
    np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    np.testing.assert_array_equal(
        trace.rule.output, functional.dropout_backward(g, rule.x, rule.p, rule.training, seed=seed)
    )
    check_contributions(trace, draw_cell(data, trace), {"gradient": g, "mask": rule.mask})
    assert ((trace.rule.output == 0) == (rule.output == 0)).all()


def test_every_training_step_draws_another_mask_and_a_seed_repeats_them():
    x = np.ones((6, 6))
    masks = [dropout(x, draw=draw).rule.mask for draw in range(8)]
    assert len({mask.tobytes() for mask in masks}) == 8
    np.testing.assert_array_equal(dropout(x, draw=3).rule.mask, masks[3])


def test_the_mean_stays_over_many_draws():
    x = np.arange(12.0).reshape(3, 4)
    mean = np.mean([dropout(x, 0.25, draw=draw).rule.output[0] for draw in range(4000)], axis=0)
    np.testing.assert_allclose(mean, x, rtol=0.05)


def test_in_use_every_cell_passes():
    x = np.arange(12.0).reshape(3, 4)
    trace = dropout(x, training=False)
    np.testing.assert_array_equal(trace.rule.output[0], x)
    np.testing.assert_array_equal(dropout_gradient(trace, x).rule.output[0], x)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"p": 1.5}, "p=1.5 is not in 0 ≤ p ≤ 1: try 0.5"),
        ({"p": -0.1}, "p=-0.1 is not in 0 ≤ p ≤ 1"),
        ({"p": math.nan}, "p=nan is not finite"),
        ({"seed": -1}, "seed=-1 is less than 0"),
        ({"draw": -1}, "draw=-1 is less than 0"),
        ({"draw": 0.5}, "draw=0.5 is no whole number"),
    ],
)
def test_impossible_input_is_refused_in_words(options, message):
    with pytest.raises(InputError, match=message):
        dropout([[1]], **options)
