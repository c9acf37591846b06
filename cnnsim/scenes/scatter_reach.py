"""What lights up in a scatter for the cell that is looked at: what it reaches, or what reaches it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Cell, Matrix, Role, Tint
from cnnsim.scenes.scatter_look import ScatterLook
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import ScatterTrace
from cnnsim.trace.cellwise import Place

Mask = NDArray[np.bool_]


def lit(look: ScatterLook, looked_at: Cell, target: Tensor, matrices: Sequence[Matrix]) -> tuple[Matrix, ...]:
    """Return the matrices with all that belongs to the cell lit up."""
    found = {name: Tint(mask, role) for name, mask, role in _belonging(look, looked_at, target)}
    return tuple(
        replace(matrix, tints=(*matrix.tints, found[matrix.name])) if matrix.name in found else matrix
        for matrix in matrices
    )


def _belonging(look: ScatterLook, cell: Cell, target: Tensor) -> Iterator[tuple[str, Mask, Role]]:
    """Yield the names of matrices, the cells in them that belong to a cell, and the role of that cell."""
    trace = look.trace
    spread, kernel = look.tensors[trace.operand], look.tensors["kernel"]
    for tensor in (target, spread, kernel):
        place = tensor.shown(cell)
        if place is not None:
            for out, channel in _pairs(trace, place, of_target=tensor is target, of_kernel=tensor is kernel):
                met = _met(trace, place, of_target=tensor is target, of_kernel=tensor is kernel)
                within = (trace.forward.first_channel(out) + channel,)
                for shown, lead, mask in (
                    (target, within, _reached(trace, met)),
                    (spread, (out,), np.asarray(met.any(axis=(1, 3)))),
                    (kernel, (out, channel), np.asarray(met.any(axis=(0, 2)))),
                ):
                    if shown is not tensor:
                        yield shown.matrix(lead), mask, tensor.role


def _reached(trace: ScatterTrace, met: Mask) -> Mask:
    """Cells of a map of the result at which meetings are: (rows, columns)."""
    geometry = trace.forward.geometry
    rows, cols = geometry.input_shape
    reached = np.zeros(rows * cols + 1, np.bool_)  # the last is what lies on padding
    reached[geometry.seen()[met]] = True
    return reached[:-1].reshape(rows, cols)


def _met(trace: ScatterTrace, place: Place, *, of_target: bool, of_kernel: bool) -> Mask:
    """(H', kh, W', kw); True for the meetings of values with weights that a cell takes part in."""
    row, col = place[-2:]
    seen = trace.forward.geometry.seen()
    if of_target:
        return np.asarray(seen == row * trace.forward.geometry.cols.n + col)
    met = np.zeros(seen.shape, np.bool_)
    if of_kernel:
        met[:, row, :, col] = True
    else:
        met[row, :, col, :] = True
    return met


def _pairs(trace: ScatterTrace, place: Place, *, of_target: bool, of_kernel: bool) -> Iterator[tuple[int, int]]:
    """Yield the maps whose values are spread and the slices of their kernels that a cell has to do with."""
    outs, channels = trace.forward.w.shape[:2]
    for out in range(outs):
        for channel in range(channels):
            if of_target:
                belongs = trace.forward.first_channel(out) + channel == place[0]
            elif of_kernel:
                belongs = (out, channel) == place[:2]
            else:
                belongs = out == place[0]
            if belongs:
                yield out, channel
