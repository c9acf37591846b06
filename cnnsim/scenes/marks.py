"""The frames that say where a step is: what it reads, what it multiplies, and the cell it computes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Cell, Frame, Highlight, Matrix, Role, Tint
from cnnsim.scenes.look import Look
from cnnsim.scenes.motion import Between
from cnnsim.scenes.tensors import Tensor
from cnnsim.scenes.window import box
from cnnsim.trace import Step, sources
from cnnsim.trace.cellwise import Place
from cnnsim.trace.uses import Places

Box = tuple[float, float, float, float]
"""Row, column, rows and columns of a part of a matrix."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Smallest box of a matrix that holds all that a cell is computed from, and whether it holds anything else."""

    box: Box
    dense: bool

    def holds(self, mark: Highlight) -> bool:
        """Whether a highlight lies in it."""
        row, col, rows, cols = self.box
        return row <= mark.row < row + rows and col <= mark.col < col + cols


def marks(look: Look, motion: Between[Step], grids: Mapping[str, Matrix], *, alone: bool = False) -> tuple[Frame, ...]:
    """Return the cell that is computed and, unless it stands alone, what it is computed from and what is multiplied."""
    target, following = look.output.cell(motion.here.cell), look.output.cell(motion.there.cell)
    start, end = _one(target), _one(following if following.matrix == target.matrix else target)
    output = (moving(grids[target.matrix], start, end, motion, look.output.role),) if target.matrix in grids else ()
    if alone:
        return output
    return (*_reach_marks(look, motion, grids), *output, *_factor_marks(look, motion, grids))


def quiet(frames: Iterable[Frame]) -> tuple[Frame, ...]:
    """Return frames that step back behind what is looked at."""
    return tuple(replace(frame, dashed=True, fill=0.0, thickness=frame.thickness * 0.6) for frame in frames)


def reach(look: Look, cell: Place) -> dict[str, Reach]:
    """Return the part of each matrix that an output cell is computed from."""
    found: dict[str, Reach] = {}
    for operand, places in sources(look.trace.rule, cell).items():
        tensor = look.tensors.get(operand)
        for matrix, cells in [] if tensor is None else by_matrix(tensor, places):
            found[matrix] = _reach(cells)
    return found


def touched(look: Look, cell: Place, matrices: Sequence[Matrix]) -> tuple[Matrix, ...]:
    """Light up the cells that an output cell is computed from, in the matrices where a box would hold others too."""
    boxes = reach(look, cell)
    names = [matrix.name for matrix in matrices if matrix.name in boxes and not boxes[matrix.name].dense]
    found = {
        name: tint
        for operand, places in (sources(look.trace.rule, cell) if names else {}).items()
        if operand in look.tensors
        for name, tint in tints(look.tensors[operand], places, Role.KERNEL, names)
    }
    return tuple(
        replace(matrix, tints=(*matrix.tints, found[matrix.name])) if matrix.name in found else matrix
        for matrix in matrices
    )


def unmarked(matrices: Sequence[Matrix], reaches: Mapping[str, Reach]) -> tuple[Matrix, ...]:
    """Return the matrices without highlights in those parts: the winner of a window gives its result away."""
    return tuple(
        replace(matrix, highlights=tuple(mark for mark in matrix.highlights if not reaches[matrix.name].holds(mark)))
        if matrix.highlights and matrix.name in reaches
        else matrix
        for matrix in matrices
    )


def tints(tensor: Tensor, places: Places, role: Role, grids: Iterable[str]) -> Iterator[tuple[str, Tint]]:
    """Yield, for each of these matrices that shows a part of the tensor, the cells at the places."""
    mask = tensor.mask(places)
    for name in grids:
        lead = tensor.lead(name)
        if lead is not None and mask[lead].any():
            yield name, Tint(mask[lead], role)


def by_matrix(tensor: Tensor, places: Places) -> Iterator[tuple[str, Places]]:
    """Divide places among the matrices that show them; of each, the rows and columns: (n, 2)."""
    if not len(places):
        return
    places = tensor.cells(places)
    leads = places[:, :-2]
    if (leads == leads[0]).all():
        yield tensor.matrix(tuple(leads[0].tolist())), places[:, -2:]
        return
    for lead in sorted({tuple(lead) for lead in leads.tolist()}):
        yield tensor.matrix(lead), places[(leads == lead).all(axis=1), -2:]


def _reach(cells: Places) -> Reach:
    (top, rows), (left, cols) = map(_span, cells.T)
    return Reach((top, left, rows, cols), len(cells) >= rows * cols)


def _span(places: NDArray[np.intp]) -> tuple[int, int]:
    """Return the least place and how many there are up to the largest."""
    least = int(places.min())
    return least, int(places.max()) - least + 1


def _reach_marks(look: Look, motion: Between[Step], grids: Mapping[str, Matrix]) -> Iterator[Frame]:
    here = reach(look, motion.here.cell)
    there = here if motion.there.cell == motion.here.cell else reach(look, motion.there.cell)
    for name, start in here.items():
        if name in grids and start.box[2:] != grids[name].values.shape:
            end = there.get(name, start)
            yield moving(grids[name], start.box, end.box, motion, Role.KERNEL, fill=0.10 if start.dense else 0.0)


def _factor_marks(look: Look, motion: Between[Step], grids: Mapping[str, Matrix]) -> Iterator[Frame]:
    here, there = _factor_cells(look, motion.here), _factor_cells(look, motion.there)
    for operand, cell in here.items():
        following = there.get(operand, cell)
        end = following if following.matrix == cell.matrix else cell
        if cell.matrix in grids:
            role = look.tensors[operand].role
            yield moving(grids[cell.matrix], _one(cell), _one(end), motion, role)


def _factor_cells(look: Look, step: Step) -> dict[str, Cell]:
    if step.contribution is None:
        return {}
    return {
        part.operand: look.tensors[part.operand].cell(part.place)
        for part in step.contribution.factors
        if part.place is not None and part.operand in look.tensors
    }


def _one(cell: Cell) -> Box:
    return cell.row, cell.col, 1, 1


def moving(grid: Matrix, start: Box, end: Box, motion: Between[Step], role: Role, fill: float = 0.0) -> Frame:
    """Outline a part of a grid on its way to another part."""
    row, col, rows, cols = (motion.blend(a, b) for a, b in zip(start, end, strict=True))
    return box(grid, row, col, rows, cols, role, fill)
