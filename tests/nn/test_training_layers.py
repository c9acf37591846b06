"""Dropout and batch normalisation: what they do in training, afterwards, and whatever the number of threads."""

from concurrent.futures import ThreadPoolExecutor

import naive
import numpy as np
import pytest
from sizes import sizes

from cnnsim import functional, nn
from cnnsim.errors import InputError

RANDOM = np.random.default_rng(8)
NORMALISED = {
    "conv1": nn.Conv2d(1, 3, 3),
    "bn1": nn.BatchNorm(3),
    "tanh1": nn.Tanh(),
    "flatten": nn.Flatten(),
    "bn2": nn.BatchNorm(12, eps=1e-3, momentum=0.3),
    "fc": nn.Linear(12, 3),
}
DROPPED = {
    "drop1": nn.Dropout(0.25),
    "conv1": nn.Conv2d(1, 3, 3),
    "relu1": nn.ReLU(),
    "drop2": nn.Dropout(0.5),
    "flatten": nn.Flatten(),
    "fc": nn.Linear(12, 3),
}
BOTH = {name: layer for name, layer in DROPPED.items() if name != "fc"} | {
    "bn": nn.BatchNorm(12),
    "fc": nn.Linear(12, 3),
}


def batch(n, dtype=np.float64):
    return RANDOM.standard_normal((n, 1, 4, 4)).astype(dtype), RANDOM.integers(0, 3, n)


@pytest.mark.parametrize("layers", [NORMALISED, DROPPED], ids=["normalised", "dropped"])
@pytest.mark.parametrize("n", [3, 18])
def test_gradients_by_finite_differences(layers, n):
    network, (x, labels) = nn.Sequential(layers, seed=2, dtype=np.float64), batch(n)
    result = nn.batch_gradient(network, x, labels, seed=(4, 2))
    before = network.buffer_vector.copy()

    def cost():
        return nn.batch_gradient(network, x, labels, seed=(4, 2)).loss

    chosen = sizes(range(network.n_parameters), RANDOM.choice(network.n_parameters, 10))
    slopes = [naive.slope(cost, network.vector, i) for i in chosen]
    np.testing.assert_allclose(result.gradient[chosen], slopes, rtol=1e-4, atol=1e-8)
    np.testing.assert_array_equal(network.buffer_vector, before)


@pytest.mark.parametrize("layers", [NORMALISED, DROPPED, BOTH], ids=["normalised", "dropped", "both"])
def test_the_number_of_threads_changes_nothing(layers):
    network, (x, labels) = nn.Network(layers, seed=1), batch(100, np.float32)
    alone = nn.batch_gradient(network, x, labels, seed=(7,))
    with ThreadPoolExecutor(3) as executor:
        for threads, run in ((2, executor), (3, executor), (7, None)):
            shared = nn.batch_gradient(network, x, labels, threads=threads, executor=run, seed=(7,))
            assert (alone.loss, alone.gradient.tobytes()) == (shared.loss, shared.gradient.tobytes())
            assert alone.buffers.keys() == shared.buffers.keys() == network.buffers.keys()
            assert all(alone.buffers[name].tobytes() == shared.buffers[name].tobytes() for name in alone.buffers)


def forward_in_training(layers, x, seed=(1,)):
    """What comes out in training, which only the gradient sees otherwise."""
    from cnnsim.engine import blocks
    from cnnsim.nn.layer import Lot
    from cnnsim.nn.passes import forward

    network = nn.Network(layers, dtype=x.dtype)
    stacked = blocks.to_blocks(x)
    present = np.arange(len(stacked) * 16).reshape(-1, 16) < len(x)
    run, answer = forward(network.steps, stacked, Lot(present, len(x), 0, seed)), None
    while True:
        try:
            answer = run.send(answer).sum(axis=0)
        except StopIteration as end:
            return blocks.from_blocks(end.value[0], len(x))


def test_dropout_keeps_the_share_and_the_mean():
    x = np.ones((70, 4, 20, 20), np.float32)
    y = forward_in_training({"drop": nn.Dropout(0.3)}, x)
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.7)}
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert y.mean() == pytest.approx(1, abs=0.02)
    again, other = (forward_in_training({"drop": nn.Dropout(0.3)}, x, (seed,)) for seed in (1, 2))
    np.testing.assert_array_equal(y, again)
    assert (y != other).mean() == pytest.approx(2 * 0.3 * 0.7, abs=0.02)
    assert (y[:16] != y[16:32]).any()


