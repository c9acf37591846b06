from math import hypot

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout

from cnnsim import gallery
from cnnsim.drawing import Cell, CellState, Equation, Matrix
from cnnsim.scenes import View, draw, operand_at
from cnnsim.trace import convolution, turned_first

VIEW = View(1024, 700)

EMBOSS = gallery.kernel("emboss")


def steps_of(x=gallery.LECTURE_IMAGE, w=EMBOSS, **options):
    return turned_first(convolution(x, w, flip=True, **options)).at("cell")


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def turning(drawing, kernel="kernel"):
    """The cells on their way, by their row and column in the given kernel."""
    start = f"turning {kernel} "
    cells = [item for item in drawing.items if isinstance(item, Matrix) and item.name.startswith(start)]
    return {tuple(map(int, cell.name.removeprefix(start).split())): cell for cell in cells}


def middle(matrix):
    return matrix.x + matrix.width / 2, matrix.y + matrix.height / 2


def test_it_begins_as_given_and_ends_turned_where_the_convolution_goes_on():
    steps = steps_of()
    given, turned, first = (draw(steps, position, VIEW).matrix("kernel") for position in (0.0, 1.0, 2.0))
    np.testing.assert_array_equal(given.values, EMBOSS)
    np.testing.assert_array_equal(turned.values, EMBOSS[::-1, ::-1])
    np.testing.assert_array_equal(turned.values, first.values)
    assert (given.caption, turned.caption, first.caption) == ("Kernel", "Turned kernel", "Turned kernel")
    assert (given.x, given.y, given.cell) == (first.x, first.y, first.cell)


def test_cells_travel_along_half_circles_to_the_opposite_place():
    steps = steps_of()
    grid = draw(steps, 0.0, VIEW).matrix("kernel")
    at = middle(grid)
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        cells = turning(draw(steps, share, VIEW))
        assert len(cells) == 9
        for (row, col), cell in cells.items():
            assert cell.values.tolist() == [[EMBOSS[row, col]]]
            (x, y), (ox, oy) = middle(cell), middle(cells[2 - row, 2 - col])
            assert (x + ox, y + oy) == pytest.approx((2 * at[0], 2 * at[1]))  # opposite cells stay opposite
            radius = hypot(row - 1, col - 1) * grid.cell
            assert hypot(x - at[0], y - at[1]) == pytest.approx(radius, rel=0.1)
    start, end = turning(draw(steps, 0.001, VIEW))[0, 0], turning(draw(steps, 0.999, VIEW))[0, 0]
    assert (start.x, start.y) == pytest.approx((grid.x, grid.y), abs=0.1)
    assert (end.x, end.y) == pytest.approx((grid.x + 2 * grid.cell, grid.y + 2 * grid.cell), abs=0.1)


def test_nothing_is_computed_before_the_kernel_has_turned():
    drawing = draw(steps_of(), 1.0, VIEW)
    assert (drawing.matrix("output").states == CellState.EMPTY).all()
    assert (drawing.matrix("products").states == CellState.EMPTY).all()
    assert (drawing.matrix("sum").states == CellState.EMPTY).all()


def test_the_turn_is_said_in_words_and_symbols():
    words = words_of(draw(steps_of(), 0.0, VIEW))
    assert words[0] == "A true convolution first turns the kernel by 180°: w[r, t] goes to [2 − r, 2 − t]."
    assert words[2].startswith("(x ∗ w)[i, j]  =  Σm, n  x[m, n] · w[i − m, j − n]")
    assert words_of(draw(steps_of(), 1.0, VIEW))[0] == "Turned: every window now meets w[2, 2] first and w[0, 0] last."


def test_every_slice_of_a_kernel_turns():
    x, w = np.ones((3, 4, 4)), np.arange(24.0).reshape(2, 3, 2, 2)
    drawing = draw(steps_of(x, w), 0.4, VIEW)
    for channel in range(3):
        assert len(turning(drawing, f"kernel[0, {channel}]")) == 4


def test_a_kernel_can_be_edited_before_and_after_its_turn():
    steps = steps_of()
    assert operand_at(steps, 0.0, Cell("kernel", 0, 1)) == ("kernel", (0, 0, 0, 1))
    assert operand_at(steps, 1.0, Cell("kernel", 0, 1)) == ("kernel", (0, 0, 2, 1))
    assert operand_at(steps, 0.0, Cell("input", 3, 1)) == ("input", (0, 3, 1))


@settings(max_examples=30, deadline=None)
@given(st.data(), st.sampled_from([VIEW, View(640, 440), View(1920, 1080), View(1300, 500)]))
def test_nothing_overlaps_on_the_way(data, view):
    kh, kw, channels = (data.draw(st.integers(1, most)) for most in (5, 5, 3))
    numbers = np.random.default_rng(data.draw(st.integers(0, 9)))
    steps = steps_of(
        numbers.integers(0, 9, (channels, 6, 6)),
        numbers.integers(-3, 4, (2, channels, kh, kw)),
        padding=data.draw(st.integers(0, 2)),
    )
    check_layout(draw(steps, data.draw(st.floats(0, 1)), view))


def test_nothing_moves_when_the_kernel_has_turned():
    x, w = np.arange(64.0).reshape(4, 4, 4), np.arange(72.0).reshape(4, 2, 3, 3)
    steps = turned_first(convolution(x, w, padding=2, groups=2, flip=True)).at("cell")
    for name in ("input[0]", "input[3]", "output[0]", "sum"):
        places = {
            (found.x, found.y, found.cell) for found in (draw(steps, at, VIEW).matrix(name) for at in (0, 0.7, 1))
        }
        assert len(places) == 1
