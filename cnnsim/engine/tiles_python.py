"""The two innermost loops in plain Python: what `cnnsim.engine.tiles` means, and runs under ``NUMBA_DISABLE_JIT=1``."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.compile import LANES

Floats = NDArray[np.floating]
Offsets = NDArray[np.int64]


def product_tile(rows: int, columns: int, accumulate: bool) -> Callable[..., None]:
    """Make the loop for a tile of `rows` outputs by `columns` vectors; arguments as in `cnnsim.engine.tiles`."""

    def tile(
        y: Floats, y_start: int, y_step: int, y_rows: Offsets, first: int, bias: Floats,
        x: Floats, x_start: int, x_step: int, x_taps: Offsets,
        w: Floats, w_start: int, w_rows: Offsets, w_taps: Offsets,
    ) -> None:  # fmt: skip
        for j in range(columns):
            for r in range(first, first + rows):
                total = np.full(LANES, 0 if accumulate else bias[r], y.dtype)
                for k in range(len(x_taps)):
                    x_offset = x_start + j * x_step + x_taps[k]
                    total += w[w_start + w_rows[r] + w_taps[k]] * x[x_offset : x_offset + LANES]
                y_offset = y_start + y_rows[r] + j * y_step
                cell = y[y_offset : y_offset + LANES]
                cell[:] = cell + total if accumulate else total

    return tile


def outer_tile(rows: int, taps: int) -> Callable[..., None]:
    """Make the loop for a tile of `rows` output maps by `taps` weights; arguments as in `cnnsim.engine.tiles`."""

    def tile(
        dw: Floats, dw_start: int, w_rows: Offsets, first_row: int, w_taps: Offsets, first_tap: int,
        dy: Floats, dy_start: int, dy_rows: Offsets, dy_steps: Offsets,
        x: Floats, x_start: int, x_taps: Offsets, x_steps: Offsets, grid: Offsets,
    ) -> None:  # fmt: skip
        for r in range(first_row, first_row + rows):
            for t in range(first_tap, first_tap + taps):
                total = np.zeros(LANES, dw.dtype)
                for m in range(grid[0]):
                    for n in range(grid[1]):
                        a = dy_start + dy_rows[r] + m * dy_steps[0] + n * dy_steps[1]
                        b = x_start + x_taps[t] + m * x_steps[0] + n * x_steps[1]
                        total += dy[a : a + LANES] * x[b : b + LANES]
                dw[dw_start + w_rows[r] + w_taps[t]] = total.sum()

    return tile
