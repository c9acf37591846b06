import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trace_walks import SEEDS, assembled, check_contributions, close, draw_cell, gradient_like

from cnnsim import functional, gallery
from cnnsim.errors import InputError
from cnnsim.trace import (
    GRAINS,
    convolution,
    input_gradient,
    transposed_bias_gradient,
    transposed_convolution,
    transposed_input_gradient,
    transposed_kernel_gradient,
    transposed_scatter,
)


@st.composite
def axes(draw):
    """Cells, size, stride, padding, output padding and dilation that leave something of the output."""
    n, size, stride, dilation = (draw(st.integers(1, most)) for most in (4, 3, 3, 3))
    more = draw(st.integers(0, max(stride, dilation) - 1))
    canvas = (n - 1) * stride + dilation * (size - 1) + 1 + more
    return n, size, stride, draw(st.integers(0, min((canvas - 1) // 2, 4))), more, dilation


@st.composite
def transposes(draw):
    """A transposed convolution, its operands, and the options of the engine's."""
    (h, kh, *rows), (w, kw, *cols) = draw(axes()), draw(axes())
    groups, channels, outs = draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    numbers = np.random.default_rng(draw(SEEDS))
    operands = (
        numbers.standard_normal((groups * channels, h, w)),
        numbers.standard_normal((groups * channels, outs, kh, kw)),
        numbers.standard_normal(groups * outs),
    )
    names = ("stride", "padding", "output_padding", "dilation")
    options = dict(zip(names, zip(rows, cols, strict=True), strict=True)) | {"groups": groups}
    return transposed_convolution(*operands, **options), operands, options


@given(transposes())
def test_the_trace_is_the_engine_is_the_naive_loop(case):
    trace, (x, w, b), options = case
    np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    close(trace.rule.output, functional.conv_transpose2d(x[None], w, b, **options)[0])
    close(trace.rule.output, naive.conv_transpose2d(x[None], w, b, **options)[0])


@given(transposes())
def test_stamping_ends_in_the_same_numbers_around_which_the_padding_is_cut_off(case):
    trace, (x, w, _), _ = case
    rule, stamps = trace.rule, transposed_scatter(trace)
    assert len(stamps) == x.size * w[0].size
    canvas = np.broadcast_to(rule.b[:, None, None], (len(rule.b), rule.rows.canvas, rule.cols.canvas)).copy()
    for index in range(len(stamps)):
        step = stamps[index]
        assert step.before == canvas[step.target]
        canvas[step.target] += step.contribution.value
        assert step.after == canvas[step.target]
    np.testing.assert_array_equal(stamps.partial(-1), canvas)
    p, q = rule.rows.crop, rule.cols.crop
    close(canvas[:, p : canvas.shape[1] - p, q : canvas.shape[2] - q], rule.output)
    assert stamps.output is rule.output
    assert stamps.of is rule


@given(transposes(), SEEDS)
def test_the_gradients_are_the_engines_and_the_naive_loops(case, seed):
    forward, (x, w, b), options = case
    g = gradient_like(forward.rule.output, seed)
    makers = (transposed_input_gradient, transposed_kernel_gradient, transposed_bias_gradient)
    traces = [make(forward, g) for make in makers]
    for trace in traces:
        np.testing.assert_array_equal(assembled(trace), trace.rule.output)
    dx, dw, db = (trace.rule.output for trace in traces)
    for reference in (functional, naive):
        theirs = reference.conv_transpose2d_backward(g[None], x[None], w, b, **options)
        for mine, other in zip((dx[None], dw, db[:, 0, 0]), theirs, strict=True):
            close(mine, other)


@given(transposes(), SEEDS)
@settings(max_examples=15)
def test_gradients_are_slopes_of_the_loss(case, seed):
    forward, (x, w, b), options = case
    g = gradient_like(forward.rule.output, seed)

    def loss():
        return float((g * transposed_convolution(x, w, b, **options).rule.output).sum())

    for make, operand in ((transposed_input_gradient, x), (transposed_kernel_gradient, w)):
        np.testing.assert_allclose(naive.gradient(loss, operand), make(forward, g).rule.output, rtol=1e-5, atol=1e-6)


@given(transposes(), SEEDS, st.data())
def test_every_step_is_one_product(case, seed, data):
    forward, _, _ = case
    rule, g = forward.rule, gradient_like(forward.rule.output, seed)
    crops = ((0, 0), (rule.rows.crop,) * 2, (rule.cols.crop,) * 2)
    turned = rule.w[..., ::-1, ::-1]
    check_contributions(forward, draw_cell(data, forward), {"input": rule.stretched, "kernel": turned})
    operands = {"input": rule.x, "kernel": rule.w, "gradient": np.pad(g, crops)}
    for make in (transposed_input_gradient, transposed_kernel_gradient):
        trace = make(forward, g)
        check_contributions(trace, draw_cell(data, trace), operands)
    trace = transposed_bias_gradient(forward, g)
    check_contributions(trace, draw_cell(data, trace), {"gradient": g})


@given(transposes())
@settings(max_examples=30)
def test_the_stretched_input_holds_the_input_and_nothing_else(case):
    rule = case[0].rule
    kept = []
    for (top, bottom), axis, length in zip(
        (rule.rows.border, rule.cols.border), (rule.rows, rule.cols), rule.stretched.shape[1:], strict=True
    ):
        assert length == (axis.n - 1) * axis.stride + 1 + top + bottom
        kept.append([i for i in range(axis.n) if 0 <= i * axis.stride + top < length])
    where = np.ix_(
        range(len(rule.x)),
        *([i * a.stride + a.border[0] for i in k] for k, a in zip(kept, (rule.rows, rule.cols), strict=True)),
    )
    np.testing.assert_array_equal(rule.stretched[where], rule.x[np.ix_(range(len(rule.x)), *kept)])
    assert np.count_nonzero(rule.stretched) == rule.stretched[where].size


def test_it_is_the_input_gradient_of_the_convolution_with_the_same_kernel():
    g = np.arange(9.0).reshape(3, 3)
    kernel = gallery.kernel("emboss")
    forward = convolution(gallery.LECTURE_IMAGE, kernel, padding=0)
    wanted = input_gradient(forward, g).rule.output
    np.testing.assert_array_equal(transposed_convolution(g, kernel).rule.output, wanted)


def test_a_stamp_is_a_multiple_of_the_kernel():
    x = np.zeros((3, 3))
    x[1, 2] = 3
    trace = transposed_scatter(transposed_convolution(x, gallery.kernel("emboss"), 0.5, stride=2))
    canvas = np.full((7, 7), 0.5)
    np.testing.assert_array_equal(trace.partial(trace.at("cell").base_index(4))[0], canvas)
    canvas[2:5, 4:7] += 3 * gallery.kernel("emboss")
    np.testing.assert_array_equal(trace.partial(trace.at("cell").base_index(5))[0], canvas)


def test_zeros_are_inserted_and_the_border_is_k_minus_1_minus_p():
    rule = transposed_convolution([[1, 2], [3, 4]], np.ones((3, 3)), stride=2, padding=1, output_padding=1).rule
    expected = np.zeros((6, 6))
    expected[1:4:2, 1:4:2] = [[1, 2], [3, 4]]
    np.testing.assert_array_equal(rule.stretched[0], expected)
    assert rule.rows.border == (1, 2)
    assert rule.output.shape == (1, 4, 4)


def test_padding_beyond_the_kernel_leaves_input_out():
    rule = transposed_convolution([[1, 2, 3, 4, 5]], [[2]], padding=(0, 2)).rule
    assert rule.cols.border == (-2, -2)
    np.testing.assert_array_equal(rule.stretched, [[[3]]])
    np.testing.assert_array_equal(rule.output, [[[6]]])


def test_all_of_the_input_may_be_cut_off():
    rule = transposed_convolution([[7]], [[2]], 0.5, stride=3, padding=(0, 1), output_padding=(0, 2)).rule
    np.testing.assert_array_equal(rule.output, [[[0.5]]])


def test_torch_agrees():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    numbers = np.random.default_rng(3)
    x, w, b = numbers.standard_normal((4, 3, 5)), numbers.standard_normal((4, 2, 3, 2)), numbers.standard_normal(4)
    options = {"stride": (2, 3), "padding": 1, "output_padding": (1, 2), "dilation": (2, 1), "groups": 2}
    theirs = torch.nn.functional.conv_transpose2d(*map(torch.from_numpy, (x[None], w, b)), **options)[0].numpy()
    close(transposed_convolution(x, w, b, **options).rule.output, theirs)


def test_a_long_trace_takes_no_memory():
    trace = transposed_convolution(np.ones((16, 32, 32)), np.ones((16, 8, 7, 7)), stride=2)
    stamps = transposed_scatter(trace)
    assert len(stamps) == 16 * 32 * 32 * 8 * 49
    assert all(isinstance(view.ends, range) for grain in GRAINS for view in (trace.at(grain), stamps.at(grain)))
    assert stamps[len(stamps) - 1].after == 16


@pytest.mark.parametrize(
    ("arguments", "options", "argument"),
    [
        (([[1, 2], [3]], [[1]]), {}, "x"),
        (([[1]], [[[1]]]), {}, "w"),
        (([[1]], np.ones((2, 1, 1, 1))), {}, "w"),
        (([[1]], [[1]]), {"groups": 2}, "groups"),
        (([[1]], [[1]]), {"stride": 0}, "stride"),
        (([[1]], [[1]]), {"padding": 1}, "padding"),
        (([[1]], [[1]]), {"padding": -1}, "padding"),
        (([[1]], [[1]]), {"output_padding": 1}, "output_padding"),
        (([[1]], [[1]]), {"dilation": "2"}, "dilation"),
        (([[1]], [[1]], [1, 2]), {}, "b"),
    ],
)
def test_what_a_person_can_mend_is_named(arguments, options, argument):
    with pytest.raises(InputError) as error:
        transposed_convolution(*arguments, **options)
    assert error.value.argument == argument


def test_a_gradient_has_the_shape_of_the_output():
    forward = transposed_convolution([[1, 2]], [[1, 2]])
    for make in (transposed_input_gradient, transposed_kernel_gradient, transposed_bias_gradient):
        with pytest.raises(InputError, match="g="):
            make(forward, [[1, 2]])


def test_the_last_step_of_a_cell_is_the_last_that_changes_it():
    trace = transposed_scatter(transposed_convolution([[1, 2]], [[1, 10, 100]], stride=4))
    assert [trace.last_step((0, 0, col)) for col in range(7)] == [0, 1, 2, None, 3, 4, 5]
