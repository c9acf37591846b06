import numpy as np
import pytest
from driving import centre_of, click, click_cell, control, double_click_cell, key, type_over
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.drawing import Cell, Drawing, Equation, Matrix
from cnnsim.trace import NetworkTrace, moment
from cnnsim.trace.tiny_network_pass import STAGES


@pytest.fixture
def page(window: Window) -> OperationPage:
    window.show_page("tiny-network")
    return window.page("tiny-network")


def trace_of(page: OperationPage) -> NetworkTrace:
    assert isinstance(page.stage.trace, NetworkTrace)
    return page.stage.trace


def drawing(page: OperationPage) -> Drawing:
    shown = page.stage.canvas.drawing()
    assert shown is not None
    return shown


def formula(page: OperationPage) -> str:
    return ["".join(term.text for term in item.terms) for item in drawing(page).items if isinstance(item, Equation)][2]


def go_to(page: OperationPage, stage: str, number: int = 1) -> None:
    steps = trace_of(page).at(page.stage.transport.grain.key)
    page.stage.player.seek(steps.position_of(trace_of(page).first_step(number, stage)))


def stage_at_work(page: OperationPage) -> str:
    steps = trace_of(page).at(page.stage.transport.grain.key)
    return STAGES[moment(steps, page.stage.player.position).at.stage]


@pytest.mark.parametrize("grain", ["multiply", "cell", "layer", "pass"])
@pytest.mark.parametrize(
    ("begun", "name", "row", "col", "stage", "cell"),
    [
        ("convolution", "network pooling[1]", 2, 0, "pooling", "y[1, 2, 0]"),
        ("image gradient", "network relu gradient[1]", 4, 3, "relu gradient", "∂x[1, 4, 3]"),
        ("dense biases update", "network kernels[1]", 2, 1, "kernels update", "w[1, 2, 1]"),
    ],
)
def test_a_click_looks_into_the_step_of_that_very_cell_and_escape_out_again(
    page: OperationPage, window: Window, grain: str, begun: str, name: str, row: int, col: int, stage: str, cell: str
) -> None:
    click(page.stage.transport.grain.button(grain))
    go_to(page, begun)
    click_cell(page.stage, name, row, col)
    assert page.settings.zoom == "stage"
    assert stage_at_work(page) == stage
    assert formula(page).startswith(cell) and "?" not in formula(page)
    key(window, Qt.Key.Key_Escape)
    assert page.settings.zoom == "overview"
    assert page.stage.transport.grain.key == grain


def test_enter_looks_into_the_step_at_work_and_belongs_to_a_field_while_that_is_typed_in(
    page: OperationPage, window: Window
) -> None:
    go_to(page, "dense")
    key(window, Qt.Key.Key_Return)
    assert page.settings.zoom == "stage"
    assert stage_at_work(page) == "dense"
    assert page.head.presets.currentText() == page.operation.presets[0].words
    key(window, Qt.Key.Key_Escape)
    assert page.settings.zoom == "overview"
    field = control(page, "lr")
    field.setFocus()
    type_over(field, "0.2")
    key(field, Qt.Key.Key_Return)
    assert (page.settings.zoom, page.settings.lr) == ("overview", 0.2)


def test_a_click_on_the_target_chooses_the_right_class(page: OperationPage, window: Window) -> None:
    before = trace_of(page).loss(0)
    click_cell(page.stage, "network target", 0, 0)
    assert (page.settings.target, page.settings.zoom) == ("1", "overview")
    assert trace_of(page).loss(0) != before
    key(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert trace_of(page).loss(0) == before


@pytest.mark.parametrize(
    ("name", "operand", "place"),
    [("kernel biases", "kernel biases", (1, 0, 0)), ("dense biases", "dense biases", (1, 0))],
)
def test_biases_are_edited_in_the_overview(
    page: OperationPage, name: str, operand: str, place: tuple[int, ...]
) -> None:
    double_click_cell(page.stage, f"network {name}", 0, 1)
    type_over(page.stage.editor, "0.5")
    key(page.stage.editor, Qt.Key.Key_Return)
    assert trace_of(page).starts[0].weights[operand][place] == 0.5
    assert page.settings.zoom == "overview"


def test_the_gradient_of_a_pinned_bias_is_checked(page: OperationPage) -> None:
    click(page.head.check)
    click_cell(page.stage, "network dense biases", 0, 0)
    found = trace_of(page).passes[0].trace_of("dense bias gradient").output[0, 0]
    assert f"gradient ≈ <b>{found:.6f}".replace("-", "−") in page.stage.check.words.text()
    assert "dense biases[0, 0]" in page.stage.check.words.text()


def test_all_numbers_of_the_overview_are_of_the_present_pass(page: OperationPage) -> None:
    go_to(page, "dense biases update", number=3)
    page.stage.player.last()
    shown = {item.name: item for item in drawing(page).items if isinstance(item, Matrix)}
    last = trace_of(page).passes[len(trace_of(page).passes) - 1]
    np.testing.assert_array_equal(shown["network relu[1]"].values, last.trace_of("relu").output[1])


def test_the_pointer_says_what_a_click_on_a_cell_does(page: OperationPage) -> None:
    shapes = {
        Cell("network target", 0, 0): Qt.CursorShape.PointingHandCursor,
        Cell("network pooling[0]", 1, 1): Qt.CursorShape.PointingHandCursor,
        Cell("network kernel biases", 0, 0): Qt.CursorShape.IBeamCursor,
    }
    for cell, shape in shapes.items():
        QTest.mouseMove(page.stage.canvas, centre_of(page.stage, cell))
        assert page.stage.canvas.cursor().shape() == shape
