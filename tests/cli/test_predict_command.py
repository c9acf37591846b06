"""``cnnsim predict`` with the shipped and with own weights, right and wrong."""

import json

import numpy as np
import pytest
from PIL import Image
from sizes import slow_without_jit

from cnnsim.assets_path import asset
from cnnsim.cli import main
from cnnsim.data import synthetic_dataset
from cnnsim.models import lenet5
from cnnsim.weights import save_weights

DATA = synthetic_dataset(40, 1, seed=6)


def picture(path, index: int) -> str:
    """The digit black on white, enlarged, on a larger page."""
    page = np.full((400, 300), 255, np.uint8)
    page[40:264, 30:254] = 255 - np.kron(DATA.train_images[index], np.ones((8, 8), np.uint8))
    Image.fromarray(page).save(path)
    return str(path)


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "random.safetensors"
    save_weights(path, lenet5(seed=3).state_dict())
    return str(path)


def test_ranks_three_digits_for_each_picture(tmp_path, weights, capsys):
    images = [picture(tmp_path / f"{i}.png", i) for i in range(2)]
    assert main(["predict", *images, "--weights", weights, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["weights"] == weights
    assert [entry["image"] for entry in report["images"]] == images
    for entry in report["images"]:
        probabilities = [guess["probability"] for guess in entry["top"]]
        assert len(probabilities) == 3
        assert probabilities == sorted(probabilities, reverse=True)
        assert 0 < sum(probabilities) <= 1
        assert entry["digit"] == entry["top"][0]["digit"]


def test_shipped_weights_read_drawn_digits(tmp_path, capsys):
    if not asset("weights/lenet5-mnist.safetensors").is_file():
        pytest.skip("the weights are not in assets/weights")
    images = [picture(tmp_path / f"{i}.png", i) for i in range(20)]
    assert main(["predict", *images]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(images[0])
    guesses = [int(line.removeprefix(f"{image}: ")[0]) for line, image in zip(lines, images, strict=True)]
    assert (np.array(guesses) == DATA.train_labels[:20]).mean() >= 0.8


@slow_without_jit
def test_trained_weights_are_read_back(tmp_path, capsys):
    out = tmp_path / "w.safetensors"
    assert main(["train", "--data", "synthetic", "--limit", "3000", "--epochs", "2", "--out", str(out)]) == 0
    images = [picture(tmp_path / f"{i}.png", i) for i in range(20)]
    capsys.readouterr()
    assert main(["predict", *images, "--weights", str(out), "--json"]) == 0
    digits = [entry["digit"] for entry in json.loads(capsys.readouterr().out)["images"]]
    assert (np.array(digits) == DATA.train_labels[:20]).mean() >= 0.8


def test_pictures_that_cannot_be_read(tmp_path, weights, capsys):
    good = picture(tmp_path / "good.png", 0)
    (tmp_path / "text.png").write_text("not a picture")
    Image.new("L", (30, 30), 255).save(tmp_path / "blank.png")
    for name, message in (("text.png", "no picture"), ("missing.png", "No such file"), ("blank.png", "blank")):
        assert main(["predict", good, str(tmp_path / name), "--weights", weights]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert message in captured.err
        assert name in captured.err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: {"other": np.zeros(3, np.float32)}, "does not fit lenet5: state lacks"),
        (lambda state: state | {"fc3.bias": np.zeros(11, np.float32)}, "does not fit lenet5"),
        (lambda state: state | {"extra": np.zeros(1, np.float32)}, "unexpected extra"),
        (lambda state: state | {"fc3.bias": np.zeros(10, np.int32)}, "does not fit lenet5"),
        (lambda state: state | {"fc3.bias": np.full(10, np.nan, np.float32)}, "not finite"),
    ],
)
def test_weights_that_do_not_fit(tmp_path, capsys, change, message):
    path = tmp_path / "w.safetensors"
    save_weights(path, change(lenet5().state_dict()))
    assert main(["predict", picture(tmp_path / "a.png", 0), "--weights", str(path)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert str(path) in error


def test_weights_that_are_none(tmp_path, capsys):
    image = picture(tmp_path / "a.png", 0)
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"\xff" * 40)
    strange = tmp_path / "strange.safetensors"
    save_weights(strange, lenet5().state_dict(), {"model": "resnet152"})
    for path, message in ((damaged, "damaged"), (tmp_path / "none", "is not a file"), (strange, "resnet152")):
        assert main(["predict", image, "--weights", str(path)]) == 2
        assert message in capsys.readouterr().err
