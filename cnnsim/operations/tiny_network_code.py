"""The training of the tiny network as text for NumPy and for PyTorch."""

from cnnsim.operations.code import Code, literal
from cnnsim.trace import NetworkTrace

_DATA = """\
images = {array}({images}{dtype})
targets = {targets}  # pass k shows image k mod {count}
w = {array}({kernels}{dtype})
b = {array}({kernel_biases}{dtype})
W = {array}({dense}{dtype})
B = {array}({dense_biases}{dtype})
lr, momentum, passes = {lr!r}, {momentum!r}, {passes}
"""

_NUMPY = """\
import numpy as np

{data}
side = images.shape[1] - 2  # of a map
half = side // 2  # of a pooled map
velocities = [np.zeros_like(parameter) for parameter in (w, b, W, B)]
losses = []
for k in range(passes):
    x, target = images[k % len(images)], targets[k % len(targets)]

    # forward
    c = np.array([
        [[(w[o] * x[i:i + 3, j:j + 3]).sum() + b[o] for j in range(side)] for i in range(side)] for o in range(len(w))
    ])
    a = np.maximum(c, 0)
    windows = a[:, :2 * half, :2 * half].reshape(-1, half, 2, half, 2).swapaxes(2, 3).reshape(-1, half, half, 4)
    m = windows.max(axis=-1)
    f = m.ravel()
    z = W @ f + B
    p = np.exp(z - z.max())
    p /= p.sum()
    losses.append(-np.log(p[target]))

    # backward
    dz = p - np.eye(len(p))[target]
    dW, dB = np.outer(dz, f), dz
    dm = (W.T @ dz).reshape(m.shape)
    da = np.zeros_like(a)
    winners = windows.argmax(axis=-1)  # among equals the first
    for o, i, j in np.ndindex(*m.shape):
        r, s = divmod(winners[o, i, j], 2)
        da[o, 2 * i + r, 2 * j + s] = dm[o, i, j]
    dc = da * (c > 0)
    dw = np.array([
        [[(dc[o] * x[r:r + side, s:s + side]).sum() for s in range(3)] for r in range(3)] for o in range(len(w))
    ])
    db = dc.sum(axis=(1, 2))

    # update
    for parameter, gradient, velocity in zip((w, b, W, B), (dw, db, dW, dB), velocities):
        velocity *= momentum
        velocity += gradient
        parameter -= lr * velocity

result = np.array(losses)
"""

_TORCH = """\
import torch
from torch.nn import functional as F

{data}
parameters = [parameter.requires_grad_() for parameter in (w, b, W, B)]
optimiser = torch.optim.SGD(parameters, lr=lr, momentum=momentum)
losses = []
for k in range(passes):
    x, target = images[k % len(images)], targets[k % len(targets)]
    a = F.relu(F.conv2d(x[None, None], w[:, None], b))
    f = F.max_pool2d(a, 2).flatten(1)
    loss = F.cross_entropy(F.linear(f, W, B), torch.tensor([target]))
    losses.append(loss.item())
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()

result = torch.tensor(losses, dtype=torch.float64)
"""


def network_code(trace: NetworkTrace) -> Code:
    """Write the whole training; the result is the loss of each pass before its update.

    Parameters
    ----------
    trace
        What is on screen.

    Returns
    -------
    Code
        Both texts train the same network with the same numbers.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import initial_weights, tiny_network
    >>> trace = tiny_network(gallery.shape("cross"), 0, initial_weights(8, 2, 2, seed=0), passes=2)
    >>> names = {}
    >>> exec(network_code(trace).numpy, names)
    >>> bool(abs(names["result"] - trace.output).max() < 1e-12)
    True
    """
    return Code(
        _NUMPY.format(data=_data(trace, "np.array", ", dtype=float")),
        _TORCH.format(data=_data(trace, "torch.tensor", ", dtype=torch.float64")),
    )


def _data(trace: NetworkTrace, array: str, dtype: str) -> str:
    start, weights = trace.starts[0], trace.starts[0].weights
    examples = list({id(begun.example): begun.example for begun in trace.starts}.values())
    return _DATA.format(
        array=array,
        dtype=dtype,
        images=repr([example.image.tolist() for example in examples]),
        targets=[example.target for example in examples],
        count=len(examples),
        kernels=literal(weights["kernels"][:, 0]),
        kernel_biases=literal(weights["kernel biases"].ravel()),
        dense=literal(weights["dense weights"]),
        dense_biases=literal(weights["dense biases"].ravel()),
        lr=start.lr,
        momentum=start.momentum,
        passes=len(trace.starts),
    )
