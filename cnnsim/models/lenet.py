"""LeNet-5 in its modern form."""

import numpy as np
from numpy.typing import DTypeLike

from cnnsim.assets_path import asset
from cnnsim.nn import Conv2d, Flatten, Layer, Linear, MaxPool2d, ReLU, Sequential
from cnnsim.weights import load_weights


def lenet5(seed: int = 0, dtype: DTypeLike = np.float32) -> Sequential:
    """LeNet-5 with ReLU and max pooling: 28×28 grey images, ten classes, 61,706 parameters.

    Parameters
    ----------
    seed
        Of the random start.
    dtype
        float32, or float64.

    Returns
    -------
    Sequential
        conv1 relu1 pool1 conv2 relu2 pool2 flatten fc1 relu3 fc2 relu4 fc3; (N, 1, 28, 28) to logits (N, 10).

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document recognition, Proceedings of
    the IEEE 86 (1998).

    Examples
    --------
    >>> lenet5(seed=1).n_parameters
    61706
    """
    layers: dict[str, Layer] = {
        "conv1": Conv2d(1, 6, 5, padding=2),
        "relu1": ReLU(),
        "pool1": MaxPool2d(2),
        "conv2": Conv2d(6, 16, 5),
        "relu2": ReLU(),
        "pool2": MaxPool2d(2),
        "flatten": Flatten(),
        "fc1": Linear(400, 120),
        "relu3": ReLU(),
        "fc2": Linear(120, 84),
        "relu4": ReLU(),
        "fc3": Linear(84, 10),
    }
    return Sequential(layers, seed=seed, dtype=dtype)


def pretrained() -> Sequential:
    """LeNet-5 with the weights that travel with the program, trained on MNIST.

    Returns
    -------
    Sequential
        As `lenet5`; images must be prepared with `cnnsim.models.prepare`.

    Examples
    --------
    >>> pretrained().n_parameters
    61706
    """
    network = lenet5()
    state, _ = load_weights(asset("weights/lenet5-mnist.safetensors"))
    network.load_state_dict(state)
    return network
