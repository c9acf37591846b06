"""The counts by mouse and keyboard."""

import pytest
from driving import centre_of, click_cell, key
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.drawing import Cell, Equation

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(window: Window) -> OperationPage:
    window.show_page("counts")
    page = window.page("counts")
    page.stage.player.last()
    return page


def formula(page: OperationPage) -> str:
    drawing = page.stage.canvas.drawing()
    assert drawing is not None
    lines = [item for item in drawing.items if isinstance(item, Equation)]
    return "".join(term.text for term in lines[2].terms)


def test_a_count_is_explained_under_the_pointer_and_pinned_by_a_click(page: OperationPage, window: Window) -> None:
    QTest.mouseMove(page.stage.canvas, centre_of(page.stage, Cell("counts", 3, 2)))
    assert formula(page) == "weights  =  8 · 5 · 5 · 1  =  200"
    click_cell(page.stage, "counts", 0, 4)
    assert page.stage.pointer.pinned == Cell("counts", 0, 4)
    assert page.stage.player.step_index == 4, "a click goes to the step that counts it"
    QTest.mouseMove(page.stage.canvas, centre_of(page.stage, Cell("counts", 3, 2)))
    assert formula(page) == "parameters  =  8 · 28 · 28 · 1  +  8  =  6,280"
    key(window, Qt.Key.Key_Escape)
    assert page.stage.pointer.pinned is None
    assert formula(page) == "weights  =  8 · 5 · 5 · 1  =  ?", "which is to come again"


def test_the_keys_walk_through_the_table(page: OperationPage, window: Window) -> None:
    page.stage.pointer.point_at(Cell("counts", 3, 2))
    key(window, Qt.Key.Key_Right, SHIFT)
    key(window, Qt.Key.Key_Right, SHIFT)
    assert formula(page) == "parameters  =  8 · 5 · 5 · 1  +  8  =  208"
    key(window, Qt.Key.Key_Up, SHIFT)
    assert formula(page).endswith("  =  119,808")
    key(page.stage.canvas, Qt.Key.Key_Return)
    assert page.stage.pointer.pinned == Cell("counts", 2, 4)
    assert page.stage.player.step_index == 20
    key(window, Qt.Key.Key_Escape)
    assert page.stage.pointer.pinned is None
