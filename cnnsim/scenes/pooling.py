"""Pooling and its gradient: which value won, and who gets the gradient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cnnsim.drawing import CellState, Drawing, Highlight, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.cellwise_formula import TO_COME, equals, narrate_multiply, result
from cnnsim.scenes.convolution_backward import gradient_tensor
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.numerals import number
from cnnsim.scenes.panels import Column, Panel, largest, slices, stacked
from cnnsim.scenes.signs import arrow
from cnnsim.scenes.size_formula import axis_place, size_terms
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, GrainView, Pooling, PoolingGradient, Step
from cnnsim.typography import format_number

_TITLES = {"max": "largest value", "average": "mean", "l2": "root of the sum of squares"}


def pooling_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw a pooling at a position.

    Returns a drawing with the matrices ``input`` and ``output``; the winners of finished windows are highlighted in the
    input. Where there are several maps they are called ``input[0]`` and so on.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import pooling
    >>> steps = pooling(gallery.POOLING_IMAGE).at("cell")
    >>> pooling_scene(steps, 0.0, View(800, 560)).matrix("input").highlights
    (Highlight(row=1, col=1, role=<Role.OUTPUT: 'output'>, strength=1.0),)
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return cellwise_scene(PoolingLook(steps.trace), steps, position, view)


def pooling_gradient_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the gradient of a pooling with respect to its input at a position.

    Returns a drawing with the matrices ``input`` (winners highlighted), ``gradient`` (∂J/∂y) and ``input gradient``.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import pooling, pooling_gradient
    >>> steps = pooling_gradient(pooling(gallery.POOLING_IMAGE)).at("row")
    >>> pooling_gradient_scene(steps, 3.0, View(800, 560)).matrix("input gradient").values[1]
    array([0., 1., 0., 1.])
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return cellwise_scene(PoolingGradientLook(steps.trace), steps, position, view)


def winner_marks(rule: Pooling, channel: int, finished: int, current: Step | None = None) -> tuple[Highlight, ...]:
    """Mark the winners of the first so many windows of a map, and the best so far of the current one."""
    if rule.mode != "max":
        return ()
    rows, cols = rule.output.shape[1:]
    cells = [(channel, *divmod(place, cols)) for place in range(min(max(finished, 0), rows * cols))]
    places = dict.fromkeys(rule.winner(cell)[1:] for cell in cells)
    if current is not None and current.cell[0] == channel:
        places.setdefault(rule.winner(current.cell, current.number + 1)[1:])
    return tuple(Highlight(row, col, Role.OUTPUT) for row, col in places)


def _input_tensor(rule: Pooling) -> Tensor:
    return Tensor("input", Role.INPUT, rule.x, "x")


def _input_panels(rule: Pooling, marks: Sequence[tuple[Highlight, ...]], *, editable: bool) -> tuple[Panel, ...]:
    states = np.where(rule.windows.geometry.covered(), CellState.NORMAL, CellState.UNREACHED).astype(np.uint8)
    panels = slices(_input_tensor(rule), "Input", size_text(*rule.x.shape[1:]), states=states, editable=editable)
    return tuple(replace(panel, highlights=mark) for panel, mark in zip(panels, marks, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class PoolingLook:
    """How a pooling is shown."""

    trace: CellwiseTrace[Pooling]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The maps to pool."""
        return {"input": _input_tensor(self.trace.rule)}

    @property
    def output(self) -> Tensor:
        """The pooled maps."""
        return Tensor("output", Role.OUTPUT, self.trace.rule.output, "y")

    @property
    def joint(self) -> tuple[str, str, str]:
        """Arguments of max, addends of the others."""
        match self.trace.rule.mode:
            case "max":
                return "max( ", ",  ", " )"
            case "average":
                return "( ", " + ", f" ) / {self.trace.rule.counts}"
            case "l2":
                return "√( ", " + ", " )"

    def columns(self, step: Step) -> Sequence[Column]:
        """Input with its winners, and output."""
        rule = self.trace.rule
        windows = rule.output[0].size
        done = self.trace.order(step.cell) + (step.y is not None)
        marks = [winner_marks(rule, channel, done - channel * windows, step) for channel in range(len(rule.x))]
        note = f"{_TITLES[rule.mode]}, {size_text(*rule.output.shape[1:])}"
        return [
            stacked(_input_panels(rule, marks, editable=True)),
            stacked(slices(self.output, "Output", note, limit=largest(rule.x), states=known(self, step))),
        ]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from the input to the output."""
        first, *_, last = grids.values()
        return (arrow(first, last, view),)

    def symbolic(self) -> tuple[Term, ...]:
        """Write what a window becomes."""
        rule = self.trace.rule
        source = f"[{axis_place('i', 'r', rule.windows.geometry.rows)}, {axis_place('j', 't', rule.windows.geometry.cols)}]"
        value = (Term("x", Role.INPUT, bold=True), Term(source))
        bounds = Term(f"      r, t = 0 … {rule.windows.geometry.rows.size - 1}", Role.MUTED)
        both = Term("r, t", script="sub")
        made = {"max": "max", "average": f"1/{rule.counts}  Σ", "l2": "√ Σ"}[rule.mode]
        square = (Term("2", script="super"),) if rule.mode == "l2" else ()
        target = (Term("y", Role.OUTPUT, bold=True), Term("[i, j]  =  "))
        return (*target, Term(made), both, Term("  "), *value, *square, bounds)

    def endings(self, step: Step, digits: int | None) -> tuple[Term, ...]:
        """Write the result, by way of the sum where there is one."""
        rule = self.trace.rule
        finished = (Term("  =  ", breaks=True), result(self, step, digits))
        if rule.mode == "max":
            return finished
        total = number(step.so_far, digits, Role.TEXT, bold=True) if step.contribution is None else TO_COME
        if rule.mode == "average":
            return (equals(digits), total, Term(f" / {rule.counts}"), *finished)
        return (equals(digits), Term("√"), total, *finished)

    def narration(self, step: Step, digits: int | None) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        rule = self.trace.rule
        if step.contribution is not None:
            return narrate_multiply(self, step, digits, "largest so far" if rule.mode == "max" else "sum so far")
        so_far = Term(format_number(step.so_far, digits), bold=True)
        if step.y is None:
            return (Term(f"The {step.number} values add up to "), so_far, Term("."))
        y = Term(format_number(step.y, digits), Role.OUTPUT, bold=True)
        if rule.mode == "max":
            place = f" at {self.tensors['input'].words(rule.winner(step.cell))} wins; "
            return (
                Term("The largest value "),
                y,
                Term(place),
                Term("among equals, the first in reading order.", Role.MUTED),
            )
        made = f" divided by {rule.counts} is " if rule.mode == "average" else " has the root "
        return (Term("The sum "), so_far, Term(made), y, Term("."))

    def note(self) -> tuple[Term, ...]:
        """Write the formula of the output's size."""
        return size_terms(self.trace.rule.windows.geometry)


