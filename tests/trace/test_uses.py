import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnsim import gallery
from cnnsim.errors import InputError
from cnnsim.trace import (
    activation,
    activation_gradient,
    bias_gradient,
    convolution,
    convolution_1d,
    input_gradient,
    input_gradient_1d,
    kernel_gradient,
    kernel_gradient_1d,
    transposed_convolution,
    transposed_input_gradient,
    transposed_kernel_gradient,
)
from cnnsim.trace.cellwise import cell_at
from cnnsim.trace.uses import sources, uses

KINDS = ("convolution", "kernel gradient", "bias gradient", "input gradient")


def rule_of(kind, forward):
    return {
        "convolution": lambda f: f,
        "kernel gradient": kernel_gradient,
        "bias gradient": bias_gradient,
        "input gradient": input_gradient,
    }[kind](forward).rule


@st.composite
def convolutions(draw):
    groups, outs, channels = (draw(st.integers(1, 2)) for _ in range(3))
    size = draw(st.integers(3, 6)), draw(st.integers(3, 6))
    kernel = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    options = {
        "stride": draw(st.integers(1, 3)),
        "padding": tuple(draw(st.integers(0, 2)) for _ in range(4)),
        "padding_mode": draw(st.sampled_from(["zeros", "replicate", "reflect", "circular"])),
        "dilation": draw(st.integers(1, 2)),
        "groups": groups,
        "flip": draw(st.booleans()),
    }
    x = random.normal(size=(groups * channels, *size))
    w = random.normal(size=(groups * outs, channels, *kernel))
    try:
        return convolution(x, w, **options)
    except InputError:
        return convolution(x, w, groups=groups)


def recast_rules():
    """Rules that are others in another part."""
    rng = np.random.default_rng(3)
    signals = convolution_1d(rng.normal(size=(2, 7)), rng.normal(size=(3, 2, 3)), stride=2, padding=1)
    yield from (signals, kernel_gradient_1d(signals), input_gradient_1d(signals))
    turned = transposed_convolution(
        rng.normal(size=(4, 3, 3)), rng.normal(size=(4, 3, 2, 3)), stride=2, padding=1, groups=2
    )
    yield from (turned, transposed_input_gradient(turned), transposed_kernel_gradient(turned))


def searched(rule):
    """Every factor of every contribution: from (operand, place) to its (cell, number, other factors)."""
    found = {}
    for order in range(rule.output.size):
        cell = cell_at(rule, order)
        for number in range(len(rule.values(cell))):
            factors = [(part.operand, part.place) for part in rule.contribution(cell, number).factors]
            for factor in factors:
                others = tuple(other for other in factors if other != factor)
                found.setdefault(factor, set()).add((cell, number, others))
    return found


def tuples(places):
    return [tuple(place) for place in places.tolist()]


@pytest.mark.parametrize("kind", KINDS)
@given(forward=convolutions(), data=st.data())
@settings(max_examples=25, deadline=None)
def test_closed_forms_find_what_a_search_finds(kind, forward, data):
    rule = rule_of(kind, forward)
    found = searched(rule)
    operand, place = data.draw(st.sampled_from(sorted(found)))
    met = uses(rule, operand, place)
    assert len(met.cells) == len(met.numbers) == len(found[operand, place])
    pairs = {(cell, number) for cell, number, _ in found[operand, place]}
    assert set(zip(tuples(met.cells), met.numbers.tolist(), strict=True)) == pairs
    partners = {other for _, _, others in found[operand, place] for other in others}
    assert {(name, other) for name, places in met.partners.items() for other in tuples(places)} == partners


@pytest.mark.parametrize("kind", KINDS)
@given(forward=convolutions(), data=st.data())
@settings(max_examples=25, deadline=None)
def test_the_sources_of_a_cell_are_its_factors_in_order(kind, forward, data):
    rule = rule_of(kind, forward)
    cell = cell_at(rule, data.draw(st.integers(0, rule.output.size - 1)))
    expected = {}
    for number in range(len(rule.values(cell))):
        for part in rule.contribution(cell, number).factors:
            expected.setdefault(part.operand, []).append(part.place)
    assert {name: tuples(places) for name, places in sources(rule, cell).items() if len(places)} == expected


@pytest.mark.parametrize("number", range(6))
def test_rules_in_another_part_find_what_a_search_finds(number):
    rule = list(recast_rules())[number].rule
    found = searched(rule)
    for (operand, place), expected in list(found.items())[::5]:
        met = uses(rule, operand, place)
        pairs = set(zip(tuples(met.cells), met.numbers.tolist(), strict=True))
        assert pairs == {(cell, count) for cell, count, _ in expected}
        partners = {(name, other) for name, places in met.partners.items() for other in tuples(places)}
        assert partners == {other for _, _, others in expected for other in others}
    cell = cell_at(rule, rule.output.size // 2)
    read = {name: tuples(places) for name, places in sources(rule, cell).items()}
    for count in range(len(rule.values(cell))):
        for part in rule.contribution(cell, count).factors:
            assert read[part.operand][count] == part.place


def test_a_cell_that_no_window_sees_is_used_nowhere():
    forward = convolution(np.ones((5, 5)), np.ones((2, 2)), stride=3).rule
    assert len(uses(forward, "input", (0, 2, 2)).cells) == 0


def test_a_weight_meets_every_window():
    rule = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).rule
    met = uses(rule, "kernel", (0, 0, 1, 2))
    assert tuples(met.partners["input"]) == [(0, row, col) for row in (1, 2, 3) for col in (2, 3, 4)]


def test_a_bias_is_added_to_every_cell_of_its_map():
    rule = convolution(np.ones((3, 4)), np.ones((2, 1, 2, 2)), [1, 2]).rule
    met = uses(rule, "bias", (1, 0, 0))
    assert tuples(met.cells) == [(1, row, col) for row in range(2) for col in range(3)]
    assert set(met.numbers.tolist()) == {rule.counts}
    assert not met.partners


def test_a_rule_without_closed_forms_is_searched():
    rule = activation_gradient(activation([[1.0, -2.0]]), [[3.0, 4.0]]).rule
    met = uses(rule, "gradient", (0, 0, 1))
    assert (tuples(met.cells), met.numbers.tolist()) == ([(0, 0, 1)], [0])
    assert tuples(met.partners["derivative"]) == [(0, 0, 1)]
    assert tuples(sources(rule, (0, 0, 1))["gradient"]) == [(0, 0, 1)]
