"""How kernels are cached, in processes of their own."""

import os
import subprocess
import sys

import pytest

from cnnsim.engine.compile import compiled

FORWARD = """
import numpy as np
from cnnsim import functional as F
x = np.arange(72, dtype=np.float32).reshape(2, 1, 6, 6)
w = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
y = F.conv2d(x, w)
"""
BACKWARD = """
import numpy as np
from cnnsim import functional as F
x = np.zeros((2, 1, 6, 6), np.float32)
w = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
dx, _, _ = F.conv2d_backward(np.ones((2, 1, 4, 4), np.float32), x, w)
assert dx[0, 0, 0].tolist() == [0, 1, 3, 3, 3, 2], dx[0, 0]
assert dx[0, 0, 2].tolist() == [9, 21, 36, 36, 27, 15], dx[0, 0]
"""

pytestmark = pytest.mark.skipif(not compiled(), reason="NUMBA_DISABLE_JIT: nothing is compiled")


def run(code, **environment):
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_code_cached_by_two_processes_does_not_mix(tmp_path):
    cache = {"NUMBA_CACHE_DIR": str(tmp_path)}
    run(FORWARD, **cache)
    run(BACKWARD, **cache)
    run(FORWARD + BACKWARD, **cache)
    run(BACKWARD + FORWARD, **cache)
    assert list(tmp_path.rglob("product.product_*.nbi"))


def test_without_a_folder_to_cache_in_kernels_still_run(tmp_path):
    taken = tmp_path / "file"
    taken.write_text("not a folder")
    code = "from cnnsim.engine import activation\nimport numpy as np\nprint(activation.relu(np.ones(3)))"
    assert run(code, NUMBA_CACHE_DIR=str(taken)) == ""


def test_a_folder_that_breaks_later_is_told_once_and_kernels_still_run(tmp_path):
    folder = tmp_path / "cache"
    breaking = f"""
import shutil
from cnnsim.engine import activation, pooling
shutil.rmtree({str(folder)!r})
open({str(folder)!r}, "w").close()
"""
    told = run("import cnnsim.functional\n" + breaking + FORWARD + BACKWARD, NUMBA_CACHE_DIR=str(folder))
    assert told.count("compiled kernels cannot be kept in") == 1
    assert "set NUMBA_CACHE_DIR to a folder that can be written" in told


def test_the_package_imports_without_numba():
    run("import sys, cnnsim\nassert not {'numba', 'llvmlite', 'PySide6'} & sys.modules.keys()")
