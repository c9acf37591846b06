import numpy as np
import pytest
from driving import click, click_cell, control, double_click_cell, key, type_over
from PySide6.QtCore import Qt

from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.operations.pooling import PoolingSettings
from cnnsim.trace import CellwiseTrace


@pytest.fixture
def page(window: Window) -> OperationPage:
    window.show_page("pooling")
    return window.page("pooling")


def trace_of(page: OperationPage) -> CellwiseTrace:
    assert page.stage.trace is not None
    return page.stage.trace


def output_of(page: OperationPage) -> np.ndarray:
    output = trace_of(page).rule.output
    return output.reshape(output.shape[-2:])


def test_opens_on_the_example_of_the_lecture(page: OperationPage) -> None:
    assert output_of(page).tolist() == [[6, 8], [3, 4]]


def test_average_takes_the_mean(page: OperationPage) -> None:
    control(page, "mode").choose("average")
    assert output_of(page).tolist() == [[3.25, 5.25], [2, 2]]


def test_window_and_stride_change_the_picture(page: OperationPage) -> None:
    click(control(page, "window").more)
    click(control(page, "stride").less)
    assert output_of(page).tolist() == [[7, 8], [7, 8]]


def test_an_impossible_window_says_why_and_leaves_the_picture(page: OperationPage) -> None:
    before = trace_of(page)
    for _ in range(3):
        click(control(page, "window").more)
    assert "window=5 is larger" in page.panel.warning
    assert before.rule.x.shape == trace_of(page).rule.x.shape
    assert trace_of(page).rule.window((0, 0, 0)).shape == (4, 4)
    click(control(page, "input_size").more)
    assert page.panel.warning == ""


def test_a_cell_can_be_changed_and_the_example_comes_back(page: OperationPage) -> None:
    double_click_cell(page.stage, "input", 0, 0)
    type_over(page.stage.editor, "99")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert output_of(page)[0, 0] == 99
    control(page, "input").pattern.choose("ramp")
    assert output_of(page)[1, 1] == 16
    page.head.presets.choose("0")
    assert page.settings == PoolingSettings()
    assert output_of(page).tolist() == [[6, 8], [3, 4]]


def test_keys_and_clicks_steer_only_the_page_in_view(page: OperationPage, window: Window) -> None:
    key(window, Qt.Key.Key_End)
    assert page.stage.player.position == page.stage.player.length - 1
    assert window.page("convolution").stage.player.position == 0.0
    click_cell(page.stage, "output", 0, 1)
    assert trace_of(page)[page.stage.player.step_index].kind == "largest"


def test_backward_hands_the_gradient_to_the_winners(page: OperationPage) -> None:
    click(control(page, "direction").button("input-gradient"))
    assert output_of(page).tolist() == [[0, 0, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 1]]
    double_click_cell(page.stage, "gradient", 1, 1)
    type_over(page.stage.editor, "-4")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert output_of(page)[3, 3] == -4


def test_the_root_of_the_sum_of_squares(page: OperationPage) -> None:
    control(page, "mode").choose("l2")
    assert output_of(page)[0, 0] == pytest.approx(63**0.5)


def test_a_weight_can_be_changed_in_its_cell(page: OperationPage) -> None:
    control(page, "mode").choose("weighted")
    double_click_cell(page.stage, "weight", 1, 1)
    type_over(page.stage.editor, "3")
    key(page.stage.editor, Qt.Key.Key_Return)
    weights = trace_of(page).rule.weights
    assert weights[1, 1] == 3
    assert weights[0, 0] == weights[0, 1] < 1


def test_windows_that_divide_a_map_ask_for_the_size_of_the_output_alone(page: OperationPage) -> None:
    control(page, "windows").choose("adaptive")
    click(control(page, "output_size").more)
    assert output_of(page).shape == (3, 3)
    assert control(page, "output_size").isVisibleTo(page)
    assert not any(control(page, name).isVisibleTo(page) for name in ("window", "stride", "padding"))
    control(page, "windows").choose("global")
    assert output_of(page).tolist() == [[8]]


def test_equals_share_the_gradient_if_told_so(page: OperationPage) -> None:
    double_click_cell(page.stage, "input", 0, 0)
    type_over(page.stage.editor, "6")
    key(page.stage.editor, Qt.Key.Key_Return)
    click(control(page, "direction").button("input-gradient"))
    assert output_of(page)[0, 0] == 1
    control(page, "ties").choose("split")
    assert output_of(page)[0, 0] == output_of(page)[1, 1] == 0.5
