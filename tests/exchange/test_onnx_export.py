"""Networks to ONNX: what the ONNX project's own checker and evaluator make of them."""

import numpy as np
import onnx
import pytest
from layer_cases import CASES
from onnx.reference import ReferenceEvaluator

from cnnsim import models, nn
from cnnsim.errors import InputError
from cnnsim.exchange import from_onnx, save_onnx, to_onnx

EVALUATOR_CANNOT = {
    "conv_transpose2d_grouped": "it writes one output channel per group",
    "fold": "the same: it becomes a grouped ConvTranspose",
    "pad_and_cut": "it takes negative padding for a mistake",
}
"""Correct models that the evaluator computes wrongly: compared by our own reader, which the backend tests prove."""


def network_of(layers, dtype=np.float32, seed=3):
    """With random buffers too: a fresh running mean is 0."""
    network = nn.Network(layers, seed=seed, dtype=dtype)
    random = np.random.default_rng(seed)
    network.vector[...] = random.normal(size=len(network.vector))
    network.buffer_vector[...] = random.uniform(0.5, 2, size=len(network.buffer_vector))
    return network


def evaluated(model, x):
    return ReferenceEvaluator(model).run(None, {"input": x})[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", CASES)
def test_the_evaluator_computes_what_the_network_computes(name, dtype):
    layers, shape = CASES[name]
    network = network_of(layers, dtype)
    model = to_onnx(network, shape)
    onnx.checker.check_model(model, full_check=True)
    # as many images as channels: the evaluator's LRN counts the one and means the other
    x = np.random.default_rng(1).normal(size=(4, *shape)).astype(dtype)
    y, expected = from_onnx(model)(x) if name in EVALUATOR_CANNOT else evaluated(model, x), network(x)
    assert y.dtype == dtype
    np.testing.assert_allclose(y, expected, rtol=1e-4 if dtype == np.float32 else 1e-6, atol=2e-5)


def test_every_kind_of_layer_has_a_case():
    told = {
        type(node.layer if isinstance(node, nn.Node) else node)
        for layers, _ in CASES.values()
        for node in layers.values()
    }
    kinds = {kind for name in nn.__all__ if isinstance(kind := getattr(nn, name), type)}
    layers = {kind for kind in kinds if hasattr(kind, "forward") or hasattr(kind, "join")}
    assert layers - {nn.Layer, nn.Join, nn.TrainingLayer} == told


def test_names_travel(tmp_path):
    save_onnx(tmp_path / "lenet5.onnx", models.pretrained(), (1, 28, 28))
    model = onnx.load(tmp_path / "lenet5.onnx")
    assert [node.name for node in model.graph.node] == list(models.lenet5().layers)
    assert {tensor.name for tensor in model.graph.initializer} == set(models.lenet5().state_dict())
    assert model.producer_name == "cnnsim"


def test_any_number_of_images_is_declared():
    model = to_onnx(models.lenet5(), (1, 28, 28))
    (given,) = model.graph.input
    assert [dim.dim_param or dim.dim_value for dim in given.type.tensor_type.shape.dim] == ["N", 1, 28, 28]


def test_a_layer_that_onnx_cannot_say_is_named(tmp_path):
    network = nn.Sequential({"relu1": nn.ReLU(), "lp": nn.LPPool2d(2.5, 2)})
    with pytest.raises(InputError, match=r"lp \(LPPool2d\) cannot be said in ONNX"):
        save_onnx(tmp_path / "n.onnx", network, (1, 4, 4))
    assert not list(tmp_path.iterdir())


def test_images_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="fc"):
        to_onnx(nn.Sequential({"fc": nn.Linear(3, 2)}), (4,))


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(InputError, match="folder that does not exist"):
        save_onnx(tmp_path / "no" / "n.onnx", nn.Sequential({"fc": nn.Linear(3, 2)}), (3,))
