"""Compile the engine in a process of its own, because a compiler at work would hold up the window."""

import subprocess
import sys
from collections.abc import Callable

_LOOK_SECONDS = 0.1


def compile_engine(give_up: Callable[[], bool], announce: Callable[[], None]) -> None:
    """Leave compiled kernels in the cache on disk, so that training starts without a compiler.

    Parameters
    ----------
    give_up
        Asked ten times a second; True ends the compilation.
    announce
        Called if there is something to compile.
    """
    from cnnsim.warmup import is_warm

    if is_warm():
        return
    announce()
    command = [sys.executable, "-m", "cnnsim.warmup"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            if give_up():
                process.terminate()
            try:
                process.wait(_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
    # Where it failed the training compiles for itself: the same numbers, later.
