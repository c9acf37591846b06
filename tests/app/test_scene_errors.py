"""A scene that raises: the picture before it stays, it is said once, and nothing ends."""

from dataclasses import replace

import pytest
from driving import centre_of, settle
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnsim.app.canvas import Canvas
from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.drawing import Cell, Drawing, Label
from cnnsim.operations import operation_named

BROKEN_FROM = 3


class Scene:
    """Draws an operation until some step, from which on it raises."""

    def __init__(self) -> None:
        self.calls = 0
        self.draw = operation_named("convolution").draw

    def __call__(self, settings, steps, position, view) -> Drawing:
        self.calls += 1
        if position >= BROKEN_FROM:
            raise ZeroDivisionError("division by zero")
        return self.draw(settings, steps, position, view)


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def page(window: Window, scene: Scene) -> OperationPage:
    window.show_page("convolution")
    page = window.page("convolution")
    page.operation = replace(page.operation, draw=scene)
    page.stage.player.seek(BROKEN_FROM - 1)
    page.grab()
    return page


def test_the_last_valid_picture_stays(page: OperationPage, scene: Scene) -> None:
    errors: list[Exception] = []
    page.stage.canvas.failed.disconnect(page.failed)  # the notice would make the picture smaller
    page.stage.canvas.failed.connect(errors.append)
    before, drawing = page.stage.canvas.grab().toImage(), page.stage.canvas.drawing()
    page.stage.player.seek(BROKEN_FROM)
    page.stage.canvas.drawing()
    scene.calls = 0
    for _ in range(5):
        assert page.stage.canvas.grab().toImage() == before
    assert scene.calls == 0, "painting does not ask a scene again that has raised"
    assert [str(error) for error in errors] == ["division by zero"]
    QTest.mouseMove(page.stage.canvas, centre_of(page.stage, Cell("input", 1, 1)))
    assert page.stage.pointer.looked_at == Cell("input", 1, 1), "its cells can still be pointed at"
    assert page.stage.canvas.grab().toImage() == before
    assert page.stage.canvas.drawing() is drawing


def test_the_page_goes_on_where_it_can(page: OperationPage) -> None:
    page.stage.player.seek(BROKEN_FROM)
    page.stage.player.seek(0)
    drawing = page.stage.canvas.drawing()
    assert drawing is not None
    page.stage.player.seek(BROKEN_FROM + 1)
    page.grab()
    page.change(replace(page.settings, padding=1))
    page.stage.player.seek(1)
    changed = page.stage.canvas.drawing()
    assert changed is not None and changed.matrix("input").values.shape == (7, 7)


def test_playing_into_it_comes_to_rest(page: OperationPage) -> None:
    errors: list[Exception] = []
    page.failed.connect(errors.append)
    page.stage.player.seek(BROKEN_FROM - 1)
    page.stage.player.play()
    for _ in range(100):
        page.stage.player.advance(16.0)
        page.stage.canvas.grab()
        if errors:
            break
    settle(page.stage.player)
    assert errors and not page.stage.player.playing


def test_another_size_is_not_tried(window: Window, page: OperationPage, scene: Scene) -> None:
    page.stage.player.seek(BROKEN_FROM)
    page.grab()
    QApplication.processEvents()
    scene.calls = 0
    window.resize(1200, 800)
    QApplication.processEvents()
    page.grab()
    assert scene.calls == 0, "else the notice, which takes room, would bring itself up again"


def test_the_window_says_so_once(window: Window, page: OperationPage) -> None:
    page.stage.player.seek(BROKEN_FROM)
    page.grab()
    QApplication.processEvents()
    assert "ZeroDivisionError: division by zero" in window.notice.words
    assert not window.notice.copy.isHidden()
    window.notice.dismiss.click()
    page.grab()
    QApplication.processEvents()
    assert window.notice.words == "", "who has sent it away is left in peace"


@pytest.mark.parametrize("broken", ["lower", "paint"])
def test_what_cannot_be_painted_leaves_the_picture_before(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    canvas, errors = Canvas("test"), []
    qtbot.addWidget(canvas)
    canvas.failed.connect(errors.append)
    canvas.resize(400, 300)
    canvas.set_scene(lambda width, height: Drawing(width, height, (Label("good", 50, 50, 30),)))
    before = canvas.grab().toImage()
    name = {"lower": "lower_grids", "paint": "paint"}[broken]
    real, raised = getattr(__import__("cnnsim.app.canvas", fromlist=[name]), name), []

    def sometimes(*arguments):
        if not raised:
            raised.append(True)
            raise ValueError("no such colour")
        return real(*arguments)

    monkeypatch.setattr(f"cnnsim.app.canvas.{name}", sometimes)
    canvas.set_scene(lambda width, height: Drawing(width, height, (Label("bad", 50, 50, 30),)))
    assert canvas.grab().toImage() == before
    assert canvas.grab().toImage() == before
    assert [str(error) for error in errors] == ["no such colour"]


def test_a_page_that_never_had_a_picture_is_empty(qtbot: QtBot) -> None:
    canvas, errors = Canvas("test"), []
    qtbot.addWidget(canvas)
    canvas.failed.connect(errors.append)
    canvas.resize(400, 300)

    def raising(width: float, height: float) -> Drawing:
        raise KeyError("input")

    canvas.set_scene(raising)
    assert canvas.drawing() is None
    canvas.grab()
    assert len(errors) == 1 and canvas.cell_box.__self__ is canvas


def test_the_training_page_says_so_too(window: Window) -> None:
    def raising(width: float, height: float) -> Drawing:
        raise IndexError("no such map")

    window.show_page("training")
    window.training.canvas.set_scene(raising)
    window.training.canvas.grab()
    QApplication.processEvents()
    assert "IndexError: no such map" in window.notice.words


def test_the_notice_stays_and_its_report_can_be_copied(window: Window) -> None:
    try:
        raise ZeroDivisionError("division by zero")
    except ZeroDivisionError as raised:
        error = raised
    notice = window.notice
    notice.say_defect(error)
    assert "ZeroDivisionError: division by zero" in notice.words and "report" in notice.words
    assert not notice._timer.isActive(), "nobody can read it and decide in a few seconds"
    notice.copy.click()
    copied = QApplication.clipboard().text()
    assert copied.startswith("cnnsim ") and "test_scene_errors.py" in copied and "division by zero" in copied
    notice.say("Saved as circle.toml")
    assert notice.copy.isHidden() and notice._timer.isActive()
