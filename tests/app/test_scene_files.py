from pathlib import Path

import numpy as np
import pytest
from driving import centre_of, click, click_cell, control, double_click_cell, finish_reading, key, type_over
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from cnnsim.app.background import aside
from cnnsim.app.main import AppOptions, open_window
from cnnsim.app.numbers_dialog import NumbersDialog
from cnnsim.app.operation_page import OperationPage
from cnnsim.app.recovery import Recovery
from cnnsim.app.scene_files import recent
from cnnsim.app.window import Window
from cnnsim.drawing import Cell
from cnnsim.operations import array_of
from cnnsim.operations.convolution import ConvolutionSettings
from cnnsim.operations.scene_file import save_scene

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(window: Window) -> OperationPage:
    return window.page("convolution")


def change_a_cell(page: OperationPage, value: str = "7") -> None:
    double_click_cell(page.stage, "input", 0, 0)
    type_over(page.stage.editor, value)
    key(page.stage.editor, Qt.Key.Key_Return)


def test_a_saved_scene_opens_as_it_was(
    window: Window, page: OperationPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: QSettings
) -> None:
    file = tmp_path / "mine.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file.with_suffix("")), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    change_a_cell(page)
    click(page.stage.transport.grain.button("cell"))
    page.stage.player.seek(4)
    key(window, Qt.Key.Key_B)
    key(window, Qt.Key.Key_S, CTRL)
    assert window.notice.words == "Saved as mine.toml"
    saved = page.settings
    page.head.presets.choose("1")
    page.stage.player.first()
    key(window, Qt.Key.Key_O, CTRL)
    finish_reading(window)
    assert page.settings == saved
    assert (page.stage.player.position, page.stage.transport.grain.key, len(page.stage.bookmarks.marks)) == (
        4.0,
        "cell",
        1,
    )
    assert recent(settings) == [file]
    menu = page.head.open.menu()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions() if not action.isSeparator()][1:] == ["mine.toml"]


