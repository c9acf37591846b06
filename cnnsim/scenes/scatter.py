"""The gradient of the input as a scatter: every G is spread through its window, weight by weight."""

from collections.abc import Mapping

import numpy as np

from cnnsim.drawing import Cell, Drawing, Frame, Matrix, Role, Term
from cnnsim.scenes.convolution_backward import gradient_tensor
from cnnsim.scenes.convolution_panels import kernel_caption, kernel_tensor, weight_indices
from cnnsim.scenes.footer import footer, footer_height
from cnnsim.scenes.layout import Area, View, size_text
from cnnsim.scenes.motion import Between, between
from cnnsim.scenes.numerals import factor, number
from cnnsim.scenes.panels import Column, largest, lay_out, slices, stacked
from cnnsim.scenes.signs import arrow, between_grids
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.tensors import Tensor
from cnnsim.scenes.window import box
from cnnsim.trace import GrainView, ScatterStep, ScatterTrace
from cnnsim.trace.cellwise import Place
from cnnsim.trace.geometry import Axis
from cnnsim.typography import digits_that_add_up, exact, format_number

_GAP = 4.2  # units between columns: room for the operators


def scatter_scene(steps: GrainView[ScatterStep], position: float, view: View) -> Drawing:
    """Draw the gradient of a convolution with respect to its input, spread from the output, at a position.

    Returns a drawing with the matrices ``gradient`` (∂J/∂y), ``kernel`` and ``input gradient`` as far as it has come.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution, input_gradient_scatter
    >>> steps = input_gradient_scatter(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))).at("cell")
    >>> scatter_scene(steps, 0.0, View(800, 560)).matrix("input gradient").values[0]
    array([1., 0., 1., 0., 0.])
    """
    trace = steps.trace
    assert isinstance(trace, ScatterTrace)
    motion = between(steps, position)
    step, tensors = motion.here, _tensors(trace, motion.here)
    digits = _digits(step)
    margin = view.unit * 1.2
    area = Area(margin, margin, view.width - 2 * margin, view.height - footer_height(view) - 2 * margin)
    matrices = lay_out(view, area, _columns(trace, step, tensors), view.unit * _GAP, digits)
    grids = {matrix.name: matrix for matrix in matrices}
    g = next(grid for name, grid in grids.items() if name.startswith("gradient"))
    kernel = next(grid for name, grid in grids.items() if name.startswith("kernel"))
    target = next(grid for name, grid in grids.items() if name.startswith("input gradient"))
    lines = (
        _narration(step, tensors, digits),
        _symbolic(trace),
        (_numeric(step, tensors, digits),),
        _note(trace, step, tensors),
    )
    signs = (between_grids(g, kernel, "·", view), arrow(kernel, target, view))
    return Drawing(
        view.width, view.height, (*matrices, *signs, *_marks(trace, motion, tensors, grids), *footer(view, *lines))
    )


def scatter_tensors(trace: ScatterTrace) -> dict[str, Tensor]:
    """Return the operands by the names that contributions use."""
    return {"gradient": gradient_tensor(trace.g), "kernel": kernel_tensor(trace.forward)}


def _tensors(trace: ScatterTrace, step: ScatterStep) -> dict[str, Tensor]:
    target = Tensor("input gradient", Role.INPUT, trace.partial(step.index), "∂x")
    return scatter_tensors(trace) | {"target": target}


def _columns(trace: ScatterTrace, step: ScatterStep, tensors: Mapping[str, Tensor]) -> list[Column]:
    note = size_text(*trace.forward.w.shape[2:])
    limit = max(largest(trace.output), largest(trace.g) * largest(trace.forward.applied))
    return [
        stacked(slices(tensors["gradient"], "Gradient", "∂J/∂y", editable=True)),
        stacked(slices(tensors["kernel"], kernel_caption(trace.forward), note, lead=(step.source[0],), editable=True)),
        stacked(slices(tensors["target"], "Input gradient", "∂J/∂x", limit=limit)),
    ]


def _marks(
    trace: ScatterTrace, motion: Between[ScatterStep], tensors: Mapping[str, Tensor], grids: Mapping[str, Matrix]
) -> tuple[Frame, ...]:
    """Return the window, the cell of G, the weight and the input cell it adds to, each on its way to the next."""
    here, there = _places(motion.here), _places(motion.there)
    frames = [_window(trace, motion, grids)]
    for name, place in here.items():
        cell, following = tensors[name].cell(place), tensors[name].cell(there.get(name, place))
        if cell.matrix in grids:
            end = following if following.matrix == cell.matrix else cell
            frames.append(_frame(grids[cell.matrix], cell, end, motion, tensors[name].role))
    return tuple(frames)


