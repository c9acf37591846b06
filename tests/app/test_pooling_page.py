import numpy as np
import pytest
from driving import click, click_cell, double_click_cell, key, type_over
from PySide6.QtCore import Qt

from cnnsim.app.pooling_page import PoolingPage, PoolingSettings
from cnnsim.app.window import Window
from cnnsim.trace import CellwiseTrace


@pytest.fixture
def page(window: Window) -> PoolingPage:
    window.show_page("pooling")
    return window.pooling


def trace_of(page: PoolingPage) -> CellwiseTrace:
    assert page.stage.trace is not None
    return page.stage.trace


def output_of(page: PoolingPage) -> np.ndarray:
    output = trace_of(page).rule.output
    return output.reshape(output.shape[-2:])


def test_opens_on_the_example_of_the_lecture(page: PoolingPage) -> None:
    assert output_of(page).tolist() == [[6, 8], [3, 4]]


def test_average_takes_the_mean(page: PoolingPage) -> None:
    click(page.mode.button("average"))
    assert output_of(page).tolist() == [[3.25, 5.25], [2, 2]]


def test_window_and_stride_change_the_picture(page: PoolingPage) -> None:
    click(page.window_size.more)
    click(page.stride.less)
    assert output_of(page).tolist() == [[7, 8], [7, 8]]


def test_an_impossible_window_says_why_and_leaves_the_picture(page: PoolingPage) -> None:
    before = trace_of(page)
    for _ in range(3):
        click(page.window_size.more)
    assert "window=5 is larger" in page.panel.warning
    assert before.rule.geometry.input_shape == trace_of(page).rule.geometry.input_shape
    assert trace_of(page).rule.geometry.rows.size == 4
    click(page.input_size.more)
    assert page.panel.warning == ""


def test_a_cell_can_be_changed_and_the_example_comes_back(page: PoolingPage) -> None:
    double_click_cell(page.stage, "input", 0, 0)
    type_over(page.stage.editor, "99")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert output_of(page)[0, 0] == 99
    page.image.choose("ramp")
    assert output_of(page)[1, 1] == 16
    click(page.reset)
    assert page.settings == PoolingSettings()
    assert output_of(page).tolist() == [[6, 8], [3, 4]]


def test_keys_and_clicks_steer_only_the_page_in_view(page: PoolingPage, window: Window) -> None:
    key(window, Qt.Key.Key_End)
    assert page.stage.player.position == page.stage.player.length - 1
    assert window.convolution.stage.player.position == 0.0
    click_cell(page.stage, "output", 0, 1)
    assert trace_of(page)[page.stage.player.step_index].kind == "largest"


def test_backward_hands_the_gradient_to_the_winners(page: PoolingPage) -> None:
    click(page.direction.button("input"))
    assert output_of(page).tolist() == [[0, 0, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 1]]
    double_click_cell(page.stage, "gradient", 1, 1)
    type_over(page.stage.editor, "-4")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert output_of(page)[3, 3] == -4


def test_the_root_of_the_sum_of_squares(page: PoolingPage) -> None:
    click(page.mode.button("l2"))
    assert output_of(page)[0, 0] == pytest.approx(63**0.5)
