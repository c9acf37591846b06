"""The two innermost loops of the engine, written as vector instructions.

Both keep a small tile of sums in registers; everything else is offsets into flat arrays, so that one compiled loop
serves every kernel size, stride, dilation, padding and group count, and dense layers too.

`product_tile`
    ``sum[r, j] = Σ_k w[w_rows[r] + w_taps[k]] · x[x_taps[k] + j·x_step]``: each x is a vector of L images, each w one
    number.
`outer_tile`
    ``sum[r, k] = Σ_{m,n} Σ_lanes dy[dy_rows[r] + m, n] · x[x_taps[k] + m, n]``: what the gradient of a weight is.

Compilers do not keep such tiles in registers on their own, hence the instructions by hand. Each has a twin in plain
Python, used under ``NUMBA_DISABLE_JIT=1``.

References
----------
K. Goto, R. A. van de Geijn, Anatomy of high-performance matrix multiplication, ACM TOMS 34 (2008).
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic

from cnnsim.engine import tiles_python
from cnnsim.engine.compile import compiled
from cnnsim.engine.vectors import Vectors


def _at(builder: Any, pointer: Any, index: Any) -> Any:
    return builder.load(builder.gep(pointer, [index]))


def _plus(builder: Any, index: Any, constant: int) -> Any:
    return builder.add(index, ir.Constant(index.type, constant))


def product_tile(rows: int, columns: int, accumulate: bool) -> Callable[..., None]:
    """Make the loop for a tile of `rows` outputs by `columns` vectors.

    The function made is called with ``(y, y_start, y_step, y_rows, first, bias, x, x_start, x_step, x_taps, w,
    w_start, w_rows, w_taps)``, starts and steps in elements, `first` the first of the tile's rows in `y_rows`,
    `w_rows` and `bias`. It stores ``bias + sum``, or with `accumulate` adds the sums to y one after the other (windows
    may overlap).
    """
    if not compiled():
        return tiles_python.product_tile(rows, columns, accumulate)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        (y, y_start, y_step, y_rows, first, bias, x, x_start, x_step, x_taps, w, w_start, w_rows, w_taps) = arguments
        vectors = Vectors(context, builder, kinds[0])
        y_rows, w_rows, w_taps = (
            vectors.pointer(kinds[3], y_rows, first),
            vectors.pointer(kinds[12], w_rows, first),
            vectors.pointer(kinds[13], w_taps),
        )
        bias = vectors.pointer(kinds[5], bias, first)
        n_taps = builder.extract_value(context.make_array(kinds[9])(context, builder, x_taps).shape, 0)
        x_taps = vectors.pointer(kinds[9], x_taps)
        row = [ir.Constant(first.type, r) for r in range(rows)]
        step = [ir.Constant(first.type, j) for j in range(columns)]
        x_columns = [vectors.pointer(kinds[6], x, builder.add(x_start, builder.mul(x_step, j))) for j in step]
        w_row = [vectors.pointer(kinds[10], w, builder.add(w_start, _at(builder, w_rows, r))) for r in row]
        sums = [[vectors.variable() for _ in step] for _ in row]
        for r in range(rows):
            start = ir.Constant(vectors.type, None) if accumulate else vectors.spread(_at(builder, bias, row[r]))
            for total in sums[r]:
                builder.store(start, total)
        with cgutils.for_range(builder, n_taps) as loop:
            x_offset, w_offset = _at(builder, x_taps, loop.index), _at(builder, w_taps, loop.index)
            x_vectors = [vectors.load(column, x_offset) for column in x_columns]
            for r in range(rows):
                weight = vectors.spread(_at(builder, w_row[r], w_offset))
                for total, x_vector in zip(sums[r], x_vectors, strict=True):
                    vectors.add_product(total, weight, x_vector)
        y_pointer = vectors.pointer(kinds[0], y, y_start)
        for j in range(columns):  # column by column, so that sums which coincide have one order for every width of tile
            for r in range(rows):
                offset = builder.add(_at(builder, y_rows, row[r]), builder.mul(y_step, step[j]))
                value = builder.load(sums[r][j])
                if accumulate:
                    value = builder.fadd(vectors.load(y_pointer, offset), value)
                vectors.store(value, y_pointer, offset)
        return context.get_dummy_value()

    @intrinsic
    def tile(typing, y, y_start, y_step, y_rows, first, bias, x, x_start, x_step, x_taps, w, w_start, w_rows, w_taps):  # type: ignore[no-untyped-def]
        i = types.intp
        return types.none(y, i, i, y_rows, i, bias, x, i, i, x_taps, w, i, w_rows, w_taps), emit

    return tile  # type: ignore[no-any-return]


def outer_tile(rows: int, taps: int) -> Callable[..., None]:
    """Make the loop for a tile of `rows` output maps by `taps` weights.

    The function made is called with ``(dw, dw_start, w_rows, first_row, w_taps, first_tap, dy, dy_start, dy_rows,
    dy_steps, x, x_start, x_taps, x_steps, grid)``, where `grid`, `dy_steps` and `x_steps` are (rows, columns) arrays
    of two integers.
    """
    if not compiled():
        return tiles_python.outer_tile(rows, taps)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        (dw, dw_start, w_rows, first_row, w_taps, first_tap, dy, dy_start, dy_rows, dy_steps) = arguments[:10]
        (x, x_start, x_taps, x_steps, grid) = arguments[10:]
        vectors = Vectors(context, builder, kinds[0])
        w_rows, w_taps = vectors.pointer(kinds[2], w_rows, first_row), vectors.pointer(kinds[4], w_taps, first_tap)
        dy_rows, x_taps = vectors.pointer(kinds[8], dy_rows, first_row), vectors.pointer(kinds[12], x_taps, first_tap)
        pairs = [vectors.pointer(kinds[i], a) for i, a in ((9, dy_steps), (13, x_steps), (14, grid))]
        (dy_m, x_m, height), (dy_n, x_n, width) = (
            [_at(builder, pair, ir.Constant(first_row.type, i)) for pair in pairs] for i in (0, 1)
        )
        row = [ir.Constant(first_row.type, r) for r in range(rows)]
        tap = [ir.Constant(first_row.type, t) for t in range(taps)]
        dy_base = [vectors.pointer(kinds[6], dy, builder.add(dy_start, _at(builder, dy_rows, r))) for r in row]
        x_base = [vectors.pointer(kinds[10], x, builder.add(x_start, _at(builder, x_taps, t))) for t in tap]
        sums = [[vectors.variable() for _ in tap] for _ in row]
        for total in (total for line in sums for total in line):
            builder.store(ir.Constant(vectors.type, None), total)
        with cgutils.for_range(builder, height) as m:
            dy_line, x_line = builder.mul(m.index, dy_m), builder.mul(m.index, x_m)
            with cgutils.for_range(builder, width) as n:
                dy_offset = builder.add(dy_line, builder.mul(n.index, dy_n))
                x_offset = builder.add(x_line, builder.mul(n.index, x_n))
                x_vectors = [vectors.load(base, x_offset) for base in x_base]
                for r in range(rows):
                    dy_vector = vectors.load(dy_base[r], dy_offset)
                    for total, x_vector in zip(sums[r], x_vectors, strict=True):
                        vectors.add_product(total, dy_vector, x_vector)
        dw_pointer = vectors.pointer(kinds[0], dw, dw_start)
        for r in range(rows):
            for t in range(taps):
                offset = builder.add(_at(builder, w_rows, row[r]), _at(builder, w_taps, tap[t]))
                builder.store(vectors.sum_of_lanes(builder.load(sums[r][t])), builder.gep(dw_pointer, [offset]))
        return context.get_dummy_value()

    @intrinsic
    def tile(typing, dw, dw_start, w_rows, first_row, w_taps, first_tap, dy, dy_start, dy_rows, dy_steps, x, x_start, x_taps, x_steps, grid):  # type: ignore[no-untyped-def]  # fmt: skip  # noqa: E501
        i = types.intp
        kinds = (dw, i, w_rows, i, w_taps, i, dy, i, dy_rows, dy_steps, x, i, x_taps, x_steps, grid)
        return types.none(*kinds), emit

    return tile  # type: ignore[no-any-return]
