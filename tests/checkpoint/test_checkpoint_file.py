"""Checkpoints: there and back to the last bit, and no trust in what is read."""

import json
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnsim import nn
from cnnsim.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from cnnsim.engine.compile import compiled
from cnnsim.errors import InputError
from cnnsim.optim import SGD, Adam, RMSprop
from cnnsim.schedules import Cosine
from cnnsim.train import Position, train
from cnnsim.weights import load_weights, save_weights

RANDOM = np.random.default_rng(6)
IMAGES, LABELS = RANDOM.integers(0, 256, (90, 6, 6), np.uint8), RANDOM.integers(0, 3, 90).astype(np.uint8)
DATA = SimpleNamespace(train_images=IMAGES, train_labels=LABELS, test_images=IMAGES[:9], test_labels=LABELS[:9])
LAYERS = {
    "conv": nn.Conv2d(1, 3, 3),
    "bn": nn.BatchNorm(3),
    "relu": nn.ReLU(),
    "flatten": nn.Flatten(),
    "drop": nn.Dropout(0.4),
    "fc": nn.Linear(48, 3),
}
RECIPE = {"seed": 3, "lr": 0.1, "name": "größer", "limit": None}


def run(seed, optimiser, **options):
    given = {"epochs": 2, "batch_size": 20, "seed": 3, "schedule": Cosine(9)} | options
    return train(nn.Network(LAYERS, seed=seed), DATA, optimiser=optimiser, **given)


@pytest.mark.parametrize("optimiser", [SGD(0.1, 0.9), RMSprop(0.01, centered=True), Adam(0.01)], ids=str)
@pytest.mark.parametrize("stop", [1, 5, 7] if compiled() else [6])
def test_a_training_resumed_from_a_file_ends_in_the_same_bits(tmp_path, optimiser, stop):
    *_, whole = run(1, optimiser, threads=1)
    *_, stopped = islice(run(1, optimiser, threads=2), stop)
    path = tmp_path / "c.safetensors"
    save_checkpoint(path, stopped, RECIPE)
    checkpoint = load_checkpoint(path)
    assert checkpoint.recipe == RECIPE
    assert checkpoint.position == stopped.position
    *_, last = run(77, optimiser, threads=3, resume=checkpoint)
    assert last.parameters.keys() == whole.parameters.keys()
    for name, array in whole.parameters.items():
        assert array.tobytes() == last.parameters[name].tobytes(), name
    assert (whole.epoch_loss, whole.test_loss) == (last.epoch_loss, last.test_loss)


def good(folder):
    path = folder / "good.safetensors"
    state = {"fc.weight": np.arange(6, dtype=np.float32).reshape(2, 3).T, "fc.bias": np.zeros(0, np.float32)}
    training = Checkpoint(Position(2, 3, 0.1, 0.5, 7, 0.3, 4, 7, 0.1, 0.2), state, {"steps": np.array(4)}, {})
    save_checkpoint(path, training, RECIPE)
    return path


def test_every_number_comes_back(tmp_path):
    checkpoint = load_checkpoint(good(tmp_path))
    assert checkpoint.position == Position(2, 3, 0.1, 0.5, 7, 0.3, 4, 7, 0.1, 0.2)
    np.testing.assert_array_equal(checkpoint.parameters["fc.weight"], [[0, 3], [1, 4], [2, 5]])
    assert checkpoint.optimiser_state["steps"].shape == ()
    assert checkpoint.optimiser_state["steps"] == 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.data())
def test_no_damage_goes_unnoticed(tmp_path, data):
    content = bytearray(good(tmp_path).read_bytes())
    match data.draw(st.sampled_from(["cut", "flip", "insert", "other"])):
        case "cut":
            del content[data.draw(st.integers(0, len(content) - 1)) :]
        case "flip":
            content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        case "insert":
            place = data.draw(st.integers(0, len(content)))
            content[place:place] = data.draw(st.binary(min_size=1, max_size=9))
        case "other":
            content[:] = data.draw(st.binary(max_size=60))
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    try:
        checkpoint = load_checkpoint(path)
    except InputError as error:
        assert "checkpoint=" in str(error)
    else:  # a change that means nothing, such as a blank for a blank in the header
        same = load_checkpoint(tmp_path / "good.safetensors")
        assert (checkpoint.position, checkpoint.recipe) == (same.position, same.recipe)
        np.testing.assert_array_equal(checkpoint.parameters["fc.weight"], same.parameters["fc.weight"])


def test_weights_are_no_checkpoint(tmp_path):
    path = tmp_path / "w.safetensors"
    save_weights(path, {"fc.bias": np.zeros(3)}, {"epochs": "3"})
    with pytest.raises(InputError, match="is not a checkpoint of this program"):
        load_checkpoint(path)
    with pytest.raises(InputError, match=r"--resume=.* is not a file"):
        load_checkpoint(tmp_path / "none.safetensors", "--resume")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("position", "[]"),
        ("position", "{}"),
        ("position", "{"),
        ("position", '{"epoch": "1"}'),
        ("recipe", "[1]"),
        ("recipe", "nonsense"),
    ],
)
def test_texts_that_somebody_forged_are_refused(tmp_path, name, text):
    from cnnsim.checkpoint import _digest

    arrays, texts = load_weights(good(tmp_path))
    texts[name] = text
    texts["sha256"] = _digest(arrays, {key: texts[key] for key in ("position", "recipe")})
    json.dumps(texts)
    save_weights(tmp_path / "forged.safetensors", arrays, texts)
    with pytest.raises(InputError, match=r"is not a checkpoint that can be read|has no recipe"):
        load_checkpoint(tmp_path / "forged.safetensors")


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        save_checkpoint(tmp_path / "no" / "c.safetensors", Checkpoint(Position(), {}, {}, {}), {})


def test_a_checkpoint_is_the_same_file_every_time(tmp_path):
    """safetensors itself writes the texts of a file in another order every time."""
    training = Checkpoint(Position(2, 5), {"b": np.zeros((2, 3)), "a": np.ones(1, np.float32)}, {"v": np.ones(3)}, {})
    contents = set()
    for number in range(8):
        save_checkpoint(tmp_path / f"{number}", training, {"seed": 1, "model": "größer"})
        contents.add((tmp_path / f"{number}").read_bytes())
        assert load_checkpoint(tmp_path / f"{number}").recipe == {"seed": 1, "model": "größer"}
    assert len(contents) == 1
