"""ONNX to models that run, and to networks that train."""

import numpy as np
import onnx
import pytest
from layer_cases import CASES
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from cnnsim import models, nn
from cnnsim.errors import InputError
from cnnsim.exchange import from_onnx, load_onnx, save_onnx, to_onnx
from cnnsim.exchange.operators import OPERATORS

COMPOSED = {
    "weighted_pool2d": "becomes a Conv2d, which is trained",
    "adaptive_avg_pool2d": "two products with constants on one side",
    "adaptive_max_pool2d": "gathers cells",
    "unfold": "reshapes to something else than features",
    "fold": "the same",
    "local_response_norm_even": "gathers channels",
    "scaled_tanh": "multiplies by constants",
    "conv_transpose2d_far_without_bias": "becomes a ConvTranspose2d and a Pad, which are trained",
    "conv_transpose2d_far": "cuts off more on one side than on the other",
}
"""Layers that ONNX has no operator for: they run after reading, but are not those layers again."""


def filled(layers, dtype=np.float32):
    network = nn.Network(layers, dtype=dtype)
    random = np.random.default_rng(5)
    network.vector[...] = random.normal(size=len(network.vector))
    network.buffer_vector[...] = random.uniform(0.5, 2, size=len(network.buffer_vector))
    return network


def images(shape, dtype=np.float32, n=5):
    return np.random.default_rng(2).normal(size=(n, *shape)).astype(dtype)


def model_of(nodes, inputs, constants=(), outputs=("y",), opset=19):
    """A model from operators; inputs are float32 by name and shape."""
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["open"]) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in dict(constants).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


