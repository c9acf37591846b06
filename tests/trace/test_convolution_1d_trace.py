import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_walks import SEEDS, assembled, axes, check_contributions, close, draw_cell, gradient_like

from cnnsim import functional
from cnnsim.errors import InputError
from cnnsim.trace import (
    GRAINS,
    PADDING_MODES,
    bias_gradient_1d,
    convolution_1d,
    full_input_gradient_1d,
    input_gradient_1d,
    input_gradient_scatter_1d,
    kernel_gradient_1d,
    uses,
)


@st.composite
def signals(draw, modes=PADDING_MODES):
    """A convolution of signals, and the options of the engine's."""
    mode, groups = draw(st.sampled_from(modes)), draw(st.integers(1, 2))
    length, size, stride, dilation, sides = draw(axes(mode))
    channels, outs = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    numbers = np.random.default_rng(draw(SEEDS))
    x = numbers.standard_normal((groups * channels, length))
    w, b = numbers.standard_normal((groups * outs, channels, size)), numbers.standard_normal(groups * outs)
    options = {
        "stride": stride,
        "padding_mode": mode,
        "dilation": dilation,
        "groups": groups,
        "flip": draw(st.booleans()),
    }
    return convolution_1d(x, w, b, padding=sides, **options), (x, w, b), {**options, "padding": (sides,)}


def naive_1d(rule):
    """y[o, i] = b[o] + Σ w[o, c, r] · x[c, i·s + r·d], in loops."""
    inner, geometry = rule.rule, rule.rule.geometry.cols
    y = np.zeros(rule.output.shape)
    for o, _, i in np.ndindex(*y.shape):
        y[o, 0, i] = inner.b[o]
        for c, r in np.ndindex(inner.w.shape[1], geometry.size):
            weight = inner.w[o, c, 0, geometry.size - 1 - r if inner.flip else r]
            y[o, 0, i] += (
                weight * inner.padded[inner.first_channel(o) + c, 0, i * geometry.stride + r * geometry.dilation]
            )
    return y


@given(signals())
def test_the_trace_is_the_engine_is_the_naive_loop(case):
    trace, (x, w, b), options = case
    np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    close(trace.rule.output[:, 0], functional.conv1d(x[None], w, b, **options)[0])
    close(trace.rule.output, naive_1d(trace.rule))


@given(signals(), SEEDS)
def test_the_gradients_are_the_engines(case, seed):
    forward, (x, w, b), options = case
    g = gradient_like(forward.rule.output[:, 0], seed)
    traces = [make(forward, g) for make in (input_gradient_1d, kernel_gradient_1d, bias_gradient_1d)]
    for trace in traces:
        np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    dx, dw, db = (trace.rule.output for trace in traces)
    dw = dw[..., ::-1] if options["flip"] else dw
    engine = functional.conv1d_backward(g[None], x[None], w, b, **options)
    for mine, theirs in zip((dx[None, :, 0], dw[:, :, 0], db[:, 0, 0]), engine, strict=True):
        close(mine, theirs)
    spread = input_gradient_scatter_1d(forward, g)
    assert spread.of is forward.rule
    close(spread.partial(-1), dx)


@given(signals(), SEEDS, st.data())
def test_every_step_is_one_product(case, seed, data):
    forward, _, _ = case
    inner = forward.rule.rule
    g = gradient_like(forward.rule.output, seed)
    operands = {"gradient": g, "input": inner.padded, "kernel": inner.applied}
    for trace in (forward, *(make(forward, g) for make in (input_gradient_1d, kernel_gradient_1d, bias_gradient_1d))):
        check_contributions(trace, draw_cell(data, trace), operands)


@given(signals(("zeros",)), SEEDS, st.data())
def test_the_full_convolution_ends_in_the_numbers_of_gathering(case, seed, data):
    forward, _, _ = case
    inner, g = forward.rule.rule, gradient_like(forward.rule.output[:, 0], seed)
    trace = full_input_gradient_1d(forward, g)
    np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    close(trace.rule.output, input_gradient_1d(forward, g).rule.output)
    operands = {"gradient": trace.rule.rule.stretched, "kernel": inner.applied[..., ::-1]}
    check_contributions(trace, draw_cell(data, trace), operands)
    place = tuple(data.draw(st.integers(0, length - 1)) for length in inner.w.shape)
    found = uses(trace.rule, "kernel", place)
    for cell, number in zip(found.cells.tolist(), found.numbers.tolist(), strict=True):
        factors = {part.operand: part for part in trace.rule.contribution(tuple(cell), number).factors}
        assert factors["kernel"].place == place


