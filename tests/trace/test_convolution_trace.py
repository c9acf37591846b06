import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnnsim import functional, gallery
from cnnsim.errors import InputError
from cnnsim.trace import convolution

CELLS = st.integers(-8, 8).map(lambda n: n / 2)


@st.composite
def convolutions(draw):
    size, padding = draw(st.integers(1, 5)), draw(st.integers(0, 2))
    least = max(1, size - 2 * padding)
    shape = draw(st.tuples(st.integers(least, 7), st.integers(least, 7)))
    x = draw(hnp.arrays(np.float64, shape, elements=CELLS))
    w = draw(hnp.arrays(np.float64, (size, size), elements=CELLS))
    return convolution(x, w, draw(CELLS), stride=draw(st.integers(1, 4)), padding=padding, flip=draw(st.booleans()))


def assembled(trace):
    output = np.full(trace.output.shape, np.nan)
    for index in range(len(trace)):
        step = trace[index]
        if step.y is not None:
            output[step.row, step.col] = step.y
    return output


@given(convolutions())
def test_trace_is_engine_is_naive_loop(trace):
    geometry = trace.geometry
    options = {"stride": geometry.stride, "padding": geometry.padding}
    x, w, b = trace.x[None, None], trace.w[None, None], np.array([trace.b])
    engine = functional.conv2d(x, w, b, **options, flip=trace.flip)[0, 0]
    loop = naive.conv2d(x, w[..., ::-1, ::-1] if trace.flip else w, b, **options)[0, 0]
    np.testing.assert_allclose(assembled(trace), loop, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(engine, loop, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(assembled(trace), trace.output)


@given(convolutions(), st.data())
def test_every_cell_adds_its_products_one_by_one_then_the_bias(trace, data):
    cell = data.draw(st.integers(0, trace.output.size - 1))
    first = cell * trace.steps_per_cell
    *multiplies, total, bias = (trace[first + within] for within in range(trace.steps_per_cell))
    running = 0.0
    for step in multiplies:
        assert step.kind == "multiply"
        assert step.product == step.x * step.w
        running += step.product
        assert step.partial == pytest.approx(running)
        inside = 0 <= step.x_row < trace.x.shape[0] and 0 <= step.x_col < trace.x.shape[1]
        assert step.x == (trace.x[step.x_row, step.x_col] if inside else 0.0)
    assert (total.kind, bias.kind) == ("sum", "bias")
    assert total.partial == pytest.approx(running)
    assert bias.y == pytest.approx(running + trace.b)


@pytest.mark.parametrize(
    ("flip", "expected"),
    [
        (False, [[1, 1, 1], [2, 2, -1], [4, 2, -3]]),
        (True, [[1, 1, 1], [-2, 0, 3], [-4, 0, 5]]),
    ],
)
def test_emboss_shows_the_flip(flip, expected):
    trace = convolution(gallery.LECTURE_IMAGE, gallery.kernel("emboss"), flip=flip)
    np.testing.assert_array_equal(trace.output, expected)


def test_the_lecture_example():
    trace = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))
    np.testing.assert_array_equal(trace.output, [[4, 3, 4], [2, 4, 3], [2, 3, 4]])
    assert len(trace) == 9 * 11


def test_a_kernel_that_looks_the_same_turned_cannot_show_the_flip():
    for name in set(gallery.KERNELS) - {"emboss", "sobel-x", "sobel-y"}:
        plain = convolution(gallery.LECTURE_IMAGE, gallery.kernel(name))
        flipped = convolution(gallery.LECTURE_IMAGE, gallery.kernel(name), flip=True)
        np.testing.assert_array_equal(plain.output, flipped.output)


def test_windows_with_and_without_padding_on_numbered_cells():
    x, ones = gallery.image("ramp", 4), np.arange(1.0, 10).reshape(3, 3)
    valid, padded = convolution(x, ones), convolution(x, ones, padding=1)
    assert valid.output[0, 0] == sum(a * i for a, i in zip(range(1, 10), (1, 2, 3, 5, 6, 7, 9, 10, 11), strict=True))
    assert padded.output[0, 0] == 5 * 1 + 6 * 2 + 8 * 5 + 9 * 6


@given(convolutions())
def test_a_grain_shows_the_last_step_of_each_unit(trace):
    cells, rows = trace.at("cell"), trace.at("row")
    assert len(cells) == trace.output.size
    assert len(rows) == trace.output.shape[0]
    assert [cells[i].y for i in range(len(cells))] == trace.output.ravel().tolist()
    assert [rows[i].y for i in range(len(rows))] == trace.output[:, -1].tolist()
    assert all(cells.position_of(cells.base_index(i)) == i for i in range(len(cells)))


def test_a_trace_is_a_sequence_that_ends():
    trace = convolution(np.ones((2, 2)), np.ones((1, 1)))
    assert trace[-1] == trace[len(trace) - 1]
    assert len(list(trace)) == len(trace)
    with pytest.raises(IndexError, match="step 12 of a trace of 12 steps"):
        trace[12]


def test_a_trace_keeps_its_own_copy_of_what_it_was_given():
    x = np.ones((3, 3))
    trace = convolution(x, np.ones((2, 2)))
    x[0, 0] = 100
    assert trace[3].partial == 4
    with pytest.raises(ValueError, match="read-only"):
        trace.x[0, 0] = 5


def test_unreached_cells_are_counted():
    geometry = convolution(np.ones((6, 6)), np.ones((3, 3)), stride=2).geometry
    assert geometry.unreached == (1, 1)
    assert not geometry.covered()[5].any()
    assert geometry.covered()[:5, :5].all()
    skipping = convolution(np.ones((7, 7)), np.ones((1, 1)), stride=3).geometry
    assert skipping.covered().sum() == 9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stride": 0}, "stride=0 is less than 1: use 1 or more"),
        ({"stride": -2}, "stride=-2 is less than 1"),
        ({"padding": -1}, "padding=-1 is less than 0"),
        ({"w": np.ones((6, 6))}, r"kernel_size=6 is larger than the padded input \(5\)"),
        ({"w": np.ones((2, 3))}, r"w=array of shape \(2, 3\) is not square"),
        ({"x": [[1, 2], [3]]}, "is no grid of numbers"),
        ({"x": np.ones(3)}, r"x=array of shape \(3,\) is no grid"),
        ({"x": np.ones((0, 3))}, "is no grid"),
        ({"x": [[np.nan]], "w": [[1.0]]}, "has a cell that is not finite"),
        ({"w": [[np.inf]]}, "has a cell that is not finite"),
        ({"b": np.nan}, "b=nan is not finite"),
    ],
)
def test_impossible_input_is_refused_in_words(change, message):
    arguments = {"x": gallery.LECTURE_IMAGE, "w": gallery.kernel("lecture")} | change
    with pytest.raises(InputError, match=message):
        convolution(**arguments)
