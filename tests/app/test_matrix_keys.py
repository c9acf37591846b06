"""Ctrl+C copies the matrix that is looked at, Ctrl+V pastes into it."""

import pytest
from driving import centre_of, click_cell, control, double_click_cell, key, settle
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.drawing import Cell
from cnnsim.operations import array_of
from cnnsim.operations.matrix_text import parse_matrix

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(window: Window) -> OperationPage:
    return window.page("convolution")


def point_at(page: OperationPage, name: str) -> None:
    QTest.mouseMove(page.stage.canvas, centre_of(page.stage, Cell(name, 2, 1)))
    QTest.mouseMove(page.stage.canvas, centre_of(page.stage, Cell(name, 1, 1)))


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_an_input_is_copied_and_pasted_over(window: Window, page: OperationPage) -> None:
    click_cell(page.stage, "kernel", 0, 0)
    key(window, Qt.Key.Key_C, CONTROL)
    assert clipboard() == "1\t0\t1\n0\t1\t0\n1\t0\t1"
    QGuiApplication.clipboard().setText("np.array([[1, 2], [3, 4]])")
    key(window, Qt.Key.Key_V, CONTROL)
    assert array_of(page.settings, "kernel").tolist() == [[[[1, 2], [3, 4]]]]
    key(window, Qt.Key.Key_Z, CONTROL)
    assert array_of(page.settings, "kernel").shape == (1, 1, 3, 3)


def test_a_result_is_copied_once_it_is_there(window: Window, page: OperationPage) -> None:
    QGuiApplication.clipboard().setText("before")
    point_at(page, "output")
    key(window, Qt.Key.Key_C, CONTROL)
    assert clipboard() == "before"
    assert "not complete yet" in page.panel.warning
    page.stage.player.last()
    settle(page.stage.player)
    point_at(page, "output")
    key(window, Qt.Key.Key_C, CONTROL)
    assert parse_matrix("output", clipboard()).tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]
    key(window, Qt.Key.Key_V, CONTROL)
    assert "whose numbers are given" in page.panel.warning


def test_nothing_is_copied_where_nothing_is_looked_at(window: Window, page: OperationPage) -> None:
    key(window, Qt.Key.Key_C, CONTROL)
    assert "point at one first" in page.panel.warning


def test_numbers_that_are_refused_leave_the_cells_open_for_changes(window: Window, page: OperationPage) -> None:
    click_cell(page.stage, "input", 0, 0)
    QGuiApplication.clipboard().setText("1 2; 3")
    key(window, Qt.Key.Key_V, CONTROL)
    assert "is ragged" in page.panel.warning
    double_click_cell(page.stage, "input", 0, 0)
    assert page.stage.editor.isVisible()


def test_a_field_keeps_its_own_copying(window: Window, page: OperationPage) -> None:
    field = control(page, "bias").number
    field.setFocus()
    field.selectAll()
    key(field, Qt.Key.Key_C, CONTROL)
    assert clipboard() == "0"
