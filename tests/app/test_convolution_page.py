import numpy as np
import pytest
from driving import click, click_cell, control, double_click_cell, key, settle, type_over
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cnnsim import gallery
from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.drawing import Cell
from cnnsim.operations.convolution import ConvolutionSettings
from cnnsim.trace import CellwiseTrace, Convolution, InputGradient, KernelGradient, StagedTrace


@pytest.fixture
def page(window: Window) -> OperationPage:
    return window.page("convolution")


def trace_of(page: OperationPage) -> CellwiseTrace:
    """The steps of the convolution, also where a kernel turns before them."""
    trace = page.stage.trace
    assert trace is not None
    return trace.trace_of("convolve") if isinstance(trace, StagedTrace) else trace


def rule_of(page: OperationPage) -> Convolution:
    trace = trace_of(page)
    rule = trace.operation if isinstance(trace, StagedTrace) else trace.rule  # a kernel is turned in a stage of its own
    assert isinstance(rule, Convolution)
    return rule


def output_of(page: OperationPage) -> np.ndarray:
    output = trace_of(page).output
    return output.reshape(output.shape[-2:])


def shown(page: OperationPage, name: str) -> np.ndarray:
    drawing = page.stage.canvas.drawing()
    assert drawing is not None
    return drawing.matrix(name).values


def test_opens_on_the_example_of_the_lecture(page: OperationPage) -> None:
    assert output_of(page).tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]
    assert page.stage.player.length == 99
    assert page.stage.transport.counter.text() == "step 1 of 99"


def test_keys_steer_the_animation(page: OperationPage, window: Window) -> None:
    player = page.stage.player
    key(window, Qt.Key.Key_Right)
    settle(player)
    assert player.position == 1.0
    key(window, Qt.Key.Key_End)
    assert player.position == 98.0
    key(window, Qt.Key.Key_Left)
    settle(player)
    assert player.position == 97.0
    key(window, Qt.Key.Key_Home)
    assert player.position == 0.0
    key(window, Qt.Key.Key_Space)
    assert player.playing
    key(window, Qt.Key.Key_Space)
    assert not player.playing


def test_buttons_steer_the_animation(page: OperationPage) -> None:
    player, transport = page.stage.player, page.stage.transport
    click(transport.forward)
    settle(player)
    click(transport.forward)
    settle(player)
    click(transport.back)
    settle(player)
    assert player.position == 1.0
    click(transport.last)
    assert player.position == 98.0
    click(transport.first)
    assert player.position == 0.0
    click(transport.play)
    assert (player.playing, transport.play.sign_name) == (True, "pause")
    click(transport.play)
    assert (player.playing, transport.play.sign_name) == (False, "play")


def test_the_space_bar_plays_after_a_click_on_a_button(page: OperationPage, window: Window) -> None:
    click(page.stage.transport.last)
    key(window.focusWidget() or window, Qt.Key.Key_Space)
    assert page.stage.player.playing


def test_a_button_reached_by_tab_keeps_its_space_bar(page: OperationPage) -> None:
    transport = page.stage.transport
    transport.last.setFocus(Qt.FocusReason.TabFocusReason)
    key(transport.last, Qt.Key.Key_Space)
    assert page.stage.player.position == 98.0
    assert not page.stage.player.playing


def test_the_scrubber_goes_to_any_step(page: OperationPage) -> None:
    page.stage.transport.scrubber.setValue(42)
    assert page.stage.player.position == 42.0
    assert page.stage.transport.counter.text() == "step 43 of 99"


