"""Cells by keyboard alone, and hints that do not disturb."""

from dataclasses import replace

import pytest
from driving import centre_of, click, click_cell, control, double_click_cell, key, settle, type_over
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from cnnsim.app import cell_hints
from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.drawing import Cell, Matrix
from cnnsim.operations import array_of

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(window: Window) -> OperationPage:
    return window.page("convolution")


def move(window: Window, *arrows: Qt.Key) -> None:
    for arrow in arrows:
        key(window, arrow, SHIFT)


def test_a_cell_is_found_and_changed_without_a_mouse(window: Window, page: OperationPage) -> None:
    pointer = page.stage.pointer
    move(window, Qt.Key.Key_Right)
    assert pointer.cursor == Cell("input", 0, 0)
    move(window, Qt.Key.Key_Down, Qt.Key.Key_Right)
    assert pointer.looked_at == Cell("input", 1, 1)
    assert page.stage.player.position == 0
    key(page.stage.canvas, Qt.Key.Key_Return)
    type_over(page.stage.editor, "1/2")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert array_of(page.settings, "input")[0, 1, 1] == 0.5
    assert page.stage.canvas.hasFocus()
    move(window, Qt.Key.Key_Left)
    assert pointer.cursor == Cell("input", 1, 0)
    key(window, Qt.Key.Key_Escape)
    assert pointer.looked_at is None


def test_escape_leaves_the_editor_before_the_cell(window: Window, page: OperationPage) -> None:
    move(window, Qt.Key.Key_Right)
    key(page.stage.canvas, Qt.Key.Key_F2)
    type_over(page.stage.editor, "5")
    key(page.stage.editor, Qt.Key.Key_Escape)
    assert not page.stage.editor.isVisible() and page.settings == page.operation.start
    assert page.stage.pointer.cursor == Cell("input", 0, 0)
    key(window, Qt.Key.Key_Escape)
    assert page.stage.pointer.cursor is None


def test_keys_go_on_from_grid_to_grid(window: Window, page: OperationPage) -> None:
    seen = []
    for _ in range(12):
        move(window, Qt.Key.Key_Right)
        cursor = page.stage.pointer.cursor
        assert cursor is not None
        seen.append(cursor.matrix)
    assert next(iter(dict.fromkeys(seen))) == "input"
    assert {"kernel", "output"} <= set(seen) or {"products", "output"} <= set(seen)


def test_enter_on_an_output_goes_to_its_steps_and_shift_enter_pins(window: Window, page: OperationPage) -> None:
    page.stage.pointer.point_at(Cell("output", 1, 2))
    page.stage.canvas.setFocus()
    key(page.stage.canvas, Qt.Key.Key_Return)
    assert page.stage.player.step_index > 0
    key(window, Qt.Key.Key_Escape)
    page.stage.pointer.point_at(Cell("kernel", 1, 1))
    key(page.stage.canvas, Qt.Key.Key_Enter, SHIFT)
    assert page.stage.pointer.pinned == Cell("kernel", 1, 1)
    QTest.mouseMove(page.stage.canvas, centre_of(page.stage, Cell("input", 0, 0)))
    QTest.mouseMove(page.stage.canvas, centre_of(page.stage, Cell("input", 3, 3)))
    assert page.stage.pointer.pinned == Cell("kernel", 1, 1)
    key(window, Qt.Key.Key_Escape)
    assert page.stage.pointer.pinned is None


def test_stepping_gives_way_to_the_result_under_the_keys(window: Window, page: OperationPage) -> None:
    page.stage.pointer.point_at(Cell("output", 0, 0))
    page.stage.player.seek(1)
    assert page.stage.pointer.cursor is None
    page.stage.pointer.point_at(Cell("kernel", 0, 0))
    page.stage.player.seek(2)
    assert page.stage.pointer.cursor == Cell("kernel", 0, 0)


