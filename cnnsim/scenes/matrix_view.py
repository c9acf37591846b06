"""A convolution and its gradients beside the matrix that they are: the same steps light up in both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnnsim.drawing import Drawing, Item, Matrix, ScaleBar, Term
from cnnsim.errors import InputError
from cnnsim.scenes.accuracy import digits_of
from cnnsim.scenes.cellwise import cellwise_scene, room
from cnnsim.scenes.columns import lay_out
from cnnsim.scenes.convolution import ConvolutionLook
from cnnsim.scenes.convolution_input_gradient import InputGradientLook
from cnnsim.scenes.convolution_kernel_gradient import KernelGradientLook
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View
from cnnsim.scenes.looking import looked_at_mark, untold
from cnnsim.scenes.marks import quiet
from cnnsim.scenes.matrix_looking import plain
from cnnsim.scenes.matrix_marks import blocks, line_marks, looked_at, tinted
from cnnsim.scenes.matrix_picture import ConvolutionLooks, MatrixPicture
from cnnsim.scenes.matrix_words import narration, note, symbolic
from cnnsim.scenes.motion import between
from cnnsim.scenes.panels import Column, Panel, Row
from cnnsim.scenes.scale_bars import scale_bars
from cnnsim.scenes.signs import between_grids
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Convolution, GrainView, InputGradient, KernelGradient, MatrixForm, Step
from cnnsim.typography import text_width

LARGEST_MATRIX = 200
"""Rows or columns of a matrix that can still be drawn, a pixel each, in the smallest window."""
_SHARE = 0.34  # of the width, for the grids
_READABLE = 12.0  # pixels of a cell whose number can be read


def matrix_scene(steps: GrainView[Step], position: float, view: View, form: MatrixForm) -> Drawing:
    """Draw a convolution, or its gradient by kernel or input, at a position beside its matrix.

    Parameters
    ----------
    steps
        The steps of `cnnsim.trace.convolution`, `kernel_gradient` or `input_gradient` at some grain.
    position
        Index of the step; a fraction is the way to the next one.
    view
        Space to fill.
    form
        ``"toeplitz"``: the matrix whose entries are the weights, times the flattened input. ``"im2col"``: the matrix
        whose rows are the windows, times the flattened kernels.

    Returns
    -------
    Drawing
        With the matrices of the grids, the matrix ``toeplitz`` or ``im2col``, and the flattened tensors along
        its columns and beside its rows, such as ``toeplitz input`` and ``toeplitz output``.

    Raises
    ------
    InputError
        If the matrix has more than `LARGEST_MATRIX` rows or columns.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).at("cell")
    >>> drawing = matrix_scene(steps, len(steps) - 1, View(1024, 700), "toeplitz")
    >>> drawing.matrix("toeplitz").values.shape, drawing.matrix("toeplitz output").values.ravel()
    ((9, 25), array([4., 3., 4., 2., 4., 3., 2., 3., 4.]))
    """
    picture = _picture(steps, form)
    look, motion = _Beside(picture), between(steps, position)
    step = untold(look, motion.here) if view.hidden else motion.here
    at = None if view.looked_at is None else plain(picture, view.looked_at)
    grids = cellwise_scene(look, steps, position, replace(view, looked_at=at), right=view.width * (1 - _SHARE))
    large = _large(picture, step, view, digits_of(look, step).cells)
    lit = tinted(picture, step, large) if at is None else looked_at(picture, at, large)
    frames = tuple(line_marks(picture, motion, large))
    if at is not None and view.looked_at is not None:
        by_name = {matrix.name: matrix for matrix in large.values()}
        frames = (*quiet(frames), *looked_at_mark(view.looked_at, by_name))
    sign = between_grids(large["matrix"], large["beside"], "=" if picture.reads == "row" else "·", view, 1.4)
    beside = tuple(item for item in grids.items if not isinstance(item, ScaleBar))
    bars = scale_bars(view, (item for item in beside if isinstance(item, Matrix)), room(view))
    return replace(grids, items=(*beside, *lit.values(), *blocks(picture, large["matrix"]), sign, *frames, *bars))


def check_matrix(rule: Convolution, form: MatrixForm) -> None:
    """Raise `InputError` if the matrix of a convolution is too large to be drawn.

    Parameters
    ----------
    rule
        The convolution.
    form
        Which of its matrices.

    Raises
    ------
    InputError
        If the matrix has more than `LARGEST_MATRIX` rows or columns; it says how many.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> import numpy as np
    >>> check_matrix(convolution(np.ones((15, 15)), np.ones((3, 3))).rule, "toeplitz")
    Traceback (most recent call last):
    cnnsim.errors.InputError: picture=toeplitz makes a matrix of 169 × 225: use at most 200 rows and columns...
    """
    cells = rule.output.size, rule.x.size
    rows, cols = cells if form == "toeplitz" else (rule.output[0].size, len(rule.x) * rule.w[0, 0].size)
    if max(rows, cols) > LARGEST_MATRIX:
        remedy = f"use at most {LARGEST_MATRIX} rows and columns: a smaller input or fewer maps, or the grids"
        raise InputError("picture", form, f"makes a matrix of {rows} × {cols}", remedy)


def _picture(steps: GrainView[Step], form: MatrixForm) -> MatrixPicture:
    assert isinstance(steps.trace, CellwiseTrace)
    picture = MatrixPicture(_look(steps.trace), form)
    check_matrix(picture.forward, form)
    return picture


def _look(trace: CellwiseTrace[Any]) -> ConvolutionLooks:
    match trace.rule:
        case Convolution():
            return ConvolutionLook(trace)
        case KernelGradient():
            return KernelGradientLook(trace)
        case InputGradient():
            return InputGradientLook(trace)
        case rule:
            raise TypeError(f"{type(rule).__name__} is no convolution and no gradient of one")


@dataclass(frozen=True, slots=True, eq=False)
class _Beside:
    """How the grids beside a matrix are shown: below each other, of each tensor the map that is taking part."""

    picture: MatrixPicture

    joint = ("", " + ", "")

    @property
    def trace(self) -> CellwiseTrace[Convolution | KernelGradient | InputGradient]:
        """The steps that are shown."""
        return self.picture.look.trace

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The operands by the names that contributions use."""
        return self.picture.look.tensors

    @property
    def output(self) -> Tensor:
        """The tensor that is being computed."""
        return self.picture.look.output

    def columns(self, step: Step) -> Sequence[Column]:
        """Return the grids of the operation without its products, in one column."""
        shown = [panel for column in self.picture.look.columns(step) for row in column for panel in row]
        first, second = (
            self._map(shown, step, name) for name in ("input", "gradient", "kernel") if name in self.tensors
        )
        result = _named(shown, self.output.cell(step.cell).matrix)
        total = tuple(panel for panel in shown if panel.name == "sum")
        bias = tuple(panel for panel in shown if panel.name.startswith("bias"))
        return (tuple(map(_without_notes, (first, (*second, *total), (*result, *bias)))),)

    def _map(self, shown: Sequence[Panel], step: Step, operand: str) -> Row:
        """Return the map that the current contribution takes a factor from, or the first of the cell."""
        tensor, rule = self.tensors[operand], self.trace.rule
        if step.contribution is None and not len(rule.values(step.cell)):
            return tuple(panel for panel in shown if tensor.lead(panel.name) is not None)[:1]
        contribution = step.contribution or rule.contribution(step.cell, 0)
        place = next(part.place for part in contribution.factors if part.operand == operand)
        assert place is not None
        return _named(shown, tensor.cell(place).matrix)

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """Leave the signs out: the matrix says what happens."""
        return ()

    def symbolic(self) -> tuple[Term, ...]:
        """Write the product of matrices."""
        return symbolic(self.picture)

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write what follows the contributions."""
        return self.picture.look.endings(step, digits)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say where in the matrix the step is, and what it does."""
        return narration(self.picture, step, digits)

    def note(self) -> tuple[Term, ...]:
        """Count the entries of the matrix."""
        return note(self.picture)


