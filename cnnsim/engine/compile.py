"""How every kernel of the engine is compiled: without the interpreter's lock, cached on disk, one thread each.

``parallel=True`` is never used: numba's fallback threading layer aborts the process when two threads enter it. Several
plain Python threads may run these kernels at the same time instead.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import llvmlite.binding  # type: ignore[import-untyped]
from numba import config, njit
from numba.core.caching import FunctionCache

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
    compiling = part(function)
    if compiled():
        try:
            compiling._cache = _Cache(function)  # type: ignore[attr-defined]
        except (RuntimeError, OSError):  # no folder to cache in: slower to start, otherwise the same
            return compiling
    return compiling


class _Cache(FunctionCache):  # type: ignore[misc]
    """Cached code of a kernel, which does without its folder where that breaks later: full, read-only, gone."""

    @contextmanager
    def _guard_against_spurious_io_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            _tell(self.cache_path, error.strerror or str(error))


@cache
def _tell(folder: str, reason: str) -> None:
    """Say once that kernels are not kept."""
    logging.getLogger("cnnsim").warning(
        "cnnsim: compiled kernels cannot be kept in %s (%s), so every start compiles them anew: "
        "set NUMBA_CACHE_DIR to a folder that can be written",
        folder,
        reason,
    )


@cache
def sources_digest() -> str:
    """Short name of this version of the engine's sources, another one where bounds are checked."""
    digest = hashlib.sha256(b"checked" if config.BOUNDSCHECK else b"")
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
