"""One window of max pooling for L images at once: the largest value and the cell that holds it."""

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from cnnsim.engine.compile import LANES, compiled
from cnnsim.engine.vectors import Vectors

Floats = NDArray[np.floating]
Indices = NDArray[np.int32]


def _champion(
    y: Floats, winner: Indices, place: int, x: Floats, start: int,
    first: int, rows: int, row_step: int, columns: int, column_step: int,
) -> None:  # fmt: skip
    """Write the largest value of `rows` by `columns` cells to `y` and the number of its cell to `winner`.

    The map begins at `start` of the flat array `x`; the window's first cell has the number `first`, and the cells below
    and beside it are `row_step` and `column_step` further. Of equal values the first wins; a NaN wins, as in PyTorch.
    """
    best, index = y[place : place + LANES], winner[place : place + LANES]
    best[:], index[:] = -np.inf, first
    for r in range(rows):
        for c in range(columns):
            cell = first + r * row_step + c * column_step
            value = x[start + cell * LANES : start + (cell + 1) * LANES]
            wins = (value > best) | (value != value)
            best[wins], index[wins] = value[wins], cell


def _emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    y, winner, place, x, start, first, rows, row_step, columns, column_step = arguments
    floats, integers = Vectors(context, builder, signature.args[0]), Vectors(context, builder, signature.args[1])
    x_map = floats.flat(signature.args[3], x, start)
    number = ir.IntType(32)
    best, index = floats.variable(), integers.variable()
    builder.store(ir.Constant(floats.type, [float("-inf")] * LANES), best)
    builder.store(integers.spread(builder.trunc(first, number)), index)
    with cgutils.for_range(builder, rows) as r:
        line = builder.add(first, builder.mul(r.index, row_step))
        with cgutils.for_range(builder, columns) as c:
            cell = builder.add(line, builder.mul(c.index, column_step))
            value, before = floats.load(x_map, builder.mul(cell, ir.Constant(cell.type, LANES))), builder.load(best)
            larger = builder.fcmp_ordered(">", value, before)
            wins = builder.or_(larger, builder.fcmp_unordered("uno", value, value))
            builder.store(builder.select(wins, value, before), best)
            cells = integers.spread(builder.trunc(cell, number))
            builder.store(builder.select(wins, cells, builder.load(index)), index)
    floats.store(builder.load(best), floats.flat(signature.args[0], y), place)
    integers.store(builder.load(index), integers.flat(signature.args[1], winner), place)
    return context.get_dummy_value()


@intrinsic
def _champion_of_vectors(typing, y, winner, place, x, start, first, rows, row_step, columns, column_step):  # type: ignore[no-untyped-def]
    i = types.intp
    return types.none(y, winner, i, x, i, i, i, i, i, i), _emit


champion = _champion_of_vectors if compiled() else _champion
