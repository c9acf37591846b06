import os
import signal
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QTimer

from cnnsim.app.main import AppOptions, run_app
from cnnsim.app.options import PAGES
from cnnsim.errors import InputError


@pytest.mark.parametrize("page", PAGES)
def test_saves_what_the_page_shows_and_ends(page: str, tmp_path: Path, qapp: object, quick_training: None) -> None:
    path = tmp_path / "shot.png"
    assert run_app(AppOptions(page=page, theme="light", size=(1024, 700), screenshot=path)) == 0
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.size == (1024, 700)
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 20
    assert list(tmp_path.glob(".shot*")) == []


def test_autostart_plays(tmp_path: Path, qapp: object, quick_training: None) -> None:
    pictures = []
    for autostart in (False, True):
        path = tmp_path / f"{autostart}.png"
        options = AppOptions(theme="dark", size=(1024, 700), screenshot=path, after=0.8, autostart=autostart)
        assert run_app(options) == 0
        pictures.append(path.read_bytes())
    assert pictures[0] != pictures[1]


def test_ctrl_c_in_the_terminal_ends_the_window(qapp: object, quick_training: None) -> None:
    before = signal.getsignal(signal.SIGINT)
    QTimer.singleShot(100, lambda: os.kill(os.getpid(), signal.SIGINT))
    assert run_app(AppOptions(theme="light", size=(1024, 700))) == 130
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (AppOptions(page="backprop"), "choose one of convolution"),
        (AppOptions(theme="pink"), "light or dark"),
        (AppOptions(size=(800, 600)), "size=800x600 is too small.*1024x700"),
        (AppOptions(size=(20_000, 900)), "size=20000x900"),
        (AppOptions(screenshot=Path("/nowhere/at/all.png")), "does not exist"),
    ],
)
def test_bad_options_are_refused_before_a_window_opens(options: AppOptions, words: str) -> None:
    with pytest.raises(InputError, match=words):
        run_app(options)
