"""Values that somebody might give for an option: what is wrong in most of them has to be said."""

import numpy as np

# fmt: off
HARMLESS = [
    0, -1, 1, 2, 1.5, "cat", "same", "mean", None, (), (1, 2, 3), (2, 1), [1, 1], True, {}, 1j, b"x", float("nan"),
    float("inf"), np.int32(2), np.float32(0.5), np.array([1, 2]), np.array(2), ((1, 0), (2, 1)),
]
HUGE = [10**5, 2**31 - 1, 2**62, 2**70, -(2**70), (2**40, 1), (2**31 - 1, 1), (0, 2**30), (0, 0, 2**30, 2**30)]
# fmt: on
