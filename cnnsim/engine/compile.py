"""How every kernel of the engine is compiled: without the interpreter's lock, cached on disk, one thread each.

``parallel=True`` is never used: numba's fallback threading layer aborts the process when two threads enter it. Several
plain Python threads may run these kernels at the same time instead.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import llvmlite.binding  # type: ignore[import-untyped]
from numba import config, njit

LANES = 16
"""Images in a block: one AVX-512 register of float32, two AVX2 registers."""

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` on first call, reusing the code cached on disk where a folder can be written.

    Its name carries a digest of all kernels' sources: numba looks only at the file of a cached function for changes,
    not at the files of the functions it calls.
    """
    function.__qualname__ += f"_{sources_digest()}"
    try:
        return cast("Callable[P, R]", njit(function, cache=True, **_OPTIONS))
    except (RuntimeError, OSError):  # no folder to cache in: slower to start, otherwise the same
        return part(function)


@cache
def sources_digest() -> str:
    """Short name of this version of the engine's sources."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def part(function: Callable[P, R], name: str | None = None) -> Callable[P, R]:
    """Compile a function that only kernels call: it is compiled into each of them.

    Functions that a factory makes need a `name` each. numba tells them apart by a counter of the process, so the
    cached code of two kernels, compiled by two processes, could otherwise hold different functions under one symbol:
    the linker would take either for the other, and the sums would be wrong.
    """
    if name is not None:
        function.__qualname__ = name
    return cast("Callable[P, R]", njit(function, **_OPTIONS))


def compiled() -> bool:
    """Whether kernels are compiled at all (``NUMBA_DISABLE_JIT=1`` runs them as plain Python)."""
    return not config.DISABLE_JIT


def wide_registers() -> bool:
    """Whether the processor has 32 registers of 16 float32, so that larger tiles of sums stay in registers.

    ``NUMBA_CPU_FEATURES`` may ask for the code of a lesser processor.
    """
    asked: str | None = config.CPU_FEATURES
    features: str = llvmlite.binding.get_host_cpu_features().flatten() if asked is None else asked
    return "+avx512f" in features.split(",")
