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
from cnnsim.engine.vectors import Flat, Vectors

Sums = list[list[Any]]
"""Running sums by row and column of a tile."""


def _constants(like: Any, n: int) -> list[Any]:
    return [ir.Constant(like.type, i) for i in range(n)]


def _start_sums(vectors: Vectors, starts: list[Any], columns: int) -> Sums:
    """One row of sums for every start."""
    sums = [[vectors.variable() for _ in range(columns)] for _ in starts]
    for start, line in zip(starts, sums, strict=True):
        for total in line:
            vectors.builder.store(start, total)
    return sums


def _add_products(vectors: Vectors, sums: Sums, factors: list[Any], x_vectors: list[Any]) -> None:
    """Add every factor times every vector to its sum."""
    for factor, line in zip(factors, sums, strict=True):
        for total, x_vector in zip(line, x_vectors, strict=True):
            vectors.add_product(total, factor, x_vector)


def _write_columns(
    vectors: Vectors, sums: Sums, y: Flat, rows: list[Any], columns: list[Any], accumulate: bool
) -> None:
    """Store the sums or add them, column by column: sums that coincide have one order for every width of tile."""
    builder = vectors.builder
    for j, column in enumerate(columns):
        for r, row in enumerate(rows):
            offset, value = builder.add(row, column), builder.load(sums[r][j])
            if accumulate:
                value = builder.fadd(vectors.load(y, offset), value)
            vectors.store(value, y, offset)


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
            vectors.flat(kinds[3], y_rows, first),
            vectors.flat(kinds[12], w_rows, first),
            vectors.flat(kinds[13], w_taps),
        )
        bias = vectors.flat(kinds[5], bias, first)
        n_taps = builder.extract_value(context.make_array(kinds[9])(context, builder, x_taps).shape, 0)
        x_taps = vectors.flat(kinds[9], x_taps)
        row, step = _constants(first, rows), _constants(first, columns)
        x_columns = [vectors.flat(kinds[6], x, builder.add(x_start, builder.mul(x_step, j))) for j in step]
        w_row = [vectors.flat(kinds[10], w, builder.add(w_start, vectors.number(w_rows, r))) for r in row]
        zero = ir.Constant(vectors.type, None)
        starts = [zero if accumulate else vectors.spread(vectors.number(bias, r)) for r in row]
        sums = _start_sums(vectors, starts, columns)
        with cgutils.for_range(builder, n_taps) as loop:
            x_offset, w_offset = vectors.number(x_taps, loop.index), vectors.number(w_taps, loop.index)
            weights = [vectors.spread(vectors.number(weights_of_row, w_offset)) for weights_of_row in w_row]
            _add_products(vectors, sums, weights, [vectors.load(column, x_offset) for column in x_columns])
        y_places = [vectors.number(y_rows, r) for r in row], [builder.mul(y_step, j) for j in step]
        _write_columns(vectors, sums, vectors.flat(kinds[0], y, y_start), *y_places, accumulate)
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
        w_rows, w_taps = vectors.flat(kinds[2], w_rows, first_row), vectors.flat(kinds[4], w_taps, first_tap)
        dy_rows, x_taps = vectors.flat(kinds[8], dy_rows, first_row), vectors.flat(kinds[12], x_taps, first_tap)
        pairs = [vectors.flat(kinds[i], a) for i, a in ((9, dy_steps), (13, x_steps), (14, grid))]
        (dy_m, x_m, height), (dy_n, x_n, width) = (
            [vectors.number(pair, ir.Constant(first_row.type, i)) for pair in pairs] for i in (0, 1)
        )
        row, tap = _constants(first_row, rows), _constants(first_row, taps)
        dy_base = [vectors.flat(kinds[6], dy, builder.add(dy_start, vectors.number(dy_rows, r))) for r in row]
        x_base = [vectors.flat(kinds[10], x, builder.add(x_start, vectors.number(x_taps, t))) for t in tap]
        sums = _start_sums(vectors, [ir.Constant(vectors.type, None)] * rows, taps)
        with cgutils.for_range(builder, height) as m:
            dy_line, x_line = builder.mul(m.index, dy_m), builder.mul(m.index, x_m)
            with cgutils.for_range(builder, width) as n:
                dy_offset = builder.add(dy_line, builder.mul(n.index, dy_n))
                x_offset = builder.add(x_line, builder.mul(n.index, x_n))
                dy_vectors = [vectors.load(base, dy_offset) for base in dy_base]
                _add_products(vectors, sums, dy_vectors, [vectors.load(base, x_offset) for base in x_base])
        gradient = vectors.flat(kinds[0], dw, dw_start)
        for r, line in zip(row, sums, strict=True):
            for t, total in zip(tap, line, strict=True):
                offset = builder.add(vectors.number(w_rows, r), vectors.number(w_taps, t))
                vectors.put(vectors.sum_of_lanes(builder.load(total)), gradient, offset)
        return context.get_dummy_value()

    @intrinsic
    def tile(typing, dw, dw_start, w_rows, first_row, w_taps, first_tap, dy, dy_start, dy_rows, dy_steps, x, x_start, x_taps, x_steps, grid):  # type: ignore[no-untyped-def]  # fmt: skip  # noqa: E501
        i = types.intp
        kinds = (dw, i, w_rows, i, w_taps, i, dy, i, dy_rows, dy_steps, x, i, x_taps, x_steps, grid)
        return types.none(*kinds), emit

    return tile  # type: ignore[no-any-return]
