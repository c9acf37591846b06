"""The command line as a whole: usage, exit codes, and never a traceback."""

import argparse
import subprocess
import sys

import pytest

import cnnsim.cli
from cnnsim.cli import main
from cnnsim.errors import InputError


def test_help_names_every_command(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    names = ("open", "train", "predict", "export-onnx", "render", "trace", "tour", "data", "bench", "doctor")
    assert len(names) == len(cnnsim.cli._COMMANDS)
    for name in names:
        assert f"\n    {name} " in text


def test_help_loads_neither_scenes_nor_engine():
    loaded = "import sys; from cnnsim.cli import main; main(['--help']); print(sorted(sys.modules))"
    printed = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout
    assert not any(f"'{name}'" in printed for name in ("cnnsim.operations", "cnnsim.scenes", "numba", "PySide6"))


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"cnnsim {cnnsim.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["--no-such-option"],
        ["data"],
        ["data", "burn"],
        ["--size", "wide"],
        ["--size", "5x5"],
        ["--size", "100x"],
        ["--after", "soon"],
        ["--after", "-1"],
        ["--after", "nan"],
        ["--theme", "mauve"],
        ["--page", "training", "data", "path"],
    ],
)
def test_usage_errors_exit_with_2(arguments, capsys):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert "cnnsim" in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (InputError("stride", 0, "is not positive", "use 1 or more"), 2, "cnnsim: stride=0 is not positive: use 1"),
        (FileNotFoundError(2, "No such file or directory", "x.png"), 2, "cnnsim: x.png: No such file or directory"),
        (OSError("out of luck"), 2, "cnnsim: out of luck"),
        (KeyboardInterrupt(), 130, "cnnsim: interrupted"),
    ],
)
def test_what_people_see_of_an_error(monkeypatch, capsys, error, code, message):
    def fail(args: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr("cnnsim.cli.data.run_path", fail)
    assert main(["data", "path"]) == code
    assert message in capsys.readouterr().err


def test_a_defect_is_not_hidden(monkeypatch):
    def fail(args: argparse.Namespace) -> int:
        raise KeyError("a defect of the program")

    monkeypatch.setattr("cnnsim.cli.data.run_path", fail)
    with pytest.raises(KeyError):
        main(["data", "path"])


def test_python_m_and_a_reader_that_leaves_early():
    """``cnnsim ... | head -0``: no complaint about the broken pipe."""
    command = f"'{sys.executable}' -m cnnsim data path | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
