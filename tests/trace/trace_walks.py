"""What every cellwise trace must do, walked step by step, and operations to try it on."""

import naive
import numpy as np
import pytest
from hypothesis import strategies as st

from cnnsim.trace import PADDING_MODES, convolution

SEEDS = st.integers(0, 2**32 - 1)


def assembled(trace):
    """The output put together from the steps that finish a cell; each cell is finished once."""
    output = np.full(trace.rule.output.shape, np.nan)
    for index in range(len(trace)):
        step = trace[index]
        assert step.index == index
        if step.y is not None:
            assert np.isnan(output[step.cell])
            output[step.cell] = step.y
    return output


def steps_of(trace, cell):
    """All steps of one cell, the contributions first."""
    order, last = trace.order(cell), trace.last_step(cell)
    first = trace.ends[order - 1] if order else 0
    return [trace[index] for index in range(first, last + 1)]


def product(factors):
    """All factors multiplied, or divided by, one after the other."""
    value = 1.0
    for factor in factors:
        value = value / factor.value if factor.divides else value * factor.value
    return value


def check_contributions(trace, cell, operands, combine=sum):
    """Factors are the values at their places, a contribution is their product, and what they make so far is kept."""
    steps = steps_of(trace, cell)
    multiplies, endings = [s for s in steps if s.contribution], [s for s in steps if not s.contribution]
    seen = []
    for number, step in enumerate(multiplies):
        assert (step.kind, step.cell, step.number, step.value) == ("multiply", cell, number, None)
        for factor in step.contribution.factors:
            assert factor.place is None or factor.value == operands[factor.operand][factor.place]
        assert step.contribution.value == product(step.contribution.factors)
        seen.append(step.contribution.value)
        assert step.so_far == pytest.approx(combine(seen), rel=1e-12, abs=1e-12)
    assert tuple(step.kind for step in endings) == trace.rule.endings
    assert all(step.y is None for step in steps[:-1])
    assert steps[-1].y == steps[-1].value == trace.rule.output[cell]
    return multiplies, endings


def draw_cell(data, trace):
    """Any cell of the output."""
    return tuple(data.draw(st.integers(0, length - 1)) for length in trace.rule.output.shape)


@st.composite
def axes(draw, mode):
    """Cells, and the options of an axis on which a window fits."""
    size, stride, dilation = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    before, after = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    narrowest = {"reflect": max(before, after) + 1, "circular": max(before, after)}.get(mode, 1)
    least = max(1, narrowest, dilation * (size - 1) + 1 - before - after)
    return draw(st.integers(least, least + 3)), size, stride, dilation, (before, after)


@st.composite
def convolutions(draw, modes=PADDING_MODES):
    mode, groups = draw(st.sampled_from(modes)), draw(st.integers(1, 2))
    (h, kh, sr, dr, rows), (w, kw, sc, dc, cols) = draw(axes(mode)), draw(axes(mode))
    channels, outs = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    numbers = np.random.default_rng(draw(SEEDS))
    return convolution(
        numbers.standard_normal((groups * channels, h, w)),
        numbers.standard_normal((groups * outs, channels, kh, kw)),
        numbers.standard_normal(groups * outs),
        stride=(sr, sc),
        padding=rows + cols,
        padding_mode=mode,
        dilation=(dr, dc),
        groups=groups,
        flip=draw(st.booleans()),
    )


def gradient_like(output, seed):
    return np.random.default_rng(seed).standard_normal(output.shape)


def naive_padded(rule):
    """The padded input (1, C, H, W), and the arguments of the naive convolution that then pads no more."""
    rows, cols = rule.geometry.rows, rule.geometry.cols
    sides = (cols.before, cols.after, rows.before, rows.after)
    mode = "constant" if rule.geometry.mode == "zeros" else rule.geometry.mode
    options = {"stride": (rows.stride, cols.stride), "dilation": (rows.dilation, cols.dilation), "groups": rule.groups}
    return naive.pad(rule.x[None], sides, mode), sides, mode, options | {"flip": rule.flip}


def engine_options(rule):
    """The same convolution in the words of the engine."""
    rows, cols = rule.geometry.rows, rule.geometry.cols
    return {
        "stride": (rows.stride, cols.stride),
        "padding": ((rows.before, rows.after), (cols.before, cols.after)),
        "padding_mode": rule.geometry.mode,
        "dilation": (rows.dilation, cols.dilation),
        "groups": rule.groups,
        "flip": rule.flip,
    }


def close(left, right):
    np.testing.assert_allclose(left, right, rtol=1e-11, atol=1e-11)
