import gc
import subprocess
import sys

import pytest
from driving import click, key
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QSlider, QWidget
from pytestqt.qtbot import QtBot

from cnnsim.app.collector import no_collection
from cnnsim.app.help_dialog import HelpDialog
from cnnsim.app.icons import sign
from cnnsim.app.options import CHAPTERS, PAGES, chapter_of, pages_of
from cnnsim.app.sign_button import SignButton
from cnnsim.app.style import Measure, measure_for, stylesheet
from cnnsim.app.training_state import Phase
from cnnsim.app.window import Window
from cnnsim.errors import InputError
from cnnsim.painting import DARK, LIGHT

CTRL = Qt.KeyboardModifier.ControlModifier


def test_keys_and_buttons_switch_pages(window: Window) -> None:
    for number, chapter in enumerate(CHAPTERS):
        key(window, Qt.Key(Qt.Key.Key_1 + number), CTRL)
        assert chapter_of(window.page_name) == window.header.chapters.key == chapter
    click(window.header.chapters.button("Pooling"))
    assert window.pages.currentWidget() is window.page("pooling")


def test_every_page_can_be_reached_one_after_the_other(window: Window) -> None:
    window.show_page(PAGES[0])
    for name in (*PAGES[1:], PAGES[0]):
        key(window, Qt.Key.Key_PageDown, CTRL)
        assert window.page_name == name
    key(window, Qt.Key.Key_PageUp, CTRL)
    assert window.page_name == PAGES[-1]


def test_a_chapter_opens_on_the_page_that_was_in_view_last(window: Window) -> None:
    name = next(name for name in reversed(PAGES) if len(pages_of(chapter_of(name))) > 1)
    window.show_page(name)
    window.show_page("training")
    window.show_chapter(chapter_of(name))
    assert window.page_name == name


def test_an_unknown_page_is_refused_with_the_names_of_the_others(window: Window) -> None:
    with pytest.raises(InputError, match="choose one of convolution"):
        window.show_page("backprop")


def test_the_theme_changes_everywhere_and_is_remembered(window: Window, settings: QSettings) -> None:
    window.page("convolution").stage.canvas.grab()
    key(window, Qt.Key.Key_T, CTRL)
    assert window.theme is DARK
    for widget in (window.page("convolution").stage.canvas, window):
        pixel = widget.grab().toImage().pixelColor(widget.width() - 3, widget.height() - 3)
        assert (pixel.red(), pixel.green(), pixel.blue()) == DARK.background[:3]
    settings.sync()
    again = Window(settings)
    assert again.theme is DARK
    again.shut_down()
    click(window.header.theme)
    assert window.theme is LIGHT


def test_the_option_for_the_theme_wins_over_the_memory(settings: QSettings, qapp: QApplication) -> None:
    settings.setValue("theme", "dark")
    window = Window(settings, "light")
    assert window.theme is LIGHT
    window.shut_down()


def test_full_screen_and_back(window: Window) -> None:
    key(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    click(window.header.full_screen)
    assert not window.isFullScreen()
    key(window, Qt.Key.Key_F11)
    key(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none to give
def test_help_lists_the_keys(window: Window, qtbot: QtBot) -> None:
    key(window, Qt.Key.Key_F1)
    dialog = window.findChild(HelpDialog)
    assert dialog is not None
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Space" in words
    assert "Ctrl+T" in words
    dialog.close()


def test_every_control_has_a_tooltip_and_a_name(window: Window) -> None:
    kinds = (QAbstractButton, QComboBox, QLineEdit, QSlider)
    controls = [widget for kind in kinds for widget in window.findChildren(kind)]
    for control in controls:
        inner = control.objectName().startswith("qt_") or control.objectName() == "cellEditor"
        if not inner and not isinstance(control.parent(), QComboBox):
            named = control.accessibleName() or getattr(control, "text", str)()
            assert control.toolTip() and named, (control, control.parent(), control.objectName())


def _cut(window: QWidget) -> list[str]:
    """Visible words that have less room than they need, or lie outside of what holds them."""
    found = []
    for kind in (QAbstractButton, QLabel, QComboBox):
        for widget in window.findChildren(kind):
            if not widget.isVisible() or (isinstance(widget, QLabel) and widget.wordWrap()):
                continue
            needed = widget.minimumSizeHint()
            inside = widget.parentWidget().rect().contains(widget.geometry())
            if widget.width() < needed.width() or widget.height() < needed.height() or not inside:
                found.append(f"{kind.__name__} {getattr(widget, 'text', str)()!r} {widget.geometry()} {needed}")
    return found


@pytest.mark.parametrize("size", [(1024, 700), (1366, 768), (1920, 1080), (3840, 2160)])
@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_cut_at_any_size(window: Window, qtbot: QtBot, page: str, size: tuple[int, int]) -> None:
    window.show_page(page)
    window.resize(*size)
    if page == "training":
        qtbot.waitUntil(lambda: window.training.phase == Phase.READY, timeout=60_000)
    qtbot.waitUntil(lambda: not _cut(window), timeout=3000)  # the layout follows in a few events
    assert (window.width(), window.height()) == size
    panel = window.training.controls if page == "training" else window.page(page).panel
    assert panel.widget().width() <= panel.viewport().width()


def test_type_grows_with_the_window() -> None:
    assert measure_for(700) == Measure(13, 8)
    assert measure_for(1080).text == 18
    assert measure_for(400).text == 13
    sizes = [measure_for(height).text for height in range(300, 4000, 10)]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_stylesheet_is_complete(theme: object) -> None:
    assert "$" not in stylesheet(theme, Measure(13, 8))  # type: ignore[arg-type]


def test_every_button_shows_a_sign(window: Window) -> None:
    for button in window.findChildren(SignButton):
        assert not sign(button.sign_name).isEmpty()


def test_the_window_does_not_load_the_engine() -> None:
    program = "import sys, cnnsim.app.main; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_loading_without_collections_leaves_the_collector_as_it_was() -> None:
    assert gc.isenabled()
    with no_collection():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.unfreeze()
