import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_walks import axes

from cnnsim.errors import InputError
from cnnsim.trace import PADDING_MODES
from cnnsim.trace.geometry import OUTSIDE, Axis, Geometry, checked_geometry
from cnnsim.trace.meetings import meetings


@st.composite
def padded_axes(draw):
    mode = draw(st.sampled_from(PADDING_MODES))
    n, size, stride, dilation, (before, after) = draw(axes(mode))
    return Axis(n, size, stride, before, after, dilation), mode


def window_places(axis):
    """Every place that a window sees: [(window, within, place)]."""
    found, window = [], 0
    while window * axis.stride + axis.dilation * (axis.size - 1) < axis.n + axis.before + axis.after:
        found += [(window, within, window * axis.stride + within * axis.dilation) for within in range(axis.size)]
        window += 1
    return found


@given(padded_axes())
def test_windows_stand_where_counting_them_puts_them(given_axis):
    axis, _ = given_axis
    found = window_places(axis)
    assert axis.windows == len(found) // axis.size
    assert all(axis.place(window, within) == place for window, within, place in found)
    places = np.arange(axis.padded)
    for within in range(axis.size):
        assert places[axis.seen_by(within)].tolist() == [place for _, w, place in found if w == within]
    covered = {place for *_, place in found}
    assert axis.covered().tolist() == [place in covered for place in range(axis.padded)]
    assert axis.unread == axis.padded - 1 - max(covered)


@given(padded_axes())
def test_sources_are_where_numpy_pads_from(given_axis):
    axis, mode = given_axis
    x = np.arange(1.0, axis.n + 1).reshape(1, 1, -1)
    shown = Geometry(Axis(1, 1), axis, mode).padded(x).ravel()
    sources = axis.sources(mode)
    assert shown.tolist() == [0 if source == OUTSIDE else x[0, 0, source] for source in sources]
    assert (OUTSIDE in sources) == (mode == "zeros" and axis.padded > axis.n)


@given(padded_axes())
def test_meetings_are_windows_read_backwards(given_axis):
    axis, mode = given_axis
    found, sources = meetings(axis, mode), axis.sources(mode)
    for cell in range(axis.n):
        expected = [(window, within) for window, within, place in window_places(axis) if sources[place] == cell]
        met = found.of(cell)
        assert list(zip(met.window.tolist(), met.within.tolist(), strict=True)) == expected
        assert found.counts[cell] == len(expected)


@given(padded_axes(), padded_axes())
def test_what_windows_show_is_numbered_in_the_map(rows, cols):
    geometry = Geometry(rows[0], cols[0], "zeros")
    x = np.arange(1.0, geometry.rows.n * geometry.cols.n + 1).reshape(1, *geometry.input_shape)
    values = np.append(x.ravel(), 0.0)[geometry.seen()]
    padded = geometry.padded(x)
    assert padded.shape[1:] == geometry.padded_shape
    for m, n in np.ndindex(*geometry.output_shape):
        np.testing.assert_array_equal(values[m, :, n], geometry.window(padded, m, n)[0])
        assert geometry.window(padded, m, n).shape[1:] == geometry.window_shape
        assert padded[(0, *geometry.place(m, n, 0, 0))] == values[m, 0, n, 0]


def test_cells_that_no_window_reaches_are_counted():
    geometry = checked_geometry((6, 6), (3, 3), "kernel_size", stride=(2, 2))
    assert (geometry.rows.unread, geometry.cols.unread) == (1, 1)
    assert not geometry.covered()[5].any()
    assert geometry.covered()[:5, :5].all()
    assert checked_geometry((7, 7), (1, 1), "kernel_size", stride=(3, 3)).covered().sum() == 9


@pytest.mark.parametrize("padding", range(4))
def test_symmetric_padding_cannot_repair_an_odd_remainder_for_stride_2(padding):
    assert Axis(6, 3, 2, padding, padding).unread == 1
    assert Axis(6, 3, 2, padding, padding + 1).unread == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": (1, 0)}, "stride=0 is less than 1"),
        ({"padding": (0, 0, -1, 0)}, "padding=-1 is less than 0"),
        ({"dilation": (0, 1)}, "dilation=0 is less than 1"),
        (
            {"dilation": (1, 2)},
            r"size=3 \(spread over 5 cells by dilation=2\) is larger than the padded input \(4\): use a",
        ),
        (
            {"padding": (0, 4, 0, 0), "mode": "reflect"},
            "padding=4 is too wide for reflect padding of 4 cells: use at most 3",
        ),
        (
            {"padding": (0, 0, 5, 0), "mode": "circular"},
            "padding=5 is too wide for circular padding of 4 cells: use at mos",
        ),
        ({"mode": "mirror"}, "padding_mode=mirror is unknown"),
    ],
)
def test_impossible_geometry_is_refused_in_words(options, message):
    with pytest.raises(InputError, match=message):
        checked_geometry((4, 4), (3, 3), "size", **options)


def test_the_size_that_the_remedy_names_fits():
    with pytest.raises(InputError, match="use a size of at most 2") as refused:
        checked_geometry((4, 4), (3, 3), "size", dilation=(2, 2))
    assert refused.value.argument == "size"
    assert checked_geometry((4, 4), (2, 2), "size", dilation=(2, 2)).output_shape == (2, 2)
