"""``cnnsim doctor``: each check on machines that lack something, and the report on this one."""

import os
import subprocess
from types import SimpleNamespace

import pytest

from cnnsim.cli import display, doctor, main, qt_libraries
from cnnsim.cli.doctor import Check


@pytest.fixture
def headless(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def lacking(*libraries: str):
    def load(name: str) -> None:
        if name in libraries:
            raise OSError(f"{name}: cannot open shared object file")

    return load


def test_this_machine_without_a_display_is_well_enough(headless, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNSIM_CACHE", str(tmp_path))
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    found = {line[9:26].strip(): line[:8].strip() for line in lines}
    assert found == {
        "Python": "ok",
        "PySide6": "ok",
        "Qt libraries": "ok",
        "display": "warning",
        "Qt starts": "ok",
        "cache folder": "ok",
        "numba": "warning" if os.environ.get("NUMBA_DISABLE_JIT") else "ok",
        "MNIST": "warning",
    }
    assert "cnnsim data fetch" in lines[-1]


def test_an_error_exits_with_1(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "CHECKS", (lambda: Check("Python", "error", "too old"),))
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out.split() == ["error", "Python", "too", "old"]


def test_the_broken_version_of_pyside6():
    assert doctor.check_pyside("6.12.0", (3, 11, 7)).status == "error"
    assert doctor.check_pyside("6.12.0", (3, 12, 0)).status == "ok"
    assert doctor.check_pyside("6.11.3", (3, 11, 7)).status == "ok"
    assert doctor.check_pyside("none").status == "error"


def test_old_python():
    assert doctor.check_python((3, 10, 1)) == Check("Python", "error", "3.10.1 is too old: 3.11 or newer is needed")
    assert doctor.check_python((3, 11, 0)).status == "ok"


def test_missing_libraries_name_their_packages():
    assert qt_libraries.missing_packages(load=lacking("libEGL.so.1", "libxcb-cursor.so.0")) == [
        "libegl1",
        "libxcb-cursor0",
    ]
    assert qt_libraries.missing_packages(window=False, load=lacking("libxcb-cursor.so.0")) == []
    assert qt_libraries.missing_packages(load=lacking("libEGL.so.1"), platform="darwin") == []


@pytest.mark.parametrize(
    ("basic", "windowed", "problem", "status"),
    [
        ([], [], None, "ok"),
        ([], ["libxcb-cursor0"], None, "error"),
        ([], ["libxcb-cursor0"], "is missing", "warning"),
        (["libegl1"], ["libegl1"], "is missing", "error"),
    ],
)
def test_libraries_for_a_window_matter_where_one_could_open(monkeypatch, basic, windowed, problem, status):
    monkeypatch.setattr(doctor, "missing_packages", lambda window=True: windowed if window else basic)
    monkeypatch.setattr(doctor, "display_problem", lambda: problem)
    monkeypatch.setattr(doctor, "uses_x11", lambda: True)
    check = doctor.check_qt_libraries()
    assert check.status == status
    assert all(package in check.detail for package in windowed)


def test_qt_that_does_not_start(monkeypatch, headless):
    failed = SimpleNamespace(returncode=1, stderr="Traceback\nImportError: libEGL.so.1: cannot open\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    assert doctor.check_start() == Check("Qt starts", "error", "ImportError: libEGL.so.1: cannot open")

    def hang(*_, **__):
        raise subprocess.TimeoutExpired("python", 60)

    monkeypatch.setattr(subprocess, "run", hang)
    assert "60 seconds" in doctor.check_start().detail


def test_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CNNSIM_CACHE", str(tmp_path / "file"))
    check = doctor.check_cache()
    assert check.status == "warning"
    assert "CNNSIM_CACHE" in check.detail


def test_displays():
    assert display.display_problem({}, "darwin") is None
    assert display.display_problem({"WAYLAND_DISPLAY": "wayland-0"}, "linux") is None
    assert display.display_problem({"QT_QPA_PLATFORM": "minimal:x"}, "linux") is None
    assert "is missing" in display.display_problem({"DISPLAY": ""}, "linux")
    assert "is missing" in display.display_problem({"QT_QPA_PLATFORM": "xcb"}, "linux")
    assert "does not answer" in display.display_problem({"DISPLAY": ":63111"}, "linux")
    assert display.display_problem({"DISPLAY": "elsewhere:0"}, "linux") is None
