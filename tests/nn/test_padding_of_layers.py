"""Padding of convolution layers: against PyTorch's layers, in training, and what is refused."""

import numpy as np
import pytest

from cnnsim import nn
from cnnsim.errors import InputError

RANDOM = np.random.default_rng(5)
MODES = ("zeros", "replicate", "reflect", "circular")


@pytest.mark.filterwarnings("ignore:Using padding='same'")  # of a copy that PyTorch makes for even kernels
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("padding", [(2, 1), "same", "valid"])
@pytest.mark.parametrize("mode", MODES)
def test_it_is_pytorchs_convolution(mode, padding, dtype):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")
    theirs = torch.nn.Conv2d(2, 4, (4, 3), padding=padding, dilation=(1, 2), groups=2, padding_mode=mode)
    theirs = theirs.double() if dtype == np.float64 else theirs
    layer = nn.Conv2d(2, 4, (4, 3), padding=padding, dilation=(1, 2), groups=2, padding_mode=mode)
    network = nn.Sequential({"conv": layer}, dtype=dtype)
    theirs.load_state_dict({key: torch.from_numpy(value) for key, value in network.of_layer("conv").items()})
    x = RANDOM.standard_normal((3, 2, 8, 9)).astype(dtype)
    expected = theirs(torch.from_numpy(x)).detach().numpy()
    tolerance = 1e-5 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(network(x), expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("stride", "dilation", "more"), [(2, 1, 1), (1, 3, 2), ((3, 1), (1, 2), (2, 1)), (2, 4, 3)])
def test_it_is_pytorchs_transposed_convolution(stride, dilation, more):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")
    options = {"stride": stride, "padding": 1, "output_padding": more, "dilation": dilation}
    theirs, layer = torch.nn.ConvTranspose2d(2, 3, 2, **options).double(), nn.ConvTranspose2d(2, 3, 2, **options)
    network = nn.Sequential({"up": layer}, dtype=np.float64)
    theirs.load_state_dict({key: torch.from_numpy(value) for key, value in network.of_layer("up").items()})
    x = RANDOM.standard_normal((2, 2, 4, 3))
    np.testing.assert_allclose(network(x), theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("n", [2, 20])
@pytest.mark.parametrize("padding", ["same", ((0, 3), (2, 1))])
@pytest.mark.parametrize("mode", MODES)
def test_training_and_use_agree_with_a_layer_that_pads_first(mode, padding, n):
    """The quick ways for chains of plain layers must not take a padding for zeros that is none."""
    sides = {"same": (1, 2, 1, 2)}.get(padding, (2, 1, 0, 3))
    rest = {"relu": nn.ReLU(), "pool": nn.MaxPool2d(2), "flatten": nn.Flatten(), "fc": nn.Linear(48, 3)}
    one = nn.Sequential({"conv": nn.Conv2d(2, 3, 4, padding=padding, padding_mode=mode)} | rest, seed=4)
    name = "constant" if mode == "zeros" else mode
    two = nn.Sequential({"pad": nn.Pad(sides, name), "conv": nn.Conv2d(2, 3, 4)} | rest, seed=4)
    x, labels = RANDOM.standard_normal((n, 2, 8, 8)).astype(np.float32), RANDOM.integers(0, 3, n)
    np.testing.assert_allclose(one(x), two(x), rtol=1e-5, atol=1e-5)
    ours, theirs = (nn.batch_gradient(network, x, labels) for network in (one, two))
    np.testing.assert_allclose(ours.gradient, theirs.gradient, rtol=1e-4, atol=1e-6)


def test_only_zeros_have_a_program():
    rest = {"flatten": nn.Flatten(), "fc": nn.Linear(64, 2)}
    for mode in MODES:
        network = nn.Sequential({"conv": nn.Conv2d(1, 1, 3, padding="same", padding_mode=mode)} | rest)
        assert (network.training_program((1, 8, 8)) is not None) == (mode == "zeros")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.Conv2d(1, 1, 3, padding_mode="mirror"), "padding_mode='mirror' is unknown"),
        (lambda: nn.Conv2d(1, 1, 3, padding="all"), "padding='all' is unknown"),
        (lambda: nn.Conv2d(1, 1, 3, 2, "same"), "padding=same keeps no size with stride="),
        (lambda: nn.Conv2d(1, 1, 3, padding=-1), "padding=-1 is less than 0"),
        (lambda: nn.Conv2d(1, 1, 3, padding=((1, 2), (3, -4))), r"padding=\(3, -4\) is less than 0"),
        (lambda: nn.Conv2d(1, 1, 3, padding=5, padding_mode="reflect").output_shape((1, 5, 5)), "padding=.* 5 cells"),
        (lambda: nn.Conv2d(1, 1, 3, padding=2**20).output_shape((1, 5, 5)), "padding=1048576 asks for an array"),
        (lambda: nn.ConvTranspose2d(1, 1, 3, 2**20).output_shape((1, 5, 5)), "stride=1048576 asks for an array"),
        (lambda: nn.Conv1d(1, 1, 3, padding=((1, 2, 3),)), "padding=.* is neither an integer nor a pair"),
        (lambda: nn.ConvTranspose2d(1, 1, 2, 2, output_padding=2), "output_padding=2 is not less than stride=2 or dil"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
