import subprocess
import sys
from pathlib import Path

import pytest

from cnnsim.app import compilation


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnsim.warmup.is_warm", lambda: False)


def pretend_compiler(monkeypatch: pytest.MonkeyPatch, program: str) -> list[subprocess.Popen[bytes]]:
    """Let another program stand for the compiler; return the list that its processes are added to."""
    popen, started = subprocess.Popen, []

    def start(_command: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(popen([sys.executable, "-c", program], **options))
        return started[-1]

    monkeypatch.setattr(compilation.subprocess, "Popen", start)
    return started


def test_a_warm_engine_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[bool] = []
    started = pretend_compiler(monkeypatch, "")
    monkeypatch.setattr("cnnsim.warmup.is_warm", lambda: True)
    compilation.compile_engine(lambda: False, lambda: said.append(True))
    assert (started, said) == ([], [])


def test_a_cold_engine_is_compiled_in_another_process_and_announced(
    cold: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done, said = tmp_path / "done", []
    pretend_compiler(monkeypatch, f"open({str(done)!r}, 'w').close()")
    compilation.compile_engine(lambda: False, lambda: said.append(True))
    assert done.exists()
    assert said == [True]


def test_closing_the_window_ends_the_compilation(cold: None, monkeypatch: pytest.MonkeyPatch) -> None:
    started = pretend_compiler(monkeypatch, "import time; time.sleep(600)")
    compilation.compile_engine(lambda: True, lambda: None)
    assert [process.poll() is None for process in started] == [False]


def test_a_failed_compilation_is_left_to_the_training(cold: None, monkeypatch: pytest.MonkeyPatch) -> None:
    started = pretend_compiler(monkeypatch, "raise SystemExit(3)")
    compilation.compile_engine(lambda: False, lambda: None)
    assert [process.returncode for process in started] == [3]
