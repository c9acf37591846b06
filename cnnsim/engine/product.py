"""Tiled sums of products over a grid of positions: what convolution, dense layers and their gradients share."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.compile import kernel, part, wide_registers
from cnnsim.engine.tiles import product_tile

Floats = NDArray[np.floating]
Offsets = NDArray[np.int64]

_COLUMNS = 4 if wide_registers() else 1
"""Vectors beside each other in a tile: with 4 rows, 16 sums, or 8 half-registers where there are only 16 of them."""


def _strip(rows: int, accumulate: bool) -> Callable[..., None]:
    """Make the loop over one row of positions, for a tile of `rows` outputs."""
    wide = product_tile(rows, _COLUMNS, accumulate)
    pair = product_tile(rows, 2, accumulate)
    single = product_tile(rows, 1, accumulate)
    columns = _COLUMNS

    def strip(n_columns, y, y0, ys, y_rows, first, bias, x, x0, xs, x_taps, w, w0, w_rows, w_taps):  # type: ignore[no-untyped-def]
        n = 0
        while n_columns - n >= columns:
            wide(y, y0 + n * ys, ys, y_rows, first, bias, x, x0 + n * xs, xs, x_taps, w, w0, w_rows, w_taps)
            n += columns
        if n_columns - n >= 2:
            pair(y, y0 + n * ys, ys, y_rows, first, bias, x, x0 + n * xs, xs, x_taps, w, w0, w_rows, w_taps)
            n += 2
        if n_columns - n >= 1:
            single(y, y0 + n * ys, ys, y_rows, first, bias, x, x0 + n * xs, xs, x_taps, w, w0, w_rows, w_taps)

    return part(strip, f"product_strip_{rows}x{columns}_{'add' if accumulate else 'store'}")


def _grid(accumulate: bool) -> Callable[..., None]:
    """Make the loop over groups, blocks, rows of positions and tiles of outputs."""
    strip4, strip2, strip1 = _strip(4, accumulate), _strip(2, accumulate), _strip(1, accumulate)

    def loop(y, y_rows, y_steps, bias, x, x_taps, x_steps, w, w_rows, w_taps, w_step, grid):  # type: ignore[no-untyped-def]
        n_rows = len(y_rows)
        for b in range(grid[0]):
            for m in range(grid[1]):
                y0 = b * y_steps[0] + m * y_steps[1]
                x0 = b * x_steps[0] + m * x_steps[1]
                w0 = b * w_step
                r = 0
                while n_rows - r >= 4:
                    strip4(
                        grid[2], y, y0, y_steps[2], y_rows, r, bias, x, x0, x_steps[2], x_taps, w, w0, w_rows, w_taps
                    )
                    r += 4
                if n_rows - r >= 2:
                    strip2(
                        grid[2], y, y0, y_steps[2], y_rows, r, bias, x, x0, x_steps[2], x_taps, w, w0, w_rows, w_taps
                    )
                    r += 2
                if n_rows - r >= 1:
                    strip1(
                        grid[2], y, y0, y_steps[2], y_rows, r, bias, x, x0, x_steps[2], x_taps, w, w0, w_rows, w_taps
                    )

    return part(loop, f"product_grid_{'add' if accumulate else 'store'}")


_store = _grid(False)
_add = _grid(True)


@kernel
def product(
    y: Floats,
    x: Floats,
    w: Floats,
    bias: Floats,
    rows: Offsets,
    taps: Offsets,
    steps: Offsets,
    w_step: int,
    grid: Offsets,
) -> None:
    """Write ``bias + Σ_taps w·x`` for every output row at every position of a grid.

    Parameters
    ----------
    y, x, w
        Flat arrays; every number of `w` meets vectors of L neighbouring numbers of `x`, giving vectors of `y`.
    bias
        (groups · n_rows).
    rows
        Offsets (2, groups, n_rows) of an output in `y` and in `w`.
    taps
        Offsets (2, groups, n_taps) of a summand in `x` and in `w`.
    steps
        (2, 3): how far `y` and `x` move per block, row and column of the grid.
    w_step
        How far `w` moves per block: 0 where all blocks share it.
    grid
        (3,): blocks, rows, columns.
    """
    n_rows = rows.shape[2]
    for g in range(rows.shape[1]):
        group_bias = bias[g * n_rows : (g + 1) * n_rows]
        _store(y, rows[0, g], steps[0], group_bias, x, taps[0, g], steps[1], w, rows[1, g], taps[1, g], w_step, grid)


@kernel
def scatter(y: Floats, x: Floats, w: Floats, rows: Offsets, taps: Offsets, steps: Offsets, grid: Offsets) -> None:
    """Add ``Σ_taps w·x`` to every output row at every position, where outputs of different positions may coincide.

    Arguments as in `product`.
    """
    for g in range(rows.shape[1]):
        _add(y, rows[0, g], steps[0], y, x, taps[0, g], steps[1], w, rows[1, g], taps[1, g], 0, grid)
