import naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnnsim import functional, gallery
from cnnsim.errors import InputError
from cnnsim.trace import pooling

CELLS = st.integers(-6, 6).map(float)  # few values: ties are common


@st.composite
def poolings(draw):
    window = draw(st.integers(1, 4))
    shape = draw(st.tuples(st.integers(window, 7), st.integers(window, 7)))
    x = draw(hnp.arrays(np.float64, shape, elements=CELLS))
    return pooling(x, window, draw(st.integers(1, 5)), draw(st.sampled_from(["max", "average"])))


@given(poolings())
def test_trace_is_engine_is_naive_loop(trace):
    size, stride, x = trace.geometry.size, trace.geometry.stride, trace.x[None, None]
    if trace.mode == "max":
        engine, loop = functional.max_pool2d(x, size, stride), naive.max_pool2d(x, size, stride)
    else:
        engine, loop = functional.avg_pool2d(x, size, stride), naive.avg_pool2d(x, size, stride)
    assembled = np.full(trace.output.shape, np.nan)
    for index in range(len(trace)):
        step = trace[index]
        if step.y is not None:
            assembled[step.row, step.col] = step.y
    np.testing.assert_allclose(engine[0, 0], loop[0, 0], rtol=1e-12)
    np.testing.assert_allclose(assembled, loop[0, 0], rtol=1e-12)


@given(poolings())
def test_the_winner_is_the_first_largest_and_matches_the_engine(trace):
    if trace.mode != "max":
        assert trace.winners is None
        return
    _, indices = functional.max_pool2d(
        trace.x[None, None], trace.geometry.size, trace.geometry.stride, return_indices=True
    )
    flat = trace.winners[..., 0] * trace.x.shape[1] + trace.winners[..., 1]
    np.testing.assert_array_equal(flat, indices[0, 0])
    last = trace.at("cell")[-1]
    assert (last.winner_row, last.winner_col) == tuple(trace.winners[-1, -1])


@given(poolings(), st.data())
def test_looking_at_a_window_keeps_the_best_or_the_sum_so_far(trace, data):
    cell = data.draw(st.integers(0, trace.output.size - 1))
    looks = [trace[cell * trace.steps_per_cell + within] for within in range(trace.steps_per_cell - 1)]
    seen = []
    for step in looks:
        assert step.x == trace.x[step.x_row, step.x_col]
        seen.append(step.x)
        assert step.so_far == (max(seen) if trace.mode == "max" else pytest.approx(sum(seen)))


def test_the_lecture_example():
    np.testing.assert_array_equal(pooling(gallery.POOLING_IMAGE).output, [[6, 8], [3, 4]])
    np.testing.assert_array_equal(pooling(gallery.POOLING_IMAGE, mode="average").output, [[3.25, 5.25], [2, 2]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5, 1), r"window=5 is larger than the padded input \(4\)"),
        ((0, 1), "window=0 is less than 1"),
        ((2, 0), "stride=0 is less than 1"),
        ((2, 2, "median"), "mode=median is unknown: choose one of max, average"),
    ],
)
def test_impossible_input_is_refused_in_words(arguments, message):
    with pytest.raises(InputError, match=message):
        pooling(gallery.POOLING_IMAGE, *arguments)
