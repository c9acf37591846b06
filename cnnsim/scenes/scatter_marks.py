"""The frames that say where a step of a scatter is."""

from collections.abc import Mapping

from cnnsim.drawing import Cell, Frame, Matrix, Role
from cnnsim.scenes.motion import Between
from cnnsim.scenes.scatter_look import ScatterLook
from cnnsim.scenes.tensors import Tensor
from cnnsim.scenes.window import box
from cnnsim.trace import ScatterStep, ScatterTrace
from cnnsim.trace.cellwise import Place
from cnnsim.trace.geometry import Axis


def maps_reached(trace: ScatterTrace, step: ScatterStep, target: Tensor, *, whole: bool) -> tuple[str, ...]:
    """Return the matrices that get something: of all kernels of a value, or of a single weight."""
    weight, first = step.contribution.factors[1].place, trace.forward.first_channel(step.source[0])
    assert weight is not None
    channels = range(trace.forward.w.shape[1]) if whole else (weight[1],)
    return tuple(target.matrix((first + channel,)) for channel in channels)


def scatter_marks(
    look: ScatterLook, motion: Between[ScatterStep], target: Tensor, grids: Mapping[str, Matrix], *, whole: bool
) -> tuple[Frame, ...]:
    """Return the window and the value that is spread, and of a single product the weight and the cell it adds to."""
    spread = {look.trace.operand} if whole else {look.trace.operand, "kernel", "target"}
    here = {name: place for name, place in _places(motion.here).items() if name in spread}
    there = _places(motion.there)
    tensors = {**look.tensors, "target": target}
    windows = maps_reached(look.trace, motion.here, target, whole=whole)
    frames = [_window(look.trace, motion, grids[name]) for name in windows]
    for name, place in here.items():
        cell, following = tensors[name].cell(place), tensors[name].cell(there.get(name, place))
        if cell.matrix in grids:
            end = following if following.matrix == cell.matrix else cell
            frames.append(_frame(grids[cell.matrix], cell, end, motion, tensors[name].role))
    return tuple(frames)


def _window(trace: ScatterTrace, motion: Between[ScatterStep], grid: Matrix) -> Frame:
    """Outline the part of the result that lies in the window, sliding to the next one."""
    here, there = motion.here.source, motion.there.source
    geometry = trace.forward.geometry
    top, bottom = (
        motion.blend(a, b) for a, b in zip(_span(geometry.rows, here[1]), _span(geometry.rows, there[1]), strict=True)
    )
    left, right = (
        motion.blend(a, b) for a, b in zip(_span(geometry.cols, here[2]), _span(geometry.cols, there[2]), strict=True)
    )
    return box(grid, top, left, bottom - top, right - left, Role.KERNEL, fill=0.10)


def _span(axis: Axis, window: int) -> tuple[int, int]:
    """First cell in a window along one axis, and one more than the last."""
    first = axis.place(window, 0) - axis.before
    return max(first, 0), min(max(first + axis.extent, 0), axis.n)


def _places(step: ScatterStep) -> dict[str, Place]:
    places = {part.operand: part.place for part in step.contribution.factors if part.place is not None}
    return places if step.target is None else places | {"target": step.target}


def _frame(grid: Matrix, start: Cell, end: Cell, motion: Between[ScatterStep], role: Role) -> Frame:
    return box(grid, motion.blend(start.row, end.row), motion.blend(start.col, end.col), 1, 1, role)
