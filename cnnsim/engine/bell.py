"""A bell between two threads: one rings while the other listens in a kernel, so that neither enters the interpreter.

A bell is the first word of an array; all threads see the words said there in one order.
"""

import platform
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from cnnsim.engine.compile import compiled, kernel, part

Bell = NDArray[np.int64]

AWAY, LISTENING, CALLED, AWAITED = range(4)
"""Nobody is there; somebody listens; somebody was called and is at work; and the caller no longer looks here."""

_ORDER, _BYTES = "seq_cst", 8
_PAUSE = "llvm.x86.sse2.pause" if platform.machine().lower() in ("x86_64", "amd64") else None
"""Instruction between two looks that leaves the core to its other thread for a moment."""


def _place(context: Any, builder: Any, signature: Any, bell: Any) -> Any:
    return context.make_array(signature.args[0])(context, builder, bell).data


@intrinsic
def _look(typing, bell):  # type: ignore[no-untyped-def]
    """Pause, and read the word."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if _PAUSE:
            nothing = ir.FunctionType(ir.VoidType(), [])
            builder.call(cgutils.get_or_insert_function(builder.module, nothing, _PAUSE), [])
        return builder.load_atomic(_place(context, builder, signature, arguments[0]), _ORDER, _BYTES)

    return types.int64(bell), emit


@intrinsic
def _say(typing, bell, before, word):  # type: ignore[no-untyped-def]
    """Write a word in the place of another one; False if that is not there."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature, arguments[0])
        return builder.extract_value(builder.cmpxchg(place, *arguments[1:], _ORDER, _ORDER), 1)

    return types.boolean(bell, types.int64, types.int64), emit


@kernel
def ring(bell: Bell) -> bool:
    """Call who listens; False if nobody does."""
    return _say(bell, LISTENING, CALLED)  # type: ignore[no-any-return]


@kernel
def answered(bell: Bell, patience: int) -> bool:
    """Whether who was called is done within so many looks; if not, he goes away when he is."""
    for _ in range(patience):
        if _look(bell) < CALLED:
            return True
    return not _say(bell, CALLED, AWAITED) and _look(bell) < CALLED


def _called_again(bell: Bell, patience: int) -> bool:
    if not _say(bell, CALLED, LISTENING):
        _say(bell, AWAITED, AWAY)
        return False
    for _ in range(patience):
        if _look(bell) == CALLED:
            return True
    return not _say(bell, LISTENING, AWAY)


def _never(bell: Bell, patience: int) -> bool:
    return False


called_again = part(_called_again) if compiled() else _never
"""Say that the work is done, and listen for so many looks; False if no call came."""
