import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_checks import check_layout
from sizes import share

from cnnsim import gallery
from cnnsim.drawing import Cell, CellState, Equation, Frame, Matrix, Role
from cnnsim.errors import InputError
from cnnsim.scenes import View, matrix_scene
from cnnsim.trace import GRAINS, MATRIX_FORMS, PADDING_MODES, convolution, input_gradient, kernel_gradient

SMALL, LARGE = View(1024, 700), View(1920, 1080)
PASSES = {"forward": lambda forward: forward, "input": input_gradient, "kernel": kernel_gradient}


def lecture(which="forward", grain="multiply", **options):
    return PASSES[which](convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"), **options)).at(grain)


def words_of(drawing):
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def shown(drawing, name):
    matrix = drawing.matrix(name)
    return np.where(matrix.states == CellState.EMPTY, np.nan, matrix.values)


def lit(drawing, name):
    """Cells of a matrix that are tinted."""
    (tint,) = drawing.matrix(name).tints
    return [tuple(map(int, cell)) for cell in np.argwhere(tint.mask)]


def framed(drawing, name):
    """(row, column, rows, columns) of every frame on a matrix that is thicker than a block's."""
    grid = drawing.matrix(name)
    right, bottom = grid.x + grid.width, grid.y + grid.height
    inside = (
        item
        for item in drawing.items
        if isinstance(item, Frame) and grid.x <= item.x < right and grid.y <= item.y < bottom and item.thickness > 1
    )
    parts = [(frame.y - grid.y, frame.x - grid.x, frame.height, frame.width) for frame in inside]
    return [tuple(round(part / grid.cell, 6) for part in frame) for frame in parts]


def test_the_row_of_the_window_times_the_input_is_the_output():
    drawing = matrix_scene(lecture(), 3 * 11 + 7, SMALL, "toeplitz")  # w[2, 1] of y[1, 0]
    assert drawing.matrix("toeplitz").values.shape == (9, 25)
    assert framed(drawing, "toeplitz") == [(3, 0, 1, 25), (3, 16, 1, 1)]
    assert framed(drawing, "toeplitz input") == [(0, 16, 1, 1)]
    assert framed(drawing, "toeplitz output") == [(3, 0, 1, 1)]
    assert framed(drawing, "input") == [(1, 0, 3, 3), (3, 1, 1, 1)]
    window = [5, 6, 7, 10, 11, 12, 15, 16, 17]
    assert lit(drawing, "toeplitz input") == [(0, cell) for cell in window]
    assert lit(drawing, "toeplitz") == [(3, cell) for cell in window]
    assert np.isfinite(shown(drawing, "toeplitz output")).sum() == 3
    words = words_of(drawing)
    assert words[0].startswith("T[3, 16]:  w[2, 1] = 0 times x[3, 1] = 0 gives 0;")
    assert words[1] == "y  =  T · x + b      T[3i + j, 5(i + r) + j + t]  =  w[r, t]"
    assert words[-1].startswith("9 × 25 = 225 entries: 81 hold one of 9 weights, the others stay 0.")


def test_a_zero_of_the_structure_looks_different_from_a_weight_of_zero():
    matrix = matrix_scene(lecture(), 0, SMALL, "toeplitz").matrix("toeplitz")
    assert (matrix.values[0, 1], matrix.states[0, 1]) == (0, CellState.NORMAL)
    assert (matrix.values[0, 3], matrix.states[0, 3]) == (0, CellState.EMPTY)


def test_the_transpose_is_the_backward_pass():
    steps = lecture("input", "cell")
    drawing = matrix_scene(steps, 7, SMALL, "toeplitz")  # x[1, 2]
    assert framed(drawing, "toeplitz") == [(0, 7, 9, 1)]
    assert framed(drawing, "toeplitz input gradient") == [(0, 7, 1, 1)]
    assert lit(drawing, "toeplitz gradient") == [(row, 0) for row in range(6)]
    assert np.isfinite(shown(drawing, "toeplitz input gradient")).sum() == 8
    assert words_of(drawing)[1].startswith("∂J/∂x  =  TT · G")  # the second T is raised
    last = matrix_scene(steps, len(steps) - 1, SMALL, "toeplitz")
    expected = [[1, 1, 2, 1, 1], [1, 2, 3, 2, 1], [2, 3, 5, 3, 2], [1, 2, 3, 2, 1], [1, 1, 2, 1, 1]]
    np.testing.assert_array_equal(shown(last, "toeplitz input gradient"), [np.ravel(expected)])


def test_a_column_of_patches_times_the_gradient_is_the_gradient_of_a_weight():
    drawing = matrix_scene(lecture("kernel", "cell"), 5, SMALL, "im2col")  # w[1, 2]
    assert framed(drawing, "im2col") == [(0, 5, 9, 1)]
    assert framed(drawing, "im2col gradient") == [(0, 0, 9, 1)]
    np.testing.assert_array_equal(shown(drawing, "im2col kernel gradient")[0], [6, 7, 6, 4, 7, 7, *[np.nan] * 3])


def test_patches_times_kernels_with_several_filters():
    x, w = gallery.image("random", 4) * np.ones((2, 1, 1)), gallery.image("random", 2) * np.ones((3, 2, 1, 1))
    steps = convolution(x, w, [1, 2, 3]).at("cell")
    drawing = matrix_scene(steps, 9 + 4, SMALL, "im2col")  # y[1, 1, 1]
    assert drawing.matrix("im2col").values.shape == (9, 8)
    assert framed(drawing, "im2col") == [(4, 0, 1, 8)]
    assert framed(drawing, "im2col kernel") == [(1, 0, 1, 8)]
    assert framed(drawing, "im2col output") == [(4, 1, 1, 1)]
    assert np.isfinite(shown(drawing, "im2col output")).sum(axis=0).tolist() == [9, 5, 0]


def test_a_weight_stands_at_all_its_places_and_a_cell_at_all_its_copies():
    drawing = matrix_scene(lecture("kernel", "cell"), 4, SMALL, "toeplitz")  # w[1, 1]
    assert lit(drawing, "toeplitz") == [(3 * i + j, 5 * (i + 1) + j + 1) for i in range(3) for j in range(3)]
    drawing = matrix_scene(lecture("input", "cell"), 12, SMALL, "im2col")  # x[2, 2]
    assert lit(drawing, "im2col") == [(3 * i + j, 8 - 3 * i - j) for i in range(3) for j in range(3)]


def test_a_weight_on_padding_has_no_entry():
    drawing = matrix_scene(lecture(padding=1), 0, SMALL, "toeplitz")
    assert words_of(drawing)[0].startswith("No entry of T:  w[0, 0] = 1 times padding = 0")
    assert framed(drawing, "toeplitz") == [(0, 0, 1, 25)]
    assert framed(drawing, "toeplitz input") == []
    states = matrix_scene(lecture(padding=1), 0, SMALL, "im2col").matrix("im2col").states
    assert (states[0] == CellState.PADDING).tolist() == [True] * 4 + [False, False, True, False, False]


def test_the_line_slides_between_two_cells():
    (line, *_) = framed(matrix_scene(lecture(grain="cell"), 3.5, SMALL, "toeplitz"), "toeplitz")
    assert line == (3.5, 0, 1, 25)


@pytest.mark.parametrize(
    ("options", "title", "formula"),
    [
        ({}, "Toeplitz matrix T", "T[3i + j, 5(i + r) + j + t]  =  w[r, t]"),
        ({"padding": 1}, "Toeplitz matrix T", "T[5i + j, 5(i + r − 1) + j + t − 1]  =  w[r, t]"),
        (
            {"padding": "same", "padding_mode": "circular"},
            "Doubly block circulant matrix T",
            "T[5i + j, 5((i + r − 1) mod 5) + (j + t − 1) mod 5]  =  w[r, t]",
        ),
        ({"stride": 2}, "Matrix T", "T[2i + j, 5(2i + r) + 2j + t]  =  w[r, t]"),
        ({"padding": 1, "padding_mode": "reflect"}, "Matrix T", "a cell counts as often as the padding repeats it"),
        ({"flip": True}, "Toeplitz matrix T", "T[3i + j, 5(i + r) + j + t]  =  w[2 − r, 2 − t]"),
    ],
)
def test_the_matrix_is_called_what_it_is(options, title, formula):
    drawing = matrix_scene(lecture(**options), 0, SMALL, "toeplitz")
    assert drawing.matrix("toeplitz").caption == title
    assert words_of(drawing)[1].endswith(formula)


@pytest.mark.parametrize(
    ("groups", "formula"),
    [
        (1, "T[4o + 2i + j, 9c + 3(i + r) + j + t]  =  w[o, c, r, t]"),
        (2, "T[4o + 2i + j, 9(2⌊o/2⌋ + c) + 3(i + r) + j + t]  =  w[o, c, r, t]"),
        (4, "T[4o + 2i + j, 9o + 3(i + r) + j + t]  =  w[o, r, t]"),
    ],
)
def test_the_formula_of_the_entries_counts_maps_and_groups(groups, formula):
    """Written out, it is where the matrix of the trace has them."""
    x, w = np.ones((4, 3, 3)), np.ones((4, 4 // groups, 2, 2))
    assert words_of(matrix_scene(convolution(x, w, groups=groups).at("cell"), 0, SMALL, "toeplitz"))[1].endswith(
        formula
    )


def test_blocks_are_outlined():
    blocks = [
        item
        for item in matrix_scene(lecture(), 0, SMALL, "toeplitz").items
        if isinstance(item, Frame) and item.role is Role.MUTED
    ]
    assert len(blocks) == 3 * 5


def test_a_matrix_that_is_too_large_is_refused_with_its_size():
    steps = convolution(np.ones((16, 16)), np.ones((3, 3))).at("cell")
    with pytest.raises(InputError, match="picture=toeplitz makes a matrix of 196 × 256: use at most 200 rows and col"):
        matrix_scene(steps, 0, SMALL, "toeplitz")
    assert matrix_scene(steps, 0, SMALL, "im2col").matrix("im2col").values.shape == (196, 9)
    with pytest.raises(InputError, match="picture=im2col makes a matrix of 256 × 9"):
        matrix_scene(convolution(np.ones((18, 18)), np.ones((3, 3))).at("cell"), 0, SMALL, "im2col")


def test_numbers_hide_where_cells_get_small():
    small = matrix_scene(convolution(np.ones((14, 14)), np.ones((3, 3))).at("cell"), 0, View(640, 440), "toeplitz")
    assert small.matrix("toeplitz").cell >= 1
    assert not small.matrix("toeplitz").numbers
    check_layout(small)
    assert matrix_scene(lecture(), 0, SMALL, "toeplitz").matrix("toeplitz").numbers


@st.composite
def scenes(draw):
    size, padding, groups = draw(st.integers(1, 3)), draw(st.integers(0, 1)), draw(st.integers(1, 2))
    outs, channels = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    cells = draw(st.integers(max(1, size - 2 * padding, padding + 1), 5))
    numbers = np.random.default_rng(draw(st.integers(0, 99)))
    forward = convolution(
        numbers.integers(-5, 6, (groups * channels, cells, cells)) / draw(st.sampled_from([1, 7])),
        numbers.integers(-5, 6, (groups * outs, channels, size, size)) / 3,
        stride=draw(st.integers(1, 2)),
        padding=padding,
        padding_mode=draw(st.sampled_from(PADDING_MODES)),
        groups=groups,
        flip=draw(st.booleans()),
    )
    steps = PASSES[draw(st.sampled_from(sorted(PASSES)))](forward).at(draw(st.sampled_from(GRAINS)))
    return steps, draw(st.floats(0, len(steps) - 1))


@settings(max_examples=share(30), deadline=None)
@given(scenes(), st.sampled_from(MATRIX_FORMS), st.sampled_from([View(640, 440), SMALL, LARGE, View(1300, 500)]))
def test_nothing_overlaps_or_is_cut_at_any_size(scene, form, view):
    drawing = matrix_scene(*scene, view, form)
    check_layout(drawing)
    check_alignment(drawing, form)


def check_alignment(drawing, form):
    """Columns of the matrix continue in what lies along them, and rows in what stands beside them."""
    matrix = drawing.matrix(form)
    flat = [item for item in drawing.items if isinstance(item, Matrix) and item.name.startswith(f"{form} ")]
    along = next(item for item in flat if item.values.shape[1] == matrix.values.shape[1] and item.x == matrix.x)
    beside = next(item for item in flat if item is not along)
    assert (along.cell, along.width) == (matrix.cell, matrix.width)
    assert (beside.cell, beside.y, beside.height) == (matrix.cell, matrix.y, matrix.height)


def test_back_shows_the_same_picture_as_forward():
    steps = lecture(grain="cell")
    forward = [words_of(matrix_scene(steps, place, SMALL, "im2col")) for place in range(len(steps))]
    back = [words_of(matrix_scene(steps, place, SMALL, "im2col")) for place in reversed(range(len(steps)))]
    assert forward == back[::-1]


def looking_at(steps, position, form, name, row, col):
    return matrix_scene(steps, position, View(1024, 700, looked_at=Cell(name, row, col)), form)


def test_a_cell_of_the_matrix_explains_the_cell_that_it_stands_for():
    steps = lecture(padding=1)
    last = len(steps) - 1
    drawing = looking_at(steps, last, "toeplitz", "toeplitz output", 7, 0)
    assert words_of(drawing)[2].startswith("y[1, 2]  =  ")
    assert framed(drawing, "toeplitz output")[-1] == (7, 0, 1, 1)
    assert lit(drawing, "toeplitz") == [(7, 5 * i + j) for i in (0, 1, 2) for j in (1, 2, 3)]
    assert lit(drawing, "toeplitz output") == [(7, 0)]
    drawing = looking_at(steps, last, "toeplitz", "toeplitz input", 0, 0)
    assert lit(drawing, "toeplitz output") == [(0, 0), (1, 0), (5, 0), (6, 0)]
    assert lit(drawing, "output") == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_a_weight_lights_up_wherever_it_stands():
    steps = lecture()
    by_entry = looking_at(steps, 0, "toeplitz", "toeplitz", 4, 12)  # w[1, 1] in the row of y[1, 1]
    by_weight = looking_at(steps, 0, "toeplitz", "kernel", 1, 1)
    diagonal = [(3 * i + j, 5 * (i + 1) + j + 1) for i in range(3) for j in range(3)]
    assert lit(by_entry, "toeplitz") == lit(by_weight, "toeplitz") == diagonal
    assert words_of(looking_at(steps, 0, "toeplitz", "toeplitz", 0, 3)) == words_of(
        matrix_scene(steps, 0, SMALL, "toeplitz")
    )


@pytest.mark.parametrize("which", sorted(PASSES))
@pytest.mark.parametrize("form", MATRIX_FORMS)
def test_every_cell_can_be_looked_at(which, form):
    numbers = np.random.default_rng(0)
    forward = convolution(numbers.integers(0, 5, (2, 3, 3)), numbers.integers(-2, 3, (2, 1, 2, 2)), groups=2, padding=1)
    steps = PASSES[which](forward).at("cell")
    drawing = matrix_scene(steps, 3, SMALL, form)
    for matrix in [item for item in drawing.items if isinstance(item, Matrix)]:
        for row, col in np.ndindex(*matrix.values.shape):
            looked_at = looking_at(steps, 3, form, matrix.name, row, col)
            assert {item.name for item in looked_at.items if isinstance(item, Matrix)} >= {form}
        check_layout(looked_at)


def test_what_is_hidden_is_hidden_in_the_matrix_too():
    steps = lecture(grain="cell")
    drawing = matrix_scene(steps, 4, View(1024, 700, hidden=True), "toeplitz")
    assert np.isfinite(shown(drawing, "toeplitz output")).sum() == 4
    assert np.isfinite(shown(drawing, "output")).sum() == 4
    assert words_of(drawing)[0] == "What is y[1, 1]?"


@pytest.mark.parametrize("form", MATRIX_FORMS)
def test_a_cell_that_no_window_covers_has_a_column_of_zeros(form):
    steps = input_gradient(convolution(np.ones((2, 4, 4)), np.ones((3, 2, 2, 2)), stride=3)).at("cell")
    drawing = matrix_scene(steps, 16 + 10, SMALL, form)  # x[1, 2, 2]
    assert words_of(drawing)[0].endswith("No windows cover x[1, 2, 2]; its gradient is 0.")
    assert not lit(drawing, form)
    check_layout(drawing)
