"""Element by element: the detector stage, forward and backward."""

from cnnsim.engine.blocks import Floats
from cnnsim.engine.compile import kernel
from cnnsim.engine.memory import empty


@kernel
def _relu(x: Floats, y: Floats) -> None:
    for i in range(x.size):
        y[i] = 0 if x[i] <= 0 else x[i]  # a NaN stays one


@kernel
def _relu_backward(dy: Floats, y: Floats) -> None:
    for i in range(y.size):
        dy[i] = dy[i] if y[i] > 0 else 0


@kernel
def _tanh_backward(dy: Floats, y: Floats) -> None:
    for i in range(y.size):
        dy[i] *= 1 - y[i] * y[i]


def relu(x: Floats) -> Floats:
    """Return max(0, x)."""
    y = empty(x.shape, x.dtype)
    _relu(x.reshape(-1), y.reshape(-1))
    return y


def relu_backward(dy: Floats, y: Floats) -> Floats:
    """Let dy through where the output was positive: in place, dy becomes dx."""
    _relu_backward(dy.reshape(-1), y.reshape(-1))
    return dy


def tanh_backward(dy: Floats, y: Floats) -> Floats:
    """Multiply by 1 - y²: in place, dy becomes dx."""
    _tanh_backward(dy.reshape(-1), y.reshape(-1))
    return dy
