"""``cnnsim train --resume``: stopped anywhere and gone on with, the weights are the same to the last bit."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import cnnsim.data
import cnnsim.train
from cnnsim.checkpoint import load_checkpoint
from cnnsim.cli import main
from cnnsim.engine.compile import compiled
from cnnsim.weights import load_weights, save_weights

pytestmark = pytest.mark.skipif(not compiled(), reason="training LeNet takes minutes where kernels are not compiled")

SMALL = ["train", "--data", "synthetic", "--limit", "200", "--seed", "1", "--batch-size", "8", "--epochs", "3"]
RECIPES = {
    "sgd": [],
    "adam": ["--optimiser", "adam", "--schedule", "cosine", "--warmup", "7"],
    "rmsprop": ["--optimizer", "rmsprop", "--loss", "mse", "--weight-decay", "0.001"],
    "step": ["--schedule", "step", "--schedule-factor", "0.7", "--schedule-every", "2"],
}


@pytest.fixture(autouse=True, scope="module")
def digits():
    """Draw the digits once: drawing ten thousand takes longer than learning from two hundred."""
    original = cnnsim.data.load
    few = original("synthetic", seed=1).limited(200)
    with pytest.MonkeyPatch.context() as context:
        context.setattr(cnnsim.data, "load", lambda which, **rest: few if which == "synthetic" else original(which))
        yield few


def weights(path):
    return {name: array.tobytes() for name, array in load_weights(path)[0].items()}


def stop_after(monkeypatch, snapshots):
    """Press Ctrl-C after so many reports."""
    original = cnnsim.train.train

    def train(*args, **options):
        for number, snapshot in enumerate(original(*args, **options)):
            if number == snapshots:
                raise KeyboardInterrupt
            yield snapshot

    monkeypatch.setattr(cnnsim.train, "train", train)


@pytest.mark.parametrize("stop", [1, 3, 4])
@pytest.mark.parametrize("recipe", RECIPES)
def test_the_same_bits_as_without_a_break(tmp_path, monkeypatch, capsys, recipe, stop):
    whole, parts, checkpoint = (tmp_path / f"{name}.safetensors" for name in ("whole", "parts", "checkpoint"))
    options = [*SMALL, *RECIPES[recipe]]
    assert main([*options, "--threads", "1", "--out", str(whole)]) == 0
    with monkeypatch.context() as context:
        stop_after(context, stop)
        assert main([*options, "--threads", "2", "--checkpoint", str(checkpoint)]) == 130
    assert f"with --resume {checkpoint}" in capsys.readouterr().err
    assert load_checkpoint(checkpoint).position.epoch == 1 + (stop - 1) // 3
    with monkeypatch.context() as context:
        stop_after(context, 2)
        assert main(["train", "--resume", str(checkpoint)]) == 130
    assert main(["train", "--resume", str(checkpoint), "--threads", "3", "--out", str(parts), "--json"]) == 0
    captured = capsys.readouterr()
    assert "resumed: epoch" in captured.err
    assert '"epochs": 3' in captured.out
    assert weights(whole) == weights(parts)
    one, other = (load_weights(path)[1] for path in (whole, parts))
    assert one == other


def test_a_training_that_has_ended_can_be_asked_again_and_extended(tmp_path, capsys):
    checkpoint, out, whole = (tmp_path / f"{name}.safetensors" for name in ("c", "out", "whole"))
    assert main([*SMALL[:-1], "1", "--checkpoint", str(checkpoint), "--json"]) == 0
    first = capsys.readouterr().out
    assert main(["train", "--resume", str(checkpoint), "--json"]) == 0
    assert capsys.readouterr().out == first
    assert main(["train", "--resume", str(checkpoint), "--epochs", "2", "--out", str(out)]) == 0
    assert main([*SMALL[:-1], "2", "--out", str(whole)]) == 0
    assert weights(out) == weights(whole)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_process_that_is_ended_can_be_gone_on_with(tmp_path, how):
    """With Ctrl-C wherever it happens to be; killed, from the last epoch at the latest."""
    checkpoint, out, whole = (tmp_path / f"{name}.safetensors" for name in ("c", "out", "whole"))
    options = [*SMALL[:-1], "400"]
    process = subprocess.Popen(
        [sys.executable, "-m", "cnnsim", *options, "--checkpoint", str(checkpoint)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        seen = b""
        while b"epoch 3/" not in seen:
            piece = os.read(process.stderr.fileno(), 4096)
            assert piece, seen.decode()
            seen += piece
        process.send_signal(how)
        _, rest = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL)
    assert b"Traceback" not in rest
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["c.safetensors"]
    epochs = load_checkpoint(checkpoint).position.epoch + 1
    assert main(["train", "--resume", str(checkpoint), "--epochs", str(epochs), "--out", str(out)]) == 0
    assert main([*SMALL[:-1], str(epochs), "--out", str(whole)]) == 0
    assert weights(out) == weights(whole)


@pytest.fixture(scope="module")
def begun(digits, tmp_path_factory):
    path = tmp_path_factory.mktemp("begun") / "c.safetensors"
    assert main([*SMALL[:-1], "1", "--checkpoint", str(path)]) == 0
    return path


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--lr", "0.5"], "--lr=0.5 contradicts the checkpoint, which was trained with the usual value"),
        (["--seed", "2"], "--seed=2 contradicts the checkpoint, which was trained with 1"),
        (["--batch-size", "16"], "--batch-size=16 contradicts"),
        (["--optimiser", "adam"], "--optimiser=adam contradicts"),
        (["--limit", "100"], "--limit=100 contradicts"),
        (["--data", "minst"], "data=minst is neither"),
        (["--epochs", "0"], "--epochs=0 is out of range"),
        (["--out", "{file}"], "is also the file of the checkpoint"),
    ],
)
def test_options_that_contradict_the_checkpoint_are_refused(begun, capsys, options, message):
    before = begun.read_bytes()
    assert main(["train", "--resume", str(begun), *(option.format(file=begun) for option in options)]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""
    assert begun.read_bytes() == before


def test_other_images_are_refused(begun, digits, capsys, monkeypatch):
    monkeypatch.setattr(cnnsim.data, "load", lambda *args, **options: digits.limited(150))
    assert main(["train", "--resume", str(begun), "--epochs", "2"]) == 2
    assert "--data=synthetic does not hold the images of the checkpoint" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"nonsense", None])
def test_files_that_are_no_checkpoints_are_refused(tmp_path, capsys, content):
    path = tmp_path / "c.safetensors"
    if content is None:
        save_weights(path, {"fc.bias": np.zeros(3, np.float32)})
    else:
        path.write_bytes(content)
    assert main(["train", "--resume", str(path)]) == 2
    assert f"--resume={path} is " in capsys.readouterr().err
    assert main(["train", "--resume", str(tmp_path / "none")]) == 2
    assert "is not a file" in capsys.readouterr().err


def test_a_checkpoint_of_another_program_is_refused(begun, tmp_path, capsys):
    from cnnsim.checkpoint import save_checkpoint

    path = tmp_path / "c.safetensors"
    checkpoint = load_checkpoint(begun)
    for recipe, message in (
        ({}, "has no usable model in its recipe"),
        (dict(checkpoint.recipe) | {"epochs": "many"}, "has no usable epochs"),
        (dict(checkpoint.recipe) | {"extra": 1}, "was not written by cnnsim train"),
        (dict(checkpoint.recipe) | {"model": "resnet"}, "model=resnet is unknown"),
    ):
        save_checkpoint(path, checkpoint, recipe)
        assert main(["train", "--resume", str(path)]) == 2
        assert message in capsys.readouterr().err