@pytest.mark.parametrize("base", [0, 10, 21, 54, 98])
def test_another_grain_keeps_the_place(page: OperationPage, base: int) -> None:
    page.stage.player.seek(base)
    click(page.stage.transport.grain.button("cell"))
    assert page.stage.player.length == 9
    assert page.stage.player.position == base // 11
    click(page.stage.transport.grain.button("row"))
    assert page.stage.player.position == base // 33
    click(page.stage.transport.grain.button("multiply"))
    assert page.stage.player.position == (base // 33 + 1) * 33 - 1


def test_speed_and_loop_reach_the_player(page: OperationPage) -> None:
    page.stage.transport.speed.choose("4.0")
    click(page.stage.transport.loop)
    assert (page.stage.player.speed, page.stage.player.loop) == (4.0, True)


def test_every_control_changes_the_picture(page: OperationPage) -> None:
    click(control(page, "input_size").more)
    assert rule_of(page).x[0].shape == (6, 6)
    click(control(page, "padding").more)
    assert rule_of(page).padded[0].shape == (8, 8)
    click(control(page, "kernel_size").more)
    assert rule_of(page).w[0, 0].shape == (4, 4)
    click(control(page, "stride").more)
    assert rule_of(page).geometry.rows.stride == 2
    control(page, "kernel").pattern.choose("emboss")
    control(page, "input").pattern.choose("ramp")
    type_over(control(page, "bias").number, "1/4")
    key(control(page, "bias").number, Qt.Key.Key_Return)
    assert rule_of(page).b[0] == 0.25
    assert rule_of(page).x[0][0].tolist() == [1, 2, 3, 4, 5, 6]


def test_true_convolution_turns_the_kernel(page: OperationPage) -> None:
    control(page, "kernel").pattern.choose("emboss")
    assert output_of(page).tolist() == [[1, 1, 1], [2, 2, -1], [4, 2, -3]]
    click(control(page, "flip").button("on"))
    assert output_of(page).tolist() == [[1, 1, 1], [-2, 0, 3], [-4, 0, 5]]
    assert shown(page, "kernel").tolist() == gallery.KERNELS["emboss"].tolist()
    page.stage.player.seek(1)
    assert shown(page, "kernel").tolist() == gallery.KERNELS["emboss"][::-1, ::-1].tolist()


def test_rows_and_columns_may_be_typed_and_counted(page: OperationPage) -> None:
    rows, cols = control(page, "input_size").boxes
    type_over(rows, "9")
    key(rows, Qt.Key.Key_Return)
    assert rule_of(page).x[0].shape == (9, 5)
    type_over(cols, "99")
    key(cols, Qt.Key.Key_Return)
    assert page.settings.input_size == (9, 64)
    key(cols, Qt.Key.Key_Down)
    assert page.settings.input_size == (9, 63)
    click(control(page, "input_size").less)
    assert page.settings.input_size == (8, 62)


def test_an_impossible_combination_says_why_and_leaves_the_picture(page: OperationPage) -> None:
    before = trace_of(page)
    for box in control(page, "kernel_size").boxes:
        type_over(box, "7")
        key(box, Qt.Key.Key_Return)
    assert "kernel_size=7 is larger than the padded input (5)" in page.panel.warning
    assert page.stage.trace is before
    double_click_cell(page.stage, "input", 0, 0)
    assert page.stage.editor.cell is None
    click(control(page, "padding").more)
    assert page.panel.warning == ""
    assert output_of(page).shape == (1, 1)


def test_a_double_click_changes_a_cell(page: OperationPage) -> None:
    double_click_cell(page.stage, "input", 0, 0)
    type_over(page.stage.editor, "-1/4")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert rule_of(page).x[0][0, 0] == -0.25
    assert not page.stage.editor.isVisible()


def test_escape_leaves_the_cell_as_it_was(page: OperationPage) -> None:
    before = trace_of(page)
    double_click_cell(page.stage, "kernel", 1, 1)
    type_over(page.stage.editor, "9")
    key(page.stage.editor, Qt.Key.Key_Escape)
    assert page.stage.trace is before


@pytest.mark.parametrize("text", ["abc", "", "nan", "inf", "1/0", "1e999"])
def test_a_bad_number_is_refused_beside_the_cell(page: OperationPage, text: str) -> None:
    before = trace_of(page)
    double_click_cell(page.stage, "input", 2, 2)
    type_over(page.stage.editor, "x")
    type_over(page.stage.editor, text or " ")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert page.stage.editor.isVisible()
    assert page.stage.editor.message
    assert page.stage.trace is before


def test_tab_goes_on_to_the_next_cell_and_back(page: OperationPage) -> None:
    double_click_cell(page.stage, "input", 0, 4)
    type_over(page.stage.editor, "5")
    key(page.stage.editor, Qt.Key.Key_Tab)
    assert page.stage.editor.cell == Cell("input", 1, 0)
    type_over(page.stage.editor, "6")
    key(page.stage.editor, Qt.Key.Key_Backtab)
    assert page.stage.editor.cell == Cell("input", 0, 4)
    assert (rule_of(page).x[0][0, 4], rule_of(page).x[0][1, 0]) == (5, 6)


def test_padding_is_no_cell_to_change(page: OperationPage) -> None:
    click(control(page, "padding").more)
    double_click_cell(page.stage, "input", 0, 0)
    assert page.stage.editor.cell is None
    double_click_cell(page.stage, "input", 1, 1)
    type_over(page.stage.editor, "7")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert rule_of(page).x[0][0, 0] == 7


def test_a_turned_kernel_is_changed_where_it_is_shown(page: OperationPage) -> None:
    click(control(page, "flip").button("on"))
    page.stage.player.seek(1)
    double_click_cell(page.stage, "kernel", 0, 0)
    type_over(page.stage.editor, "5")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert rule_of(page).w[0, 0, 2, 2] == 5
    assert shown(page, "kernel")[0, 0] == 5


def test_the_bias_is_a_cell_too(page: OperationPage) -> None:
    double_click_cell(page.stage, "bias", 0, 0)
    type_over(page.stage.editor, "2")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert (rule_of(page).b[0], control(page, "bias").number.text()) == (2.0, "2")


def test_changed_cells_survive_a_change_of_size(page: OperationPage) -> None:
    double_click_cell(page.stage, "input", 4, 4)
    type_over(page.stage.editor, "9")
    key(page.stage.editor, Qt.Key.Key_Return)
    for _ in range(2):
        click(control(page, "input_size").less)
    assert rule_of(page).x[0].shape == (3, 3)
    for _ in range(2):
        click(control(page, "input_size").more)
    assert rule_of(page).x[0][4, 4] == 9


def test_the_lecture_example_comes_back(page: OperationPage) -> None:
    control(page, "kernel").pattern.choose("emboss")
    for name in ("input_size", "padding", "stride", "kernel_size"):
        click(control(page, name).more)
    click(control(page, "flip").button("on"))
    page.head.presets.choose("0")
    assert page.settings == ConvolutionSettings()
    assert (control(page, "kernel").pattern.key, control(page, "input_size").values, control(page, "flip").key) == (
        "lecture",
        (5, 5),
        "off",
    )
    assert output_of(page).tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]


