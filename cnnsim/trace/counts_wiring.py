"""Small samples of how inputs are wired to outputs, along one axis."""

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.counts import Connection, LayerShape

_OUTPUTS = 4
_WIDEST_KERNEL, _WIDEST_STRIDE = 5, 3


def wiring(layer: LayerShape, connection: Connection) -> NDArray[np.intp]:
    """Return which weight joins each input to each output of a small sample of the layer.

    Parameters
    ----------
    layer
        The convolution; the sample has its kernel size and stride, or 5 and 3 if those are larger.
    connection
        How it is wired.

    Returns
    -------
    ndarray
        (4, inputs): numbers of weights from 1, the same number for the same weight; 0 where there is none.

    Examples
    --------
    >>> from cnnsim.trace.counts import counts
    >>> wiring(counts(kernel_size=3).layer, "shared")
    array([[1, 2, 3, 0, 0, 0],
           [0, 1, 2, 3, 0, 0],
           [0, 0, 1, 2, 3, 0],
           [0, 0, 0, 1, 2, 3]])
    """
    size, stride = min(layer.kernel_size, _WIDEST_KERNEL), min(layer.stride, _WIDEST_STRIDE)
    inputs = size + (_OUTPUTS - 1) * stride
    if connection in ("units", "dense"):
        return np.arange(1, _OUTPUTS * inputs + 1).reshape(_OUTPUTS, inputs)
    weights = np.zeros((_OUTPUTS, inputs), dtype=np.intp)
    for output in range(_OUTPUTS):
        first = 1 if connection == "shared" else 1 + output * size
        weights[output, output * stride : output * stride + size] = np.arange(first, first + size)
    return weights
