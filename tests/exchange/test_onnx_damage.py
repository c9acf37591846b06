"""Damaged, hostile and foreign files: a message, and nothing else."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from cnnsim import exchange, models, nn
from cnnsim.errors import InputError
from cnnsim.exchange import from_onnx, load_onnx, save_onnx, to_onnx

SMALL = nn.Sequential(
    {
        "conv": nn.Conv2d(1, 2, 2),
        "relu": nn.ReLU(),
        "pool": nn.MaxPool2d(2, padding=1),
        "norm": nn.BatchNorm(2),
        "flatten": nn.Flatten(),
        "drop": nn.Dropout(),
        "fc": nn.Linear(18, 2),
    }
)
CONTENT = to_onnx(SMALL, (1, 6, 6)).SerializeToString()
IMAGES = np.ones((1, 1, 6, 6), np.float32)


def one_operator(kind, shape=("N", 1, 6, 6), constants=(), elem_type=TensorProto.FLOAT, **attributes):
    names = [name for name, _ in constants]
    graph = helper.make_graph(
        [helper.make_node(kind, ["x", *names], ["y"], **attributes)],
        "test",
        [helper.make_tensor_value_info("x", elem_type, shape)],
        [helper.make_tensor_value_info("y", elem_type, ["open"])],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)


def used(content, folder):
    """Load and run; only an InputError may come out of it."""
    path = folder / "damaged.onnx"
    path.write_bytes(content)
    with suppress(InputError):
        model = load_onnx(path)
        if len(model.inputs) == 1:
            model(IMAGES)
            model.network()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(CONTENT) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_changed_bytes(tmp_path, changes):
    content = bytearray(CONTENT)
    for place, value in changes:
        content[place] = value
    used(bytes(content), tmp_path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 40))
def test_missing_bytes(tmp_path, start, n):
    used(CONTENT[:start], tmp_path)
    used(CONTENT[:start] + CONTENT[start + n :], tmp_path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path, content):
    used(content, tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x80\x04\x95pickle", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\x08\x09"])
def test_files_of_another_kind(tmp_path, content):
    (tmp_path / "f.onnx").write_bytes(content)
    with pytest.raises(InputError, match=r"f\.onnx"):
        load_onnx(tmp_path / "f.onnx")


def test_no_file(tmp_path):
    with pytest.raises(InputError, match="is not a file"):
        load_onnx(tmp_path / "no.onnx")
    with pytest.raises(InputError, match="is not a file"):
        load_onnx(tmp_path)


def with_external(tmp_path, location, **more):
    """A model whose first weights are in another file."""
    model = onnx.ModelProto.FromString(CONTENT)
    tensor = model.graph.initializer[0]
    data = tensor.raw_data
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **more}.items():
        tensor.external_data.add(key=key, value=str(value))
    path = tmp_path / "model" / "m.onnx"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(model.SerializeToString())
    return path, data


def test_numbers_in_a_file_beside_it_are_read(tmp_path):
    path, data = with_external(tmp_path, "weights.bin", offset=3, length=32)
    (path.parent / "weights.bin").write_bytes(b"abc" + data + b"more")
    np.testing.assert_allclose(load_onnx(path)(IMAGES), SMALL(IMAGES), rtol=1e-5)


@pytest.mark.parametrize("location", ["../outside.bin", "{folder}/outside.bin", "link.bin", "", ".", "no.bin", "a\0b"])
def test_numbers_outside_the_folder_are_not_read(tmp_path, location):
    path, data = with_external(tmp_path, location.format(folder=tmp_path))
    (tmp_path / "outside.bin").write_bytes(data)
    (path.parent / "link.bin").symlink_to(tmp_path / "outside.bin")
    with pytest.raises(InputError, match=r"data of conv\.weight"):
        load_onnx(path)


@pytest.mark.parametrize("more", [{"offset": 1}, {"offset": -5}, {"offset": "many"}, {"offset": 10**30}])
def test_numbers_that_are_not_all_there_are_told(tmp_path, more):
    path, data = with_external(tmp_path, "weights.bin", **more)
    (path.parent / "weights.bin").write_bytes(data)
    with pytest.raises(InputError, match=r"data of conv\.weight"):
        load_onnx(path)


def test_numbers_in_another_file_need_a_folder(tmp_path):
    path, _ = with_external(tmp_path, "weights.bin")
    with pytest.raises(InputError, match="load the model from its file"):
        from_onnx(onnx.load(path, load_external_data=False))


WEIGHT = ("w", np.ones((1, 1, 2, 2), np.float32))
HUGE = {
    "pad": ("Pad", [("pads", np.array([0, 0, 10**6, 10**6, 0, 0, 0, 0]))], {}),
    "padded convolution": ("Conv", [WEIGHT], {"pads": [10**6] * 4}),
    "padded pool": ("AveragePool", [], {"kernel_shape": [2, 2], "pads": [2**40] * 4}),
    "stride of a transposed convolution": ("ConvTranspose", [WEIGHT], {"strides": [10**6] * 2}),
    "output shape": ("ConvTranspose", [WEIGHT], {"output_shape": [10**6] * 2}),
}


@pytest.mark.parametrize("name", HUGE)
def test_more_than_any_memory_is_not_even_tried(name):
    kind, constants, attributes = HUGE[name]
    with pytest.raises(InputError, match="holds more than"):
        from_onnx(one_operator(kind, constants=constants, **attributes))(IMAGES)


def test_constants_are_counted_before_they_are_made():
    nodes = [helper.make_node("ConstantOfShape", ["s"], ["c"]), helper.make_node("Add", ["x", "c"], ["y"])]
    model = one_operator("Relu")
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.append(numpy_helper.from_array(np.array([2**20, 2**20]), "s"))
    with pytest.raises(InputError, match="holds more than"):
        from_onnx(model)


def test_repeated_axes_are_counted_before_they_are_made():
    model = from_onnx(one_operator("Add", ("N", 1), [("b", np.ones((1, 2**20), np.float32))]))
    with pytest.raises(InputError, match="holds more than"):
        model(np.ones((2**10, 1), np.float32))


def test_a_tensor_that_claims_to_be_huge():
    model = onnx.ModelProto.FromString(CONTENT)
    model.graph.initializer[0].dims[0] = 2**50
    with pytest.raises(InputError):
        from_onnx(model)


BROKEN_RULES = {
    "kernel larger than the image": ("MaxPool", [], {"kernel_shape": [9, 9]}),
    "stride 0": ("MaxPool", [], {"kernel_shape": [2, 2], "strides": [0, 1]}),
    "negative padding": ("MaxPool", [], {"kernel_shape": [2, 2], "pads": [-1, 0, 0, 0]}),
    "too few pads": ("MaxPool", [], {"kernel_shape": [2, 2], "pads": [1, 1]}),
    "unknown auto_pad": ("MaxPool", [], {"kernel_shape": [2, 2], "auto_pad": "SOME"}),
    "wrong channels": ("Conv", [("w", np.ones((1, 3, 2, 2), np.float32))], {}),
    "no groups": ("Conv", [("w", np.ones((1, 1, 2, 2), np.float32))], {"group": 0}),
    "another kernel_shape": ("Conv", [("w", np.ones((1, 1, 2, 2), np.float32))], {"kernel_shape": [3, 3]}),
    "weights of another type": ("Conv", [("w", np.ones((1, 1, 2, 2)))], {}),
    "axis": ("Softmax", [], {"axis": 9}),
    "reshape": ("Reshape", [("shape", np.array([7, 7]))], {}),
    "reshape by numbers": ("Reshape", [("shape", np.ones(2, np.float32))], {}),
    "reshape with two unknowns": ("Reshape", [("shape", np.array([-1, -1]))], {}),
    "size 0": ("LRN", [], {"size": 0}),
    "norm 0": ("LpPool", [], {"kernel_shape": [2, 2], "p": 0}),
    "unknown mode": ("Pad", [("pads", np.zeros(8, np.int64))], {"mode": "mirror"}),
    "reflected too far": ("Pad", [("pads", np.array([0, 0, 9, 0, 0, 0, 0, 0]))], {"mode": "reflect"}),
    "indices": ("Gather", [("i", np.array([99]))], {"axis": 2}),
    "shapes that do not meet": ("Add", [("b", np.ones((5, 5), np.float32))], {}),
    "types that differ": ("Add", [("b", np.ones(1))], {}),
    "matrices that do not meet": ("MatMul", [("b", np.ones((5, 5), np.float32))], {}),
    "too few numbers": ("BatchNormalization", [(n, np.ones(3, np.float32)) for n in "abcd"], {}),
}


@pytest.mark.parametrize("name", BROKEN_RULES)
def test_broken_rules_name_the_operator(name):
    kind, constants, attributes = BROKEN_RULES[name]
    with pytest.raises(InputError, match=kind):
        from_onnx(one_operator(kind, constants=constants, **attributes))(IMAGES)


@pytest.mark.parametrize("elem_type", [TensorProto.STRING, TensorProto.BFLOAT16, TensorProto.COMPLEX64, 99])
def test_types_that_are_not_computed_with(elem_type):
    with pytest.raises(InputError):
        from_onnx(one_operator("Identity", elem_type=elem_type))


@pytest.mark.parametrize("version", [-1, 0, 999])
def test_sets_of_operators_that_are_not_known(version):
    model = one_operator("Relu")
    model.opset_import[0].version = version
    with pytest.raises(InputError, match="set of operators from 1 to"):
        from_onnx(model)


@pytest.mark.parametrize(("kind", "version"), [("Reshape", 4), ("Pad", 1), ("LpPool", 1), ("GlobalLpPool", 1)])
def test_operators_that_once_had_other_attributes(kind, version):
    model = one_operator(kind)
    model.opset_import[0].version = version
    with pytest.raises(InputError, match=f"{kind} had other attributes"):
        from_onnx(model)


def test_nothing_is_imported_that_is_not_wanted():
    code = "import cnnsim.exchange, sys; sys.exit(', '.join({'onnx', 'PySide6'} & set(sys.modules)) or 0)"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_without_the_library_the_way_to_it_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(exchange.library, "find_spec", lambda name: None)
    for use in (lambda: to_onnx(models.lenet5(), (1, 28, 28)), lambda: load_onnx(tmp_path / "m.onnx")):
        with pytest.raises(InputError, match=r'pip install "cnnsim\[onnx\]"'):
            use()


def test_there_is_no_pickle_and_no_eval():
    for path in Path(exchange.__file__).parent.glob("*.py"):
        assert not {"pickle", "eval(", "exec("} & set(path.read_text().split())


def test_a_file_that_cannot_be_complete_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "n.onnx"
    path.write_bytes(b"old")

    def fail(self, content):
        raise OSError("no space")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="no space"):
        save_onnx(path, SMALL, (1, 6, 6))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
