"""The side of PyTorch: the same network, the same numbers to start from, the same work."""

from collections.abc import Callable
from typing import Any

from cnnsim.bench.job import Job
from cnnsim.bench.networks import build, example
from cnnsim.bench.ours import MOMENTUM, RATE
from cnnsim.nn import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from cnnsim.nn.layer import AnyLayer


def prepare(job: Job) -> Callable[[], Any]:
    """Make the call that is timed; it returns the loss (training) or the outputs."""
    import torch

    torch.set_num_threads(job.threads)
    network = translate(build(job.network))
    images, labels = (torch.from_numpy(array) for array in example(job.network, job.batch_size))
    if job.work == "train":
        optimiser = torch.optim.SGD(network.parameters(), lr=RATE, momentum=MOMENTUM)
        return lambda: train_step(network, optimiser, images, labels).item()

    def forward() -> Any:
        with torch.inference_mode():
            return network(images)

    return forward


def train_step(network: Any, optimiser: Any, images: Any, labels: Any) -> Any:
    """Forward, loss, backward and a step; returns the loss."""
    from torch.nn.functional import cross_entropy

    optimiser.zero_grad()
    loss = cross_entropy(network(images), labels)
    loss.backward()
    optimiser.step()
    return loss.detach()


def translate(network: Sequential) -> Any:
    """Make the same network of PyTorch's layers, with the same parameters."""
    import torch

    layers = {name: _layer(layer) for name, layer in network.layers.items()}
    translated = torch.nn.Sequential()
    for name, layer in layers.items():
        translated.add_module(name, layer)
    translated.load_state_dict({name: torch.from_numpy(value) for name, value in network.state_dict().items()})
    return translated


def _layer(layer: AnyLayer) -> Any:
    from torch import nn

    match layer:
        case Conv2d() if layer.outside.sides[::2] == layer.outside.sides[1::2]:
            size, padding = (layer.in_channels, layer.out_channels, layer.kernel_size), layer.outside.sides[::2]
            options = layer.stride, padding, layer.dilation, layer.groups, layer.bias, layer.padding_mode
            return nn.Conv2d(*size, *options)
        case Linear():
            return nn.Linear(layer.in_features, layer.out_features, layer.bias)
        case MaxPool2d():
            return nn.MaxPool2d(layer.kernel_size, layer.stride, layer.padding)
        case ReLU():
            return nn.ReLU()
        case Flatten():
            return nn.Flatten()
    raise TypeError(f"no layer of PyTorch is known for {layer}")
