from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim import gallery
from cnnsim.drawing import Cell, CellState, Equation, Frame, Label
from cnnsim.scenes import View, draw
from cnnsim.trace import GRAINS, equivariance
from cnnsim.trace.equivariance_moves import MOVEMENTS

SMALL = View(640, 440)
SIZES = [SMALL, View(1024, 700), View(1920, 1080)]
X, W = gallery.LECTURE_IMAGE, gallery.kernel("emboss")


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def test_the_formula_has_both_terms_and_their_difference():
    steps = equivariance(X, W, shift=(0, 1)).at("cell")
    said, _, formula, verdict = words_of(draw(steps, 6, SMALL))
    assert formula == "d[2, 0]  =  2 − 0  =  2"
    assert said == "f(g(x))[2, 0] = 2 and g(f(x))[2, 0] = 0 differ by 2."
    assert (
        verdict == "Different in 1 of 9 cells: all of them see an edge, where zeros or padding stand in for the image."
    )
    assert words_of(draw(steps, 0, SMALL))[0].endswith("are the same.")


def test_the_terms_come_one_after_the_other():
    steps = equivariance(X, W, shift=(0, 1)).at("multiply")
    assert words_of(draw(steps, 18, SMALL))[0] == "f(g(x))[2, 0] = 2;  so far 2."
    assert words_of(draw(steps, 19, SMALL))[0] == "Take away g(f(x))[2, 0] = 0;  so far 2."


def test_what_the_current_cell_sees_is_marked_both_ways():
    drawing = draw(equivariance(X, W, shift=(1, 1)).at("cell"), 4, SMALL)
    window = [(row, col) for row in (1, 2, 3) for col in (1, 2, 3)]
    assert [(mark.row, mark.col) for mark in drawing.matrix("g(x)").highlights] == window
    assert [(mark.row, mark.col) for mark in drawing.matrix("f(x)").highlights] == [(0, 0)]
    assert [(mark.row, mark.col) for mark in drawing.matrix("input").highlights] == [
        (row - 1, col - 1) for row, col in window
    ]
    entered = draw(equivariance(X, W, shift=(1, 1)).at("cell"), 0, SMALL)
    assert not entered.matrix("f(x)").highlights and not entered.matrix("input").highlights
    assert entered.matrix("g(x)").states[0].tolist() == [CellState.PADDING] * 5


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        (
            {"entering": "circular", "padding": 1, "padding_mode": "circular"},
            "Equal in all 25 cells: f is equivariant to this shift, not invariant.",
        ),
        ({"stride": 2}, "the strides (2, 2) do not divide the shift (0, 1); f(x) moved by (0, 0)."),
        ({"movement": "rotation"}, "f is not equivariant to rotation; the kernel would have to turn along."),
        ({"movement": "rotation", "w": gallery.kernel("lecture")}, "this kernel looks the same after the turn."),
        ({"movement": "scaling"}, "f is not equivariant to scale; the kernel would have to grow along."),
        ({"movement": "scaling", "x": np.zeros((5, 5))}, "this image and this kernel happen to allow it."),
        ({"entering": "circular", "padding": 1}, "f does not go around as the shift does."),
        ({"x": np.ones((5, 5)), "stride": 2, "padding": 1, "padding_mode": "replicate", "entering": "circular"},
         "Equal in all 9 cells: but only since this image allows it; the strides (2, 2) do not divide the shift."),
    ],
)  # fmt: skip
def test_why_the_order_matters_or_not(options, verdict):
    trace = equivariance(**{"x": X, "w": W, "shift": (0, 1)} | options)
    assert words_of(draw(trace.at("map"), 0, SMALL))[-1].endswith(verdict)


def test_the_arrows_say_which_function_they_are():
    trace = equivariance(X, W, pooled="average", padding=1, stride=2)
    drawing = draw(trace.at("cell"), 0, SMALL)
    assert [item.text for item in drawing.items if isinstance(item, Label)] == ["g", "f", "f", "g"]
    assert "f: convolution with stride 2, then average-pooling" in words_of(drawing)[1]


