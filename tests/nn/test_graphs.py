"""Networks that are no chains: values, gradients entry by entry, threads, and graphs that are none."""

from concurrent.futures import ThreadPoolExecutor

import naive
import numpy as np
import pytest

from cnnsim import functional, nn
from cnnsim.errors import InputError

RANDOM = np.random.default_rng(5)

RESIDUAL = {
    "conv1": nn.Conv2d(1, 3, 3, padding=1),
    "relu1": nn.ReLU(),
    "conv2": nn.Conv2d(3, 3, 3, padding=1),
    "tanh2": nn.Tanh(),
    "add": nn.Node(nn.Add(), ("tanh2", "relu1")),
    "relu2": nn.ReLU(),
    "flatten": nn.Flatten(),
    "fc": nn.Linear(48, 3),
}
DENSE = {
    "conv1": nn.Conv2d(1, 2, 3, padding=1),
    "cat1": nn.Node(nn.Concatenate(), ("input", "conv1")),
    "tanh1": nn.Tanh(),
    "conv2": nn.Conv2d(3, 2, 3, padding=1),
    "cat2": nn.Node(nn.Concatenate(), ("input", "conv1", "conv2")),
    "flatten": nn.Flatten(),
    "fc": nn.Linear(80, 3),
}
TWICE = {
    "flatten": nn.Flatten(),
    "fc1": nn.Linear(16, 4),
    "double": nn.Node(nn.Add(), ("fc1", "fc1", "fc1")),
    "tanh": nn.Tanh(),
    "relu": nn.Node(nn.ReLU(), ("double",)),
    "cat": nn.Node(nn.Concatenate(), ("relu", "tanh", "relu")),
    "fc2": nn.Linear(12, 3),
}
PER_PIXEL = {
    "conv1": nn.Conv2d(1, 3, 3, padding=1),
    "tanh1": nn.Tanh(),
    "conv2": nn.Conv2d(3, 2, 3, padding=1),
    "add": nn.Node(nn.Concatenate(), ("conv2", "tanh1")),
    "conv3": nn.Conv2d(5, 4, 1),
}
GRAPHS = {"residual": RESIDUAL, "dense": DENSE, "one output used several times": TWICE}


def network_of(layers, dtype=np.float64):
    return nn.Network(layers, seed=2, dtype=dtype)


@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
@pytest.mark.parametrize("name", GRAPHS)
def test_gradients_by_finite_differences(name, loss):
    network = network_of(GRAPHS[name])
    x, labels = RANDOM.standard_normal((3, 1, 4, 4)), np.array([0, 2, 1])
    result = nn.batch_gradient(network, x, labels, loss=loss)

    def cost():
        y = network(x)
        if loss == "mse":
            return ((y - np.eye(3)[labels]) ** 2).mean()
        return functional.cross_entropy(y, labels)

    assert result.loss == pytest.approx(float(cost()))
    assert result.correct == (network(x).argmax(axis=1) == labels).sum()
    chosen = RANDOM.choice(network.n_parameters, 60)
    slopes = [naive.slope(cost, network.vector, i) for i in chosen]
    np.testing.assert_allclose(result.gradient[chosen], slopes, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
def test_a_class_for_every_pixel(loss):
    network = network_of(PER_PIXEL)
    x, labels = RANDOM.standard_normal((17, 1, 3, 4)), RANDOM.integers(0, 4, (17, 3, 4))
    result = nn.batch_gradient(network, x, labels, loss=loss)

    def cost():
        rows = np.moveaxis(network(x), 1, -1).reshape(-1, 4)
        if loss == "mse":
            return ((rows - np.eye(4)[labels.ravel()]) ** 2).mean()
        return functional.cross_entropy(rows, labels.ravel())

    assert result.loss == pytest.approx(float(cost()))
    assert result.correct == (network(x).argmax(axis=1) == labels).sum()
    assert result.accuracy == result.correct / labels.size
    chosen = RANDOM.choice(network.n_parameters, 25)
    slopes = [naive.slope(cost, network.vector, i) for i in chosen]
    np.testing.assert_allclose(result.gradient[chosen], slopes, rtol=1e-5, atol=1e-8)


def test_a_graph_is_its_operations():
    network, x = network_of(RESIDUAL), RANDOM.standard_normal((20, 1, 4, 4))
    p = network.state_dict()
    relu1 = functional.relu(functional.conv2d(x, p["conv1.weight"], p["conv1.bias"], padding=1))
    tanh2 = functional.tanh(functional.conv2d(relu1, p["conv2.weight"], p["conv2.bias"], padding=1))
    expected = functional.linear(functional.relu(relu1 + tanh2).reshape(20, -1), p["fc.weight"], p["fc.bias"])
    np.testing.assert_allclose(network(x), expected, rtol=1e-12)
    outputs = network.activations(x)
    assert list(outputs) == list(RESIDUAL)
    np.testing.assert_allclose(outputs["add"], relu1 + tanh2, rtol=1e-12)
    assert {name: a.shape[1:] for name, a in outputs.items()} == network.output_shapes((1, 4, 4))


def test_concatenation_keeps_the_order():
    network, x = network_of(DENSE), RANDOM.standard_normal((2, 1, 4, 4))
    outputs = network.activations(x)
    np.testing.assert_array_equal(outputs["cat2"], np.concatenate([x, outputs["conv1"], outputs["conv2"]], axis=1))


def test_a_sequential_is_a_network_that_is_a_chain():
    layers = {"conv": nn.Conv2d(1, 2, 3), "relu": nn.ReLU(), "flatten": nn.Flatten(), "fc": nn.Linear(8, 3)}
    nodes, previous = {}, "input"
    for name, layer in layers.items():
        nodes[name], previous = nn.Node(layer, (previous,)), name
    chain, graph = nn.Sequential(layers, seed=3), nn.Network(nodes, seed=3)
    x = RANDOM.standard_normal((5, 1, 4, 4)).astype(np.float32)
    assert chain.nodes == graph.nodes
    assert chain(x).tobytes() == graph(x).tobytes()
    labels = [0, 1, 2, 0, 1]
    assert (
        nn.batch_gradient(chain, x, labels).gradient.tobytes() == nn.batch_gradient(graph, x, labels).gradient.tobytes()
    )


@pytest.mark.parametrize("name", GRAPHS)
def test_the_number_of_threads_changes_nothing(name):
    network = network_of(GRAPHS[name], np.float32)
    x, labels = RANDOM.standard_normal((70, 1, 4, 4)).astype(np.float32), RANDOM.integers(0, 3, 70)
    alone = nn.batch_gradient(network, x, labels)
    with ThreadPoolExecutor(3) as executor:
        for threads in (2, 3, 9):
            shared = nn.batch_gradient(network, x, labels, threads=threads, executor=executor)
            assert (alone.loss, alone.gradient.tobytes()) == (shared.loss, shared.gradient.tobytes())


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ({}, "is empty"),
        ({"input": nn.ReLU()}, "is no name for a layer"),
        (
            {"a": nn.Node(nn.ReLU(), ("b",)), "b": nn.ReLU()},
            "layers=a takes the output of b, which does not",
        ),
        ({"a": nn.Node(nn.ReLU(), ("a",))}, "layers=a takes the output of a"),
        ({"a": nn.Add()}, "layers=a has 1 inputs but takes two or more"),
        ({"a": nn.Node(nn.ReLU(), ())}, "layers=a has 0 inputs but takes one"),
        ({"a": nn.Node(nn.ReLU(), ("input", "input"))}, "layers=a has 2 inputs but takes one"),
        ({"a": nn.ReLU(), "b": nn.Node(nn.ReLU(), ("input",))}, "layers=a leads nowhere"),
    ],
)
def test_what_is_no_graph_is_refused(layers, message):
    with pytest.raises(InputError, match=message):
        nn.Network(layers)


