"""What counts as one change to undo."""

from dataclasses import replace

import pytest
from driving import click, control, key, type_over
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cnnsim.app.changes import Changes
from cnnsim.app.history import History
from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(window: Window) -> OperationPage:
    window.show_page("counts")
    return window.page("counts")


def past(page: OperationPage) -> int:
    """How often something can be undone."""
    count = 0
    while page.changes.can_undo:
        page.changes.undo()
        count += 1
    return count


def turn_wheel(page: OperationPage, notches: int) -> None:
    box = control(page, "stride").box
    box.setFocus()
    for _ in range(abs(notches)):
        turned = QPoint(0, 120 if notches > 0 else -120)
        event = QWheelEvent(
            QPointF(5, 5),
            box.mapToGlobal(QPointF(5, 5)),
            QPoint(),
            turned,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(box, event)


def test_a_held_button_is_one_change(page: OperationPage, window: Window) -> None:
    more = control(page, "filters").more
    for _ in range(9):  # as the button does while it is held
        click(more)
    assert page.settings.filters == 17
    key(window, Qt.Key.Key_Z, CTRL)
    assert page.settings.filters == 8 and not page.changes.can_undo
    key(window, Qt.Key.Key_Y, CTRL)
    assert page.settings.filters == 17


def test_a_held_key_and_the_wheel_are_one_change_each(page: OperationPage) -> None:
    box = control(page, "kernel_size").box
    for _ in range(4):
        key(box, Qt.Key.Key_Up)
    turn_wheel(page, 3)
    assert (page.settings.kernel_size, page.settings.stride) == (9, 4)
    page.changes.undo()
    assert (page.settings.kernel_size, page.settings.stride) == (9, 1)
    page.changes.undo()
    assert page.settings == page.operation.start and not page.changes.can_undo


def test_after_a_pause_there_is_another_change(page: OperationPage) -> None:
    for _ in range(3):
        click(control(page, "filters").more)
        click(control(page, "filters").more)
        page.changes._pause.timeout.emit()
    assert past(page) == 3


def test_what_is_typed_is_one_change(page: OperationPage) -> None:
    box = control(page, "filters").box
    type_over(box, "123")
    key(box, Qt.Key.Key_Return)
    assert page.settings.filters == 123
    assert past(page) == 1


def test_counting_there_and_back_leaves_nothing_to_undo(page: OperationPage) -> None:
    field = control(page, "filters")
    for button in (field.more, field.more, field.less, field.less):
        click(button)
    assert page.settings == page.operation.start and not page.changes.can_undo


def test_another_option_or_an_undo_between_ends_a_change(page: OperationPage) -> None:
    for name in ("filters", "stride", "filters"):
        click(control(page, name).more)
        click(control(page, name).more)
    assert past(page) == 3
    click(control(page, "filters").more)
    page.changes.undo()
    click(control(page, "filters").more)
    assert page.settings.filters == 9 and past(page) == 1


def test_every_choice_is_a_change_of_its_own(page: OperationPage) -> None:
    for key_ in ("dense", "local", "shared"):
        click(control(page, "prior").button(key_))
    page.changes.undo()
    assert page.settings.prior == "local"
    page.changes.undo()
    assert page.settings.prior == "dense"


def test_a_drag_is_one_change_also_right_after_an_option(window: Window) -> None:
    changes = Changes(0, window)
    changes.count("shift", 1)
    for value in (2, 3, 4):
        changes.drag(value, again=value > 2)
    changes.drag(5, again=False)
    assert changes.present == 5
    for before in (4, 1, 0):
        changes.undo()
        assert changes.present == before
    assert not changes.can_undo and not changes._pause.isActive()


def test_a_long_history_does_not_hold_all_that_ever_was() -> None:
    history = History(0)
    for number in range(2000):
        history = history.continued(number + 1, f"thing {number // 2}")
    assert len(history.past) == 500 and history.before is not None and history.before.before is None


def test_the_pause_is_longer_than_the_delay_of_a_held_key(page: OperationPage) -> None:
    page.changes.count("stride", replace(page.settings, stride=2))
    assert page.changes._pause.isActive() and page.changes._pause.interval() > 700
    QTest.qWait(1)
