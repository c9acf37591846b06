"""``cnnsim train``: what it reports and keeps, and what it refuses before it begins."""

import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from sizes import slow_without_jit

import cnnsim.train
from cnnsim.cli import main
from cnnsim.cli.recipe import Recipe
from cnnsim.models import build
from cnnsim.weights import load_weights

SMALL = ["train", "--data", "synthetic", "--limit", "256", "--seed", "1"]
KEYS = [
    "data",
    "epochs",
    "parameters",
    "train_loss",
    "test_loss",
    "test_accuracy",
    "images_per_second",
    "seconds",
    "seed",
]


@slow_without_jit
def test_json_is_one_object_and_the_weights_are_what_it_says(tmp_path, capsys):
    out = tmp_path / "w.safetensors"
    assert main([*SMALL, "--epochs", "2", "--json", "--out", str(out)]) == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert list(result) == KEYS
    assert (result["data"], result["epochs"], result["parameters"], result["seed"]) == ("synthetic", 2, 61706, 1)
    assert result["images_per_second"] * result["seconds"] == pytest.approx(512)
    assert "not MNIST" in captured.err
    assert "epoch 2/2" in captured.err
    state, metadata = load_weights(out)
    network = build("lenet5")
    network.load_state_dict(state)
    data = cnnsim.data.load("synthetic", seed=1).limited(256)
    assert cnnsim.train.evaluate(network, data.test_images, data.test_labels).accuracy == result["test_accuracy"]
    assert metadata["model"] == "lenet5"
    assert metadata["epochs"] == "2"
    assert "not MNIST" in metadata["data"]


@slow_without_jit
def test_same_seed_same_weights_whatever_the_threads(tmp_path, capsys):
    states = []
    for threads in ("1", "2"):
        out = tmp_path / f"{threads}.safetensors"
        assert main([*SMALL, "--epochs", "1", "--threads", threads, "--out", str(out)]) == 0
        states.append(load_weights(out)[0])
    assert "synthetic: test accuracy" in capsys.readouterr().out
    for name, array in states[0].items():
        np.testing.assert_array_equal(array, states[1][name])


