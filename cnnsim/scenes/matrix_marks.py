"""What is marked on a matrix that a convolution is shown as: lines, entries and blocks."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from cnnsim.drawing import Cell, Frame, Matrix, Role, Tint
from cnnsim.scenes.marks import Box, moving
from cnnsim.scenes.matrix_looking import belonging
from cnnsim.scenes.matrix_picture import MatrixPicture, Spots
from cnnsim.scenes.motion import Between
from cnnsim.trace import Step
from cnnsim.trace.convolution_products import Indices
from cnnsim.trace.geometry import OUTSIDE

_COARSE = 5.0  # pixels of a cell from which blocks are outlined


def tinted(picture: MatrixPicture, step: Step, large: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """Light up all that the current cell is computed from."""
    target = picture.target(step)
    computed = None if target is None else target[0]
    lit = _lit(picture.spots(step), large, Role.KERNEL)
    return {name: large[name] if name == computed else lit[name] for name in large}


def looked_at(picture: MatrixPicture, cell: Cell, large: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """Light up all that a cell of the grids takes part in."""
    spots = belonging(picture, cell)
    tensors = (picture.inputs, picture.kernels, picture.beside)
    role = next((tensor.role for tensor in tensors if tensor is not None and tensor.shown(cell)), Role.KERNEL)
    return dict(large) if spots is None else _lit(spots, large, role)


def _lit(spots: Spots, large: Mapping[str, Matrix], role: Role) -> dict[str, Matrix]:
    real = spots.cols != OUTSIDE
    cells = {
        "along": (spots.filters[real], spots.cols[real]),
        "matrix": (spots.rows[real], spots.cols[real]),
        "beside": (spots.rows, spots.filters),
    }
    return {name: replace(matrix, tints=(_tint(matrix, cells[name], role),)) for name, matrix in large.items()}


def _tint(matrix: Matrix, cells: tuple[Indices, Indices], role: Role) -> Tint:
    mask = np.zeros(matrix.values.shape, np.bool_)
    mask[cells] = True
    return Tint(mask, role)


def blocks(picture: MatrixPicture, matrix: Matrix) -> Iterator[Frame]:
    """Outline the blocks: one for each pair of maps; with a single map, of a row of the output and one of the input."""
    rows, cols = matrix.values.shape
    height, width = _block(picture)
    if matrix.cell < _COARSE or (height, width) == (rows, cols) or min(height, width) < 2:
        return
    for row in range(0, rows, height):
        for col in range(0, cols, width):
            corner = (matrix.x + col * matrix.cell, matrix.y + row * matrix.cell)
            yield Frame(*corner, width * matrix.cell, height * matrix.cell, Role.MUTED, thickness=1.0)


def _block(picture: MatrixPicture) -> tuple[int, int]:
    forward = picture.forward
    if picture.form == "im2col":
        return len(picture.matrix().values), forward.w[0, 0].size
    if len(forward.x) == len(forward.w) == 1:
        return forward.geometry.cols.windows, forward.geometry.cols.n
    return forward.output[0].size, forward.x[0].size


def line_marks(picture: MatrixPicture, motion: Between[Step], large: Mapping[str, Matrix]) -> Iterator[Frame]:
    """Outline the line that is read, the cell that it makes, and the factors that are being multiplied."""
    here, there = _boxes(picture, motion.here), _boxes(picture, motion.there)
    for key, start in here.items():
        name, mark = key
        line = mark == "line"
        role = Role.KERNEL if line else large[name].role
        yield moving(large[name], start, there.get(key, start), motion, role, 0.10 if line else 0.0)


def _boxes(picture: MatrixPicture, step: Step) -> dict[tuple[str, str], Box]:
    """Return what is outlined by the part of the picture that it lies in, and the kind of mark."""
    target = picture.target(step)
    boxes = {} if target is None else _lines(picture, *target)
    if step.contribution is None:
        return boxes
    spots, number = picture.spots(step), step.number
    row, col, filters = (int(part[number]) for part in (spots.rows, spots.cols, spots.filters))
    factors = {"matrix": (row, col), "along": (filters, col), "beside": (row, filters)}
    for name, cell in factors.items():
        if (name, "target") not in boxes and (col != OUTSIDE or name == "beside"):
            boxes[name, "factor"] = (*cell, 1, 1)
    return boxes


def _lines(picture: MatrixPicture, name: str, row: int, col: int) -> dict[tuple[str, str], Box]:
    """Return the line of the matrix that makes a cell of another part, and the line of the third part that it meets."""
    rows, cols = picture.matrix().values.shape
    down = name == "along"
    boxes: dict[tuple[str, str], Box] = {("matrix", "line"): (0, col, rows, 1) if down else (row, 0, 1, cols)}
    if picture.form == "im2col":
        boxes["beside" if down else "along", "line"] = (0, row, rows, 1) if down else (col, 0, 1, cols)
    boxes[name, "target"] = (row, col, 1, 1)
    return boxes
