"""The pages as pictures, compared with those in the folder beside this file.

After an intended change: ``pytest tests/app/test_pictures.py --force-regen``, then look at every picture.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtWidgets import QWidget
from pytest_regressions.image_regression import ImageRegressionFixture
from pytestqt.qtbot import QtBot

from cnnsim.app.training_state import Phase
from cnnsim.app.window import Window
from cnnsim.operations import Source

TOLERANCE = 0.05  # per cent of all colour: edges may differ a little, a word or a cell may not


def _example(window: Window, qtbot: QtBot) -> None:
    window.show_page("convolution")


def _every_option(window: Window, qtbot: QtBot) -> None:
    page = window.page("convolution")
    page.change(
        replace(
            page.operation.start,
            input=Source("ramp"),
            input_size=(8, 8),
            padding=1,
            kernel=Source("emboss"),
            bias=Source("zeros", {(0, 0, 0): -0.5}),
            flip=True,
            stride=2,
        )
    )
    page.stage.player.seek(92.5)


def _refused(window: Window, qtbot: QtBot) -> None:
    window.page("convolution").controls["kernel_size"].widget.boxes[0].enter(7)


def _kernel_gradient(window: Window, qtbot: QtBot) -> None:
    window.page("convolution").controls["direction"].widget.choose("kernel-gradient")
    window.page("convolution").stage.player.seek(43.5)


def _input_gradient(window: Window, qtbot: QtBot) -> None:
    window.page("convolution").controls["direction"].widget.choose("input-gradient")
    window.page("convolution").stage.player.seek(50)


def _scatter(window: Window, qtbot: QtBot) -> None:
    window.page("convolution").controls["direction"].widget.choose("input-gradient-scatter")
    window.page("convolution").stage.player.seek(40.5)


def _pooling_gradient(window: Window, qtbot: QtBot) -> None:
    window.show_page("pooling")
    window.page("pooling").controls["direction"].widget.button("input-gradient").click()
    window.page("pooling").stage.player.last()


def _max(window: Window, qtbot: QtBot) -> None:
    window.show_page("pooling")
    window.page("pooling").stage.player.seek(8)


def _average(window: Window, qtbot: QtBot) -> None:
    window.show_page("pooling")
    window.page("pooling").controls["mode"].widget.choose("average")
    window.page("pooling").stage.player.last()


def _before_training(window: Window, qtbot: QtBot) -> None:
    window.show_page("training")
    qtbot.waitUntil(lambda: window.training.phase == Phase.READY, timeout=120_000)
    curves = window.training.curves
    qtbot.waitUntil(lambda: len(curves.plots) == 2 and curves.accuracy.viewRange()[0][1] > 2)


@pytest.mark.parametrize(("theme", "size"), [("light", (1024, 700)), ("dark", (1920, 1080))], ids=["light", "dark"])
@pytest.mark.parametrize(
    "show",
    [
        _example,
        _every_option,
        _refused,
        _kernel_gradient,
        _input_gradient,
        _scatter,
        _max,
        _average,
        _pooling_gradient,
        _before_training,
    ],
    ids=lambda show: show.__name__.strip("_"),
)
def test_pages_look_as_they_did(
    window: Window,
    qtbot: QtBot,
    image_regression: ImageRegressionFixture,
    show: Callable[[Window, QtBot], None],
    theme: str,
    size: tuple[int, int],
) -> None:
    if theme == "dark":
        window.toggle_theme()
    window.resize(*size)
    show(window, qtbot)
    image_regression.check(_settled(window, qtbot), diff_threshold=TOLERANCE)


def _settled(window: Window, qtbot: QtBot) -> bytes:
    """Return the picture once it no longer changes: the layout follows in a few events."""
    before, now = b"", _png(window)
    for _ in range(100):
        qtbot.wait(30)
        before, now = now, _png(window)
        if before == now:
            return now
    raise AssertionError("the page never came to rest")


def _png(window: Window) -> bytes:
    for widget in window.findChildren(QWidget):  # no button lights up where the pointer happens to be
        widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())