def test_a_bad_scene_is_refused_and_the_page_kept(window: Window, page: OperationPage, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("version = 9")
    change_a_cell(page)
    before = page.settings
    window.open_scene(tmp_path / "bad.toml")
    finish_reading(window)
    assert "version=9 is not the version" in window.notice.words
    assert "What is on screen was kept" in window.notice.words
    assert page.settings is before


def test_the_page_is_kept_until_a_scene_has_been_read(window: Window, page: OperationPage, tmp_path: Path) -> None:
    change_a_cell(page)
    save_scene(page.scene(), tmp_path / "changed.toml")
    wanted = page.settings
    page.changes.undo()
    window.open_scene(tmp_path / "changed.toml")
    page.change(ConvolutionSettings(stride=2))
    assert page.settings.stride == 2
    finish_reading(window)
    assert page.settings == wanted
    page.changes.undo()
    assert page.settings == ConvolutionSettings(stride=2)


def test_a_defect_in_reading_is_raised_where_it_is_seen(window: Window, qtbot: QtBot) -> None:
    with qtbot.captureExceptions() as raised:
        aside(window, lambda: 1 / 0, print, print)
        finish_reading(window)
    assert [error for error, _, _ in raised] == [ZeroDivisionError]


def test_a_place_that_cannot_be_written_is_said(window: Window, page: OperationPage, tmp_path: Path) -> None:
    window.save_scene_as(tmp_path / "none" / "a.toml")
    assert "cannot be written" in window.notice.words


def test_what_was_on_screen_comes_back_after_a_crash(
    quick_training: None, settings: QSettings, tmp_path: Path, qapp: object
) -> None:
    crashed = open_window(AppOptions(theme="light", size=(1100, 760)), settings, Recovery(tmp_path))
    change_a_cell(crashed.page("convolution"))
    crashed.page("pooling").head.presets.choose("1")
    wanted = crashed.page("convolution").settings
    crashed._recovery.wait()  # type: ignore[union-attr]
    crashed._recovery._lock.unlock()  # type: ignore[union-attr]  # the process is gone, its folder is not
    crashed._recovery = None
    again = open_window(AppOptions(theme="light", size=(1100, 760)), settings, Recovery(tmp_path))
    assert again.page("convolution").settings == wanted
    assert again.page_name == "pooling"
    assert "is back" in again.notice.words
    again.close()
    assert list(tmp_path.iterdir()) == []
    crashed.close()


def test_two_windows_keep_apart(quick_training: None, settings: QSettings, tmp_path: Path, qapp: object) -> None:
    first, second = (
        open_window(AppOptions(theme="light", size=(1100, 760)), settings, Recovery(tmp_path)) for _ in range(2)
    )
    assert second.notice.words == ""
    change_a_cell(first.page("convolution"))
    first._recovery.wait()  # type: ignore[union-attr]
    second.close()
    assert len(list(tmp_path.glob("*/convolution.toml"))) == 1
    first.close()


def test_undo_takes_back_edits_and_options_one_by_one(window: Window, page: OperationPage) -> None:
    change_a_cell(page)
    click(control(page, "stride").more)
    click(control(page, "flip").button("on"))
    for flip, stride, cell in ((False, 2, 7), (False, 1, 7), (False, 1, 1)):
        key(window, Qt.Key.Key_Z, CTRL)
        x = page.stage.trace.rule.x[0, 0, 0]  # type: ignore[union-attr]
        assert (page.settings.flip, page.settings.stride, x) == (flip, stride, cell)
    assert page.settings == ConvolutionSettings()
    assert not page.head.undo.isEnabled()
    for _ in range(3):
        key(window, Qt.Key.Key_Z, CTRL | SHIFT)
    assert (page.settings.flip, page.settings.stride) == (True, 2)
    assert control(page, "flip").key == "on"
    assert not page.head.redo.isEnabled()
    assert page.head.presets.currentIndex() == -1


def test_numbers_are_copied_and_pasted(page: OperationPage) -> None:
    kernel = control(page, "kernel")
    kernel.copy_wanted.emit()
    assert QGuiApplication.clipboard().text() == "1\t0\t1\n0\t1\t0\n1\t0\t1"
    QGuiApplication.clipboard().setText("np.array([[1, 2], [3, 1/2]])")
    kernel.paste_wanted.emit()
    assert page.stage.trace.rule.w[0, 0].tolist() == [[1, 2], [3, 0.5]]  # type: ignore[union-attr]
    assert control(page, "kernel_size").values == (2, 2)
    before = page.settings
    QGuiApplication.clipboard().setText("1 2; 3")
    kernel.paste_wanted.emit()
    assert "kernel='1 2; 3' is ragged" in page.panel.warning
    assert page.settings is before


def test_a_picture_becomes_the_input(page: OperationPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(np.kron(np.eye(5), np.full((8, 8), 255)).astype(np.uint8)).save(tmp_path / "eye.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "eye.png"), ""))
    control(page, "input").picture_wanted.emit()
    finish_reading(page)
    assert page.stage.trace.rule.x[0].tolist() == (9 * np.eye(5)).tolist()  # type: ignore[union-attr]
    (tmp_path / "eye.png").write_text("no picture")
    before = page.settings
    control(page, "input").picture_wanted.emit()
    finish_reading(page)
    assert "picture=eye.png is no picture that can be read" in page.panel.warning
    assert page.settings is before


def test_other_random_numbers(page: OperationPage) -> None:
    control(page, "input").pattern.choose("random")
    assert control(page, "seed").isVisible()
    first = page.stage.trace.rule.x.tolist()  # type: ignore[union-attr]
    control(page, "input").another_wanted.emit()
    assert page.stage.trace.rule.x.tolist() != first  # type: ignore[union-attr]
    assert control(page, "seed").value == 1
    page.changes.undo()
    assert page.stage.trace.rule.x.tolist() == first  # type: ignore[union-attr]


def test_bookmarks_are_set_visited_and_taken_away(window: Window, page: OperationPage) -> None:
    player = page.stage.player
    for step in (10, 42):
        player.seek(step)
        click(page.stage.transport.bookmark)
    player.first()
    key(window, Qt.Key.Key_Right, CTRL)
    assert player.position == 10
    key(window, Qt.Key.Key_Right, CTRL)
    assert player.position == 42
    click(page.stage.transport.grain.button("cell"))
    assert page.stage.transport.scrubber.marks == (0, 3)
    key(window, Qt.Key.Key_Left, CTRL)
    assert player.position == 0
    assert page.stage.transport.bookmark.isChecked()
    key(window, Qt.Key.Key_B)
    assert page.stage.bookmarks.marks == (42,)


def test_a_click_pins_a_cell_and_escape_lets_go(window: Window, page: OperationPage) -> None:
    click_cell(page.stage, "kernel", 0, 2)
    assert page.stage.pointer.looked_at is not None and page.stage.pointer.looked_at.matrix == "kernel"
    key(window, Qt.Key.Key_Right)
    assert page.stage.pointer.looked_at is not None
    key(window, Qt.Key.Key_Escape)
    assert page.stage.pointer.pinned is None


def drop(page: OperationPage, path: Path, cell: Cell | None = None) -> None:
    at = centre_of(page.stage, cell) if cell else QPoint(2, 2)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    nothing = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    page.stage.canvas.dragEnterEvent(QDragEnterEvent(at, *nothing))
    page.stage.canvas.dropEvent(QDropEvent(QPointF(at), *nothing))
    finish_reading(page.window())


def test_a_picture_can_be_dropped_on_the_input(page: OperationPage, tmp_path: Path) -> None:
    Image.new("L", (20, 30), 255).save(tmp_path / "white.png")
    drop(page, tmp_path / "white.png", Cell("input", 1, 1))
    assert array_of(page.settings, "input").tolist() == np.full((1, 5, 5), 9.0).tolist()


def test_a_scene_can_be_dropped_and_a_bad_one_is_refused(window: Window, page: OperationPage, tmp_path: Path) -> None:
    pooling = window.page("pooling")
    pooling.head.presets.choose("1")
    save_scene(pooling.scene(), tmp_path / "pooling.toml")
    wanted = pooling.settings
    pooling.changes.undo()
    drop(page, tmp_path / "pooling.toml")
    assert window.page_name == "pooling" and pooling.settings == wanted
    (tmp_path / "bad.toml").write_text("[[")
    drop(page, tmp_path / "bad.toml")
    assert "is no TOML" in window.notice.words


def test_the_range_of_colours_can_be_locked(page: OperationPage) -> None:
    def limit() -> float:
        drawing = page.stage.canvas.drawing()
        assert drawing is not None
        scale = drawing.matrix("output").scale
        assert scale is not None
        return scale.limit

    assert limit() == 4
    page.scale.scaling.choose("locked")
    type_over(page.scale.limit, "20")
    key(page.scale.limit, Qt.Key.Key_Return)
    assert limit() == 20
    type_over(page.scale.limit, "-1")
    key(page.scale.limit, Qt.Key.Key_Return)
    assert "limit=-1.0 is not positive" in page.panel.warning
    assert limit() == 20
    page.scale.scaling.choose("matrix")
    assert limit() == 4


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none to give
def test_numbers_are_typed_as_text(page: OperationPage) -> None:
    control(page, "kernel").text_wanted.emit()
    dialog = page.findChild(NumbersDialog)
    assert dialog is not None and dialog.text.toPlainText().startswith("1\t0\t1")
    dialog.text.setPlainText("1, 2\n3, x")
    click(dialog.use)
    assert "has 'x', which is no number" in dialog.message.text() and "were kept" in dialog.message.text()
    dialog.text.setPlainText("[[1, 2], [3, 4]]")
    click(dialog.use)
    assert not dialog.isVisible()
    assert array_of(page.settings, "kernel").tolist() == [[[[1, 2], [3, 4]]]]


def test_random_numbers_begin_with_a_random_pattern(page: OperationPage) -> None:
    control(page, "input").another_wanted.emit()
    assert control(page, "input").pattern.key == "random"
    page.changes.undo()
    assert page.settings == ConvolutionSettings()
