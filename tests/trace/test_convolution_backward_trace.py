import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_walks import (
    SEEDS,
    assembled,
    check_contributions,
    close,
    convolutions,
    draw_cell,
    engine_options,
    gradient_like,
    naive_padded,
)

from cnnsim import functional, gallery
from cnnsim.errors import InputError
from cnnsim.trace import (
    PADDING_MODES,
    bias_gradient,
    convolution,
    input_gradient,
    input_gradient_scatter,
    kernel_gradient,
)

GRADIENTS = (kernel_gradient, bias_gradient, input_gradient, input_gradient_scatter)


def operands(rule, g):
    return {"gradient": g, "input": rule.padded, "kernel": rule.applied}


@given(convolutions(), SEEDS)
def test_traces_are_rules_are_the_engine_is_the_naive_loop(forward, seed):
    rule = forward.rule
    g = gradient_like(rule.output, seed)
    traces = [make(forward, g) for make in (input_gradient, kernel_gradient, bias_gradient)]
    for trace in traces:
        np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    dx, dw, db = (trace.rule.output for trace in traces)
    dw, db = dw[..., ::-1, ::-1] if rule.flip else dw, db[:, 0, 0]
    for mine, engine in zip(
        (dx[None], dw, db),
        functional.conv2d_backward(g[None], rule.x[None], rule.w, rule.b, **engine_options(rule)),
        strict=True,
    ):
        close(mine, engine)
    padded, sides, mode, options = naive_padded(rule)
    d_padded, *loops = naive.conv2d_backward(g[None], padded, rule.w, rule.b, **options)
    close(dx, naive.pad_backward(d_padded, rule.x[None], sides, mode)[0])
    for mine, loop in zip((dw, db), loops, strict=True):
        close(mine, loop)


@given(convolutions(), SEEDS, st.data())
def test_a_weight_meets_every_g_of_its_map_once(forward, seed, data):
    g = gradient_like(forward.rule.output, seed)
    trace = kernel_gradient(forward, g)
    cell = draw_cell(data, trace)
    multiplies, (total,) = check_contributions(trace, cell, operands(forward.rule, g))
    places = [step.contribution.factors[0].place for step in multiplies]
    assert places == [(cell[0], m, n) for m, n in np.ndindex(*g.shape[1:])]
    assert total.kind == "sum"
    np.testing.assert_array_equal(trace.rule.seen(cell) * g[cell[0]], trace.rule.products(cell))


@given(convolutions(), SEEDS, st.data())
def test_a_bias_takes_every_g_of_its_map_once(forward, seed, data):
    g = gradient_like(forward.rule.output, seed)
    trace = bias_gradient(forward, g)
    cell = draw_cell(data, trace)
    multiplies, _ = check_contributions(trace, cell, operands(forward.rule, g))
    assert [step.contribution.value for step in multiplies] == g[cell[0]].ravel().tolist()


@given(convolutions(), SEEDS, st.data())
def test_an_input_cell_takes_g_back_through_the_weight_that_lay_on_it(forward, seed, data):
    rule = forward.rule
    g = gradient_like(rule.output, seed)
    trace = input_gradient(forward, g)
    cell = draw_cell(data, trace)
    multiplies, _ = check_contributions(trace, cell, operands(rule, g))
    rows, cols = (axis.sources(rule.geometry.mode) for axis in (rule.geometry.rows, rule.geometry.cols))
    met = []
    for step in multiplies:
        (o, m, n), (same_o, c, r, t) = (factor.place for factor in step.contribution.factors)
        row, col = rule.geometry.place(m, n, r, t)
        assert o == same_o
        assert (rule.first_channel(o) + c, rows[row], cols[col]) == cell
        met.append((o, m, n, r, t))
    assert len(set(met)) == len(met)
    np.testing.assert_array_equal(trace.rule.products(cell).ravel(), trace.rule.values(cell))


@given(convolutions())
@settings(max_examples=20)
def test_every_product_goes_to_exactly_one_input_cell_or_to_a_zero(forward):
    rule = forward.rule
    on_cells = int(input_gradient(forward).rule.counts.sum())
    on_zeros = int((rule.geometry.seen() == rule.x[0].size).sum()) * rule.w[:, :, 0, 0].size
    assert on_cells + on_zeros == rule.output.size * rule.w[0].size