@slow_without_jit
def test_drawn_digits_are_learned_in_one_epoch(capsys):
    assert main(["train", "--data", "synthetic", "--epochs", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["test_accuracy"] > 0.95


def test_real_mnist(capsys):
    if "CNNSIM_MNIST" not in os.environ:
        pytest.skip("CNNSIM_MNIST names no folder with the real MNIST")
    assert main(["train", "--data", os.environ["CNNSIM_MNIST"], "--epochs", "3", "--seed", "1", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["data"] == "mnist"
    assert result["test_accuracy"] >= 0.985


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--epochs", "0"], "--epochs=0 is out of range"),
        (["--batch-size", "0"], "--batch-size=0 is out of range"),
        (["--lr", "0"], "--lr=0.0 is not a positive number"),
        (["--lr", "-1"], "--lr=-1.0 is not a positive number"),
        (["--lr", "nan"], "--lr=nan is not a positive number"),
        (["--lr", "inf"], "--lr=inf is not a positive number"),
        (["--momentum", "1"], "--momentum=1.0 is not from 0 to below 1"),
        (["--momentum", "nan"], "--momentum=nan"),
        (["--seed", "-1"], "--seed=-1 is out of range"),
        (["--limit", "0"], "--limit=0 is out of range"),
        (["--threads", "0"], "--threads=0 is out of range"),
        (["--model", "alexnet"], "model=alexnet is unknown"),
        (["--data", "minst"], "data=minst is neither"),
        (["--epochs", "many"], "invalid int value"),
        (["--out", "/no/such/folder/w.safetensors"], "is in a folder that does not exist"),
        (["--out", "/"], "--out=/ is"),
        (["--out", "le.onnx"], "then cnnsim export-onnx --weights le.safetensors -o le.onnx"),
        (["--checkpoint", "le.ONNX"], "--checkpoint=le.ONNX is not the name of a safetensors file"),
        (["--schedule", "linear"], "invalid choice"),
        (["--schedule-factor", "0.5"], "--schedule-factor=0.5 has no part in --schedule constant: use it with step or"),
        (["--schedule", "step", "--schedule-factor", "1.5"], "--schedule-factor=1.5 is out of range"),
        (["--schedule", "step", "--schedule-every", "0"], "--schedule-every=0 is out of range"),
        (["--schedule", "exponential", "--schedule-every", "2"], "--schedule-every=2 has no part in --schedule exp"),
    ],
)
def test_refused_before_it_begins(options, message, capsys, monkeypatch):
    monkeypatch.setattr(cnnsim.train, "train", None)
    assert main(["train", "--data", "synthetic", *options]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("recipe", "shares"),
    [
        (Recipe(schedule="step"), {0: 1, 9: 1, 10: 0.1, 25: 0.01}),
        (Recipe(schedule="step", schedule_factor=0.5, schedule_every=2), {0: 1, 19: 1, 20: 0.5, 40: 0.25}),
        (Recipe(schedule="exponential"), {0: 1, 5: 0.5**0.5, 10: 0.5, 30: 0.125}),
        (Recipe(schedule="exponential", schedule_factor=0.8, warmup=4), {0: 0.1, 4: 1, 14: 0.8, 24: 0.64}),
        (Recipe(schedule="cosine", epochs=2), {0: 1, 10: 0.5, 20: 0}),
    ],
)
def test_schedules_count_epochs(recipe, shares):
    """640 images in batches of 64 are 10 steps in an epoch."""
    recipe.check()
    schedule = recipe.shares(640)
    assert {step: schedule(step) for step in shares} == pytest.approx(shares)


@slow_without_jit
def test_two_runs_write_the_same_bytes(tmp_path):
    options = ["--epochs", "1", "--schedule", "exponential", "--threads", "1"]
    files = [tmp_path / name for name in ("one.safetensors", "two.safetensors")]
    for file in files:
        assert main([*SMALL, *options, "--out", str(file)]) == 0
    assert files[0].read_bytes() == files[1].read_bytes()


@slow_without_jit
@pytest.mark.parametrize("lost", ["--out", "--checkpoint"])
def test_a_folder_that_goes_away_costs_only_its_own_file(tmp_path, capsys, monkeypatch, lost):
    files = {"--out": tmp_path / "out" / "w.safetensors", "--checkpoint": tmp_path / "checkpoint" / "c.safetensors"}
    for file in files.values():
        file.parent.mkdir()

    def train(*args, original=cnnsim.train.train, **options):
        for snapshot in original(*args, **options):
            if snapshot.epoch == 2:
                shutil.rmtree(files[lost].parent, ignore_errors=True)
            yield snapshot

    monkeypatch.setattr(cnnsim.train, "train", train)
    options = [str(text) for option in files.items() for text in option]
    assert main([*SMALL, "--epochs", "2", *options]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert f"cnnsim: {lost}={files[lost]} is in a folder that does not exist" in said
    kept = next(file for option, file in files.items() if option != lost)
    assert load_weights(kept)[0]
    assert ("the weights of epoch 2 are in" in said) == (lost == "--checkpoint")


def test_a_damaged_folder_is_named(tmp_path, capsys):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03\0\0")
    for name in ("train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        (tmp_path / name).write_bytes(b"")
    assert main(["train", "--data", str(tmp_path)]) == 2
    assert "train-images-idx3-ubyte is cut short" in capsys.readouterr().err


def interrupted(original, at_epoch: int):
    def train(*args, **options):
        for snapshot in original(*args, **options):
            if snapshot.epoch == at_epoch:
                raise KeyboardInterrupt
            yield snapshot

    return train


@slow_without_jit
def test_ctrl_c_keeps_the_last_completed_epoch(tmp_path, capsys, monkeypatch):
    out = tmp_path / "w.safetensors"
    monkeypatch.setattr(cnnsim.train, "train", interrupted(cnnsim.train.train, at_epoch=3))
    assert main([*SMALL, "--epochs", "5", "--out", str(out), "--json"]) == 130
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"interrupted; the weights of epoch 2 are in {out}" in captured.err
    assert load_weights(out)[1]["epochs"] == "2"


@slow_without_jit
def test_ctrl_c_in_the_first_epoch_or_without_out(tmp_path, capsys, monkeypatch):
    out = tmp_path / "w.safetensors"
    out.write_text("what was there before")
    original = cnnsim.train.train
    monkeypatch.setattr(cnnsim.train, "train", interrupted(original, at_epoch=1))
    assert main([*SMALL, "--out", str(out)]) == 130
    assert "no epoch was completed" in capsys.readouterr().err
    assert out.read_text() == "what was there before"
    monkeypatch.setattr(cnnsim.train, "train", interrupted(original, at_epoch=2))
    assert main(SMALL) == 130
    assert "not kept (no --out)" in capsys.readouterr().err


@slow_without_jit
def test_a_real_ctrl_c(tmp_path):
    """Interrupted between epochs or within one, the process ends with 130, a word, and complete weights."""
    out = tmp_path / "w.safetensors"
    command = [sys.executable, "-m", "cnnsim", *SMALL, "--epochs", "10000", "--out", str(out)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        seen = b""
        while b"epoch 3/" not in seen:
            piece = os.read(process.stderr.fileno(), 4096)
            assert piece, seen.decode()
            seen += piece
        process.send_signal(signal.SIGINT)
        printed, rest = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert printed == b""
    assert b"Traceback" not in rest
    assert b"interrupted; the weights of epoch" in rest
    assert int(load_weights(out)[1]["epochs"]) >= 2


@slow_without_jit
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_divergence_is_told_and_nothing_finite_is_lost(tmp_path, capsys):
    out = tmp_path / "w.safetensors"
    assert main([*SMALL, "--lr", "1e30", "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert "diverge in epoch 1" in error
    assert "smaller learning rate" in error
    assert not out.exists()


def test_help_states_the_defaults(capsys):
    assert main(["train", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    default = cnnsim.train.Hyperparameters()
    assert f"learning rate (default: {default.learning_rate})" in text
    assert f"momentum, from 0 to below 1 (default: {default.momentum})" in text
    assert "auto" in text
