"""The shell scripts behind `make run` and `make test`, on pretended machines."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX shell scripts")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A folder of commands that comes first in PATH; `log` collects what was called."""
    commands = tmp_path / "commands"
    commands.mkdir()
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{commands}:{os.environ['PATH']}")

    class Machine:
        log = tmp_path / "log"

        def command(self, name: str, script: str) -> Path:
            path = commands / name
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)
            return path

        def called(self) -> str:
            return self.log.read_text() if self.log.exists() else ""

        def records(self, name: str) -> Path:
            return self.command(name, f'echo "{name} $*" >> {self.log}')

        def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [SCRIPTS / script, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
            )

    return Machine()


def test_nothing_is_missing(machine):
    machine.records("apt-get")
    python = machine.command("some-python", "echo")
    done = machine.run("qt-libraries", str(python))
    assert (done.returncode, done.stdout, done.stderr, machine.called()) == (0, "", "", "")


def test_root_installs_what_is_missing(machine):
    machine.records("apt-get")
    machine.command("id", "echo 0")
    python = machine.command("some-python", "echo libegl1 libgl1")
    done = machine.run("qt-libraries", str(python))
    assert done.returncode == 0
    assert "libegl1 libgl1" in done.stdout
    assert machine.called().splitlines() == [
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends libegl1 libgl1",
    ]


def test_others_are_told_the_line_to_type(machine):
    machine.records("apt-get")
    machine.command("id", "echo 1000")
    python = machine.command("some-python", "echo libegl1")
    done = machine.run("qt-libraries", str(python))
    assert done.returncode == 2
    assert "  sudo apt-get install -y libegl1\n" in done.stderr
    assert machine.called() == ""


def test_the_script_asks_the_program(machine):
    """With the real Python of this environment, where nothing is missing (the suite needs Qt itself)."""
    machine.records("apt-get")
    done = machine.run("qt-libraries", sys.executable)
    assert (done.returncode, machine.called()) == (0, "")


def test_without_a_display_the_tour_is_made(machine):
    python = machine.command(
        "some-python", f'case "$1" in -c) exec {sys.executable} "$@";; esac; echo "$*" >> {machine.log}'
    )
    done = machine.run("start", str(python))
    assert done.returncode == 0
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set. Making the tour" in done.stdout
    assert machine.called() == "-m cnnsim tour -o tour\n"


def test_with_a_display_the_app_starts(machine, monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    python = machine.command(
        "some-python", f'case "$1" in -c) exec {sys.executable} "$@";; esac; echo "$*" >> {machine.log}'
    )
    assert machine.run("start", str(python)).returncode == 0
    assert machine.called() == "-m cnnsim\n"


def test_no_python_is_new_enough(machine):
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"):
        machine.command(name, "exit 1")
    done = machine.run("make-environment", "env")
    assert done.returncode == 2
    assert "needs Python 3.11 or newer" in done.stderr


def test_the_first_usable_python_is_taken(machine):
    machine.command("python3", "exit 1")
    machine.command("python3.14", "exit 1")
    machine.command(
        "python3.13",
        f'echo "$*" >> {machine.log}; [ "$1" != -m ] || '
        '{ mkdir -p "$3/bin"; touch "$3/bin/pip"; chmod +x "$3/bin/pip"; }',
    )
    done = machine.run("make-environment", "env")
    assert done.returncode == 0
    assert "-m venv env" in machine.called()


def test_python_without_venv_is_explained(machine, tmp_path):
    machine.command("python3", '[ "$1" != -m ]')
    done = machine.run("make-environment", "env")
    assert done.returncode == 2
    assert "python3-venv" in done.stderr
    assert not (tmp_path / "env").exists()
