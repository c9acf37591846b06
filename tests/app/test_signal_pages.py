import numpy as np
import pytest
from driving import centre_of, click, click_cell, control, double_click_cell, key, settle, type_over
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.drawing import Cell


@pytest.fixture
def signals(window: Window) -> OperationPage:
    window.show_page("convolution-1d")
    return window.page("convolution-1d")


@pytest.fixture
def transposed(window: Window) -> OperationPage:
    window.show_page("transposed-convolution")
    return window.page("transposed-convolution")


def output_of(page: OperationPage) -> np.ndarray:
    assert page.stage.trace is not None
    output = page.stage.trace.output
    return output.reshape(output.shape[-2:])


def test_a_stem_is_edited_where_it_stands(signals: OperationPage) -> None:
    assert output_of(signals).tolist() == [[0, 0, 3, 5, 6, 6, 3, 1, 0, 0]]
    double_click_cell(signals.stage, "input", 0, 2)  # x[0], after two cells of padding
    box, editor = signals.stage.canvas.cell_box(Cell("input", 0, 2)), signals.stage.editor.geometry()
    assert box is not None and abs(box.center().x() - editor.center().x()) < 2
    type_over(signals.stage.editor, "10")
    key(signals.stage.editor, Qt.Key.Key_Return)
    assert output_of(signals)[0, :3].tolist() == [30, 20, 13]


def test_padding_cannot_be_edited(signals: OperationPage) -> None:
    double_click_cell(signals.stage, "input", 0, 0)
    assert signals.stage.editor.isHidden()


def test_a_weight_is_edited_while_it_is_flipped_and_before(signals: OperationPage) -> None:
    double_click_cell(signals.stage, "kernel", 0, 0)  # as given
    type_over(signals.stage.editor, "5")
    key(signals.stage.editor, Qt.Key.Key_Return)
    assert output_of(signals)[0, 2] == 5
    for _ in range(2):
        key(signals.stage, Qt.Key.Key_Right)
        settle(signals.stage.player)
    double_click_cell(signals.stage, "kernel", 0, 0)  # flipped: w[2]
    type_over(signals.stage.editor, "7")
    key(signals.stage.editor, Qt.Key.Key_Return)
    assert output_of(signals)[0, 7] == 7


def test_a_click_on_an_output_goes_to_its_steps(signals: OperationPage) -> None:
    QTest.mouseClick(
        signals.stage.canvas, Qt.MouseButton.LeftButton, pos=centre_of(signals.stage, Cell("output", 0, 4))
    )
    settle(signals.stage.player)
    drawing = signals.stage.canvas.drawing()
    assert drawing is not None
    assert np.count_nonzero(drawing.matrix("output").states == 0) == 5


def test_options_change_the_signal(signals: OperationPage) -> None:
    click(control(signals, "length").more)
    assert output_of(signals).shape == (1, 11)
    control(signals, "borders").choose("valid")
    assert output_of(signals).shape == (1, 7)
    control(signals, "direction").choose("input-gradient-scatter")
    assert output_of(signals).shape == (1, 9)


def test_four_signals_to_four_are_edited_and_gone_through(signals: OperationPage) -> None:
    control(signals, "borders").choose("same")
    for _ in range(3):
        click(control(signals, "channels").more)
        click(control(signals, "filters").more)
    assert signals.stage.trace is not None
    assert signals.stage.trace.output.shape == (4, 1, 8)
    before = signals.stage.trace.output.copy()
    double_click_cell(signals.stage, "input[3]", 0, 4)  # x[3, 3], after a cell of padding
    type_over(signals.stage.editor, "9")
    key(signals.stage.editor, Qt.Key.Key_Return)
    changed = np.argwhere(signals.stage.trace.output != before)
    assert set(changed[:, 0].tolist()) == {0, 1, 2, 3} and set(changed[:, 2].tolist()) <= {2, 3, 4}
    click_cell(signals.stage, "output[2]", 0, 5)
    settle(signals.stage.player)
    drawing = signals.stage.canvas.drawing()
    assert drawing is not None
    sums = [drawing.matrix(f"channel sum[{channel}]").values.item() for channel in range(4)]
    assert sum(sums) == drawing.matrix("sum").values.item() == signals.stage.trace.output[2, 0, 5]


def test_rows_and_columns_of_a_transposed_convolution_have_strides_of_their_own(transposed: OperationPage) -> None:
    rows, _ = control(transposed, "stride").boxes
    type_over(rows, "1")
    key(rows, Qt.Key.Key_Return)
    assert output_of(transposed).shape == (3, 5)
    click(control(transposed, "stride").more)  # both
    assert output_of(transposed).shape == (5, 7)


def test_both_views_of_a_transposed_convolution(transposed: OperationPage) -> None:
    before = output_of(transposed).copy()
    click(control(transposed, "view").button("stretched"))
    np.testing.assert_array_equal(output_of(transposed), before)
    drawing = transposed.stage.canvas.drawing()
    assert drawing is not None and drawing.matrix("input").values.shape == (7, 7)
    double_click_cell(transposed.stage, "input", 1, 3)  # x[0, 1]
    type_over(transposed.stage.editor, "0")
    key(transposed.stage.editor, Qt.Key.Key_Return)
    assert output_of(transposed)[0, 2] == 0
    double_click_cell(transposed.stage, "input", 1, 2)  # an inserted zero
    assert transposed.stage.editor.isHidden()


def test_too_much_padding_says_why_and_leaves_the_picture(transposed: OperationPage) -> None:
    before = output_of(transposed).shape
    for _ in range(3):
        click(control(transposed, "padding").more)
    assert "padding=4 cuts everything off" in transposed.panel.warning
    assert output_of(transposed).shape != before
    assert output_of(transposed).shape == (1, 1)
