"""The keys of every page: each does what the list says, none does two things or nothing."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from driving import control, key, type_over
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QShortcut, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from cnnsim.app.code_dialog import CodeDialog
from cnnsim.app.help_dialog import KEYS, HelpDialog
from cnnsim.app.operation_page import OperationPage
from cnnsim.app.options import PAGES
from cnnsim.app.window import Window
from cnnsim.operations import OPERATIONS

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSlider)


def controls(window: Window) -> list[QWidget]:
    """What can be used in the page in view."""
    found = [widget for kind in CONTROLS for widget in window.findChildren(kind) if widget.isVisibleTo(window)]
    return [widget for widget in found if not isinstance(widget, QScrollBar)]


def shortcuts(window: Window) -> Counter[str]:
    """Keys that something answers to, and how many do."""
    alive = [
        shortcut
        for shortcut in window.findChildren(QShortcut)
        if shortcut.isEnabled() and isinstance(shortcut.parent(), QWidget) and shortcut.parent().isVisibleTo(window)
    ]
    return Counter(keys.toString() for shortcut in alive for keys in QShortcut.keys(shortcut))


def operation_page(window: Window, name: str) -> OperationPage:
    window.show_page(name)
    return window.page(name)


@pytest.mark.parametrize("name", PAGES)
def test_every_control_says_what_it_does_and_no_key_does_two_things(window: Window, name: str) -> None:
    window.show_page(name)
    QApplication.processEvents()
    assert [type(widget).__name__ for widget in controls(window) if not widget.toolTip()] == []
    unnamed = [widget for widget in controls(window) if not (widget.accessibleName() or widget.property("text"))]
    assert [widget.toolTip() for widget in unnamed] == []
    assert [keys for keys, count in shortcuts(window).items() if count > 1] == []


@pytest.mark.parametrize("name", PAGES)
def test_the_tab_key_goes_through_every_control_from_top_to_bottom(window: Window, name: str) -> None:
    window.resize(1100, 1400)
    window.show_page(name)
    QApplication.processEvents()
    order: list[QWidget] = []
    while len(order) < 200:
        key(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        if QApplication.focusWidget() in order:
            break
        order.append(QApplication.focusWidget())
    wanted = [
        widget for widget in controls(window) if widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert {widget.toolTip() for widget in wanted if widget not in order} <= _one_of_a_row(window)
    body = [widget for widget in order if widget.window() is window and not window.header.isAncestorOf(widget)]
    for area in (body[: _first_of_picture(body)], body[_first_of_picture(body) :]):
        tops = [widget.mapTo(window, QPoint(0, 0)).y() for widget in area]
        assert all(after >= before - 6 for before, after in pairwise(tops)), tops


def _one_of_a_row(window: Window) -> set[str]:
    """Segments that are reached with the arrow keys from the chosen one beside them."""
    return {widget.toolTip() for widget in controls(window) if widget.property("segment")}


def _first_of_picture(order: list[QWidget]) -> int:
    return next((n for n, widget in enumerate(order) if type(widget).__name__ == "Canvas"), len(order))


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none to give
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_letter_does_what_its_button_says(window: Window, operation) -> None:
    page = operation_page(window, operation.name)
    transport = page.stage.transport
    for code, button in ((Qt.Key.Key_L, transport.loop), (Qt.Key.Key_B, transport.bookmark)):
        for wanted in (True, False):
            key(window, code)
            assert button.isChecked() is wanted
    key(window, Qt.Key.Key_G)
    assert page.stage.check.isVisible() is bool(operation.gradients)
    key(window, Qt.Key.Key_P)
    assert page.stage.predict.isVisible() and page.stage.check.isHidden()
    key(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert page.stage.predict.isHidden() and not page.head.predict.isChecked()
    assert page.stage.canvas.hasFocus(), "the letters are keys again"
    key(window, Qt.Key.Key_C)
    shown = [dialog for dialog in page.findChildren(CodeDialog) if dialog.isVisible()]
    assert len(shown) == (operation.code is not None)
    for dialog in shown:
        key(dialog, Qt.Key.Key_Escape)


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_the_list_of_keys_names_every_letter(window: Window) -> None:
    operation_page(window, "tiny-network")
    QApplication.processEvents()
    listed = " ".join(keys for column in KEYS for _, group in column for keys, _ in group)
    letters = [keys for keys in shortcuts(window) if len(keys) == 1]
    assert letters and [letter for letter in letters if letter not in listed] == []
    for code in (Qt.Key.Key_F1, Qt.Key.Key_Question):
        key(window, code)
        (dialog,) = [dialog for dialog in window.findChildren(HelpDialog) if dialog.isVisible()]
        key(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()


def test_what_was_counted_in_a_field_is_undone_from_there(window: Window) -> None:
    page = operation_page(window, "convolution")
    box = control(page, "stride").box
    box.setFocus()
    key(box, Qt.Key.Key_Up)
    assert page.settings.stride == 2
    key(box, Qt.Key.Key_Z, CTRL)
    assert page.settings.stride == 1
    key(box, Qt.Key.Key_Z, CTRL | SHIFT)
    assert page.settings.stride == 2


def test_what_is_being_typed_is_undone_by_itself(window: Window) -> None:
    page = operation_page(window, "convolution")
    box = control(page, "stride").box
    key(box, Qt.Key.Key_Up)
    box.setFocus()
    type_over(box, "7")
    key(box, Qt.Key.Key_Z, CTRL)
    assert box.text() != "7" and page.settings.stride == 2


@pytest.mark.parametrize(("name", "option", "shown"), [("convolution", "stride", "1"), ("dropout", "p", "0.5")])
def test_esc_takes_back_what_is_typed(window: Window, name: str, option: str, shown: str) -> None:
    page = operation_page(window, name)
    field = control(page, option)
    field = getattr(field, "box", field)
    field.setFocus()
    type_over(field, "0.25" if option == "p" else "4")
    key(field, Qt.Key.Key_Escape)
    assert field.text() == shown and field.hasFocus()
    key(field, Qt.Key.Key_Return)
    assert page.settings == page.operation.start


def test_the_wheel_changes_nothing_in_passing(window: Window) -> None:
    page = operation_page(window, "convolution")
    for choice in (page.head.presets, control(page, "borders")):
        _turn(choice)
        assert page.settings == page.operation.start
    choice.setFocus()
    _turn(choice)
    assert page.settings != page.operation.start
    page.change(replace(page.settings, stride=2))


def _turn(widget: QWidget) -> None:
    here = QPointF(5, 5)
    event = QWheelEvent(
        here,
        widget.mapToGlobal(here),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
