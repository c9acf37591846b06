"""The largest of several shifted copies of a row of numbers: max pooling where neighbouring numbers are cells."""

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from cnnsim.engine.compile import LANES, compiled
from cnnsim.engine.vectors import Vectors

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]


def _largest(y: Floats, start: int, vectors: int, x: Floats, x_start: int, taps: Integers, floor: float) -> None:
    """Write ``max(floor, x[i + tap], ...)`` for as many vectors of numbers from `start` on; a NaN wins."""
    n = vectors * LANES
    best = y[start : start + n]
    best[:] = floor
    for tap in taps:
        value = x[x_start + tap : x_start + tap + n]
        wins = (value > best) | (value != value)
        best[wins] = value[wins]


def _emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    y, start, vectors, x, x_start, taps, floor = arguments
    lanes = Vectors(context, builder, signature.args[0])
    n_taps = builder.extract_value(context.make_array(signature.args[5])(context, builder, taps).shape, 0)
    y_place, x_place = (
        lanes.flat(signature.args[0], y, start),
        lanes.flat(signature.args[3], x, x_start),
    )
    taps = lanes.flat(signature.args[5], taps)
    least = lanes.spread(context.cast(builder, floor, signature.args[6], signature.args[0].dtype))
    best = lanes.variable()
    with cgutils.for_range(builder, vectors) as loop:
        first = builder.mul(loop.index, ir.Constant(loop.index.type, LANES))
        builder.store(least, best)
        with cgutils.for_range(builder, n_taps) as t:
            tap = lanes.number(taps, t.index)
            value, before = lanes.load(x_place, builder.add(first, tap)), builder.load(best)
            wins = builder.or_(builder.fcmp_ordered(">", value, before), builder.fcmp_unordered("uno", value, value))
            builder.store(builder.select(wins, value, before), best)
        lanes.store(builder.load(best), y_place, first)
    return context.get_dummy_value()


@intrinsic
def _largest_of_vectors(typing, y, start, vectors, x, x_start, taps, floor):  # type: ignore[no-untyped-def]
    i = types.intp
    return types.none(y, i, i, x, i, taps, types.float64), _emit


largest = _largest_of_vectors if compiled() else _largest
