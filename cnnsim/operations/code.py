"""What is on screen as text of other libraries, to copy and run."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cnnsim.operations.source import Array

_LONG = 400


@dataclass(frozen=True, slots=True)
class Code:
    """Two texts that compute the same; each leaves its result in the variable `result`.

    Parameters
    ----------
    numpy
        Needs NumPy only, and loops where they explain.
    torch
        Uses the operation and the automatic gradients of PyTorch.
    """

    numpy: str
    torch: str


def literal(array: Array) -> str:
    """Write an array as nested lists, a long one with a line for each row.

    Examples
    --------
    >>> literal(np.array([[1.0, 0.5], [-2.0, 1e-9]]))
    '[[1.0, 0.5], [-2.0, 1e-09]]'
    """
    array = np.asarray(array, dtype=np.float64)
    return _literal(array.tobytes(), array.shape)


@lru_cache(maxsize=8)
def _literal(numbers: bytes, shape: tuple[int, ...]) -> str:
    """Write each array once for both libraries; lines of thousands of numbers would take long to show, too."""
    text = repr(np.frombuffer(numbers).reshape(shape).tolist())
    return text if len(text) <= _LONG else text.replace("], [", "],\n[")


def numpy_text(tensors: Mapping[str, Array], *lines: str) -> str:
    """Write the tensors and then the lines, which leave `result`.

    Examples
    --------
    >>> print(numpy_text({"x": np.array([-1.0, 2.0])}, "result = np.maximum(0, x)"))
    import numpy as np
    <BLANKLINE>
    x = np.array([-1.0, 2.0])
    <BLANKLINE>
    result = np.maximum(0, x)
    <BLANKLINE>
    """
    given = [f"{name} = np.array({literal(array)})" for name, array in tensors.items()]
    return "\n".join(["import numpy as np", "", *given, "", *lines, ""])


def torch_text(tensors: Mapping[str, Array], *lines: str, gradient_of: str = "") -> str:
    """Write the tensors and then the lines, which leave `y`; the result is that, or the gradient of a tensor.

    For a gradient, `G` is among the tensors.

    Examples
    --------
    >>> tensors = {"x": np.array([-1.0, 2.0]), "G": np.array([5.0, 6.0])}
    >>> print(torch_text(tensors, "y = F.relu(x)", gradient_of="x"))
    import torch
    import torch.nn.functional as F
    <BLANKLINE>
    x = torch.tensor([-1.0, 2.0], dtype=torch.float64, requires_grad=True)
    G = torch.tensor([5.0, 6.0], dtype=torch.float64)
    <BLANKLINE>
    y = F.relu(x)
    y.backward(G)
    result = x.grad
    <BLANKLINE>
    """
    given = [
        f"{name} = torch.tensor({literal(array)}, dtype=torch.float64{', requires_grad=True' * (name == gradient_of)})"
        for name, array in tensors.items()
    ]
    end = ["y.backward(G)", f"result = {gradient_of}.grad"] if gradient_of else ["result = y"]
    return "\n".join(["import torch", "import torch.nn.functional as F", "", *given, "", *lines, *end, ""])
