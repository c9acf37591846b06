"""``cnnsim export-onnx``, and ``cnnsim predict`` with what it wrote and with foreign files."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from cnnsim.cli import main
from cnnsim.data import synthetic_dataset
from cnnsim.models import lenet5
from cnnsim.weights import save_weights

DATA = synthetic_dataset(4, 1, seed=6)


@pytest.fixture
def pictures(tmp_path):
    paths = [tmp_path / f"{i}.png" for i in range(len(DATA.train_images))]
    for path, image in zip(paths, DATA.train_images, strict=True):
        Image.fromarray(np.kron(image, np.ones((4, 4), np.uint8))).save(path)
    return [str(path) for path in paths]


def top(capsys, *arguments):
    capsys.readouterr()
    assert main(["predict", *arguments, "--json"]) == 0
    return [entry["top"] for entry in json.loads(capsys.readouterr().out)["images"]]


def test_the_file_predicts_what_the_weights_predict(tmp_path, pictures, capsys):
    weights, out = tmp_path / "w.safetensors", tmp_path / "w.onnx"
    save_weights(weights, lenet5(seed=3).state_dict())
    assert main(["export-onnx", "--weights", str(weights), "-o", str(out)]) == 0
    assert "float32 (N, 1, 28, 28)" in capsys.readouterr().err
    onnx.checker.check_model(onnx.load(out), full_check=True)
    ours, theirs = top(capsys, *pictures, "--weights", str(weights)), top(capsys, *pictures, "--weights", str(out))
    for a, b in zip(ours, theirs, strict=True):
        assert [guess["digit"] for guess in a] == [guess["digit"] for guess in b]
        np.testing.assert_allclose([g["probability"] for g in a], [g["probability"] for g in b], rtol=1e-5)


def test_a_folder_that_is_not_there(tmp_path, capsys):
    assert main(["export-onnx", "-o", str(tmp_path / "no" / "w.onnx")]) == 2
    assert "does not exist" in capsys.readouterr().err


def foreign(path, last, size=10):
    """A file for exactly one image whose scores are its first pixels."""
    constants = {"shape": np.array([1, 784]), "w": np.eye(784, size, k=-400, dtype=np.float32)}
    nodes = [
        helper.make_node("Reshape", ["x", "shape"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["s"]),
        helper.make_node(last, ["s"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "foreign",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 28, 28])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, size])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return str(path)


def test_foreign_files_for_one_image_with_scores_or_probabilities(tmp_path, pictures, capsys):
    scores = top(capsys, *pictures, "--weights", foreign(tmp_path / "a.onnx", "Identity"))
    probabilities = top(capsys, *pictures, "--weights", foreign(tmp_path / "b.onnx", "Softmax"))
    for a, b in zip(scores, probabilities, strict=True):
        np.testing.assert_allclose([g["probability"] for g in a], [g["probability"] for g in b], rtol=1e-4)


def test_files_that_are_of_no_use(tmp_path, pictures, capsys):
    (tmp_path / "damaged.onnx").write_bytes(b"\xff" * 40)
    wrong = foreign(tmp_path / "eleven.onnx", "Identity", 11)
    missing = foreign(tmp_path / "elu.onnx", "Elu")
    for path, message in (
        (str(tmp_path / "damaged.onnx"), "damaged"),
        (str(tmp_path / "none.onnx"), "is not a file"),
        (wrong, "not ten finite numbers"),
        (missing, "are not built in: Elu"),
    ):
        assert main(["predict", *pictures, "--weights", path]) == 2
        captured = capsys.readouterr()
        assert message in captured.err
        assert captured.out == ""
