import numpy as np
import pytest

from cnnsim.drawing import (
    Arrow,
    CellState,
    Chart,
    Drawing,
    Equation,
    Frame,
    Highlight,
    Label,
    Matrix,
    Role,
    Scale,
    Series,
    Term,
)
from cnnsim.painting import LIGHT, Pixels, Polygon, Polyline, Rect, Text, lower


def primitives(*items):
    return lower(Drawing(400, 300, items), LIGHT)


def texts(*items):
    return [primitive.text for primitive in primitives(*items) if isinstance(primitive, Text)]


def grid(**changes):
    given = {
        "values": np.array([[1.0, -2.0], [0.5, 1 / 3]]),
        "x": 10,
        "y": 40,
        "cell": 30,
        "role": Role.INPUT,
    } | changes
    return Matrix("input", **given)


def test_a_matrix_shows_its_numbers_caption_and_shape():
    assert texts(grid(caption="Input", shape="2 × 2")) == ["1", "−2", "0.5", "1/3", "Input", "2 × 2"]


def test_numbers_stand_in_the_middle_of_their_cells():
    number = next(p for p in primitives(grid(values=np.array([[7.0]]))) if isinstance(p, Text))
    assert number.x < 25 < number.x + number.size
    assert number.baseline > 55 > number.baseline - number.size


def test_empty_cells_have_neither_number_nor_colour():
    states = np.array([[CellState.NORMAL, CellState.EMPTY], [CellState.EMPTY, CellState.EMPTY]], np.uint8)
    matrix = grid(states=states, scale=Scale(2.0))
    assert texts(matrix) == ["1"]
    pixels = next(p for p in primitives(matrix) if isinstance(p, Pixels))
    assert tuple(pixels.rgb[1, 1]) == LIGHT.empty[:3]
    assert tuple(pixels.rgb[0, 0]) != LIGHT.empty[:3]


def test_unreached_cells_are_hatched_inside_themselves():
    states = np.array([[CellState.NORMAL, CellState.NORMAL], [CellState.NORMAL, CellState.UNREACHED]], np.uint8)
    hatched = [p for p in primitives(grid(states=states)) if isinstance(p, Polyline) and p.colour != LIGHT.background]
    assert len(hatched) == 3
    assert all(40 <= x <= 70 and 70 <= y <= 100 for line in hatched for x, y in line.points)


def test_all_numbers_of_a_matrix_have_one_size_and_fit():
    sizes = {p.size for p in primitives(grid(values=np.array([[1.0, -1234.5]]))) if isinstance(p, Text)}
    assert len(sizes) == 1


def test_numbers_shorten_and_then_vanish_when_cells_get_small():
    values = np.array([[61 / 256]])
    assert texts(grid(values=values, cell=60)) == ["61/256"]
    assert texts(grid(values=values, cell=20)) == ["0.24"]
    assert texts(grid(values=values, cell=6)) == []


def test_a_picture_without_numbers_is_one_block_of_pixels():
    matrix = grid(values=np.zeros((28, 28)), cell=2, numbers=False, scale=Scale(1, signed=False, soft=False))
    assert [type(p) for p in primitives(matrix)] == [Pixels]


def test_row_and_column_labels_stand_outside():
    found = {p.text: p for p in primitives(grid(row_labels=("a", "b"), col_labels=("c", "d"))) if isinstance(p, Text)}
    assert found["a"].x < 10
    assert found["c"].baseline < 40


def test_highlights_stay_within_their_cell():
    mark = next(p for p in primitives(grid(highlights=(Highlight(1, 0, Role.OUTPUT),))) if isinstance(p, Rect))
    assert mark.x >= 10 and mark.x + mark.width <= 40
    assert mark.stroke == LIGHT.role(Role.OUTPUT)


def test_terms_to_come_are_faint():
    seen, to_come = primitives(Equation(0, 0, 300, 20, (Term("1"), Term("2", faint=True))))
    assert seen.colour[3] == 255
    assert to_come.colour[3] < 128


def test_an_arrow_is_a_line_and_a_head_at_its_end():
    line, head = primitives(Arrow(0, 0, 100, 0))
    assert isinstance(line, Polyline)
    assert isinstance(head, Polygon)
    assert head.points[0] == (100, 0)


def test_a_frame_is_an_outline_of_its_role():
    (frame,) = primitives(Frame(1, 2, 30, 40, Role.KERNEL))
    assert (frame.stroke, frame.fill) == (LIGHT.role(Role.KERNEL), None)


@pytest.mark.parametrize(("anchor", "left"), [("start", 100), ("end", 60), ("middle", 80)])
def test_labels_are_anchored(anchor, left):
    (label,) = primitives(Label("0000", 100, 50, 100 / 6, anchor=anchor))
    assert label.x == pytest.approx(left, abs=0.5)


def test_a_line_of_a_chart_runs_between_its_axes():
    series = Series("loss", Role.KERNEL, np.array([0.0, 50, 100]), np.array([0.0, 4, 99]))
    chart = Chart(50, 60, 200, 100, "Loss", (series,), last=200, low=0, high=4, text_size=12, x_label="images")
    drawn = primitives(chart)
    line = next(p for p in drawn if isinstance(p, Polyline) and p.colour == LIGHT.role(Role.KERNEL))
    assert line.points == ((50, 160), (100, 60), (150, 60))
    assert [p.text for p in drawn if isinstance(p, Text)] == ["0", "1", "2", "3", "4", "images", "Loss", "loss"]


def test_a_chart_without_data_has_no_line():
    chart = Chart(0, 0, 9, 9, "Loss", (Series("a", Role.KERNEL, np.array([]), np.array([])),), 1, 0, 1, 12)
    assert not [p for p in primitives(chart) if isinstance(p, Polyline) and p.colour == LIGHT.role(Role.KERNEL)]
