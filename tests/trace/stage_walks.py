"""What every trace of stages must do, walked stage by stage."""

from math import prod

import numpy as np
from trace_walks import assembled, steps_of

from cnnsim.trace import GRAINS


def operands_of(staged, **given):
    """All tensors of a staged trace by name: those that were given, and what its stages compute."""
    return given | {stage.name: stage.trace.output for stage in staged.stages}


def check_stages(staged, operands):
    """Stages follow each other, each computes its output, and each cell from the cells that its factors name."""
    offset = 0
    for number, stage in enumerate(staged.stages):
        np.testing.assert_array_equal(assembled(stage.trace), stage.trace.output)
        for index in (0, len(stage.trace) // 2, len(stage.trace) - 1):
            step = staged[offset + index]
            assert (step.index, step.stage, step.step) == (offset + index, number, stage.trace[index])
        for cell in list(np.ndindex(stage.trace.output.shape))[:: max(1, stage.trace.output.size // 5)]:
            check_cell(stage.trace, cell, operands)
        offset += len(stage.trace)
    assert len(staged) == offset
    check_grains(staged)


def check_cell(trace, cell, operands):
    """Factors are the values at their places, a contribution is their product or quotient, and endings end in y."""
    steps = steps_of(trace, cell)
    seen = []
    for number, step in enumerate(step for step in steps if step.contribution):
        factors = step.contribution.factors
        assert (step.kind, step.number) == ("multiply", number)
        assert all(part.place is None or part.value == operands[part.operand][part.place] for part in factors)
        above = prod(part.value for part in factors if not part.divides)
        seen.append(step.contribution.value)
        np.testing.assert_allclose(seen[-1], above / prod(part.value for part in factors if part.divides), rtol=1e-14)
        combine = max if trace.rule.endings[0] == "largest" else sum
        np.testing.assert_allclose(step.so_far, combine(seen), rtol=1e-12, atol=1e-12)
    assert tuple(step.kind for step in steps[len(seen) :]) == trace.rule.endings
    assert steps[-1].y == steps[-1].value == trace.output[cell]


def check_grains(staged):
    """Every grain ends each stage, and the units of a stage are its own."""
    for grain in GRAINS:
        view = staged.at(grain)
        units = [stage.trace.at(grain) for stage in staged.stages]
        assert len(view) == sum(map(len, units))
        assert [(step.stage, step.step.index) for step in view] == [
            (number, step.index) for number, unit in enumerate(units) for step in unit
        ]
        assert view.position_of(len(staged) - 1) == len(view) - 1
