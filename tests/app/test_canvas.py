import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from cnnsim.app.canvas import Canvas
from cnnsim.app.typefaces import GlyphCache
from cnnsim.drawing import Cell, Drawing, Equation, Matrix, Role, Scale, Term
from cnnsim.painting import DARK, LIGHT
from cnnsim.typography import text_width

GRID = np.array([[1.0, -1.0], [0.0, 1.0]])


class Recorder:
    """A scene that remembers what it was asked for."""

    def __init__(self) -> None:
        self.sizes: list[tuple[float, float]] = []

    def __call__(self, width: float, height: float) -> Drawing:
        self.sizes.append((width, height))
        grid = Matrix("grid", GRID, 20.0, 30.0, 40.0, Role.INPUT, scale=Scale(1.0), numbers=False)
        return Drawing(width, height, (grid,))


@pytest.fixture
def scene() -> Recorder:
    return Recorder()


@pytest.fixture
def canvas(qtbot: QtBot, scene: Recorder) -> Canvas:
    canvas = Canvas("test")
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.set_scene(scene)
    canvas.show()
    qtbot.waitExposed(canvas)
    return canvas


def test_asks_for_a_drawing_of_its_own_size(canvas: Canvas, scene: Recorder) -> None:
    canvas.grab()
    assert scene.sizes[-1] == (400.0, 300.0)
    canvas.resize(500, 320)
    canvas.grab()
    assert scene.sizes[-1] == (500.0, 320.0)


def test_many_changes_cost_one_drawing(canvas: Canvas, scene: Recorder) -> None:
    canvas.grab()
    scene.sizes.clear()
    for _ in range(50):
        canvas.set_scene(scene)
    canvas.grab()
    canvas.grab()
    assert len(scene.sizes) == 1


def test_paints_cells_in_the_colours_of_the_theme(canvas: Canvas) -> None:
    for theme in (LIGHT, DARK):
        canvas.set_theme(theme)
        image = canvas.grab().toImage()
        expected = theme.cell_colours(GRID, Scale(1.0))
        for row, col in ((0, 0), (0, 1), (1, 0)):
            pixel = image.pixelColor(20 + col * 40 + 20, 30 + row * 40 + 12)
            assert (pixel.red(), pixel.green(), pixel.blue()) == tuple(expected[row, col])
        corner = image.pixelColor(5, 5)
        assert (corner.red(), corner.green(), corner.blue()) == theme.background[:3]


def test_reports_the_cell_under_the_pointer_once(canvas: Canvas, qtbot: QtBot) -> None:
    hovered: list[Cell | None] = []
    canvas.cell_hovered.connect(hovered.append)
    for point in (QPoint(30, 40), QPoint(34, 44), QPoint(70, 40), QPoint(200, 200)):
        qtbot.mouseMove(canvas, point)
    assert hovered == [Cell("grid", 0, 0), Cell("grid", 0, 1), None]


def test_reports_clicks_and_double_clicks_on_cells(canvas: Canvas, qtbot: QtBot) -> None:
    clicked: list[Cell] = []
    canvas.cell_clicked.connect(clicked.append)
    with qtbot.waitSignal(canvas.cell_double_clicked) as double:
        qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(30, 90))
    assert double.args == [Cell("grid", 1, 0)]
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(70, 40))
    assert clicked[-1] == Cell("grid", 0, 1)
    with qtbot.assertNotEmitted(canvas.cell_clicked):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))


def test_a_number_in_a_formula_stands_for_its_cell(canvas: Canvas, qtbot: QtBot) -> None:
    term = Term("−1", cell=Cell("grid", 0, 1))
    formula = Equation(20.0, 200.0, 300.0, 30.0, (Term("y = "), term), centred=False)
    canvas.set_scene(lambda width, height: Drawing(width, height, (formula,)))
    hovered: list[Cell | None] = []
    canvas.cell_hovered.connect(hovered.append)
    inside = QPoint(round(20 + text_width("y = ", 30) + text_width("−1", 30) / 2), 225)
    for point in (QPoint(25, 225), inside, QPoint(inside.x(), 120)):
        qtbot.mouseMove(canvas, point)
    assert hovered == [Cell("grid", 0, 1), None]
    with qtbot.waitSignal(canvas.cell_clicked) as clicked:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=inside)
    assert clicked.args == [Cell("grid", 0, 1)]
    with qtbot.assertNotEmitted(canvas.cell_double_clicked):
        qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=inside)


def test_knows_where_a_cell_is(canvas: Canvas) -> None:
    box = canvas.cell_box(Cell("grid", 1, 0))
    assert box is not None
    assert (box.x(), box.y(), box.width()) == (20.0, 70.0, 40.0)
    assert canvas.cell_box(Cell("elsewhere", 0, 0)) is None


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("size", [9.3, 14.0, 31.7])
def test_glyphs_are_as_wide_as_the_layout_believes(qapp: object, size: float, bold: bool) -> None:
    text = "y[0, 0] = 1·4 + (−2.5)·1/9 = ⌊Σ⌋"
    run = GlyphCache().run(text, size, bold)
    last = run.positions()[-1].x() + run.rawFont().advancesForGlyphIndexes([run.glyphIndexes()[-1]])[0].x()
    assert last == pytest.approx(text_width(text, size, bold), rel=0.005)


def test_the_family_has_every_sign_that_is_drawn(qapp: object) -> None:
    signs = "0123456789−+·×∗=⌊⌋Σ∂≤…°[](),.;:?/ ←→éÄ"
    for bold in (False, True):
        assert 0 not in GlyphCache().run(signs, 14.0, bold).glyphIndexes()
