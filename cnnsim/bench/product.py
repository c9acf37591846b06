"""What the machine can do: NumPy's product of two square matrices, which is BLAS."""

from collections.abc import Callable
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

_SIZE = 1024

OPERATIONS = 2 * _SIZE**3
"""Of one product."""


def prepare(threads: int) -> Callable[[], Any]:
    """Make the call that is timed: one product in float32.

    Examples
    --------
    >>> prepare(1)().shape
    (1024, 1024)
    """
    threadpool_limits(threads)
    a = np.random.default_rng(0).random((_SIZE, _SIZE), np.float32)
    b, product = a.T.copy(), np.empty_like(a)
    return lambda: np.matmul(a, b, out=product)
