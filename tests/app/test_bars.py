"""The bars that come up under a picture."""

import pytest
from driving import key
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cnnsim.app.window import Window
from cnnsim.drawing import Equation, Label, Matrix
from cnnsim.operations import OPERATIONS
from cnnsim.typography import flow


def lowest(drawing) -> float:
    """Lower edge of all that is drawn but the last line."""
    edges = [0.0]
    lines = [item for item in drawing.items if isinstance(item, Equation)]
    for item in drawing.items:
        if isinstance(item, Matrix):
            edges.append(item.y + item.height)
        elif isinstance(item, Label):
            edges.append(item.y + item.size / 2)
        elif isinstance(item, Equation) and item is not lines[-1]:
            edges.append(max(run.y + run.size * 0.6 for run in flow(item)[0]))
    return max(edges)


@pytest.mark.parametrize("size", [(1024, 700), (1920, 1080)], ids=str)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_bar_takes_the_place_of_the_last_line_and_nothing_moves(window: Window, operation, size) -> None:
    window.resize(*size)
    window.show_page(operation.name)
    page = window.page(operation.name)
    stage = page.stage
    stage.player.seek(stage.player.length // 2)
    QTest.qWait(1)
    places = [widget.geometry() for widget in (stage.canvas, stage.transport, page.panel)]
    for button, bar in ((page.head.predict, stage.predict), (page.head.check, stage.check)):
        if button.isHidden():
            continue
        button.click()
        QTest.qWait(1)
        assert [widget.geometry() for widget in (stage.canvas, stage.transport, page.panel)] == places
        assert bar.isVisible() and bar.width() == stage.canvas.width()
        assert bar.geometry().bottom() == stage.canvas.geometry().bottom()
        assert bar.y() >= lowest(stage.canvas.drawing()) - 1
        assert bar.y() <= next(item.y for item in reversed(stage.canvas.drawing().items) if isinstance(item, Equation))
        button.click()
        assert bar.isHidden()


def test_predicting_and_checking_take_turns(window: Window) -> None:
    page = window.page("convolution")
    window.show_page("convolution")
    key(window, Qt.Key.Key_P)
    assert page.stage.predict.isVisible()
    page.stage.canvas.setFocus()
    key(window, Qt.Key.Key_G)
    assert page.stage.check.isVisible() and page.stage.predict.isHidden()
    assert page.head.check.isChecked() and not page.head.predict.isChecked()
    key(window, Qt.Key.Key_P)
    assert page.stage.predict.isVisible() and page.stage.check.isHidden()
