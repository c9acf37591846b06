"""Acting on a window as a person would."""

from typing import Any

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QThreadPool
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cnnsim.app.operation_page import OperationPage
from cnnsim.app.player import Player
from cnnsim.app.stage import Stage
from cnnsim.drawing import Cell


def settle(player: Player) -> None:
    """Let a movement end without waiting for it."""
    for _ in range(5000):
        if not player.moving:
            return
        player.advance(16.0)
    raise AssertionError("the player never came to rest")


def finish_reading(parent: QWidget) -> None:
    """Wait for files that are read on another thread, and for what comes of them."""
    for pool in parent.findChildren(QThreadPool):
        assert pool.waitForDone(30_000)
    QCoreApplication.sendPostedEvents()


def key(widget: QWidget, code: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget, code, modifier)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def centre_of(stage: Stage, cell: Cell) -> QPoint:
    box = stage.canvas.cell_box(cell)
    assert box is not None
    return box.center().toPoint()


def click_cell(stage: Stage, name: str, row: int, col: int) -> None:
    QTest.mouseClick(stage.canvas, Qt.MouseButton.LeftButton, pos=centre_of(stage, Cell(name, row, col)))


def double_click_cell(stage: Stage, name: str, row: int, col: int) -> None:
    QTest.mouseDClick(stage.canvas, Qt.MouseButton.LeftButton, pos=centre_of(stage, Cell(name, row, col)))


def type_over(widget: QWidget, text: str) -> None:
    """Replace what a field holds."""
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(widget, text)


def control(page: OperationPage, name: str) -> Any:
    """The widget of an option."""
    return page.controls[name].widget
