"""A network that is a chain."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import DTypeLike

from cnnsim.nn.layer import Layer
from cnnsim.nn.network import Network


class Sequential(Network):
    """A network in which every layer takes the output of the one before it.

    Parameters
    ----------
    layers
        Layers by name, in their order. Parameters are named ``layer.parameter``, as PyTorch's.
    seed
        Of the random start; the same seed gives the same parameters.
    dtype
        float32, or float64.

    Raises
    ------
    InputError
        If there is no layer, a name holds a dot, or `dtype` is neither float32 nor float64.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnsim import nn
    >>> network = nn.Sequential({"conv1": nn.Conv2d(1, 2, 3), "relu1": nn.ReLU(), "flatten": nn.Flatten()}, seed=1)
    >>> network(np.zeros((5, 1, 4, 4), np.float32)).shape
    (5, 8)
    >>> {name: a.shape for name, a in network.state_dict().items()}
    {'conv1.weight': (2, 1, 3, 3), 'conv1.bias': (2,)}
    """

    def __init__(self, layers: Mapping[str, Layer], *, seed: int = 0, dtype: DTypeLike = np.float32) -> None:
        super().__init__(layers, seed=seed, dtype=dtype)
