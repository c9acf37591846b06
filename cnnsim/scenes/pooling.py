"""Pooling: what a window becomes, and which value won."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cnnsim.drawing import Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.cellwise_formula import TO_COME, narrate_multiply, result
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.numerals import factor
from cnnsim.scenes.panels import Column, largest, slices, stacked, tiled
from cnnsim.scenes.pooling_input import (
    level,
    pooling_index,
    pooling_index_panels,
    pooling_input,
    pooling_input_panels,
    pooling_weights,
    window_frames,
)
from cnnsim.scenes.pooling_kinds import TIES, WORDS, KindWords
from cnnsim.scenes.pooling_size import bounds_in_symbols, divisor_in_symbols, place_in_symbols, pooling_size
from cnnsim.scenes.shown import shown
from cnnsim.scenes.signs import arrow, between_grids, first, rows_of
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, GrainView, Pooling, Step
from cnnsim.typography import EQUALS, format_number


def pooling_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw a pooling at a position.

    Returns a drawing with the matrices ``input`` and ``output``; for the maximum the winners of finished windows are
    highlighted in the input, and ``index`` says which they are; for a weighted average there are the ``weight``s. Where
    there are several maps they are called ``input[0]`` and so on. A window that reaches over cells that do not count is
    outlined with dashes, as is the one before it if they overlap.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import pooling
    >>> steps = pooling(gallery.POOLING_IMAGE).at("cell")
    >>> pooling_scene(steps, 0.0, View(800, 560)).matrix("input").highlights
    (Highlight(row=1, col=1, role=<Role.OUTPUT: 'output'>, strength=1.0),)
    """
    assert isinstance(steps.trace, CellwiseTrace)
    look = PoolingLook(steps.trace)
    drawing = cellwise_scene(look, steps, position, view)
    now = shown(look, steps, position, view)
    if now.explained is not now.here:
        return drawing
    grids = {item.name: item for item in drawing.items if isinstance(item, Matrix)}
    return replace(drawing, items=(*drawing.items, *window_frames(look.trace.rule, now.motion, grids)))


@dataclass(frozen=True, slots=True, eq=False)
class PoolingLook:
    """How a pooling is shown."""

    trace: CellwiseTrace[Pooling]

    @property
    def words(self) -> KindWords:
        """How its kind is written."""
        return WORDS[self.trace.rule.mode]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The maps to pool, the weights, and the winners."""
        rule = self.trace.rule
        tensors = {"input": pooling_input(rule)}
        if "weight" in rule.kind.operands:
            tensors["weight"] = pooling_weights(rule)
        return tensors | {"index": pooling_index(rule)} if rule.mode == "max" else tensors

    @property
    def output(self) -> Tensor:
        """The pooled maps."""
        return Tensor("output", Role.OUTPUT, self.trace.rule.output, "y")

    @property
    def joint(self) -> tuple[str, str, str]:
        """Arguments of max, addends of the others."""
        return self.words.joint

    def columns(self, step: Step) -> Sequence[Column]:
        """Input with its winners, weights if there are any, output, and which cells won."""
        rule, tensors, states = self.trace.rule, self.tensors, known(self, step)
        done = self.trace.order(step.cell) + (step.y is not None)
        note = f"{self.words.title}, {size_text(*rule.output.shape[1:])}"
        columns = [tiled(pooling_input_panels(rule, done, step))]
        if "weight" in tensors:
            size = size_text(*rule.weights.shape)
            columns.append(stacked(slices(tensors["weight"], "Weights", size, editable=True)))
        outputs = slices(self.output, "Output", note, limit=largest(rule.x), states=states)
        columns.append(tiled(level(outputs, rule)))
        if "index" in tensors:
            columns.append(tiled(pooling_index_panels(rule, states)))
        return columns

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow to the output, from the input or by way of the weights."""
        source, target = rows_of(grids, "input")[0][-1], first(grids, "output")
        if "weight" not in grids:
            return (arrow(source, target, view),)
        return between_grids(source, grids["weight"], "∗", view), arrow(grids["weight"], target, view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write what a window becomes."""
        rule = self.trace.rule
        return (
            Term("y", Role.OUTPUT, bold=True),
            Term(f"[{'c, ' if len(rule.x) > 1 else ''}i, j]  =  "),
            *self.words.opening,
            Term("x", Role.INPUT, bold=True),
            Term(place_in_symbols(rule)),
            *self.words.closing,
            Term(f"      {bounds_in_symbols(rule)}{divisor_in_symbols(rule)}", Role.MUTED),
        )

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the result, by way of the sum where there is one."""
        rule, finished = self.trace.rule, result(self, step, digits)
        total = factor(step.so_far, digits.totals, Role.TEXT, bold=True) if step.contribution is None else TO_COME
        match rule.endings[-1]:
            case "divide":
                by = factor(float(rule.divisors[step.cell[1:]]), digits.totals, Role.TEXT)
                return (Term(" / "), by, EQUALS, total, Term(" / "), by, EQUALS, finished)
            case "root":
                return (EQUALS, Term("√"), total, EQUALS, finished)
            case _:
                return (EQUALS, finished)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        if step.contribution is not None:
            return narrate_multiply(self, step, digits, self.words.so_far)
        so_far = Term(format_number(step.so_far, digits.totals), bold=True)
        if step.y is None:
            return (Term(f"The {step.number} {self.words.added} add up to "), so_far, Term("."))
        y = Term(format_number(step.y, digits.results), Role.OUTPUT, bold=True)
        if step.kind == "largest":
            return (Term("The largest value "), y, *self._winners(step))
        divisor = format_number(float(self.trace.rule.divisors[step.cell[1:]]), digits.totals)
        by = f"the weights’ sum {divisor}" if "weight" in self.tensors else divisor
        made = f" divided by {by} is " if step.kind == "divide" else " has the root "
        return (Term("The sum "), so_far, Term(made), y, Term("."))

    def _winners(self, step: Step) -> tuple[Term, ...]:
        """Say where the largest value is, and who wins among equals."""
        rule, tensor = self.trace.rule, self.tensors["input"]
        winners = rule.winners(step.cell)
        if len(winners) == 1:
            return (Term(f" at {tensor.words(winners[0])} wins."),)
        ties = f" stands at {len(winners)} places: "
        if rule.ties == "split":
            return (Term(ties), Term("all win, and will share the gradient."))
        return (Term(ties), Term(f"{tensor.words(winners[0])} wins, the first in reading order."))

    def note(self) -> tuple[Term, ...]:
        """Write the formula of the output's size, the depth, the rule for ties, and that there is nothing to learn."""
        rule, size = self.trace.rule, pooling_size(self.trace.rule)
        ties = f"     {TIES[rule.ties]}" if rule.mode == "max" else ""
        if len(rule.x) > 1:
            ties = f"     depth stays {len(rule.x)}{ties}"
        crowded = any(term.role is Role.WARNING for term in size)
        learned = "" if crowded else "     no parameters; a dense layer sees less"
        return (*size, Term(f"{ties}{learned}", Role.MUTED))