@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from(SIZES))
def test_nothing_overlaps_or_is_cut_at_any_size(data, view):
    size = data.draw(st.integers(1, 3))
    x = gallery.image(data.draw(st.sampled_from(gallery.IMAGES)), data.draw(st.integers(size + 1, 12)))
    trace = equivariance(
        x,
        np.ones((data.draw(st.integers(1, 2)), 1, size, size)),
        data.draw(st.sampled_from(MOVEMENTS)),
        (data.draw(st.integers(-3, 3)), data.draw(st.integers(-3, 3))),
        stride=data.draw(st.integers(1, 2)),
        padding=1,
        pooled=data.draw(st.sampled_from(["none", "max"])) if len(x) > size + 2 else "none",
    )
    steps = trace.at(data.draw(st.sampled_from(GRAINS)))
    check_layout(draw(steps, data.draw(st.floats(0, len(steps) - 1)), view))


def outlined(drawing, name):
    """Cells of a matrix that have a frame of their own."""
    grid = drawing.matrix(name)
    frames = (item for item in drawing.items if isinstance(item, Frame) and item.fill == 0.2)
    found = (grid.cell_at(frame.x + 1, frame.y + 1) for frame in frames)
    return sorted((cell.row, cell.col) for cell in found if cell is not None)


WINDOW = [(row, col) for row in (1, 2, 3) for col in (1, 2, 3)]


@pytest.mark.parametrize(
    ("looked_at", "lit"),
    [
        (Cell("input", 1, 1), {"g(x)": [(1, 2)], "f(x)": [(0, 0), (0, 1), (1, 0), (1, 1)], "g(f(x))": []}),
        (Cell("g(x)", 0, 0), {"input": [], "f(g(x))": [(0, 0)]}),
        (Cell("g(x)", 4, 4), {"input": [(4, 3)], "f(g(x))": [(2, 2)]}),
        (Cell("f(x)", 1, 1), {"input": WINDOW, "g(f(x))": [(1, 2)]}),
        (Cell("g(f(x))", 1, 2), {"f(x)": [(1, 1)], "input": []}),
        (Cell("f(g(x))", 1, 1), {"g(x)": WINDOW}),
        (Cell("difference", 1, 1), {"g(x)": WINDOW, "input": [(row, col - 1) for row, col in WINDOW]}),
        (Cell("difference", 1, 0), {"g(x)": [(row, col - 1) for row, col in WINDOW], "input": []}),
        (Cell("kernel", 0, 0), {"input": [], "g(x)": []}),
    ],
)
def test_what_belongs_to_the_cell_that_is_looked_at_is_outlined(looked_at, lit):
    steps = equivariance(X, W, shift=(0, 1)).at("layer")
    drawing = draw(steps, 0, replace(SMALL, looked_at=looked_at))
    assert {name: outlined(drawing, name) for name in lit} == lit
    check_layout(drawing)


def test_what_grew_is_outlined_whole_and_channels_each():
    grown = draw(equivariance(X, W, "scaling").at("layer"), 0, replace(SMALL, looked_at=Cell("input", 1, 2)))
    assert outlined(grown, "g(x)") == [(2, 4), (2, 5), (3, 4), (3, 5)]
    channels = equivariance(np.stack([X, X]), np.ones((1, 2, 3, 3))).at("layer")
    drawing = draw(channels, 0, replace(SMALL, looked_at=Cell("input[1]", 1, 2)))
    assert (outlined(drawing, "g(x)[0]"), outlined(drawing, "g(x)[1]")) == ([], [(1, 3)])
    assert outlined(draw(channels, 0, replace(SMALL, looked_at=Cell("f(x)", 0, 0))), "input[1]")[0] == (0, 0)
