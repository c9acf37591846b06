"""One scene for every operation of several stages: what is finished is filled, and the present stage steps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Arrow, Cell, CellState, Drawing, Item, Line, Matrix, Role, Term
from cnnsim.scenes.cellwise import GAP, cellwise_scene, known, room
from cnnsim.scenes.cellwise_formula import TO_COME, narrate_multiply, result
from cnnsim.scenes.columns import ordinary_side
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.numerals import factor
from cnnsim.scenes.panels import Column
from cnnsim.scenes.staging import Piece, StageWords, Staging
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, GrainView, StagedStep, StagedTrace, Step, stage_position
from cnnsim.trace.stage_rules import Formula, Reduction
from cnnsim.typography import EQUALS, format_number

_DECIMALS = 4  # in the matrices, at every step alike
_NEARLY = 0.85  # of their usual side is what cells keep where further tensors are shown
_BAR, _LAST_BAR = 3.0, 7.0  # units: a bar of 1 between columns, and beside the last one

States = Callable[[Tensor], NDArray[np.uint8] | None]


@dataclass(frozen=True, slots=True, eq=False)
class StageLook:
    """How one stage is shown, among the tensors of all of them.

    Parameters
    ----------
    staged
        The whole operation.
    staging
        How it is shown.
    number
        Of the stage, from 0.
    now
        The number of the stage that the steps have reached and the step there, if that is another one.
    """

    staged: StagedTrace[Any]
    staging: Staging
    number: int
    now: tuple[int, Step] | None = None

    @property
    def trace(self) -> CellwiseTrace[Formula | Reduction]:
        """The steps of the stage."""
        trace = self.staged.stages[self.number].trace
        assert isinstance(trace, CellwiseTrace)
        return trace

    @property
    def words(self) -> StageWords:
        """What is written of it."""
        return self.staging.words[self.staged.stages[self.number].name]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The tensors of all stages but the one that is computed."""
        return {name: tensor for name, tensor in self.staging.tensors.items() if tensor.name != self.output.name}

    @property
    def output(self) -> Tensor:
        """The tensor that is computed."""
        return self.staging.tensors[self.staged.stages[self.number].name]

    @property
    def joint(self) -> tuple[str, str, str]:
        """As the words of the stage say."""
        return self.words.joint

    def columns(self, step: Step) -> Sequence[Column]:
        """Return the tensors of all stages; what has not been computed yet is empty."""
        number, here = self.now or (self.number, step)
        reached = replace(self, number=number)
        return [_rows(column, lambda tensor: reached.states(tensor, here)) for column in self.staging.columns]

    def states(self, tensor: Tensor, step: Step) -> NDArray[np.uint8] | None:
        """Return the states of a tensor at a step of this stage; None where all of it is known."""
        names = [stage.name for stage in self.staged.stages]
        number = names.index(tensor.name) if tensor.name in names else -1
        if number == self.number:
            return known(self, step)
        return None if number < self.number else np.full(tensor.array.shape, CellState.EMPTY, np.uint8)

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """Arrows from column to column, and bars in place of an arrow."""
        arrows = (
            _arrow(_grids_of(left, grids), _grids_of(right, grids), view)
            for left, right in pairwise(self.staging.columns)
            if not any(piece.bars for piece in left)
        )
        return *arrows, *_bars(self.staging, grids, view)

    def symbolic(self) -> tuple[Term, ...]:
        """Return the formula of the stage."""
        return self.words.symbols

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the sum, where something follows it, and the result."""
        kind, finished = self.trace.rule.endings[-1], result(self, step, digits)
        power = (Term(self.words.power, script="super"),) if self.words.power else ()
        if len(self.trace.rule.endings) == 1:
            return *power, EQUALS, finished
        opening, closing = _around_total(kind, self.words)
        total = TO_COME if step.contribution else factor(step.so_far, digits.totals, Role.TEXT, bold=True)
        return EQUALS, Term(opening), total, Term(closing), EQUALS, finished

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        kinds, count = self.trace.rule.endings, len(self.trace.rule.values(step.cell))
        if step.contribution is not None:
            so_far = "largest so far" if kinds[0] == "largest" else "sum so far"
            return narrate_multiply(self, step, digits, so_far if count > 1 else None)
        if step.y is None:
            total = Term(format_number(step.so_far, digits.totals), bold=True)
            return Term(f"The {step.number} numbers add up to "), total, Term(".")
        sentence = self.words.finished.format(self.output.words(step.cell))
        return Term(f"{sentence} "), Term(format_number(step.y, digits.results), self.output.role, bold=True), Term(".")

    def note(self) -> tuple[Term, ...]:
        """Return what is said of the whole operation."""
        return self.staging.note


def staged_scene(staging: Staging, steps: GrainView[StagedStep], position: float, view: View) -> Drawing:
    """Draw an operation of several stages at a position.

    Parameters
    ----------
    staging
        How it is shown.
    steps
        A view of its `StagedTrace`.
    position
        A step and the share of the way to the next one.
    view
        The space. A looked-at cell of another stage is explained by that stage.

    Returns
    -------
    Drawing
        With a matrix for every tensor, called as its stage is.
    """
    assert isinstance(steps.trace, StagedTrace)
    found = stage_position(steps, position)
    right = view.unit * (_LAST_BAR + 0.4) if staging.columns[-1][0].bars else 0.0
    staging = _with_more(staging, room(view, right), view)
    look = StageLook(steps.trace, staging, found.stage)
    other = _stage_to_explain(look, view.looked_at)
    if view.hidden and other is not None and other > found.stage:  # its formula could have the number that is asked for
        other, view = None, replace(view, looked_at=None)
    shown, at = found.steps, found.position
    if other is not None:
        look = replace(look, number=other, now=(found.stage, found.steps[int(found.position)]))
        shown = look.trace.at("multiply")
        at = len(shown) - 1.0 if other < found.stage else 0.0
    return cellwise_scene(look, shown, at, view, right=right, least=look.words.digits, decimals=_DECIMALS, level=True)


def _with_more(staging: Staging, area: Area, view: View) -> Staging:
    """Show further tensors where cells stay nearly as large."""
    if not staging.roomy:
        return staging
    usual, smaller = (
        ordinary_side(view, area, [_rows(column) for column in columns], GAP * view.unit)
        for columns in (staging.columns, staging.roomy)
    )
    return replace(staging, columns=staging.roomy) if smaller >= usual * _NEARLY else staging


def _rows(column: Sequence[Piece], states: States = lambda _tensor: None) -> Column:
    """Return the matrices of a column, in the states that its tensors have."""
    return tuple(row for piece in column for row in piece.rows(states(piece.tensor)))


def _stage_to_explain(look: StageLook, cell: Cell | None) -> int | None:
    """Return the stage that computes a cell, unless the present stage computes or uses it."""
    if cell is None:
        return None
    rule = look.trace.rule
    present = (look.output, *(tensor for name, tensor in look.tensors.items() if name in rule.operands))
    if any(tensor.shown(cell) is not None for tensor in present):
        return None
    for number, stage in enumerate(look.staged.stages):
        if look.staging.tensors[stage.name].shown(cell) is not None:
            return number
    return None


def _around_total(kind: str, words: StageWords) -> tuple[str, str]:
    """What stands before and after a sum that is not the result yet."""
    match kind:
        case "root":
            return "√", ""
        case "negative":
            return "− ", ""
        case _:
            return "", words.joint[2].removeprefix(" )")


def _grids_of(column: Sequence[Piece], grids: Mapping[str, Matrix]) -> list[Matrix]:
    """Return the matrices that stand in a column."""
    tensors = [piece.tensor for piece in column]
    return [grid for name, grid in grids.items() if any(tensor.lead(name) is not None for tensor in tensors)]


def _arrow(left: Sequence[Matrix], right: Sequence[Matrix], view: View) -> Arrow:
    """Point from column to column beside a matrix, where no caption of the left column reaches into the gap."""
    middle = (min(grid.y for grid in right) + max(grid.y + grid.height for grid in right)) / 2
    y = min((grid.y + grid.height / 2 for grid in left), key=lambda y: abs(y - middle))
    gap = view.unit * 0.7
    start = max(grid.x + grid.width for grid in left) + gap
    return Arrow(start, y, min(grid.x for grid in right) - gap, y)


def _bars(staging: Staging, grids: Mapping[str, Matrix], view: View) -> Iterator[Line]:
    """Lines beside the cells of columns, as long as the numbers are large, where these are known."""
    for column in staging.columns:
        longest = view.unit * (_LAST_BAR if column is staging.columns[-1] else _BAR)
        for grid in (grids[piece.tensor.name] for piece in column if piece.bars):
            yield from _bars_beside(grid, longest, view.unit * 0.4)


def _bars_beside(grid: Matrix, longest: float, gap: float) -> Iterator[Line]:
    left = grid.x + grid.width + gap
    for row, value in enumerate(grid.values[:, 0]):
        if grid.states is None or grid.states[row, 0] == CellState.NORMAL:
            y = grid.y + (row + 0.5) * grid.cell
            yield Line(left, y, left + float(value) * longest, y, grid.role, grid.cell * 0.45)
