"""Processors with fewer registers take smaller tiles; the sums are the same."""

import os
import subprocess
import sys

import numpy as np

from cnnsim import functional

CODE = """
import sys
import numpy as np
from cnnsim import functional
from cnnsim.engine import outer, product
assert (product._COLUMNS, outer._LARGEST) == (1, 2)
x, w, b, dense = (np.load(f"{sys.argv[1]}/{name}.npy") for name in ("x", "w", "b", "dense"))
y = functional.conv2d(x, w, b, 1, 1)
dense_gradients = functional.linear_backward(dense @ dense.T, dense, dense)[:2]
results = [y, *functional.conv2d_backward(y, x, w, b, 1, 1), *dense_gradients]
np.savez(f"{sys.argv[1]}/results.npz", *results)
"""


def test_smaller_tiles_give_the_same_sums(tmp_path):
    random = np.random.default_rng(0)
    x, w, b = random.standard_normal((18, 3, 5, 6)), random.standard_normal((7, 3, 3, 3)), random.standard_normal(7)
    dense = random.standard_normal((19, 21))
    for name, array in (("x", x), ("w", w), ("b", b), ("dense", dense)):
        np.save(tmp_path / f"{name}.npy", array)
    environment = os.environ | {"NUMBA_CPU_FEATURES": "+avx2,+fma", "NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", CODE, tmp_path], env=environment, check=True)
    y = functional.conv2d(x, w, b, 1, 1)
    expected = [
        *(y, *functional.conv2d_backward(y, x, w, b, 1, 1)),
        *functional.linear_backward(dense @ dense.T, dense, dense)[:2],
    ]
    for ours, theirs in zip(expected, np.load(tmp_path / "results.npz").values(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)