@given(convolutions(), SEEDS)
@settings(max_examples=15)
def test_gradients_are_slopes_of_the_loss(forward, seed):
    rule = forward.rule
    g = gradient_like(rule.output, seed)
    geometry = rule.geometry
    sides = (geometry.rows.before, geometry.rows.after, geometry.cols.before, geometry.cols.after)
    options = {
        "stride": (geometry.rows.stride, geometry.cols.stride),
        "padding": sides,
        "padding_mode": geometry.mode,
        "dilation": (geometry.rows.dilation, geometry.cols.dilation),
        "groups": rule.groups,
    }
    x, w, b = rule.x.copy(), rule.applied.copy(), rule.b.copy()

    def loss():
        return (g * convolution(x, w, b, **options).rule.output).sum()

    for gradient, array in ((input_gradient, x), (kernel_gradient, w), (bias_gradient, b)):
        place = np.unravel_index(seed % array.size, array.shape)
        found = gradient(forward, g).rule.output.reshape(array.shape)[place]
        assert naive.slope(loss, array, place) == pytest.approx(found, rel=1e-5, abs=1e-7)


def test_the_lecture_example():
    forward = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))
    dx = [[1, 1, 2, 1, 1], [1, 2, 3, 2, 1], [2, 3, 5, 3, 2], [1, 2, 3, 2, 1], [1, 1, 2, 1, 1]]
    np.testing.assert_array_equal(assembled(kernel_gradient(forward))[0, 0], [[6, 7, 6], [4, 7, 7], [4, 6, 6]])
    np.testing.assert_array_equal(assembled(input_gradient(forward))[0], dx)
    np.testing.assert_array_equal(assembled(bias_gradient(forward)), [[[9]]])
    np.testing.assert_array_equal(input_gradient_scatter(forward).partial(-1)[0], dx)


def test_with_stride_1_the_input_gradient_is_a_full_convolution_with_the_turned_kernel():
    x, w = gallery.image("random", 6), gallery.image("random", 3, seed=1)
    g = gallery.image("random", 4, seed=2)
    full = convolution(g, w, padding=2, flip=True).rule.output
    np.testing.assert_array_equal(input_gradient(convolution(x, w), g).rule.output, full)


def test_a_cell_that_no_window_covers_takes_one_step_and_is_zero():
    trace = input_gradient(convolution(np.ones((4, 4)), np.ones((2, 2)), stride=3))
    step = trace[trace.last_step((0, 2, 2))]
    assert (step.kind, step.number, step.so_far, step.y) == ("sum", 0, 0.0, 0.0)
    assert trace[step.index - 1].y is not None


@given(convolutions(), SEEDS)
@settings(max_examples=20)
def test_grains_show_the_last_step_of_each_unit(forward, seed):
    g = gradient_like(forward.rule.output, seed)
    for make in (kernel_gradient, bias_gradient, input_gradient):
        trace = make(forward, g)
        output = trace.rule.output
        assert [step.y for step in trace.at("cell")] == output.ravel().tolist()
        assert [step.y for step in trace.at("row")] == output[..., -1].ravel().tolist()
        assert [step.y for step in trace.at("map")] == output[..., -1, -1].ravel().tolist()


@pytest.mark.parametrize(("make", "ends"), [(kernel_gradient, 2 * 49), (input_gradient, 512 * 512)])
def test_a_step_of_a_long_trace_costs_one_cell(make, ends, monkeypatch):
    trace = make(convolution(np.ones((1, 512, 512)), np.ones((2, 1, 7, 7))))
    assert len(trace) > 2 * 10**7
    assert len(trace.ends) == ends
    values, asked = type(trace.rule).values, []
    monkeypatch.setattr(type(trace.rule), "values", lambda rule, cell: asked.append(cell) or values(rule, cell))
    step = trace[12_345_678]
    assert asked == [step.cell]
    assert step.so_far == step.number + 1


@pytest.mark.parametrize("make", GRADIENTS)
@pytest.mark.parametrize(
    ("g", "message"),
    [
        (np.ones((2, 3)), r"g=array of shape \(1, 2, 3\) is not \(1, 3, 3\): give one value a cell of y"),
        (np.ones((2, 3, 3)), r"g=array of shape \(2, 3, 3\) is not"),
        (np.ones(3), "is no grid"),
        ([[1, 2], [3]], "g=.* is no grid of numbers"),
        (np.full((3, 3), np.nan), "has a cell that is not finite"),
    ],
)
def test_a_gradient_that_does_not_fit_is_refused(make, g, message):
    with pytest.raises(InputError, match=message):
        make(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")), g)


@pytest.mark.parametrize("mode", PADDING_MODES)
def test_gradients_cannot_be_written_to(mode):
    forward = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"), padding=1, padding_mode=mode)
    for make in (kernel_gradient, bias_gradient, input_gradient):
        with pytest.raises(ValueError, match="read-only"):
            make(forward).rule.output[...] = 1
