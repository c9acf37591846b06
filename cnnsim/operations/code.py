"""What is on screen as text of other libraries, to copy and run."""

from dataclasses import dataclass

import numpy as np

from cnnsim.operations.source import Array


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
    """Write an array as nested lists.

    Examples
    --------
    >>> literal(np.array([[1.0, 0.5], [-2.0, 1e-9]]))
    '[[1.0, 0.5], [-2.0, 1e-09]]'
    """
    return repr(np.asarray(array).tolist())
