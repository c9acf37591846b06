import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_walks import draw_cell

from cnnsim.trace import (
    activation,
    activation_gradient,
    dense,
    dense_bias_gradient,
    dense_input_gradient,
    dense_weight_gradient,
    dropout,
    dropout_gradient,
    flatten,
    flatten_gradient,
)
from cnnsim.trace.uses import sources, uses

MAPS = np.arange(24.0).reshape(2, 3, 4)
LAYER = dense(np.arange(5.0), np.arange(15.0).reshape(3, 5))
TRACES = {
    "activation": activation(MAPS),
    "activation gradient": activation_gradient(activation(MAPS)),
    "dense": LAYER,
    "weight gradient": dense_weight_gradient(LAYER),
    "bias gradient": dense_bias_gradient(LAYER),
    "input gradient": dense_input_gradient(LAYER),
    "dropout": dropout(MAPS),
    "dropout gradient": dropout_gradient(dropout(MAPS)),
    "flatten": flatten(MAPS),
    "flatten gradient": flatten_gradient(flatten(MAPS)),
}


def tuples(places):
    return [tuple(place) for place in places.tolist()]


def contributions(rule):
    """Every (cell, number, [(operand, place) of its factors])."""
    for cell in np.ndindex(*rule.output.shape):
        for number in range(len(rule.values(cell))):
            yield cell, number, [(part.operand, part.place) for part in rule.contribution(cell, number).factors]


@pytest.mark.parametrize("name", TRACES)
@given(data=st.data())
def test_sources_are_the_factors_in_order(name, data):
    rule = TRACES[name].rule
    cell = draw_cell(data, TRACES[name])
    expected = {}
    for found, _, factors in contributions(rule):
        for operand, place in factors if found == cell else ():
            expected.setdefault(operand, []).append(place)
    assert {operand: tuples(places) for operand, places in sources(rule, cell).items()} == expected


@pytest.mark.parametrize("name", TRACES)
def test_uses_are_what_a_search_finds(name):
    rule = TRACES[name].rule
    for operand, place in {factor for _, _, factors in contributions(rule) for factor in factors}:
        met = uses(rule, operand, place)
        found = [
            (cell, number, factors) for cell, number, factors in contributions(rule) if (operand, place) in factors
        ]
        assert list(zip(tuples(met.cells), met.numbers.tolist(), strict=True)) == [(c, n) for c, n, _ in found]
        others = [other for *_, factors in found for other in factors if other != (operand, place)]
        assert [(name, other) for name, places in met.partners.items() for other in tuples(places)] == others


def test_what_is_no_factor_is_used_nowhere():
    assert len(uses(TRACES["input gradient"].rule, "input", (0, 2)).cells) == 0


def test_a_value_before_the_function_lights_the_gradient_at_its_place():
    met = uses(TRACES["activation gradient"].rule, "input", (1, 2, 3))
    assert tuples(met.cells) == tuples(met.partners["derivative"]) == [(1, 2, 3)]