def _named(shown: Sequence[Panel], name: str) -> Row:
    return tuple(panel for panel in shown if panel.name == name)


def _without_notes(row: Row) -> Row:
    """Leave the notes out where another caption follows."""
    return row if len(row) == 1 else tuple(replace(panel, note="") for panel in row)


def _large(picture: MatrixPicture, step: Step, view: View, digits: int | None) -> dict[str, Matrix]:
    """Lay out the matrix, what lies along its columns and what stands beside its rows."""
    whole, left = room(view), view.width * _SHARE
    area = replace(whole, x=left, width=whole.x + whole.width - left)
    panels = {name: replace(panel, ordinary=True) for name, panel in picture.panels(step).items()}
    column = ((panels["along"],), (panels["matrix"], panels["beside"]))
    placed = {matrix.name: matrix for matrix in lay_out(view, area, [column], 0.0, digits)}
    return {name: _readable(placed[panel.name]) for name, panel in panels.items()}


def _readable(matrix: Matrix) -> Matrix:
    """Leave out numbers that are too small, and a note that would reach beyond the matrix."""
    size = matrix.text_size
    words = text_width(matrix.caption, size, bold=True) + size * 0.5 + text_width(matrix.shape, size)
    return replace(matrix, numbers=matrix.cell >= _READABLE, shape=matrix.shape if words <= matrix.width else "")
