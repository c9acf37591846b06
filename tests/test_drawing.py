import numpy as np
import pytest

from cnnsim.drawing import Arrow, Cell, Drawing, Label, Matrix, Role


def grid(name, x):
    return Matrix(name, np.zeros((2, 3)), x, 20, 10, Role.INPUT)


def test_hit_testing_names_matrix_row_and_column():
    drawing = Drawing(200, 100, (grid("input", 10), Label("a", 0, 0, 9), grid("output", 100)))
    assert drawing.cell_at(10, 20) == Cell("input", 0, 0)
    assert drawing.cell_at(39.9, 39.9) == Cell("input", 1, 2)
    assert drawing.cell_at(125, 25) == Cell("output", 0, 2)
    assert drawing.cell_at(9.9, 25) is None
    assert drawing.cell_at(40, 25) is None


def test_the_topmost_matrix_answers():
    drawing = Drawing(200, 100, (grid("below", 10), grid("above", 10)))
    assert drawing.cell_at(15, 25) == Cell("above", 0, 0)


def test_matrices_are_found_by_name():
    drawing = Drawing(200, 100, (grid("input", 10),))
    assert drawing.matrix("input").x == 10
    with pytest.raises(KeyError, match="kernel"):
        drawing.matrix("kernel")


def test_a_drawing_can_be_moved():
    label, arrow = Drawing(9, 9, (Label("a", 1, 2, 9), Arrow(1, 2, 3, 4))).translated(10, 20)
    assert (label.x, label.y) == (11, 22)
    assert (arrow.x1, arrow.y1, arrow.x2, arrow.y2) == (11, 22, 13, 24)
