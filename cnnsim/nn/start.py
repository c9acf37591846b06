"""A new start for a network's parameters."""

import numpy as np
from numpy.typing import NDArray

from cnnsim.nn.initial import Initialiser, zeros
from cnnsim.nn.network import Network


def fresh_state(
    network: Network, seed: int, *, weight: Initialiser, bias: Initialiser = zeros
) -> dict[str, NDArray[np.float64]]:
    """Draw a new start for all parameters called `weight` with two axes or more and for all called `bias`.

    What else there is (of a normalisation, say) stays as it is.

    Parameters
    ----------
    network
        Is not changed: load the result into it.
    seed
        The same seed gives the same numbers.
    weight, bias
        Initialisers.

    Returns
    -------
    dict of ndarray
        For `Network.load_state_dict`.

    Examples
    --------
    >>> from cnnsim import nn
    >>> network = nn.Sequential({"fc": nn.Linear(2, 1)})
    >>> network.load_state_dict(nn.fresh_state(network, 0, weight=nn.initial.constant(0.5)))
    >>> network(np.ones((1, 2), np.float32))
    array([[1.]], dtype=float32)
    """
    random = np.random.default_rng(seed)
    fresh: dict[str, NDArray[np.float64]] = {}
    for name, old in network.state_dict().items():
        kind = name.rsplit(".", 1)[-1]
        if kind == "weight" and old.ndim > 1:
            fresh[name] = weight(old.shape, random)
        elif kind == "bias":
            fresh[name] = bias(old.shape, random)
        else:
            fresh[name] = old.astype(np.float64)
    return fresh
