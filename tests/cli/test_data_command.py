"""``cnnsim data`` in this process, with a cache folder of its own and no network."""

import os

import numpy as np
import pytest

from cnnsim.cli import main
from cnnsim.cli.progress import DownloadBar
from cnnsim.data.idx import encode
from cnnsim.data.mnist import FILES


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNSIM_CACHE", str(tmp_path / "cache"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache" / "mnist"


def test_path_follows_the_variable(cache, capsys):
    assert main(["data", "path"]) == 0
    assert capsys.readouterr().out == f"{cache}\n"


def test_fetch_without_a_network(cache, capsys):
    assert main(["data", "fetch"]) == 2
    error = capsys.readouterr().err
    assert "could not be reached" in error
    assert "--data synthetic" in error


def test_fetch_prints_the_folder(cache, capsys, monkeypatch):
    def fetch(progress):
        progress("one.gz", 50, 100)
        progress("one.gz", 100, 100)
        progress("two.gz", 7, 0)
        return cache

    monkeypatch.setattr("cnnsim.data.fetch", fetch)
    assert main(["data", "fetch"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{cache}\n"
    assert "one.gz: 100%" in captured.err
    assert "two.gz" in captured.err


def test_a_bar_that_never_began_closes():
    with DownloadBar() as bar:
        assert bar is not None


def test_verify_names_each_file_and_what_is_wrong(tmp_path, capsys):
    (tmp_path / FILES[0].name).write_bytes(encode(np.zeros((1, 28, 28), np.uint8)))
    (tmp_path / FILES[1].name).write_bytes(b"\x1f\x8b damaged")
    assert main(["data", "verify", "--data", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert "not the file of MNIST" in captured.out.splitlines()[0]
    assert "damaged" in captured.out.splitlines()[1]
    assert captured.out.splitlines()[2:] == [f"{file.name}: is missing" for file in FILES[2:]]
    assert "4 of 4 files" in captured.err


def test_verify_without_a_cache(cache, capsys):
    assert main(["data", "verify"]) == 2
    assert "is not a folder" in capsys.readouterr().err


def test_verify_the_real_one(capsys):
    if "CNNSIM_MNIST" not in os.environ:
        pytest.skip("CNNSIM_MNIST names no folder with the real MNIST")
    assert main(["data", "verify", "--data", os.environ["CNNSIM_MNIST"]]) == 0
    assert [line.rpartition(": ")[2] for line in capsys.readouterr().out.splitlines()] == ["ok"] * 4