def test_a_click_on_an_output_goes_to_its_last_step(page: OperationPage) -> None:
    click_cell(page.stage, "output", 1, 1)
    step = trace_of(page)[page.stage.player.step_index]
    assert (step.kind, step.cell) == ("bias", (0, 1, 1))


def test_keys_typed_into_a_field_do_not_steer_the_animation(page: OperationPage) -> None:
    page.stage.player.seek(5)
    for field in (control(page, "bias").number, control(page, "input_size").boxes[0]):
        field.setFocus()
        for code in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space):
            key(field, code)
    assert (page.stage.player.position, page.stage.player.moving) == (5.0, False)


def test_a_bad_bias_is_refused(page: OperationPage) -> None:
    type_over(control(page, "bias").number, "inf")
    key(control(page, "bias").number, Qt.Key.Key_Return)
    assert "bias" in page.panel.warning
    assert (control(page, "bias").number.text(), rule_of(page).b[0]) == ("0", 0.0)


def test_the_picture_is_described_in_words(page: OperationPage, qtbot: QtBot) -> None:
    page.stage.player.last()
    qtbot.waitUntil(lambda: "Output size" in page.stage.canvas.accessibleDescription())


def test_backward_to_the_kernel_steps_through_the_lecture_example(page: OperationPage) -> None:
    control(page, "direction").choose("kernel-gradient")
    assert isinstance(trace_of(page).rule, KernelGradient)
    assert output_of(page).tolist() == [[6, 7, 6], [4, 7, 7], [4, 6, 6]]
    click_cell(page.stage, "kernel gradient", 1, 1)
    assert trace_of(page)[page.stage.player.step_index].y == 7
    double_click_cell(page.stage, "gradient", 0, 0)
    type_over(page.stage.editor, "3")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert output_of(page)[0, 0] == 8


def test_backward_to_the_input_steps_through_the_lecture_example(page: OperationPage) -> None:
    control(page, "direction").choose("input-gradient")
    assert isinstance(trace_of(page).rule, InputGradient)
    assert output_of(page).tolist()[2] == [2, 3, 5, 3, 2]
    double_click_cell(page.stage, "kernel", 1, 1)
    type_over(page.stage.editor, "0")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert output_of(page)[2, 2] == 4


def test_a_pass_goes_to_its_own_start_and_back(page: OperationPage, window: Window) -> None:
    key(window, Qt.Key.Key_End)
    for direction, length in (("kernel-gradient", 90), ("input-gradient", 106), ("forward", 99)):
        control(page, "direction").choose(direction)
        assert (page.stage.player.position, page.stage.player.length) == (0.0, length)


def test_border_and_dilation_reach_the_picture(page: OperationPage) -> None:
    click(control(page, "padding").more)
    control(page, "padding_mode").choose("replicate")
    assert rule_of(page).padded[0, 0].tolist() == [1, 1, 1, 1, 0, 0, 0]
    click(control(page, "dilation").more)
    assert rule_of(page).geometry.rows.dilation == 2
    page.head.presets.choose("0")
    assert page.settings == ConvolutionSettings()
    assert (control(page, "padding_mode").key, control(page, "dilation").value) == ("zeros", 1)


def test_scatter_and_gather_end_in_the_same_numbers(page: OperationPage, window: Window) -> None:
    control(page, "direction").choose("input-gradient")
    gathered = output_of(page)
    control(page, "direction").choose("input-gradient-scatter")
    assert page.stage.player.length == 81
    key(window, Qt.Key.Key_End)
    assert shown(page, "input gradient").tolist() == gathered.tolist()
    click_cell(page.stage, "input gradient", 0, 0)
    assert page.stage.player.position == 0.0  # only the first product is added there
