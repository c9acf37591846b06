"""What holds on the page of every operation, done as a person would do it."""

from dataclasses import replace

import numpy as np
import pytest
from driving import centre_of, click, double_click_cell, key, type_over
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.drawing import Cell, Drawing, Matrix
from cnnsim.operations import OPERATIONS, array_of, options_of
from cnnsim.operations.options import OneOf

NAMES = [operation.name for operation in OPERATIONS]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(params=NAMES)
def page(request: pytest.FixtureRequest, window: Window) -> OperationPage:
    window.show_page(request.param)
    return window.page(request.param)


def drawing(page: OperationPage) -> Drawing:
    shown = page.stage.canvas.drawing()
    assert shown is not None
    return shown


def matrices(page: OperationPage) -> list[Matrix]:
    return [item for item in drawing(page).items if isinstance(item, Matrix)]


def test_every_grain_walks_from_the_first_step_to_the_last_and_back(
    page: OperationPage, window: Window, qtbot: QtBot
) -> None:
    for grain in page.operation.grains:
        click(page.stage.transport.grain.button(grain.key))
        key(window, Qt.Key.Key_End)
        assert page.stage.player.position == page.stage.player.length - 1
        drawing(page)
        key(window, Qt.Key.Key_Home)
        assert page.stage.player.position == 0
    qtbot.waitUntil(lambda: bool(page.stage.canvas.accessibleDescription()))


def test_every_example_is_shown_and_recognised(page: OperationPage) -> None:
    presets = page.operation.presets
    assert presets and presets[0].settings == page.operation.start
    for number, preset in enumerate(presets):
        page.head.presets.choose(str(number))
        assert page.settings == preset.settings
        assert page.panel.warning == ""
        assert page.head.presets.currentIndex() == number
        page.stage.player.last()
        assert matrices(page)


def test_every_pass_can_be_stepped(page: OperationPage) -> None:
    kind = options_of(page.settings).get("direction")
    if kind is None or not isinstance(kind.kind, OneOf):
        pytest.skip("the page has no backward pass of its own to choose")
    for name in kind.kind.names:
        page.change(replace(page.settings, direction=name.key))
        assert page.panel.warning == ""
        for share in (0.0, 0.5, 1.0):
            page.stage.player.seek(share * (page.stage.player.length - 1))
            drawing(page)


def test_every_cell_can_be_pointed_at(page: OperationPage) -> None:
    page.stage.player.seek(page.stage.player.length // 2)
    for matrix in matrices(page):
        rows, cols = matrix.values.shape
        for row, col in ((0, 0), (rows - 1, cols - 1)):
            cell = Cell(matrix.name, row, col)
            QTest.mouseMove(page.stage.canvas, centre_of(page.stage, cell))
            QTest.qWait(1)
            assert page.stage.pointer.looked_at == cell
            assert drawing(page).matrix(matrix.name).values.shape == (rows, cols)


def test_an_edited_number_is_used_and_taken_back(page: OperationPage, window: Window) -> None:
    cell = next(
        (
            Cell(matrix.name, row, col)
            for matrix in matrices(page)
            for row, col in np.ndindex(*matrix.values.shape)
            if page.given_at(Cell(matrix.name, row, col)) is not None
        ),
        None,
    )
    if cell is None:
        pytest.skip("the page has no numbers of its own")
    before, operand = page.settings, page.stage.operand_at(cell)
    assert operand is not None
    double_click_cell(page.stage, cell.matrix, cell.row, cell.col)
    type_over(page.stage.editor, "2")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert array_of(page.settings, operand[0])[operand[1]] == 2
    key(window, Qt.Key.Key_Z, CTRL)
    assert page.settings == before


def test_a_prediction_hides_the_result_until_it_is_answered(page: OperationPage, window: Window) -> None:
    key(window, Qt.Key.Key_P)
    bar = page.stage.predict
    assert bar.isVisible()
    for _ in range(3):
        click(bar.reveal)
        page.stage.player.advance(10_000)
    key(window, Qt.Key.Key_P)


def test_code_is_shown_where_there_is_some(page: OperationPage) -> None:
    if page.operation.code is None:
        pytest.skip("the page computes nothing that other libraries have")
    code = page.operation.code(page.settings)
    assert "import numpy" in code.numpy and "import torch" in code.torch


def test_a_refusal_says_what_was_kept_and_comes_into_view(window: Window) -> None:
    window.resize(1024, 700)
    page = window.page("convolution")
    before = drawing(page)
    page.change(replace(page.settings, input_size=(3, 3), kernel_size=(5, 5)))
    assert page.panel.warning.endswith("The picture still shows what went together before.")
    QTest.qWait(50)
    assert not page.panel._warning.visibleRegion().isEmpty()
    assert len(drawing(page).items) == len(before.items)
    page.changes.undo()
    assert page.panel.warning == ""
    type_over(page.scale.limit, "0")
    page.scale.scaling.choose("locked")
    type_over(page.scale.limit, "0")
    key(page.scale.limit, Qt.Key.Key_Return)
    assert page.panel.warning.endswith("1 was kept.")
