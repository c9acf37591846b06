"""Softmax and cross-entropy as text of other libraries."""

from typing import TYPE_CHECKING

import numpy as np

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.settings import array_of

if TYPE_CHECKING:  # which in turn import this module
    from cnnsim.operations.cross_entropy import CrossEntropySettings
    from cnnsim.operations.softmax import SoftmaxSettings

_PROBABILITIES = ("e = np.exp(z - z.max())", "p = e / e.sum()")
_LOGARITHMS = ("d = z - z.max()", "log_p = d - np.log(np.exp(d).sum())")


def softmax_code(settings: "SoftmaxSettings") -> Code:
    """Write the probabilities, or the gradient of the logits."""
    tensors = {"z": array_of(settings, "logits").ravel()}
    if settings.direction == "forward":
        return Code(numpy_text(tensors, *_PROBABILITIES, "result = p"), torch_text(tensors, "y = F.softmax(z, dim=0)"))
    tensors["G"] = array_of(settings, "gradient").ravel()
    return Code(
        numpy_text(tensors, *_PROBABILITIES, "D = np.diag(p) - np.outer(p, p)", "result = D.T @ G"),
        torch_text(tensors, "y = F.softmax(z, dim=0)", gradient_of="z"),
    )


def cross_entropy_code(settings: "CrossEntropySettings") -> Code:
    """Write the loss, or the gradient of the logits."""
    tensors = {"z": array_of(settings, "logits").ravel()}
    lines = (*_LOGARITHMS, f"y = np.eye(len(z))[{settings.target}]")
    loss = f"y = F.cross_entropy(z[None], torch.tensor([{settings.target}]))"
    if settings.direction == "forward":
        return Code(numpy_text(tensors, *lines, "result = -(y * log_p).sum()"), torch_text(tensors, loss))
    return Code(
        numpy_text(tensors, *lines, "result = np.exp(log_p) - y"),
        torch_text({**tensors, "G": np.array(1.0)}, loss, gradient_of="z"),
    )