@pytest.mark.parametrize("name", CASES)
def test_what_was_written_runs_as_before(name):
    layers, shape = CASES[name]
    network = filled(layers)
    model = from_onnx(to_onnx(network, shape))
    x = images(shape)
    np.testing.assert_allclose(model(x), network(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [name for name in CASES if name not in COMPOSED])
def test_what_was_written_is_the_same_network_again(name):
    layers, shape = CASES[name]
    network = filled(layers, np.float64)
    again = from_onnx(to_onnx(network, shape)).network()
    own, theirs = network.state_dict(), again.state_dict()
    assert own.keys() == theirs.keys()
    assert all((own[key] == theirs[key]).all() for key in own)
    x = images(shape, np.float64)
    np.testing.assert_allclose(again(x), network(x), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", [name for name, what in COMPOSED.items() if "trained" not in what])
def test_what_is_no_layer_again_is_told(name):
    layers, shape = CASES[name]
    with pytest.raises(InputError, match="are no layers that can be trained"):
        from_onnx(to_onnx(filled(layers), shape)).network()


def test_lenet5_comes_back_ready_to_train(tmp_path):
    save_onnx(tmp_path / "lenet5.onnx", models.pretrained(), (1, 28, 28))
    network = load_onnx(tmp_path / "lenet5.onnx").network()
    assert isinstance(network, nn.Sequential)
    assert list(network.layers) == list(models.lenet5().layers)
    x = images((1, 28, 28), n=4)
    result = nn.batch_gradient(network, x, np.array([1, 2, 3, 4]))
    expected = nn.batch_gradient(models.pretrained(), x, np.array([1, 2, 3, 4]))
    assert (result.gradient == expected.gradient).all()


def test_products_with_a_sum_behind_are_layers_with_a_bias():
    """As Keras and CNTK write dense and convolutional layers."""
    random = np.random.default_rng(0)
    constants = {
        "k": random.normal(size=(3, 2, 3, 3)).astype(np.float32),
        "kb": random.normal(size=(3, 1, 1)).astype(np.float32),
        "shape": np.array([1, 48]),
        "w": random.normal(size=(48, 5)).astype(np.float32),
        "wb": random.normal(size=(1, 5)).astype(np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["x", "k"], ["c"], "conv.1", auto_pad="SAME_UPPER", strides=[2, 2]),
        helper.make_node("Add", ["c", "kb"], ["cb"]),
        helper.make_node("Relu", ["cb"], ["r"]),
        helper.make_node("Reshape", ["r", "shape"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["m"]),
        helper.make_node("Add", ["m", "wb"], ["y"]),
    ]
    model = model_of(nodes, {"x": (1, 2, 8, 8)}, constants)
    x = images((2, 8, 8), n=1)
    expected = ReferenceEvaluator(model).run(None, {"x": x})[0]
    np.testing.assert_allclose(from_onnx(model)(x), expected, rtol=1e-5, atol=1e-5)
    network = from_onnx(model).network()
    assert list(network.layers) == ["conv_1", "r", "f", "m"]
    np.testing.assert_allclose(network(x), expected, rtol=1e-5, atol=1e-5)


def test_what_no_output_needs_and_identities_are_left_out():
    nodes = [
        helper.make_node("Identity", ["x"], ["i"]),
        helper.make_node("Tanh", ["i"], ["unused"]),
        helper.make_node("Relu", ["i"], ["y"]),
    ]
    network = from_onnx(model_of(nodes, {"x": ("N", 3)})).network()
    assert list(network.layers) == ["y"]


def test_an_open_shape_is_asked_for():
    model = from_onnx(model_of([helper.make_node("Relu", ["x"], ["y"])], {"x": ("N", 3, "H", "W")}))
    with pytest.raises(InputError, match="say the shape of one image"):
        model.network()
    assert model.network((3, 4, 4))(images((3, 4, 4))).shape == (5, 3, 4, 4)
    assert model(images((3, 2, 7))).shape == (5, 3, 2, 7)


def test_several_inputs_and_outputs():
    nodes = [helper.make_node("Add", ["a", "b"], ["sum"]), helper.make_node("Relu", ["sum"], ["cut"])]
    model = from_onnx(model_of(nodes, {"a": ("N", 2), "b": ("N", 2)}, outputs=("cut", "sum")))
    a, b = images((2,)), images((2,)) * 3
    found = model.run({"a": a, "b": b})
    assert list(found) == ["cut", "sum"]
    assert (found["sum"] == a + b).all()
    with pytest.raises(InputError, match="does not have one input"):
        model(a)
    with pytest.raises(InputError, match="are not a, b"):
        model.run({"a": a})


@pytest.mark.parametrize(("p", "power"), [(1, 1), (2, 2), (3, 3)])
def test_global_norm(p, power):
    """The ONNX project has no case of it."""
    model = from_onnx(model_of([helper.make_node("GlobalLpPool", ["x"], ["y"], p=p)], {"x": ("N", 2, 3, 4)}))
    x = images((2, 3, 4))
    expected = (np.abs(x) ** power).sum(axis=(2, 3), keepdims=True) ** (1 / power)
    np.testing.assert_allclose(model(x), expected, rtol=1e-5)
    np.testing.assert_allclose(model.network()(x), expected, rtol=1e-5)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_response_norm_of_any_size(size):
    """The evaluator, given as many images as channels."""
    node = helper.make_node("LRN", ["x"], ["y"], size=size, alpha=0.7, beta=0.5, bias=2.0)
    model = model_of([node], {"x": ("N", 4, 3, 3)})
    x = images((4, 3, 3), n=4)
    np.testing.assert_allclose(from_onnx(model)(x), ReferenceEvaluator(model).run(None, {"x": x})[0], rtol=1e-5)


@pytest.mark.parametrize("kind", ["Relu", "Sigmoid", "GlobalAveragePool", "GlobalMaxPool"])
def test_operators_of_the_first_set(kind):
    model = model_of([helper.make_node(kind, ["x"], ["y"])], {"x": ("N", 2, 3, 3)}, opset=1)
    today = model_of([helper.make_node(kind, ["x"], ["y"])], {"x": ("N", 2, 3, 3)})
    x = images((2, 3, 3))
    assert (from_onnx(model)(x) == from_onnx(today)(x)).all()


def test_half_precision_is_computed_in_single_and_given_back_in_half():
    x = images((2, 3, 4)).astype(np.float16)
    node = helper.make_node("AveragePool", ["x"], ["y"], kernel_shape=[2, 2])
    model = model_of([node], {"x": ("N", 2, 3, 4)})
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.FLOAT16
    y = from_onnx(model)(x)
    assert y.dtype == np.float16
    np.testing.assert_allclose(y, ReferenceEvaluator(model).run(None, {"x": x})[0], rtol=1e-2, atol=1e-3)


def test_the_list_of_what_is_missing_is_complete():
    nodes = [
        helper.make_node("Elu", ["x"], ["a"]),
        helper.make_node("Resize", ["a", "", "", ""], ["b"]),
        helper.make_node("Elu", ["b"], ["c"]),
        helper.make_node("Strange", ["c"], ["y"], domain="com.example"),
    ]
    with pytest.raises(InputError) as refusal:
        from_onnx(model_of(nodes, {"x": ("N", 3)}))
    assert "(4 of 4) are not built in: Elu (2×), Resize (1×), com.example.Strange (1×)" in str(refusal.value)
    assert all(kind in refusal.value.remedy for kind in OPERATORS)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.zeros((2, 1, 28, 28)), "float64 is not float32"),
        (np.zeros((2, 28, 28), np.float32), "is not N × 1 × 28 × 28"),
        (np.zeros((2, 3, 28, 28), np.float32), "is not N × 1 × 28 × 28"),
    ],
)
def test_images_that_do_not_fit_are_refused(x, said):
    with pytest.raises(InputError, match=said):
        from_onnx(to_onnx(models.lenet5(), (1, 28, 28)))(x)


def test_the_model_given_is_not_changed():
    model = to_onnx(models.lenet5(), (1, 28, 28))
    before = model.SerializeToString()
    from_onnx(model)
    assert model.SerializeToString() == before
    onnx.checker.check_model(model)
