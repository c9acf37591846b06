"""What holds of every trace, whatever it computes: random access, grains, contributions, and uses read backwards."""

import numpy as np
import pytest
from any_settings import CASES, NAMES, any_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import share
from trace_walks import assembled, product, steps_of

from cnnsim.trace import CellwiseTrace, NetworkTrace, ScatterTrace, StagedTrace, sources, uses

SEEDS = st.integers(0, 2**32 - 1)
MOST_STEPS, MOST_CELLS = 3000, 5
every_pass = pytest.mark.parametrize(("operation", "direction"), CASES, ids=NAMES)


def over_seeds(check, operation):
    examples = 1 if operation.name == "tiny-network" else 5
    settings(max_examples=share(examples) if examples > 1 else 1)(given(SEEDS)(check))()


def leaves(trace):
    """The traces of all stages, of all passes."""
    match trace:
        case NetworkTrace():
            return [leaf for steps in trace.passes for leaf in leaves(steps)]
        case StagedTrace():
            return [leaf for stage in trace.stages for leaf in leaves(stage.trace)]
    return [trace]


def cellwise_leaves(trace):
    return [leaf for leaf in leaves(trace) if isinstance(leaf, CellwiseTrace) and len(leaf) <= MOST_STEPS]


def some(items, seed, most=MOST_CELLS):
    items = list(items)
    chosen = np.random.default_rng(seed).choice(len(items), min(most, len(items)), replace=False) if items else []
    return [items[index] for index in chosen]


@every_pass
def test_cells_end_in_the_output_and_steps_need_no_order(operation, direction):
    def check(seed):
        chosen, trace = any_settings(operation, direction, seed)
        again = chosen.trace()
        places = some(range(len(trace)), seed, 30)
        backwards = {place: repr(again[place - len(again)]) for place in sorted(places, reverse=True)}
        assert all(repr(trace[place]) == backwards[place] for place in sorted(places))
        for leaf in cellwise_leaves(trace):
            np.testing.assert_array_equal(assembled(leaf), leaf.output)
        with pytest.raises(IndexError):
            trace[len(trace)]

    over_seeds(check, operation)


@every_pass
def test_every_grain_ends_with_the_last_step(operation, direction):
    def check(seed):
        _, trace = any_settings(operation, direction, seed)
        for grain in operation.grains:
            view = trace.at(grain.key)
            assert view.base_index(-1) == len(trace) - 1
            assert repr(view[len(view) - 1]) == repr(trace[len(trace) - 1])
            for unit in some(range(len(view)), seed, 10):
                assert view.position_of(view.base_index(unit)) == unit
                assert unit == 0 or view.base_index(unit - 1) < view.base_index(unit)

    over_seeds(check, operation)


@every_pass
def test_contributions_are_products_and_make_what_there_is_so_far(operation, direction):
    def check(seed):
        _, trace = any_settings(operation, direction, seed)
        for leaf in cellwise_leaves(trace):
            for cell in some(np.ndindex(leaf.output.shape), seed):
                check_cell(leaf, cell)

    over_seeds(check, operation)


def check_cell(trace, cell):
    steps = [step for step in steps_of(trace, cell) if step.contribution]
    values = trace.rule.values(cell)
    assert len(steps) == len(values)
    for number, (step, value) in enumerate(zip(steps, values, strict=True)):
        close(step.contribution.value, product(step.contribution.factors))
        close(step.contribution.value, value)
        seen = values[: number + 1]
        assert any(np.isclose(step.so_far, made, rtol=1e-9, atol=1e-12) for made in (seen.sum(), seen.max()))


def close(left, right):
    np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-300)


@every_pass
def test_uses_are_contributions_read_backwards(operation, direction):
    def check(seed):
        _, trace = any_settings(operation, direction, seed)
        for leaf in cellwise_leaves(trace)[: 25 if isinstance(trace, NetworkTrace) else None]:
            check_uses(leaf.rule, seed)

    over_seeds(check, operation)


def check_uses(rule, seed):
    """Collect by hand where every cell of every operand takes part."""
    found = {}
    for cell in np.ndindex(rule.output.shape):
        read = {}
        for number in range(len(rule.values(cell))):
            factors = [part for part in rule.contribution(cell, number).factors if part.place is not None]
            for part in factors:
                found.setdefault((part.operand, part.place), set()).add((cell, number))
                read.setdefault(part.operand, set()).add(part.place)
        known = {operand: {tuple(place) for place in at.tolist()} for operand, at in sources(rule, cell).items()}
        assert read.get("output", set()) <= known.pop("output", set())  # a norm of 0 is looked at, but divides nothing
        read.pop("output", None)
        assert {operand: places for operand, places in known.items() if places} == read
    for (operand, place), expected in some(found.items(), seed, 12):
        answer = uses(rule, operand, place)
        cells = [tuple(cell) for cell in answer.cells.tolist()]
        assert set(zip(cells, answer.numbers.tolist(), strict=True)) == expected


SCATTERS = [
    pytest.param(operation, direction, id=name)
    for (operation, direction), name in zip(CASES, NAMES, strict=True)
    if "scatter" in str(direction) or name == "transposed-convolution: forward"
]


@pytest.mark.parametrize(("operation", "direction"), SCATTERS)
def test_a_scatter_adds_step_by_step_to_the_gathered_output(operation, direction):
    def check(seed):
        _, trace = any_settings(operation, direction, seed)
        if not isinstance(trace, ScatterTrace):
            return
        canvas = trace.partial(0).shape[1:]  # of which a transposed convolution cuts its padding off
        rows, cols = (
            slice((all_ - kept) // 2, (all_ + kept) // 2)
            for all_, kept in zip(canvas, trace.output.shape[1:], strict=True)
        )
        ended = trace.partial(len(trace) - 1)[:, rows, cols]
        np.testing.assert_allclose(ended, trace.output, rtol=1e-11, atol=1e-11)
        totals = np.broadcast_to(trace.start[:, None, None], trace.partial(0).shape).copy()
        for index in range(min(len(trace), 400)):
            step = trace[index]
            close(step.contribution.value, product(step.contribution.factors))
            if step.target is not None:
                assert step.before == totals[step.target]
                totals[step.target] += step.contribution.value
                assert step.after == totals[step.target] == trace.partial(index)[step.target]

    over_seeds(check, operation)
