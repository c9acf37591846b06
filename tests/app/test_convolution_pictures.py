"""A convolution on its page as a matrix, with several maps, and with a kernel that turns."""

from dataclasses import replace

import numpy as np
import pytest
from driving import centre_of, click, click_cell, control, double_click_cell, key, settle, type_over
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.drawing import Cell, Drawing, Equation, Matrix
from cnnsim.trace import StagedTrace


@pytest.fixture
def page(window: Window) -> OperationPage:
    return window.page("convolution")


def drawing_of(page: OperationPage) -> Drawing:
    drawing = page.stage.canvas.drawing()
    assert drawing is not None
    return drawing


def matrices(page: OperationPage) -> dict[str, Matrix]:
    return {item.name: item for item in drawing_of(page).items if isinstance(item, Matrix)}


def formula(page: OperationPage) -> str:
    equations = [item for item in drawing_of(page).items if isinstance(item, Equation)]
    return "".join(term.text for term in equations[2].terms)


def test_the_matrix_is_a_picture_of_the_same_steps(page: OperationPage) -> None:
    page.stage.player.seek(40)
    click(control(page, "picture").button("toeplitz"))
    assert matrices(page)["toeplitz"].values.shape == (9, 25)
    assert page.stage.player.position == 40
    click(control(page, "picture").button("im2col"))
    assert matrices(page)["im2col"].values.shape == (9, 9)
    page.changes.undo()
    assert control(page, "picture").key == "toeplitz"


def test_a_cell_of_the_input_is_changed_beside_the_matrix(page: OperationPage) -> None:
    click(control(page, "picture").button("toeplitz"))
    double_click_cell(page.stage, "input", 0, 1)
    type_over(page.stage.editor, "7")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert matrices(page)["toeplitz input"].values[0, 1] == 7


def test_a_weight_is_changed_in_the_matrix_wherever_it_stands(page: OperationPage) -> None:
    click(control(page, "picture").button("toeplitz"))
    double_click_cell(page.stage, "toeplitz", 4, 12)
    type_over(page.stage.editor, "7")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert page.settings.forward().rule.w[0, 0, 1, 1] == 7
    assert (matrices(page)["toeplitz"].values == 7).sum() == 9
    double_click_cell(page.stage, "toeplitz", 4, 0)  # a zero of the structure
    assert not page.stage.editor.isVisible()


def test_pointing_at_the_flattened_output_explains_that_cell(page: OperationPage) -> None:
    click(control(page, "picture").button("toeplitz"))
    page.stage.player.seek(98)
    QTest.mouseMove(page.stage.canvas, centre_of(page.stage, Cell("toeplitz output", 5, 0)))
    assert formula(page).startswith("y[1, 2]  =  ")


def test_a_click_on_the_output_goes_there_in_the_matrix_too(page: OperationPage) -> None:
    click(control(page, "picture").button("toeplitz"))
    click_cell(page.stage, "output", 2, 1)
    settle(page.stage.player)
    assert formula(page).startswith("y[2, 1]  =  ")
    click_cell(page.stage, "toeplitz output", 3, 0)
    settle(page.stage.player)
    assert formula(page).startswith("y[1, 0]  =  ")


def test_a_matrix_too_large_leaves_the_picture_as_it_was(page: OperationPage) -> None:
    click(control(page, "picture").button("toeplitz"))
    before = drawing_of(page)
    rows, _ = control(page, "input_size").boxes
    type_over(rows, "60")
    key(rows, Qt.Key.Key_Return)
    assert "makes a matrix of 174 × 300" in page.panel.warning
    assert drawing_of(page) is before
    click(control(page, "picture").button("grids"))
    assert not page.panel.warning
    assert matrices(page)["input"].values.shape == (60, 5)


def test_channels_kernels_and_groups(page: OperationPage) -> None:
    assert "groups" not in {name for name, shown in page.controls.items() if shown.widget.isVisible()}
    for _ in range(2):
        click(control(page, "channels").more)
    click(control(page, "filters").more)
    assert {f"input[{channel}]" for channel in range(3)} | {"output[1]", "channel sum[2]"} <= set(matrices(page))
    click(control(page, "groups").more)
    assert "groups=2 does not divide 3 input maps and 2 kernels" in page.panel.warning
    click(control(page, "channels").more)
    assert not page.panel.warning
    assert len(page.settings.forward().rule.w[0]) == 2


def test_padding_by_side(page: OperationPage) -> None:
    control(page, "borders").choose("sides")
    top, _, _, right = control(page, "sides").boxes
    for box, number in ((top, "1"), (right, "2")):
        type_over(box, number)
        key(box, Qt.Key.Key_Return)
    assert page.settings.trace().output.shape == (1, 4, 5)
    control(page, "borders").choose("same")
    assert page.settings.trace().output.shape == (1, 5, 5)


def test_the_kernel_turns_before_it_slides(page: OperationPage, window: Window) -> None:
    control(page, "kernel").pattern.choose("emboss")
    click(control(page, "flip").button("on"))
    assert isinstance(page.stage.trace, StagedTrace)
    assert matrices(page)["kernel"].caption == "Kernel"
    page.stage.player.seek(0.5)
    assert sum(name.startswith("turning kernel") for name in matrices(page)) == 9
    key(window, Qt.Key.Key_Right)
    settle(page.stage.player)
    assert matrices(page)["kernel"].caption == "Turned kernel"
    np.testing.assert_array_equal(matrices(page)["kernel"].values, page.settings.forward().rule.applied[0, 0])


@pytest.mark.parametrize("picture", ["grids", "toeplitz", "im2col"])
def test_eight_channels_have_room_in_every_picture(page: OperationPage, picture: str) -> None:
    page.change(replace(page.settings, picture=picture, channels=8, filters=8, padding=1))
    assert page.panel.warning == ""
    for grain in page.operation.grains:
        click(page.stage.transport.grain.button(grain.key))
        page.stage.player.last()
        assert "output" in "".join(matrices(page))