def test_two_dropouts_of_a_network_are_not_the_same():
    x = np.ones((1, 500), np.float32)
    y = forward_in_training({"a": nn.Dropout(0.5), "b": nn.Dropout(0.5)}, x)
    assert (y != 0).mean() == pytest.approx(0.25, abs=0.08)


def test_dropout_does_nothing_after_training():
    x = batch(5)[0]
    np.testing.assert_array_equal(nn.Sequential({"d": nn.Dropout(0.9)}, dtype=np.float64)(x), x)


def test_normalised_numbers_have_no_mean_and_unit_variance():
    x = RANDOM.standard_normal((37, 3, 5, 6)) * 4 + np.array([1.0, 20.0, -300.0])[:, None, None]
    y = forward_in_training({"bn": nn.BatchNorm(3)}, x)
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), 0, atol=1e-10)
    np.testing.assert_allclose(y.var(axis=(0, 2, 3)), 1, rtol=1e-5)


def test_running_statistics_and_use_after_training():
    network, (x, labels) = nn.Sequential(NORMALISED, dtype=np.float64), batch(37)
    conv1 = functional.conv2d(x, network.parameters["conv1.weight"], network.parameters["conv1.bias"])
    result = nn.batch_gradient(network, x, labels)
    np.testing.assert_allclose(result.buffers["bn1.running_mean"], 0.1 * conv1.mean(axis=(0, 2, 3)))
    np.testing.assert_allclose(result.buffers["bn1.running_var"], 0.9 + 0.1 * conv1.var(axis=(0, 2, 3), ddof=1))
    network.load_state_dict(network.state_dict() | result.buffers)
    mean, variance = (network.buffers[f"bn1.running_{name}"][:, None, None] for name in ("mean", "var"))
    expected = (conv1 - mean) / np.sqrt(variance + 1e-5)
    np.testing.assert_allclose(network.activations(x)["bn1"], expected, rtol=1e-10)
    one_by_one = np.concatenate([network(image[None]) for image in x])
    np.testing.assert_array_equal(network(x), one_by_one)


def test_state_names_are_those_of_pytorch():
    network = nn.Sequential(NORMALISED)
    names = [name for name in network.state_dict() if name.startswith("bn1")]
    assert names == ["bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var"]
    network.load_state_dict(network.state_dict() | {"bn1.num_batches_tracked": np.array(7)})


def test_batch_normalisation_against_torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")
    network, (x, labels) = nn.Sequential(NORMALISED, seed=3, dtype=np.float64), batch(21)
    theirs = torch.nn.Sequential(
        torch.nn.Conv2d(1, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.Tanh(), torch.nn.Flatten(),
        torch.nn.BatchNorm1d(12, 1e-3, 0.3), torch.nn.Linear(12, 3),
    ).double()  # fmt: skip
    names = dict(zip(network.layers, map(str, range(6)), strict=True))
    state = {f"{names[k.split('.')[0]]}.{k.split('.')[1]}": torch.tensor(v) for k, v in network.state_dict().items()}
    theirs.load_state_dict(state, strict=False)
    for _ in range(3):
        theirs.zero_grad()
        loss = torch.nn.functional.cross_entropy(theirs(torch.from_numpy(x)), torch.from_numpy(labels))
        loss.backward()
        result = nn.batch_gradient(network, x, labels)
        network.load_state_dict(network.state_dict() | result.buffers)
        gradient = np.concatenate([p.grad.numpy().ravel() for p in theirs.parameters()])
        assert result.loss == pytest.approx(float(loss.detach()), rel=1e-12)
        np.testing.assert_allclose(result.gradient, gradient, rtol=1e-8, atol=1e-12)
    theirs.eval()
    np.testing.assert_allclose(network(x), theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.Dropout(1), "p=1 is not in 0 ≤ p < 1"),
        (lambda: nn.Dropout(float("nan")), "p=nan"),
        (lambda: nn.BatchNorm(0), "num_features=0"),
        (lambda: nn.BatchNorm(2, eps=0), "eps=0 is not above 0"),
        (lambda: nn.BatchNorm(2, momentum=2), "momentum=2"),
        (lambda: nn.BatchNorm(2).output_shape((3, 4, 4)), r"input shape=\(3, 4, 4\) does not begin with 2"),
    ],
)
def test_numbers_out_of_range(call, message):
    with pytest.raises(InputError, match=message):
        call()
