"""Tiled sums over positions and images: the gradient of weights that are shared by all positions."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.compile import kernel, part, wide_registers
from cnnsim.engine.tiles import outer_tile

Floats = NDArray[np.floating]
Offsets = NDArray[np.int64]

_LARGEST = 4 if wide_registers() else 2
"""Side of a tile: 16 sums in registers, or 4 pairs of half-registers where there are only 16 of them."""


def _strip(rows: int) -> Callable[..., None]:
    """Make the loop over the taps, for a tile of `rows` output maps."""
    wide, pair, single = outer_tile(rows, _LARGEST), outer_tile(rows, 2), outer_tile(rows, 1)
    largest = _LARGEST

    def strip(dw, w0, w_rows, r, w_taps, dy, dy0, dy_rows, dy_steps, x, x0, x_taps, x_steps, grid):  # type: ignore[no-untyped-def]
        t = 0
        while len(x_taps) - t >= largest:
            wide(dw, w0, w_rows, r, w_taps, t, dy, dy0, dy_rows, dy_steps, x, x0, x_taps, x_steps, grid)
            t += largest
        if len(x_taps) - t >= 2:
            pair(dw, w0, w_rows, r, w_taps, t, dy, dy0, dy_rows, dy_steps, x, x0, x_taps, x_steps, grid)
            t += 2
        if len(x_taps) - t >= 1:
            single(dw, w0, w_rows, r, w_taps, t, dy, dy0, dy_rows, dy_steps, x, x0, x_taps, x_steps, grid)

    return part(strip, f"outer_strip_{rows}x{largest}")


_wide, _pair, _single = _strip(_LARGEST), _strip(2), _strip(1)


@kernel
def outer(
    dw: Floats, dy: Floats, x: Floats, rows: Offsets, taps: Offsets, steps: Offsets, w_step: int, grid: Offsets
) -> None:
    """Write ``Σ_positions Σ_lanes dy·x`` for every pair of an output map and a tap, one gradient per block.

    Parameters
    ----------
    dw, dy, x
        Flat arrays.
    rows
        Offsets (2, groups, n_rows) of an output map in `dy` and in `dw`.
    taps
        Offsets (2, groups, n_taps) of a tap in `x` and in `dw`.
    steps
        (2, 3): how far `dy` and `x` move per block, row and column of the grid.
    w_step
        How far `dw` moves per block.
    grid
        (3,): blocks, rows, columns.
    """
    for b in range(grid[0]):
        w0, dy0, x0 = b * w_step, b * steps[0, 0], b * steps[1, 0]
        for g in range(rows.shape[1]):
            dy_rows, w_rows, x_taps, w_taps = rows[0, g], rows[1, g], taps[0, g], taps[1, g]
            dy_steps, x_steps, plane = steps[0, 1:], steps[1, 1:], grid[1:]
            r = 0
            while len(dy_rows) - r >= _LARGEST:
                _wide(dw, w0, w_rows, r, w_taps, dy, dy0, dy_rows, dy_steps, x, x0, x_taps, x_steps, plane)
                r += _LARGEST
            if len(dy_rows) - r >= 2:
                _pair(dw, w0, w_rows, r, w_taps, dy, dy0, dy_rows, dy_steps, x, x0, x_taps, x_steps, plane)
                r += 2
            if len(dy_rows) - r >= 1:
                _single(dw, w0, w_rows, r, w_taps, dy, dy0, dy_rows, dy_steps, x, x0, x_taps, x_steps, plane)
