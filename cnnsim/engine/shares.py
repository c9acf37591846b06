"""The gradient of max pooling in vector instructions: a window's dy goes to the cell that won, lane by lane."""

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from cnnsim.engine.compile import LANES, compiled
from cnnsim.engine.vectors import Vectors

Floats = NDArray[np.floating]
Indices = NDArray[np.int32]


def _plain(accumulate: bool) -> Callable[..., None]:
    def give(dx: Floats, place: int, dy: Floats, at: int, winner: Indices, cell: int) -> None:
        share = np.where(winner[at : at + LANES] == cell, dy[at : at + LANES], 0)
        dx[place : place + LANES] = dx[place : place + LANES] + share if accumulate else share

    return give


def give(accumulate: bool) -> Callable[..., None]:
    """Make the function ``(dx, place, dy, at, winner, cell)`` that writes dy, or adds it, where `cell` is the winner.

    Flat arrays; L numbers from `place` on in dx, and from `at` on in dy and `winner`.
    """
    if not compiled():
        return _plain(accumulate)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        dx, place, dy, at, winner, cell = arguments
        kinds = signature.args
        floats, integers = Vectors(context, builder, kinds[0]), Vectors(context, builder, kinds[4])
        target = floats.flat(kinds[0], dx)
        cells = integers.spread(builder.trunc(cell, ir.IntType(32)))
        won = builder.icmp_signed("==", integers.load(integers.flat(kinds[4], winner), at), cells)
        gradient = floats.load(floats.flat(kinds[2], dy), at)
        share = builder.select(won, gradient, ir.Constant(floats.type, None))
        if accumulate:
            share = builder.fadd(floats.load(target, place), share)
        floats.store(share, target, place)
        return context.get_dummy_value()

    @intrinsic
    def share(typing, dx, place, dy, at, winner, cell):  # type: ignore[no-untyped-def]
        i = types.intp
        return types.none(dx, i, dy, i, winner, i), emit

    return share  # type: ignore[no-any-return]
