"""The turn of the kernels that a true convolution begins with: every cell travels along half a circle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import cos, nan, pi, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Drawing, Item, Label, Matrix, Role, Term
from cnnsim.scenes.cellwise import room
from cnnsim.scenes.columns import lay_out
from cnnsim.scenes.convolution import ConvolutionLook
from cnnsim.scenes.convolution_panels import kernel_tensor
from cnnsim.scenes.footer import footer, lines_of_note
from cnnsim.scenes.layout import View
from cnnsim.scenes.motion import between
from cnnsim.scenes.scale_bars import scale_bars
from cnnsim.scenes.size_formula import size_terms
from cnnsim.scenes.symbols import over
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import Convolution, GrainView, KernelTurn, Step, TurnStep
from cnnsim.trace.cellwise import cellwise

_GAP = 4.2  # units between columns, as when the kernel slides
_BEYOND = 0.4  # units that a turning kernel may reach beyond its place
_CAPTION = 0.95  # units from a matrix up to the middle of its caption
_BEFORE = Step(0, "multiply", (0, 0, 0), -1, None, nan, None, None)
"""Before the first product: nothing is multiplied, nothing is added up."""


@dataclass(frozen=True, slots=True)
class _Turning:
    """A grid of kernel cells on its way: cell (row, col) of the given kernel to the opposite place.

    Parameters
    ----------
    rows, cols
        Cells of the kernel.
    cell
        Side of a cell at rest.
    angle
        From 0, as given, to π, turned.
    spare
        How far, in pixels, it may reach beyond the grid.
    """

    rows: int
    cols: int
    cell: float
    angle: float
    spare: float

    @property
    def side(self) -> float:
        """Side of a cell on its way: neighbours that stand askew would overlap otherwise."""
        return self.cell / (abs(cos(self.angle)) + abs(sin(self.angle))) * self._share

    def centre(self, row: int, col: int) -> tuple[float, float]:
        """Middle of a cell, seen from the middle of the grid."""
        x, y = (col - (self.cols - 1) / 2) * self.cell, (row - (self.rows - 1) / 2) * self.cell
        turned = x * cos(self.angle) - y * sin(self.angle), x * sin(self.angle) + y * cos(self.angle)
        return turned[0] * self._share, turned[1] * self._share

    @property
    def _share(self) -> float:
        """Size on the way in terms of the size at rest: a kernel that is long has to fit in a room that is low."""
        across, down = abs(cos(self.angle)), abs(sin(self.angle))
        half = 0.5 / (across + down)
        width = ((self.cols - 1) * across + (self.rows - 1) * down) / 2 + half
        height = ((self.cols - 1) * down + (self.rows - 1) * across) / 2 + half
        fits = (self.cols / 2 + self.spare / self.cell) / width, (self.rows / 2 + self.spare / self.cell) / height
        return min(1.0, *fits)


def kernel_turn_scene(steps: GrainView[TurnStep], position: float, view: View) -> Drawing:
    """Draw the turn of the kernels of a true convolution at a position.

    Parameters
    ----------
    steps
        The steps of a `cnnsim.trace.KernelTurn`.
    position
        0 as given, 1 turned, and in between on the way.
    view
        Space to fill.

    Returns
    -------
    Drawing
        With the matrices of the convolution before its first product; on the way, of every cell of a kernel a matrix.

    Examples
    --------
    >>> from cnnsim.trace import KernelTurn, convolution
    >>> steps = KernelTurn(convolution([[1, 2, 3]], [[4, 5]], flip=True).rule).at("cell")
    >>> [kernel_turn_scene(steps, position, View(800, 560)).matrix("kernel").values.tolist() for position in (0.0, 1.0)]
    [[[4.0, 5.0]], [[5.0, 4.0]]]
    """
    assert isinstance(steps.trace, KernelTurn)
    rule, motion = steps.trace.rule, between(steps, position)
    angle = pi * (1.0 if motion.here.turned else motion.share)
    look = ConvolutionLook(cellwise(rule))
    note = size_terms(rule.geometry)
    note_lines = lines_of_note(view, note)
    area = room(view, note_lines=note_lines)
    resting = lay_out(view, area, look.columns(_BEFORE), view.unit * _GAP, None)
    matrices = resting if motion.here.turned else tuple(map(_as_given, resting))
    grids = {matrix.name: matrix for matrix in matrices}
    lines = (_narration(rule, motion.here.turned), look.symbolic(), (_definition(rule),), note)
    return Drawing(
        view.width,
        view.height,
        (
            *_turned(matrices, angle, view),
            *look.operators(grids, view),
            *scale_bars(view, matrices, area),
            *footer(view, *lines, note_lines),
        ),
    )


def turn_tensors(rule: Convolution, turned: bool) -> dict[str, Tensor]:
    """Return the tensors that can be edited while the kernels are as they were given, or turned."""
    kernel = kernel_tensor(rule) if turned else Tensor("kernel", Role.KERNEL, _given(rule.applied), "w")
    return {**ConvolutionLook(cellwise(rule)).tensors, "kernel": kernel}


def _as_given(matrix: Matrix) -> Matrix:
    """Return a kernel as it was given, at the place of the turned one: what stands around it does not move."""
    if not matrix.name.startswith("kernel"):
        return matrix
    return replace(matrix, values=_given(matrix.values), caption=matrix.caption.replace("Turned kernel", "Kernel"))


def _given(turned: NDArray[Any]) -> NDArray[Any]:
    return turned[..., ::-1, ::-1]


def _turned(matrices: Sequence[Matrix], angle: float, view: View) -> Iterator[Item]:
    for matrix in matrices:
        if matrix.name.startswith("kernel") and 0 < angle < pi:
            yield from _on_the_way(matrix, angle, view)
        else:
            yield matrix


def _on_the_way(kernel: Matrix, angle: float, view: View) -> Iterator[Item]:
    """Yield the caption of a kernel and its cells, each a matrix of its own."""
    rows, cols = kernel.values.shape
    turning = _Turning(rows, cols, kernel.cell, angle, view.unit * _BEYOND)
    caption = kernel.y - view.unit * _CAPTION
    yield Label(kernel.caption, kernel.x, caption, view.unit, kernel.role, bold=True)
    for row, col in np.ndindex(rows, cols):
        x, y = turning.centre(row, col)
        yield replace(
            kernel,
            name=f"turning {kernel.name} {row} {col}",
            values=kernel.values[row : row + 1, col : col + 1],
            x=kernel.x + kernel.width / 2 + x - turning.side / 2,
            y=kernel.y + kernel.height / 2 + y - turning.side / 2,
            cell=turning.side,
            caption="",
            shape="",
            editable=False,
        )


def _narration(rule: Convolution, turned: bool) -> tuple[Term, ...]:
    kh, kw = (size - 1 for size in rule.w.shape[2:])
    w = Term("w", Role.KERNEL, bold=True)
    if turned:
        return Term("Turned: every window now meets "), w, Term(f"[{kh}, {kw}] first and "), w, Term("[0, 0] last.")
    return Term("A true convolution first turns the kernel by 180°: "), w, Term("[r, t] goes to "), *_place(kh, kw)


def _place(kh: int, kw: int) -> tuple[Term, ...]:
    return (Term(f"[{kh} − r, {kw} − t].", bold=True),)


def _definition(rule: Convolution) -> tuple[Term, ...]:
    """Write the convolution of functions, which is what the turn comes from."""
    x, w = Term("x", Role.INPUT, bold=True), Term("w", Role.KERNEL, bold=True)
    return (
        Term("("),
        x,
        Term(" ∗ "),
        w,
        Term(")[i, j]  =  "),
        *over("m, n"),
        x,
        Term("[m, n] · "),
        w,
        Term("[i − m, j − n]"),
        Term("      the kernel turns, not the input; a layer leaves the turn out", Role.MUTED),
    )