def test_copies_of_cells_have_no_part_in_a_full_convolution():
    with pytest.raises(InputError, match="padding_mode=circular repeats cells"):
        full_input_gradient_1d(convolution_1d([1, 2, 3], [1, 1], padding=1, padding_mode="circular"))


@given(st.integers(1, 6), st.integers(1, 4), st.integers(1, 2), SEEDS)
@settings(max_examples=30)
def test_true_convolution_is_numpys_with_each_kind_of_border(length, size, dilation, seed):
    numbers = np.random.default_rng(seed)
    x, w = numbers.standard_normal(length + dilation * size), numbers.standard_normal(size)
    spread = np.zeros(dilation * (size - 1) + 1)
    spread[::dilation] = w
    for border in ("full", "same", "valid"):
        y = convolution_1d(x, w, padding=border, dilation=dilation, flip=True).rule.output[0, 0]
        wanted = np.convolve(x, spread, border)
        if border == "same" and len(spread) % 2 == 0:  # the odd cell of padding goes to the right here
            wanted = np.convolve(x, spread, "full")[(len(spread) - 1) - (len(spread) - 1) // 2 :][: len(x)]
        close(y, wanted)


def test_full_correlation_counts_every_meeting():
    assert convolution_1d([1, 2, 3], [1, 0, -1], padding="full").rule.output[0, 0].tolist() == [-1, -2, -2, 2, 3]


def test_the_kernel_is_flipped_shifted_multiplied_accumulated():
    trace = convolution_1d([1, 2, 3], [1, 10, 100], padding="full", flip=True)
    steps = [trace[index] for index in range(10, 15)]  # s[2] = x[0]·w[2] + x[1]·w[1] + x[2]·w[0]
    assert [[factor.value for factor in step.contribution.factors] for step in steps[:3]] == [[100, 1], [10, 2], [1, 3]]
    assert [step.so_far for step in steps] == [100, 120, 123, 123, 123]
    assert steps[-1].y == 123


def test_torch_agrees():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    numbers = np.random.default_rng(3)
    x, w, b = numbers.standard_normal((4, 9)), numbers.standard_normal((2, 2, 3)), numbers.standard_normal(2)
    options = {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}
    theirs = torch.nn.functional.conv1d(*map(torch.from_numpy, (x[None], w, b)), **options)[0].numpy()
    close(convolution_1d(x, w, b, **options).rule.output[:, 0], theirs)


def test_grains_follow_the_output():
    trace = convolution_1d(np.ones((2, 5)), np.ones((3, 2, 2)))
    assert [len(trace.at(grain)) for grain in GRAINS] == [3 * 4 * 6, 12, 3, 3, 1]


@pytest.mark.parametrize(
    ("arguments", "options", "argument"),
    [
        (([[1, 2], [3]], [1]), {}, "x"),
        (([1, 2], [1, 2, 3]), {}, "kernel_size"),
        (([1, 2], [1]), {"padding": "half"}, "padding"),
        (([1, 2], [1]), {"padding": -1}, "padding"),
        (([1, 2], [1]), {"padding": (1, 2, 3)}, "padding"),
        (([1, 2], [1]), {"stride": 0}, "stride"),
        (([1, 2], [1]), {"stride": (1, 2)}, "stride"),
        (([1, 2], [1]), {"dilation": 1.5}, "dilation"),
        (([1, 2], [1]), {"padding_mode": "mirror"}, "padding_mode"),
        (([1, 2], [1, 1]), {"padding": "same", "stride": 2}, "padding"),
        (([1, 2], [[1], [2]]), {}, "w"),
    ],
)
def test_what_a_person_can_mend_is_named(arguments, options, argument):
    with pytest.raises(InputError) as error:
        convolution_1d(*arguments, **options)
    assert error.value.argument == argument


@pytest.mark.parametrize("g", [[1, 2], [[1, 2, 3]] * 2, [1, np.nan, 2]])
def test_a_gradient_has_the_shape_of_the_output(g):
    makers = (input_gradient_1d, full_input_gradient_1d, kernel_gradient_1d, bias_gradient_1d)
    for make in (*makers, input_gradient_scatter_1d):
        with pytest.raises(InputError, match="g="):
            make(convolution_1d([1, 2, 3], [1]), g)
