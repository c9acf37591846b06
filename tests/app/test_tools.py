import pytest
from driving import click, click_cell, key, settle, type_over
from PySide6.QtCore import Qt

from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.drawing import CellState, Matrix
from cnnsim.operations import with_cell
from cnnsim.operations.finite_difference import Check


@pytest.fixture
def page(window: Window) -> OperationPage:
    return window.page("convolution")


def answer(page: OperationPage, text: str) -> None:
    type_over(page.stage.predict.field, text)
    key(page.stage.predict.field, Qt.Key.Key_Return)


def hidden(page: OperationPage, row: int, col: int) -> bool:
    drawing = page.stage.canvas.drawing()
    assert drawing is not None
    states = drawing.matrix("output").states
    return states is not None and states[row, col] == CellState.EMPTY


def test_a_prediction_is_asked_for_compared_and_scored(window: Window, page: OperationPage) -> None:
    key(window, Qt.Key.Key_P)
    bar = page.stage.predict
    assert bar.isVisible() and bar.prompt.text() == "y[0, 0] = ?"
    assert hidden(page, 0, 0)
    answer(page, "5")
    assert hidden(page, 0, 0)
    assert bar.score.text() == "0 of 1 right"
    answer(page, "4")
    assert bar.verdict.text().startswith("Right")
    assert not hidden(page, 0, 0)
    assert bar.score.text() == "0 of 1 right"  # the second try
    key(bar.field, Qt.Key.Key_Return)
    settle(page.stage.player)
    assert bar.prompt.text() == "y[0, 1] = ?"
    answer(page, "3")
    assert bar.score.text() == "1 of 2 right"
    click(bar.reveal)
    settle(page.stage.player)
    click(bar.reveal)
    assert bar.verdict.text().startswith("It is 4")
    assert bar.score.text() == "1 of 3 right"


def test_a_question_is_about_the_numbers_and_steps_in_view(page: OperationPage) -> None:
    click(page.head.predict)
    page.change(with_cell(page.settings, "input", (0, 0, 0), 3.0))
    answer(page, "6")
    bar = page.stage.predict
    assert bar.verdict.text().startswith("Right")
    page.change(with_cell(page.settings, "input", (0, 4, 4), 3.0))
    assert bar.verdict.text().startswith("Right") and not hidden(page, 0, 0), "what has been told is no secret"
    page.stage.set_grain("row")
    assert bar.prompt.text() == "y[0, 2] = ?"
    page.head.presets.choose("1")
    page.stage.set_grain("cell")
    page.head.presets.choose("0")
    assert bar.prompt.text() == "y[0, 0] = ?"
    answer(page, "4")
    assert bar.verdict.text().startswith("Right")


def test_esc_ends_a_prediction_before_it_leaves_a_stage(window: Window) -> None:
    window.show_page("tiny-network")
    network = window.page("tiny-network")
    click(network.head.predict)
    assert network.stage.predict.prompt.text() == "c[0, 0, 0] = ?"
    network.controls["zoom"].widget.button("stage").click()
    assert network.stage.predict.prompt.text() == "y[0, 0, 0] = ?"
    network.stage.predict.take_keys()
    key(network.stage.predict.field, Qt.Key.Key_Escape)
    assert network.stage.predict.isHidden() and network.settings.zoom == "stage"
    key(window, Qt.Key.Key_Escape)
    assert network.settings.zoom == "overview"


def test_a_wrong_prediction_is_diagnosed(page: OperationPage) -> None:
    page.head.presets.choose("1")  # emboss, correlation: [[1, 1, 1], [2, 2, −1], [4, 2, −3]]
    click(page.head.predict)
    page.stage.player.seek(3)
    answer(page, "-2")
    assert "turned" in page.stage.predict.verdict.text()
    answer(page, "two")
    assert "is not a number" in page.stage.predict.verdict.text()
    click(page.head.predict)
    assert not page.stage.predict.isVisible()
    assert not hidden(page, 1, 0)


def test_playing_stops_at_every_question(window: Window, page: OperationPage) -> None:
    click(page.head.predict)
    click(page.stage.transport.play)
    settle(page.stage.player)
    assert not page.stage.player.playing


def test_a_gradient_is_checked_by_a_nudge(window: Window, page: OperationPage) -> None:
    key(window, Qt.Key.Key_G)
    bar = page.stage.check
    assert "Click a weight" in bar.words.text()
    click_cell(page.stage, "kernel", 0, 1)
    assert bar.words.text().startswith("w[0, 1]:  ε = 0.01") and "gradient = <b>7</b>" in bar.words.text()
    bar.slider.setValue(0)
    assert "ε = 1" in bar.words.text()
    key(window, Qt.Key.Key_Escape)
    assert "Click a weight" in bar.words.text()
    key(window, Qt.Key.Key_G)
    assert not bar.isVisible()


def test_a_click_zooms_into_a_stage_and_escape_out_of_it(window: Window) -> None:
    window.show_page("tiny-network")
    page = window.page("tiny-network")
    page.stage.player.seek(page.stage.player.length // 2)
    drawing = page.stage.canvas.drawing()
    assert drawing is not None
    name = next(item.name for item in drawing.items if isinstance(item, Matrix) and item.name == "network pooling[0]")
    click_cell(page.stage, name, 0, 0)
    assert page.settings.zoom == "stage"
    assert page.stage.pointer.pinned is None
    key(window, Qt.Key.Key_Escape)
    assert page.settings.zoom == "overview"
    window.toggle_full_screen()
    key(window, Qt.Key.Key_Escape)  # nothing is left to leave on the page
    assert not window.isFullScreen()


@pytest.mark.parametrize(
    ("gradient", "told"),
    [
        (29.999999999999996, "= <b>30</b>"),
        (100.0, "= <b>100</b>"),
        (-2.5, "= <b>−2.5</b>"),
        (1 / 3, "≈ <b>0.333333</b>"),
    ],
)
def test_a_gradient_is_written_whole(page: OperationPage, gradient: float, told: str) -> None:
    bar = page.stage.check
    bar.show_check(Check("kernel", (0, 0), 0.01, 0.0, 0.0, gradient, 0.0), "w[0, 0]")
    assert f"ε = 0.01,  ΔJ/ε = <b>0</b>,  gradient {told},  difference" in bar.words.text()
