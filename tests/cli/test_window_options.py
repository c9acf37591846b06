"""``cnnsim`` without a subcommand: what reaches the app, and what is said where it cannot open."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from cnnsim.cli import main, window


@dataclass(frozen=True, slots=True)
class AppOptions:
    page: str = "convolution"
    theme: str | None = None
    size: tuple[int, int] | None = None
    screenshot: Path | None = None
    after: float = 0.0
    data: str = "auto"


@pytest.fixture
def opened(monkeypatch):
    """A stand-in for the app that records its options."""
    calls = []
    module = ModuleType("cnnsim.app.main")
    module.AppOptions = AppOptions
    module.run_app = lambda options: calls.append(options) or 0
    monkeypatch.setitem(sys.modules, "cnnsim.app.main", module)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return calls


@pytest.fixture
def headless(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "")  # set, so that what the program sets is taken back after the test


def test_without_options_the_app_keeps_its_defaults(opened):
    assert main([]) == 0
    assert opened == [AppOptions()]


def test_every_option_arrives(opened):
    arguments = "--page training --theme dark --size 1280x800 --screenshot a.png --after 1.5 --data synthetic"
    assert main(arguments.split()) == 0
    assert opened == [AppOptions("training", "dark", (1280, 800), Path("a.png"), 1.5, "synthetic")]


def test_no_display(opened, headless, capsys):
    assert main([]) == 2
    assert opened == []
    error = capsys.readouterr().err
    assert "neither DISPLAY nor WAYLAND_DISPLAY" in error
    assert "cnnsim tour" in error


def test_a_screenshot_needs_no_display(opened, headless):
    assert main(["--screenshot", "a.png"]) == 0
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert len(opened) == 1


def test_missing_system_libraries(opened, monkeypatch, capsys):
    monkeypatch.setattr(window, "missing_packages", lambda window: ["libegl1"])
    assert main([]) == 2
    assert "sudo apt-get install -y libegl1" in capsys.readouterr().err


def test_offscreen_needs_the_basic_libraries_only(opened, monkeypatch, capsys):
    monkeypatch.setattr(window, "missing_packages", lambda window: ["libxcb-cursor0"] if window else [])
    assert main(["--screenshot", "a.png"]) == 0
    monkeypatch.setattr(window, "missing_packages", lambda window: ["libegl1"])
    assert main(["--screenshot", "a.png"]) == 2
    assert "libegl1" in capsys.readouterr().err


def test_unknown_data_is_told_before_a_window_opens(opened, capsys):
    assert main(["--data", "minst"]) == 2
    assert opened == []
    assert "data=minst is neither auto, mnist, synthetic nor a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        ImportError("libEGL.so.1: cannot open shared object file: No such file or directory"),
        ImportError("/usr/lib/libEGL.so.1: file too short"),
        ModuleNotFoundError("No module named 'PySide6'", name="PySide6"),
    ],
)
def test_qt_that_cannot_be_loaded(monkeypatch, capsys, error):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setitem(sys.modules, "cnnsim.app.main", Unloadable(error))
    assert main([]) == 2
    captured = capsys.readouterr().err
    assert "Qt=" in captured
    assert "install" in captured


def test_another_import_error_is_a_defect(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setitem(sys.modules, "cnnsim.app.main", Unloadable(ImportError("no name 'x' in cnnsim", name="cnnsim")))
    with pytest.raises(ImportError, match="no name"):
        main([])


class Unloadable(ModuleType):
    """A module from which nothing can be imported."""

    def __init__(self, error: ImportError) -> None:
        super().__init__("cnnsim.app.main")
        self._error = error

    def __getattr__(self, name: str) -> object:
        raise self._error


def test_a_folder_without_the_digits_is_refused_before_a_window_opens(tmp_path, capsys):
    assert main(["--data", str(tmp_path), "--page", "training", "--screenshot", str(tmp_path / "a.png")]) == 2
    assert "holds no train-images-idx3-ubyte" in capsys.readouterr().err
    assert not (tmp_path / "a.png").exists()