def test_the_picture_is_in_the_order_of_the_tab_key(window: Window, page: OperationPage) -> None:
    for _ in range(80):
        key(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        if page.stage.canvas.hasFocus():
            break
    assert page.stage.canvas.hasFocus() and page.stage.pointer.cursor is not None
    key(page.stage.canvas, Qt.Key.Key_Tab)
    assert page.stage.pointer.cursor is None


def test_every_control_can_be_reached_with_the_tab_key(window: Window, page: OperationPage) -> None:
    seen = set()
    for mode in (Qt.Key.Key_P, Qt.Key.Key_G):  # whose bars take turns
        key(window, mode)
        for _ in range(80):
            key(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
            seen.add(QApplication.focusWidget())
        page.stage.canvas.setFocus()  # a letter typed into the answer is no key of the page
    head, transport = page.head, page.stage.transport
    bias, seed = control(page, "bias"), control(page, "stride")
    wanted = [
        bias.number,
        seed.box,
        head.presets,
        head.open,
        head.save,
        head.predict,
        head.check,
        head.code,
        page.scale.scaling,
    ]
    wanted += [transport.play, transport.bookmark, transport.scrubber, transport.speed, window.header.theme]
    wanted += [page.stage.predict.field, page.stage.predict.reveal, page.stage.check.slider]
    assert not [widget for widget in wanted if widget not in seen]


def test_arrow_keys_belong_to_the_control_that_has_the_focus(window: Window, page: OperationPage) -> None:
    segments = page.stage.transport.grain
    segments.button("multiply").setFocus()
    key(segments.button("multiply"), Qt.Key.Key_Right)
    assert segments.key == "cell" and segments.button("cell").hasFocus()
    key(segments.button("cell"), Qt.Key.Key_Left)
    key(segments.button("multiply"), Qt.Key.Key_Left)
    assert segments.key == "multiply"
    key(window, Qt.Key.Key_G)
    slider = page.stage.check.slider
    slider.setFocus()
    before, position = slider.value(), page.stage.player.position
    key(slider, Qt.Key.Key_Right)
    assert slider.value() > before
    settle(page.stage.player)
    assert page.stage.player.position == position


def test_the_space_bar_presses_what_has_the_focus(window: Window, page: OperationPage) -> None:
    predict = page.head.predict
    predict.setFocus()
    key(predict, Qt.Key.Key_Space)
    assert page.stage.predict.isVisible()
    reveal = page.stage.predict.reveal
    reveal.setFocus()
    key(reveal, Qt.Key.Key_Space)
    assert page.stage.predict.verdict.text().startswith("It is")
    assert not page.stage.player.moving


def test_a_drag_is_one_change(window: Window, qtbot: QtBot) -> None:
    window.show_page("equivariance")
    page = window.page("equivariance")
    before, canvas = page.settings, page.stage.canvas
    start = centre_of(page.stage, Cell("input", 1, 1))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    for row, col in ((1, 2), (2, 2), (2, 3)):
        QTest.mouseMove(canvas, centre_of(page.stage, Cell("input", row, col)))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start)
    assert page.settings.shift == (before.shift[0] + 1, before.shift[1] + 2)
    page.changes.undo()
    assert page.settings == before
    page.changes.redo()
    assert page.settings != before


def test_a_cell_that_is_gone_is_no_longer_looked_at(window: Window) -> None:
    window.show_page("field-of-view")
    page = window.page("field-of-view")
    page.head.presets.choose("1")
    drawing = page.stage.canvas.drawing()
    assert drawing is not None
    last = [item.name for item in drawing.items if isinstance(item, Matrix) and item.name.startswith("units")][-1]
    click_cell(page.stage, last, 0, 0)
    page.stage.pointer.point_at(Cell(last, 0, 0))
    page.change(replace(page.settings, depth=1))
    assert page.stage.pointer.looked_at is None
    assert page.stage.canvas.drawing() is not None


def test_a_click_beside_the_editor_keeps_what_was_typed(page: OperationPage) -> None:
    double_click_cell(page.stage, "input", 0, 0)
    type_over(page.stage.editor, "7")
    click(control(page, "stride").more)
    assert not page.stage.editor.isVisible()
    assert array_of(page.settings, "input")[0, 0, 0] == 7 and page.settings.stride == 2
    double_click_cell(page.stage, "input", 0, 0)
    type_over(page.stage.editor, "x")
    click(control(page, "stride").less)
    assert not page.stage.editor.isVisible()
    assert array_of(page.settings, "input")[0, 0, 0] == 7 and page.settings.stride == 1


def test_a_hint_waits_until_the_pointer_rests(page: OperationPage, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, words, *_: shown.append(words))
    at = centre_of(page.stage, Cell("input", 2, 2))
    monkeypatch.setattr(cell_hints.QCursor, "pos", lambda: page.stage.canvas.mapToGlobal(at))
    QTest.mouseMove(page.stage.canvas, QPoint(1, 1))
    QTest.mouseMove(page.stage.canvas, at)
    assert page.stage.canvas.cursor().shape() == Qt.CursorShape.IBeamCursor
    assert not shown and page.stage.canvas.toolTip() == ""
    hints = page.stage.canvas.findChild(cell_hints.CellHints)
    assert hints is not None
    hints.show()
    assert shown == ["Double-click to change this number, click to pin it"]
    click_cell(page.stage, "input", 2, 2)
    click(page.stage.transport.play)
