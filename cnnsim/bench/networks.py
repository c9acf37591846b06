"""The networks that are measured, and how much arithmetic they are."""

import math
from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.models import lenet5
from cnnsim.nn import Conv2d, Flatten, Layer, Linear, MaxPool2d, ReLU, Sequential

Shape = tuple[int, ...]

SHAPES: Mapping[str, Shape] = {"lenet5": (1, 28, 28), "cifar": (3, 32, 32), "alexnet": (3, 227, 227)}
"""Shape (C, H, W) of one image of each network."""


def build(name: str) -> Sequential:
    """Make a network with random parameters, always the same.

    Raises
    ------
    InputError
        If there is no such network.

    Examples
    --------
    >>> build("cifar").output_shapes((3, 32, 32))["fc2"]
    (10,)
    """
    match name:
        case "lenet5":
            return lenet5()
        case "cifar":
            return Sequential(_cifar())
        case "alexnet":
            return Sequential(_alexnet())
    raise InputError("network", name, "is unknown", f"choose one of {', '.join(SHAPES)}")


def _cifar() -> dict[str, Layer]:
    """Two pairs of 3×3 convolutions and two dense layers, for 3×32×32 images and ten classes."""
    return {
        "conv1": Conv2d(3, 32, 3, padding=1),
        "relu1": ReLU(),
        "conv2": Conv2d(32, 32, 3, padding=1),
        "relu2": ReLU(),
        "pool1": MaxPool2d(2),
        "conv3": Conv2d(32, 64, 3, padding=1),
        "relu3": ReLU(),
        "conv4": Conv2d(64, 64, 3, padding=1),
        "relu4": ReLU(),
        "pool2": MaxPool2d(2),
        "flatten": Flatten(),
        "fc1": Linear(4096, 256),
        "relu5": ReLU(),
        "fc2": Linear(256, 10),
    }


def _alexnet() -> dict[str, Layer]:
    """AlexNet without its normalisation: A. Krizhevsky, I. Sutskever, G. E. Hinton, NIPS (2012)."""
    return {
        "conv1": Conv2d(3, 96, 11, stride=4),
        "relu1": ReLU(),
        "pool1": MaxPool2d(3, 2),
        "conv2": Conv2d(96, 256, 5, padding=2, groups=2),
        "relu2": ReLU(),
        "pool2": MaxPool2d(3, 2),
        "conv3": Conv2d(256, 384, 3, padding=1),
        "relu3": ReLU(),
        "conv4": Conv2d(384, 384, 3, padding=1, groups=2),
        "relu4": ReLU(),
        "conv5": Conv2d(384, 256, 3, padding=1, groups=2),
        "relu5": ReLU(),
        "pool5": MaxPool2d(3, 2),
        "flatten": Flatten(),
        "fc6": Linear(9216, 4096),
        "relu6": ReLU(),
        "fc7": Linear(4096, 4096),
        "relu7": ReLU(),
        "fc8": Linear(4096, 1000),
    }


def example(name: str, batch_size: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Random images (N, C, H, W) and labels (N,), always the same.

    Examples
    --------
    >>> images, labels = example("lenet5", 3)
    >>> images.shape, labels
    ((3, 1, 28, 28), array([0, 1, 2]))
    """
    images = np.random.default_rng(0).standard_normal((batch_size, *SHAPES[name]), np.float32)
    return images, np.arange(batch_size) % 10


@cache
def operations(name: str, *, training: bool) -> int:
    """Floating-point operations of one image in convolutions and dense layers: two per multiply-accumulate.

    Training multiplies three times: forward, for the gradient of the weights, and for that of the input, which the
    first layer does not need.

    Examples
    --------
    >>> operations("lenet5", training=False)
    833040
    """
    forward = [n for n in _multiplications(build(name), SHAPES[name]) if n]
    total = 3 * sum(forward) - forward[0] if training else sum(forward)
    return 2 * total


def _multiplications(network: Sequential, shape: Shape) -> list[int]:
    counts = []
    for name, output in network.output_shapes(shape).items():
        weight = network.parameters.get(f"{name}.weight")
        # Every output number is one sum over the weights of its map.
        counts.append(0 if weight is None else math.prod(output) * weight[0].size)
    return counts
