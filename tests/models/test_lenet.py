import numpy as np
import pytest
from sizes import PROFILE

from cnnsim import models, nn
from cnnsim.errors import InputError
from cnnsim.train import evaluate

SHAPES = {
    "conv1.weight": (6, 1, 5, 5), "conv1.bias": (6,), "conv2.weight": (16, 6, 5, 5), "conv2.bias": (16,),
    "fc1.weight": (120, 400), "fc1.bias": (120,), "fc2.weight": (84, 120), "fc2.bias": (84,),
    "fc3.weight": (10, 84), "fc3.bias": (10,),
}  # fmt: skip


def test_lenet_has_61706_parameters_under_pytorchs_names():
    network = models.lenet5()
    assert network.n_parameters == 61_706
    assert {name: a.shape for name, a in network.state_dict().items()} == SHAPES
    assert " ".join(network.layers) == "conv1 relu1 pool1 conv2 relu2 pool2 flatten fc1 relu3 fc2 relu4 fc3"


def test_shapes_through_lenet():
    shapes = models.lenet5().output_shapes((1, 28, 28))
    assert [shapes[name] for name in ("conv1", "pool1", "conv2", "pool2", "flatten", "fc3")] == [
        (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (400,), (10,)
    ]  # fmt: skip


def test_gradient_of_the_shipped_lenet_by_finite_differences():
    """A share of the 61,706 entries, of every layer; HYPOTHESIS_PROFILE=thorough takes them all."""
    import naive

    from cnnsim import functional

    network = models.lenet5(seed=3, dtype=np.float64)
    network.load_state_dict({name: a.astype(np.float64) for name, a in models.pretrained().state_dict().items()})
    x, labels = np.random.default_rng(0).standard_normal((2, 1, 28, 28)), [3, 8]
    gradient = nn.batch_gradient(network, x, labels).gradient
    chosen = range(0, network.n_parameters, {"thorough": 1, "cnnsim": 13, "without_jit": 4999}[PROFILE])
    slopes = [naive.slope(lambda: functional.cross_entropy(network(x), labels), network.vector, i) for i in chosen]
    np.testing.assert_allclose(gradient[chosen], slopes, rtol=1e-5, atol=1e-8)


def test_against_torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")
    network = models.lenet5(seed=4)
    layers = []
    for layer in network.layers.values():
        match layer:
            case nn.Conv2d():
                layers.append(torch.nn.Conv2d(layer.in_channels, layer.out_channels, 5, padding=layer.padding))
            case nn.Linear():
                layers.append(torch.nn.Linear(layer.in_features, layer.out_features))
            case _:
                layers.append(getattr(torch.nn, type(layer).__name__)(*([2] if "Pool" in type(layer).__name__ else [])))
    theirs = torch.nn.Sequential(*layers)
    with torch.no_grad():
        for parameter, value in zip(theirs.parameters(), network.state_dict().values(), strict=True):
            parameter.copy_(torch.from_numpy(value))
    x, labels = np.random.default_rng(0).standard_normal((20, 1, 28, 28)).astype(np.float32), np.arange(20) % 10
    loss = torch.nn.functional.cross_entropy(theirs(torch.from_numpy(x)), torch.from_numpy(labels))
    loss.backward()
    result = nn.batch_gradient(network, x, labels)
    assert result.loss == pytest.approx(float(loss.detach()), rel=1e-5)
    gradient = np.concatenate([p.grad.numpy().ravel() for p in theirs.parameters()])
    np.testing.assert_allclose(result.gradient, gradient, rtol=1e-3, atol=1e-6)


def test_build_knows_its_models():
    assert models.build("lenet5", seed=1).vector.tobytes() == models.lenet5(1).vector.tobytes()
    with pytest.raises(InputError, match="model=resnet is unknown: choose one of lenet5"):
        models.build("resnet")


def test_prepare_scales_pixels():
    pixels = np.array([[[0, 51], [102, 255]]], np.uint8)
    expected = (pixels / 255 - 0.1307) / 0.3081
    prepared = models.prepare(pixels)
    assert prepared.shape == (1, 1, 2, 2)
    assert prepared.dtype == np.float32
    np.testing.assert_allclose(prepared[0], expected, rtol=1e-5)


@pytest.mark.parametrize("images", [np.zeros((1, 2, 2)), np.zeros((2, 2), np.uint8)])
def test_prepare_refuses_what_is_no_stack_of_grey_images(images):
    with pytest.raises(InputError, match="images"):
        models.prepare(images)


def test_the_shipped_weights_reach_99_percent(mnist):
    result = evaluate(models.pretrained(), mnist.test_images, mnist.test_labels)
    assert result.accuracy >= 0.99
    assert result.confusion.sum() == 10_000
    assert np.trace(result.confusion) == round(result.accuracy * 10_000)
