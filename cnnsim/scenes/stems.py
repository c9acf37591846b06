"""Signals one above the other over a common axis, as stems; what slides along a signal stands at its present place."""

from collections.abc import Mapping

from cnnsim.drawing import Arrow, Drawing, Matrix, Stems
from cnnsim.scenes.footer import footer, footer_height
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.look import Look
from cnnsim.scenes.motion import Between
from cnnsim.scenes.shown import shown
from cnnsim.scenes.signs import arrow
from cnnsim.scenes.stems_layout import lay_out_signals
from cnnsim.trace import GrainView, Step


def into(grids: Mapping[str, Matrix], name: str, view: View) -> tuple[Arrow, ...]:
    """Return an arrow to a matrix on the right from the signal at its height."""
    target = grids[name]
    height = target.y + target.height / 2
    sources = (grid for grid in grids.values() if isinstance(grid, Stems) and grid.y < height < grid.y + grid.height)
    return tuple(arrow(source, target, view) for source in sources)


def sliding(motion: Between[Step] | None, step: Step, axis: int) -> float:
    """Index of a step's cell along an axis of the output, on its way to the next one of the same map."""
    if motion is None or step.cell != motion.here.cell:
        return step.cell[axis]
    here, there = step.cell, motion.there.cell
    return motion.blend(here[axis], there[axis] if there[:axis] == here[:axis] else here[axis])


def stems_scene(look: Look, steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the signals, the marks and the formulas of an operation on signals at a position.

    The first column of the look are strips, which stand one above the other; what else it has stands on their right.
    """
    now = shown(look, steps, position, view)
    digits = now.digits()
    margin = view.unit * 1.2
    area = Area(margin, margin, view.width - 2 * margin, view.height - footer_height(view) - 2 * margin)
    matrices = now.lit(lay_out_signals(view, area, now.columns, digits.cells))
    grids = {matrix.name: matrix for matrix in matrices}
    signs = look.operators(grids, view)
    return Drawing(view.width, view.height, (*matrices, *signs, *now.marks(grids), *footer(view, *now.lines(digits))))
