import os
import subprocess
import sys

import pytest

from cnnsim.engine.compile import compiled

CHECK = "from cnnsim import warmup; print(warmup.is_warm())"


@pytest.mark.skipif(not compiled(), reason="NUMBA_DISABLE_JIT: nothing is compiled")
def test_warming_up_is_silent_and_leaves_a_mark(tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}

    def output(*arguments):
        done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True)
        return done.stdout + done.stderr

    assert output("-c", CHECK) == "False\n"
    assert output("-W", "error", "-m", "cnnsim.warmup") == ""
    assert output("-c", CHECK) == "True\n"
