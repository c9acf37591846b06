import numpy as np
import pytest
from driving import centre_of, click, click_cell, control, double_click_cell, key, settle, type_over
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cnnsim.app.operation_page import OperationPage
from cnnsim.app.window import Window
from cnnsim.drawing import Cell, Equation


@pytest.fixture
def entropy(window: Window) -> OperationPage:
    window.show_page("cross-entropy")
    return window.page("cross-entropy")


@pytest.fixture
def batch(window: Window) -> OperationPage:
    window.show_page("batch-norm")
    return window.page("batch-norm")


def output_of(page: OperationPage) -> np.ndarray:
    assert page.stage.trace is not None
    return page.stage.trace.output


def words_of(page: OperationPage) -> list[str]:
    drawing = page.stage.canvas.drawing()
    assert drawing is not None
    return ["".join(term.text for term in item.terms) for item in drawing.items if isinstance(item, Equation)]


def test_a_logit_is_edited_and_a_click_on_the_target_chooses_the_right_class(entropy: OperationPage) -> None:
    assert output_of(entropy)[0, 0] == pytest.approx(0.7680, abs=1e-4)
    click_cell(entropy.stage, "target", 0, 0)
    assert output_of(entropy)[0, 0] == pytest.approx(1.3679, abs=1e-4)
    double_click_cell(entropy.stage, "logits", 0, 0)
    type_over(entropy.stage.editor, "50")
    key(entropy.stage.editor, Qt.Key.Key_Return)
    assert output_of(entropy)[0, 0] == pytest.approx(0, abs=1e-12)


def test_what_is_computed_cannot_be_edited(entropy: OperationPage) -> None:
    double_click_cell(entropy.stage, "probability", 0, 0)
    assert entropy.stage.editor.isHidden()


def test_a_click_on_any_stage_goes_to_its_steps(entropy: OperationPage) -> None:
    click_cell(entropy.stage, "probability", 1, 0)
    settle(entropy.stage.player)
    assert words_of(entropy)[0].startswith("The share of the class in the sum is its probability p[1] ≈ 0.2814")
    key(entropy.stage, Qt.Key.Key_Left)
    settle(entropy.stage.player)
    assert words_of(entropy)[2].startswith("p[1]  =  0.6065 / 2.1553")


def test_hovering_a_cell_of_an_earlier_stage_explains_it(entropy: OperationPage) -> None:
    key(entropy.stage, Qt.Key.Key_End)
    settle(entropy.stage.player)
    assert words_of(entropy)[2].startswith("J  =")
    QTest.mouseMove(entropy.stage.canvas, centre_of(entropy.stage, Cell("exponential", 1, 0)))
    assert words_of(entropy)[2] == "e[1]  =  exp( −0.5 )  ≈  0.6065"


def test_a_class_that_does_not_exist_leaves_the_picture_and_says_why(entropy: OperationPage) -> None:
    click(control(entropy, "target").more)
    assert "target=3 is no class: there are 3" in entropy.panel.warning
    assert output_of(entropy)[0, 0] == pytest.approx(0.7680, abs=1e-4)


def test_running_numbers_can_be_edited_where_they_are_used(batch: OperationPage) -> None:
    click(control(batch, "training").button("off"))
    assert batch.stage.trace is not None and len(batch.stage.trace.stages) == 4
    before = output_of(batch).copy()
    double_click_cell(batch.stage, "running mean", 0, 0)
    type_over(batch.stage.editor, "3")
    key(batch.stage.editor, Qt.Key.Key_Return)
    assert (output_of(batch)[:, 0] < before[:, 0]).all()
    np.testing.assert_array_equal(output_of(batch)[:, 1], before[:, 1])


def test_the_backward_pass_of_the_scale(batch: OperationPage) -> None:
    control(batch, "direction").choose("weight-gradient")
    assert output_of(batch).shape == (1, 2)
    double_click_cell(batch.stage, "gradient[1, 0]", 0, 0)
    type_over(batch.stage.editor, "-7")
    key(batch.stage.editor, Qt.Key.Key_Return)
    assert batch.stage.trace.operation.g[1, 0, 0, 0] == -7