def test_shapes_that_do_not_meet_are_named():
    layers = {"conv": nn.Conv2d(1, 2, 3), "join": nn.Node(nn.Add(), ("conv", "input"))}
    with pytest.raises(InputError, match=r"join: input shapes=\(\(2, 2, 2\), \(1, 4, 4\)\) are not all the same"):
        nn.Network(layers).output_shapes((1, 4, 4))
    layers["join"] = nn.Node(nn.Concatenate(), ("conv", "input"))
    with pytest.raises(InputError, match=r"join: input shapes=.* differ in more than their channels"):
        nn.Network(layers)(np.zeros((1, 1, 4, 4), np.float32))


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((2, 1, 4, 4)), [0, 3], "labels=0 ... 3 holds a class outside 0 ... 2"),
        (np.zeros((2, 1, 4, 4)), [0, -1], "labels=-1 ... 0 holds a class"),
        (np.zeros((2, 1, 4, 4)), [0], r"labels.shape=\(1,\) is not \(2,\)"),
        (np.zeros((2, 1, 4, 4)), [0.0, 1.0], "labels.dtype=float64 is no integer type"),
        (np.zeros((0, 1, 4, 4)), [], "holds no image"),
        (np.zeros((2, 1, 4, 4), np.float32), [0, 1], "x.dtype=float32 is not the network's float64"),
        (np.zeros((2, 2, 4, 4)), [0, 1], "conv1: input shape"),
    ],
)
def test_batches_that_do_not_fit_are_refused(images, labels, message):
    with pytest.raises(InputError, match=message):
        nn.batch_gradient(network_of(RESIDUAL), images, labels)


def test_an_unknown_loss_is_refused():
    with pytest.raises(InputError, match="loss=hinge is unknown: choose one of cross_entropy, mse"):
        nn.batch_gradient(network_of(RESIDUAL), np.zeros((2, 1, 4, 4)), [0, 1], loss="hinge")


def test_against_torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")
    network = network_of(RESIDUAL)
    p = {name: torch.tensor(value, requires_grad=True) for name, value in network.state_dict().items()}
    x, labels = RANDOM.standard_normal((20, 1, 4, 4)), RANDOM.integers(0, 3, 20)
    f = torch.nn.functional
    relu1 = torch.relu(f.conv2d(torch.from_numpy(x), p["conv1.weight"], p["conv1.bias"], padding=1))
    tanh2 = torch.tanh(f.conv2d(relu1, p["conv2.weight"], p["conv2.bias"], padding=1))
    logits = f.linear(torch.relu(relu1 + tanh2).flatten(1), p["fc.weight"], p["fc.bias"])
    one_hot = f.one_hot(torch.from_numpy(labels), 3).double()
    for name, loss in (
        ("cross_entropy", f.cross_entropy(logits, torch.from_numpy(labels))),
        ("mse", f.mse_loss(logits, one_hot)),
    ):
        gradients = torch.autograd.grad(loss, list(p.values()), retain_graph=True)
        result = nn.batch_gradient(network, x, labels, loss=name)
        assert result.loss == pytest.approx(float(loss.detach()), rel=1e-12)
        np.testing.assert_allclose(
            result.gradient, np.concatenate([g.ravel() for g in gradients]), rtol=1e-9, atol=1e-13
        )
