"""Flattening as text of other libraries."""

from typing import TYPE_CHECKING

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.settings import array_of

if TYPE_CHECKING:  # which in turn imports this module
    from cnnsim.operations.flatten import FlattenSettings

_LOOPS = ("channels, height, width = x.shape", "for c, i, j in np.ndindex(x.shape):")
_NUMBER = "(c * height + i) * width + j"


def flatten_code(settings: "FlattenSettings") -> Code:
    """Write where every cell goes, or where its gradient comes back to."""
    tensors = {"x": array_of(settings, "input")}
    if settings.direction == "forward":
        lines = ("y = np.zeros(x.size)", *_LOOPS, f"    y[{_NUMBER}] = x[c, i, j]", "result = y")
        return Code(numpy_text(tensors, *lines), torch_text(tensors, "y = x.flatten()"))
    tensors["G"] = array_of(settings, "gradient").ravel()
    lines = ("dx = np.zeros(x.shape)", *_LOOPS, f"    dx[c, i, j] = G[{_NUMBER}]", "result = dx")
    return Code(numpy_text(tensors, *lines), torch_text(tensors, "y = x.flatten()", gradient_of="x"))
