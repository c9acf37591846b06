"""``cnnsim bench`` measures and reports; how fast is never asserted."""

import json
import sys

import pytest
from sizes import slow_without_jit

from cnnsim.cli import main

QUICK = ["--rounds", "2", "--seconds", "0"]


def test_json_is_one_object_with_all_sides(capsys):
    assert main(["bench", "train", "--batch-size", "3", "--threads", "1", *QUICK, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    (case,) = report["cases"]
    assert report["measurement"] == "train"
    assert (case["network"], case["batch_size"], case["threads"]) == ("lenet5", 3, 1)
    assert set(case["sides"]) == {"cnnsim", "product"}
    assert all(len(side["rounds"]) == 2 and min(side["rounds"]) > 0 for side in case["sides"].values())
    assert case["share_of_product"] > 0
    assert case["ratio"] is None


@slow_without_jit
@pytest.mark.parametrize(("measurement", "batch"), [("inference", 256), ("latency", 1)])
def test_every_measurement_has_its_batch(measurement, batch, capsys):
    assert main(["bench", measurement, "--threads", "2", *QUICK]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"{measurement}: lenet5, float32, batch {batch}, 2 threads\n")
    assert "of the rate of a plain matrix product" in text


@slow_without_jit
def test_accuracy_on_a_few_synthetic_digits(capsys):
    options = ["--data", "synthetic", "--limit", "64", "--epochs", "1", "--threads", "1"]
    assert main(["bench", "accuracy", *options, "--json"]) == 0
    side = json.loads(capsys.readouterr().out)["sides"]["cnnsim"]
    assert len(side["accuracies"]) == len(side["seconds"]) == 1
    assert main(["bench", "accuracy", *options]) == 0
    assert "at best in 1 epochs" in capsys.readouterr().out


@slow_without_jit
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_memory_of_a_few_synthetic_digits(capsys):
    options = ["--data", "synthetic", "--limit", "64", "--epochs", "2", "--threads", "1", "--json"]
    assert main(["bench", "memory", *options]) == 0
    side = json.loads(capsys.readouterr().out)["sides"]["cnnsim"]
    assert len(side["after_epochs"]) == 2
    assert 10 < side["after_epochs"][-1] <= side["peak"]


def test_scenes_are_measured_without_a_screen(capsys):
    assert main(["bench", "scenes", "--rounds", "1", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {"numbers", "convolution", "kernel gradient"} <= set(report["frames"])
    assert report["steps"]["length"] >= 10**8
    assert report["steps"]["peak_bytes"] < 10**6  # a step needs its window, not the trace
    assert report["start"] > 0


def test_scenes_say_what_stopped_them(monkeypatch, capsys):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr("sys.executable", "/bin/false")
    assert main(["bench", "scenes", "--rounds", "1"]) == 2
    assert "cnnsim doctor" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rounds", "0"], "--rounds=0 is out of range"),
        (["--seconds", "-1"], "--seconds=-1.0 is out of range"),
        (["--seconds", "nan"], "--seconds=nan is out of range"),
        (["--threads", "0"], "--threads=0 is out of range"),
        (["--batch-size", "0"], "--batch-size=0 is out of range"),
        (["--epochs", "0"], "--epochs=0 is out of range"),
        (["--limit", "0"], "--limit=0 is out of range"),
        (["--against", "numpy"], "invalid choice"),
    ],
)
def test_bad_options(options, message, capsys):
    assert main(["bench", "train", *options]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


def test_an_unknown_measurement(capsys):
    assert main(["bench", "speed"]) == 2
    assert "invalid choice: 'speed'" in capsys.readouterr().err


@pytest.mark.parametrize("measurement", ["accuracy", "memory"])
def test_bad_data(measurement, tmp_path, capsys):
    assert main(["bench", measurement, "--data", "minst"]) == 2
    assert "data=minst is neither" in capsys.readouterr().err
    assert main(["bench", measurement, "--data", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert str(tmp_path) in error
    assert "Traceback" not in error


def test_without_pytorch_the_remedy_is_told(monkeypatch, capsys):
    monkeypatch.setattr("cnnsim.bench.turns.find_spec", lambda name: None)
    assert main(["bench", "train", "--against", "torch"]) == 2
    assert "--against=torch is not installed here: pip install torch" in capsys.readouterr().err
