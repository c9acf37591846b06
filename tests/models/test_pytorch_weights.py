"""A PyTorch state_dict, saved as safetensors, in LeNet-5."""

import numpy as np
import pytest

from cnnsim import models
from cnnsim.errors import InputError
from cnnsim.weights import load_weights, save_weights

X = np.random.default_rng(0).standard_normal((5, 1, 28, 28)).astype(np.float32)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-6), ("float32", 0), ("float16", 0.02)])
def test_any_precision_is_converted(tmp_path, dtype, tolerance):
    path, other = tmp_path / "w.safetensors", models.lenet5(seed=2)
    save_weights(path, {name: value.astype(dtype) for name, value in other.state_dict().items()})
    network = models.lenet5(seed=1)
    network.load_state_dict(load_weights(path)[0])
    assert network.vector.dtype == np.float32
    np.testing.assert_allclose(network(X), other(X), atol=tolerance)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fc3.bias": np.full(10, 1e300)}, r"state\['fc3.bias'\]=1e\+300 is too large for float32"),
        ({"fc3.bias": np.zeros(10, np.int32)}, "dtype=int32 is none of float16, float32 and float64"),
        ({"fc3.bias": np.zeros((1, 10))}, r"shape=\(1, 10\) is not \(10,\)"),
        ({"fc4.bias": np.zeros(10)}, "holds the unexpected fc4.bias"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(change, message):
    network = models.lenet5(seed=1)
    before = network.vector.tobytes()
    with pytest.raises(InputError, match=message):
        network.load_state_dict(models.lenet5(seed=2).state_dict() | change)
    assert network.vector.tobytes() == before


def test_what_pytorch_saves(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is compared with where it is")
    save_file = pytest.importorskip("safetensors.torch").save_file

    class LeNet(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = torch.nn.Conv2d(1, 6, 5, padding=2), torch.nn.Conv2d(6, 16, 5)
            self.fc1, self.fc2, self.fc3 = torch.nn.Linear(400, 120), torch.nn.Linear(120, 84), torch.nn.Linear(84, 10)

        def forward(self, x):
            x = torch.nn.functional.max_pool2d(torch.relu(self.conv1(x)), 2)
            x = torch.nn.functional.max_pool2d(torch.relu(self.conv2(x)), 2).flatten(1)
            return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x)))))

    theirs, network = LeNet(), models.lenet5()
    save_file(theirs.state_dict(), tmp_path / "lenet.safetensors")
    network.load_state_dict(load_weights(tmp_path / "lenet.safetensors")[0])
    np.testing.assert_allclose(network(X), theirs(torch.from_numpy(X)).detach().numpy(), rtol=1e-4, atol=1e-5)
    save_file({k: v.to(torch.bfloat16) for k, v in theirs.state_dict().items()}, tmp_path / "b.safetensors")
    with pytest.raises(InputError, match="holds numbers of a type that NumPy lacks"):
        load_weights(tmp_path / "b.safetensors")