def _window(trace: ScatterTrace, motion: Between[ScatterStep], grids: Mapping[str, Matrix]) -> Frame:
    """Outline the part of the input that lies in the window, sliding to the next one."""
    here, there = motion.here.source, motion.there.source
    geometry = trace.forward.geometry
    top, bottom = (
        motion.blend(a, b) for a, b in zip(_span(geometry.rows, here[1]), _span(geometry.rows, there[1]), strict=True)
    )
    left, right = (
        motion.blend(a, b) for a, b in zip(_span(geometry.cols, here[2]), _span(geometry.cols, there[2]), strict=True)
    )
    grid = next(grid for name, grid in grids.items() if name.startswith("input gradient"))
    return box(grid, top, left, bottom - top, right - left, Role.KERNEL, fill=0.10)


def _span(axis: Axis, window: int) -> tuple[int, int]:
    """First cell of the input in a window along one axis, and one more than the last."""
    first = axis.place(window, 0) - axis.before
    return max(first, 0), min(max(first + axis.extent, 0), axis.n)


def _places(step: ScatterStep) -> dict[str, Place]:
    places = {part.operand: part.place for part in step.contribution.factors if part.place is not None}
    return places if step.target is None else places | {"target": step.target}


def _frame(grid: Matrix, start: Cell, end: Cell, motion: Between[ScatterStep], role: Role) -> Frame:
    return box(grid, motion.blend(start.row, end.row), motion.blend(start.col, end.col), 1, 1, role)


def _digits(step: ScatterStep) -> int | None:
    values = [part.value for part in step.contribution.factors] + [step.contribution.value]
    if step.before is not None and step.after is not None:
        values += [step.before, step.after]
    if all(exact(value) is not None for value in values):
        return None
    if step.before is None or step.after is None:
        return 2
    return digits_that_add_up(([step.before, step.contribution.value], step.after))


def _numeric(step: ScatterStep, tensors: Mapping[str, Tensor], digits: int | None) -> tuple[Term, ...]:
    g, w = step.contribution.factors
    product = (
        factor(g.value, digits, Role.GRADIENT, bold=True),
        Term("·"),
        factor(w.value, digits, Role.KERNEL, bold=True),
    )
    if step.target is None or step.before is None or step.after is None:
        return (*product, Term("  falls on padding: nothing of the input gets it", Role.MUTED))
    target = tensors["target"]
    return (
        Term("∂x", Role.INPUT, bold=True),
        Term(f"{target.words(step.target)[2:]}  =  "),
        number(step.before, digits, Role.INPUT),
        Term(" + "),
        *product,
        Term("  =  " if digits is None else "  ≈  "),
        number(step.after, digits, Role.INPUT, target.cell(step.target), bold=True),
    )


def _narration(step: ScatterStep, tensors: Mapping[str, Tensor], digits: int | None) -> tuple[Term, ...]:
    g, w = step.contribution.factors
    assert g.place is not None and w.place is not None
    return (
        Term(f"{tensors['gradient'].words(g.place)} = "),
        factor(g.value, digits, Role.GRADIENT, bold=True),
        Term(f" goes back through {tensors['kernel'].words(w.place)} = "),
        factor(w.value, digits, Role.KERNEL, bold=True),
        Term(": "),
        Term(format_number(step.contribution.value, digits), bold=True),
        Term(" more." if step.target is not None else " lost."),
    )


def _symbolic(trace: ScatterTrace) -> tuple[Term, ...]:
    rows, cols = trace.forward.geometry.rows, trace.forward.geometry.cols
    return (
        Term("∂J/∂"),
        Term("x", Role.INPUT, bold=True),
        Term(f"[{axis_place('m', 'r', rows)}, {axis_place('n', 't', cols)}]  gets  "),
        Term("G", Role.GRADIENT, bold=True),
        Term("[m, n] · "),
        Term("w", Role.KERNEL, bold=True),
        Term(f"[{weight_indices(trace.forward)}]"),
        Term("      for every m, n, r, t", Role.MUTED),
    )


def _note(trace: ScatterTrace, step: ScatterStep, tensors: Mapping[str, Tensor]) -> tuple[Term, ...]:
    """Say that gathering ends in the same numbers; at the last step, having compared them."""
    if step.index < len(trace) - 1:
        return (Term("Spread from G here; gathered at each x, the numbers at the end are the same.", Role.MUTED),)
    same = np.allclose(tensors["target"].array, trace.output, rtol=1e-12, atol=1e-12)
    words = "✓ the same numbers as gathered at each x" if same else "not what gathering at each x gives"
    return (Term(words, Role.INPUT if same else Role.WARNING, bold=True),)
