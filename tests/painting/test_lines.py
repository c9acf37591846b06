import numpy as np

from cnnsim.drawing import Drawing, Line, Matrix, Role, Scale
from cnnsim.painting import LIGHT, Pixels, Polyline, lower


def test_a_line_has_the_colour_of_its_role_or_of_a_cell():
    lines = (Line(1, 2, 3, 4, Role.KERNEL), Line(0, 0, 9, 9, value=-2, scale=Scale(4)))
    plain, coloured = lower(Drawing(99, 99, lines), LIGHT)
    assert plain == Polyline(((1, 2), (3, 4)), LIGHT.role(Role.KERNEL), 1.0)
    cell = next(
        item
        for item in lower(Drawing(99, 99, (Matrix("a", np.array([[-2.0]]), 0, 0, 9, Role.KERNEL, Scale(4)),)), LIGHT)
        if isinstance(item, Pixels)
    )
    assert coloured.colour == (*cell.rgb[0, 0].tolist(), 255)


def test_lines_move_with_their_drawing():
    (line,) = Drawing(9, 9, (Line(1, 2, 3, 4),)).translated(10, 20)
    assert (line.x1, line.y1, line.x2, line.y2) == (11, 22, 13, 24)
