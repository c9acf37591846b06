"""A dense layer as text of other libraries."""

from typing import TYPE_CHECKING

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.settings import array_of

if TYPE_CHECKING:  # which in turn imports this module
    from cnnsim.operations.dense import DenseSettings

_OPERANDS = {"weight-gradient": "w", "bias-gradient": "b", "input-gradient": "x"}
_LOOPS = ("for o in range(len(w)):", "    for i in range(len(x)):")
_NUMPY = {
    "forward": ("y = b.copy()", *_LOOPS, "        y[o] += w[o, i] * x[i]", "result = y"),
    "weight-gradient": ("dw = np.zeros(w.shape)", *_LOOPS, "        dw[o, i] = G[o] * x[i]", "result = dw"),
    "bias-gradient": ("db = G.copy()", "result = db"),
    "input-gradient": ("dx = np.zeros(x.shape)", *_LOOPS, "        dx[i] += w[o, i] * G[o]", "result = dx"),
}


def dense_code(settings: "DenseSettings") -> Code:
    """Write the layer, or one of its gradients."""
    tensors = {
        "x": array_of(settings, "input").ravel(),
        "w": array_of(settings, "kernel"),
        "b": array_of(settings, "bias").ravel(),
    }
    if settings.direction != "forward":
        tensors["G"] = array_of(settings, "gradient").ravel()
    wanted = _OPERANDS.get(settings.direction, "")
    return Code(
        numpy_text(tensors, *_NUMPY[settings.direction]),
        torch_text(tensors, "y = F.linear(x, w, b)", gradient_of=wanted),
    )
