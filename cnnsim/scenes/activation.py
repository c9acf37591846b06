"""The detector stage: every value on its own becomes another, on the maps and on the curve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cnnsim.drawing import Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.activation_curve import curve, curve_room
from cnnsim.scenes.activation_words import fate, in_symbols
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.cellwise_formula import result
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.look import Look
from cnnsim.scenes.numerals import factor
from cnnsim.scenes.panels import Column, largest, slices, tiled
from cnnsim.scenes.shown import shown
from cnnsim.scenes.signs import arrow, rows_of
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import Activation, CellwiseTrace, GrainView, Step
from cnnsim.typography import EQUALS, format_number

_DECIMALS = 4
"""The least for a squashed number: the ends of a curve are close to its limits."""


def activation_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw an activation at a position.

    Returns a drawing with the matrices ``input`` and ``output``, and a chart of the function on which the present value
    is a point. Where there are several maps they are called ``input[0]`` and so on.

    Examples
    --------
    >>> from cnnsim.trace import activation
    >>> activation_scene(activation([[-2, 3]]).at("cell"), 1.0, View(800, 560)).matrix("output").values
    array([[0., 3.]])
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return scene_with_curve(ActivationLook(steps.trace), steps.trace.rule, steps, position, view, slope=False)


def scene_with_curve(
    look: Look, rule: Activation, steps: GrainView[Step], position: float, view: View, *, slope: bool
) -> Drawing:
    """Draw the maps, and beside them the curve; its point travels along it from one value to the next.

    The point is on the value that the formula tells of; where the result is hidden there is none, nor a tangent.
    """
    drawing = cellwise_scene(look, steps, position, view, right=curve_room(view), least=_DECIMALS)
    now = shown(look, steps, position, view)
    if now.explained is now.here:
        x = now.motion.blend(float(rule.x[now.motion.here.cell]), float(rule.x[now.motion.there.cell]))
    else:
        x = float(rule.x[now.explained.cell])
    return replace(drawing, items=(*drawing.items, curve(rule, None if view.hidden else x, view, slope)))


def activation_input(rule: Activation) -> Tensor:
    """Return the maps before the function."""
    return Tensor("input", Role.INPUT, rule.x, "x")


@dataclass(frozen=True, slots=True, eq=False)
class ActivationLook:
    """How a function of every value is shown."""

    trace: CellwiseTrace[Activation]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The maps before the function."""
        return {"input": activation_input(self.trace.rule)}

    @property
    def output(self) -> Tensor:
        """The maps after it."""
        return Tensor("output", Role.OUTPUT, self.trace.rule.output, "y")

    @property
    def joint(self) -> tuple[str, str, str]:
        """The function around its argument."""
        match self.trace.rule.function:
            case "relu":
                return "max( 0,  ", "", " )"
            case "leaky_relu":
                return "", "", ""
            case "sigmoid":
                return "σ( ", "", " )"
            case "tanh":
                return "tanh( ", "", " )"
            case "scaled_tanh":
                return "1.7159 · tanh( ", "", " · 2/3 )"

    def columns(self, step: Step) -> Sequence[Column]:
        """Input and output."""
        rule = self.trace.rule
        size = size_text(*rule.x.shape[1:])
        return [
            tiled(slices(self.tensors["input"], "Input", size, editable=True)),
            tiled(slices(self.output, "Output", size, limit=self._limit(), states=known(self, step))),
        ]

    def _limit(self) -> float:
        """One scale for input and output where the function keeps sizes."""
        rule = self.trace.rule
        return largest(rule.x if rule.function in ("relu", "leaky_relu") else rule.output)

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from every row of maps to what becomes of it."""
        rows = zip(rows_of(grids, "input"), rows_of(grids, "output"), strict=True)
        return tuple(arrow(sources[-1], targets[0], view) for sources, targets in rows)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the function."""
        rule = self.trace.rule
        place = "[c, i, j]" if len(rule.x) > 1 else "[i, j]"
        x = (Term("x", Role.INPUT, bold=True), Term(place))
        return (Term("y", Role.OUTPUT, bold=True), Term(f"{place}  =  "), *in_symbols(rule, x))

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the result, by way of what the function does with this value where that is short."""
        return *self._on_the_way(step, digits), EQUALS, result(self, step, digits)

    def _on_the_way(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        rule = self.trace.rule
        x = float(rule.x[step.cell])
        if rule.function == "leaky_relu" and x <= 0:
            return Term(" · "), factor(rule.slope, digits.terms, Role.TEXT)
        if rule.function == "sigmoid":
            return (EQUALS, Term("1 / (1 + e"), Term(format_number(-x, digits.totals), script="super"), Term(")"))
        return ()

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        x = Term(format_number(step.so_far, digits.terms), Role.INPUT, bold=True)
        start = (Term(f"{self.tensors['input'].words(step.cell)} = "), x)
        if step.y is None:
            return (*start, Term(" is looked at; its neighbours do not matter."))
        y = Term(format_number(step.y, digits.results), Role.OUTPUT, bold=True)
        return (*start, Term(f" {fate(self.trace.rule, step.so_far)} "), y, Term("."))

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        rule = self.trace.rule
        if rule.function == "relu":
            cut = int((rule.x <= 0).sum())
            return (Term(f"{cut} of {rule.x.size} values are cut off to 0; the size stays, and there are no weights."),)
        return (Term("Every value on its own: the size stays, and there are no weights.", Role.MUTED),)
