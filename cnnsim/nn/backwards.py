"""Back through a whole network, as it is used after training: how its output depends on the images."""

from dataclasses import replace

import numpy as np

from cnnsim.engine import memory
from cnnsim.engine.blocks import from_blocks, to_blocks
from cnnsim.engine.compile import LANES
from cnnsim.functional.check import like
from cnnsim.nn.layer import Exchange, Floats, Lot
from cnnsim.nn.network import Network
from cnnsim.nn.passes import JoinStep, Steps, backward, forward


def input_gradient(network: Network, x: Floats, dy: Floats) -> Floats:
    """Gradient of ``Σ dy · network(x)`` with respect to the images: which pixels push an output up or down.

    Parameters
    ----------
    network
        Is not changed; dropout does nothing, and batch normalisation uses its running mean and variance.
    x
        Images (N, C, H, W), of the network's dtype.
    dy
        Gradient of the output, in its shape and dtype: 1 for the class that is asked about, and 0 elsewhere.

    Returns
    -------
    ndarray
        dx, in the shape of `x`.

    Raises
    ------
    InputError
        If a dtype or shape does not fit.

    References
    ----------
    K. Simonyan, A. Vedaldi, A. Zisserman, Deep inside convolutional networks: visualising image classification models
    and saliency maps (2013), section 3.

    Examples
    --------
    >>> from cnnsim import nn
    >>> network = nn.Sequential({"fc": nn.Linear(2, 1)})
    >>> network.load_state_dict({"fc.weight": np.array([[3.0, -1.0]]), "fc.bias": np.zeros(1)})
    >>> nn.input_gradient(network, np.zeros((1, 2), np.float32), np.ones((1, 1), np.float32))
    array([[ 3., -1.]], dtype=float32)
    """
    x = network.checked(x)
    *_, shape = network.output_shapes(x.shape[1:]).values()
    dy = like("dy", dy, "x", x, (len(x), *shape))
    if not len(x):
        return np.zeros_like(x)
    with memory.workspace():
        try:
            next(_there_and_back(network, to_blocks(x), to_blocks(dy)))
        except StopIteration as end:
            return from_blocks(end.value, len(x))
    raise AssertionError("a layer asked for sums over a batch, though nothing is trained")


def _there_and_back(network: Network, x: Floats, dy: Floats) -> Exchange[Floats | None]:
    steps = _in_use(network.steps)
    nothing = Lot(np.ones((len(x), LANES), bool), len(x) * LANES, 0, ())
    _, tape = yield from forward(steps, x, nothing)
    unused = memory.empty((len(x), network.n_parameters), network.dtype)
    return (yield from backward(steps, dy, tape, unused, wants_dx=True))


def _in_use(steps: Steps) -> Steps:
    """Let no layer do what it does in training."""
    return [step if isinstance(step, JoinStep) else replace(step, training=None) for step in steps]
