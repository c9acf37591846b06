"""The detector stage as text of other libraries."""

from typing import TYPE_CHECKING

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.settings import array_of

if TYPE_CHECKING:  # which in turn imports this module
    from cnnsim.operations.activation import ActivationSettings

_NUMPY = {
    "relu": ("y = np.maximum(0, x)", "slope = np.where(x > 0, 1, 0)"),
    "leaky_relu": ("y = np.where(x > 0, x, {slope} * x)", "slope = np.where(x > 0, 1, {slope})"),
    "sigmoid": ("y = 1 / (1 + np.exp(-x))", "slope = y * (1 - y)"),
    "tanh": ("y = np.tanh(x)", "slope = 1 - y**2"),
    "scaled_tanh": ("y = 1.7159 * np.tanh(2 / 3 * x)", "slope = 1.7159 * 2 / 3 * (1 - np.tanh(2 / 3 * x) ** 2)"),
}
_TORCH = {
    "relu": "y = F.relu(x)",
    "leaky_relu": "y = F.leaky_relu(x, {slope})",
    "sigmoid": "y = torch.sigmoid(x)",
    "tanh": "y = torch.tanh(x)",
    "scaled_tanh": "y = 1.7159 * torch.tanh(2 / 3 * x)",
}


def activation_code(settings: "ActivationSettings") -> Code:
    """Write the function, or its gradient, of every value."""
    forward, slope = (line.format(slope=settings.slope) for line in _NUMPY[settings.function])
    backward = settings.direction != "forward"
    tensors = {"x": array_of(settings, "input")}
    if not backward:
        numpy = numpy_text(tensors, forward, "result = y")
    else:
        tensors["G"] = array_of(settings, "gradient")
        numpy = numpy_text(tensors, forward, slope, "result = G * slope")
    line = _TORCH[settings.function].format(slope=settings.slope)
    return Code(numpy, torch_text(tensors, line, gradient_of="x" if backward else ""))