@dataclass(frozen=True, slots=True, eq=False)
class PoolingGradientLook:
    """How the gradient of a pooling is shown."""

    trace: CellwiseTrace[PoolingGradient]

    joint = ("", " + ", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The gradient that arrives from above."""
        return {"gradient": gradient_tensor(self.trace.rule.g)}

    @property
    def output(self) -> Tensor:
        """The gradient of the maps that were pooled."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x")

    def columns(self, step: Step) -> Sequence[Column]:
        """Input with its winners above G; the gradient of the input."""
        rule = self.trace.rule.forward
        marks = [winner_marks(rule, channel, rule.output[0].size) for channel in range(len(rule.x))]
        return [
            stacked(_input_panels(rule, marks, editable=True)),
            stacked(slices(self.tensors["gradient"], "Gradient", "∂J/∂y", editable=True)),
            stacked(slices(self.output, "Input gradient", "∂J/∂x", states=known(self, step))),
        ]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from G to the gradient of the input."""
        g = next(grid for name, grid in grids.items() if name.startswith("gradient"))
        target = next(grid for name, grid in grids.items() if name.startswith("input gradient"))
        return (arrow(g, target, view),)

    def symbolic(self) -> tuple[Term, ...]:
        """Write what a cell gets."""
        g = (Term("G", Role.GRADIENT, bold=True), Term("[m, n]"))
        rule = self.trace.rule.forward
        share = {"max": "", "average": f" / {rule.counts}", "l2": " · x[i, j] / y[m, n]"}[rule.mode]
        which = "that x[i, j] won" if rule.mode == "max" else "that cover x[i, j]"
        windows = Term(f"      over the windows [m, n] {which}", Role.MUTED)
        return (Term("∂J/∂"), Term("x", Role.INPUT, bold=True), Term("[i, j]  =  Σ  "), *g, Term(share), windows)

    def endings(self, step: Step, digits: int | None) -> tuple[Term, ...]:
        """Write the sum."""
        return equals(digits), result(self, step, digits)

    def narration(self, step: Step, digits: int | None) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        if step.y is None:
            return narrate_multiply(self, step, digits, "sum so far")
        won = self.trace.rule.forward.mode == "max"
        if won and step.number == 0:
            words = f"{self.output.words(step.cell)[1:]} won no window: it gets no gradient, "
        else:
            windows = "1 window" if step.number == 1 else f"{step.number} windows"
            verb = f"{self.output.words(step.cell)[1:]} won {windows}" if won else f"{windows} covered it"
            words = f"{verb}; its gradient is "
        return (Term(words), Term(format_number(step.y, digits), Role.INPUT, bold=True), Term("."))

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        words = {
            "max": "The gradient of a window goes to its winner alone; among equals, to the first in reading order.",
            "average": "Each value of a window gets the same share of its gradient.",
            "l2": "Each value of a window gets its share of the root: x/y of the gradient.",
        }
        return (Term(words[self.trace.rule.forward.mode], Role.MUTED),)
