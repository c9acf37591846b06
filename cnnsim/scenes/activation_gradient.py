"""The gradient of the detector stage: G times the slope of the curve, which for ReLU is a mask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cnnsim.drawing import Drawing, Highlight, Item, Matrix, Role, Term
from cnnsim.scenes.activation import activation_input, scene_with_curve
from cnnsim.scenes.activation_words import depth_words, mask_words, slope_in_symbols
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.cellwise_formula import narrate_multiply, result
from cnnsim.scenes.convolution_kernel_gradient import gradient_tensor
from cnnsim.scenes.convolution_panels import near
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, slices, stacked, tiled
from cnnsim.scenes.signs import after_caption, arrow, first, row_of
from cnnsim.scenes.staging import muted
from cnnsim.scenes.symbols import partial
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import ActivationGradient, CellwiseTrace, GrainView, Step
from cnnsim.typography import EQUALS, format_number


def activation_gradient_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the gradient of an activation at a position.

    Returns a drawing with the matrices ``input``, ``derivative`` (for ReLU a mask of zeros and ones), ``gradient``
    (∂J/∂y) and ``input gradient``, and a chart of the function with its tangent at the present value.

    Examples
    --------
    >>> from cnnsim.trace import activation, activation_gradient
    >>> steps = activation_gradient(activation([[-2, 3]]), [[5, 7]]).at("cell")
    >>> drawing = activation_gradient_scene(steps, 1.0, View(800, 560))
    >>> drawing.matrix("derivative").values, drawing.matrix("input gradient").values
    (array([[0., 1.]]), array([[0., 7.]]))
    """
    assert isinstance(steps.trace, CellwiseTrace)
    look = ActivationGradientLook(steps.trace)
    return scene_with_curve(look, steps.trace.rule.forward, steps, position, view, slope=True)


@dataclass(frozen=True, slots=True, eq=False)
class ActivationGradientLook:
    """How the gradient of a function of every value is shown."""

    trace: CellwiseTrace[ActivationGradient]

    joint = ("", "", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The maps before the function, its slope at their values, and the gradient that arrives from above."""
        rule = self.trace.rule
        return {
            "input": activation_input(rule.forward),
            "derivative": Tensor("derivative", Role.TEXT, rule.derivative, "f′"),
            "gradient": gradient_tensor(rule.g),
        }

    @property
    def output(self) -> Tensor:
        """The gradient of the maps before the function."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x")

    def columns(self, step: Step) -> Sequence[Column]:
        """Input; of the current map the slopes above G; the gradient of the input."""
        size, lead = size_text(*self.trace.rule.g.shape[1:]), step.cell[:1]
        note = "∂J/∂y" if len(self.trace.rule.g) == 1 else ""  # an arrow to a map further up passes there
        inputs = near(slices(self.tensors["input"], "Input", size, editable=True), step.cell[0])
        found = near(slices(self.output, "Input gradient", "∂J/∂x", states=known(self, step)), step.cell[0])
        masks = self.trace.rule.forward.function == "relu"
        words = ("Mask", "1 where x > 0") if masks else ("Slope", "f′(x)")
        return [
            tiled([self._marked(panel, step) for panel in inputs]),
            stacked(
                (
                    *slices(self.tensors["derivative"], *words, lead=lead),
                    *slices(self.tensors["gradient"], "Gradient", note, lead=lead, editable=True),
                )
            ),
            tiled(found),
        ]

    def _marked(self, panel: Panel, step: Step) -> Panel:
        """Mark the value whose slope it is."""
        cell = self.tensors["input"].cell(step.cell)
        marks = (Highlight(cell.row, cell.col, Role.INPUT),) if panel.name == cell.matrix else ()
        return replace(panel, highlights=marks)

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from the current input map to its slopes, and one from G to the gradient of that map."""
        slopes, g = first(grids, "derivative"), first(grids, "gradient")
        *_, source = row_of(grids, slopes.name.replace("derivative", "input"))
        target, *_ = row_of(grids, g.name.replace("gradient", "input gradient"))
        return arrow(source, slopes, view), replace(arrow(g, target, view), x1=after_caption(g, view))

    def symbolic(self) -> tuple[Term, ...]:
        """Write the chain rule of one value, and the slope."""
        rule = self.trace.rule
        place = "[c, i, j]" if len(rule.g) > 1 else "[i, j]"
        return (
            *partial("x", Role.INPUT, place),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"{place} · f′( "),
            Term("x", Role.INPUT, bold=True),
            Term(f"{place} )"),
            Term(f"      {slope_in_symbols(rule.forward)}", Role.MUTED),
        )

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the product."""
        return EQUALS, result(self, step, digits)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        if step.y is None:
            return narrate_multiply(self, step, digits, "gradient so far")
        rule = self.trace.rule.forward
        x = (
            Term(f"{self.tensors['input'].words(step.cell)} = "),
            Term(format_number(float(rule.x[step.cell]), digits.terms), Role.INPUT, bold=True),
        )
        y = Term(format_number(step.y, digits.results), Role.INPUT, bold=True)
        slope = float(self.trace.rule.derivative[step.cell])
        if rule.function == "relu":
            return (*x, Term(f" {mask_words(float(rule.x[step.cell]))}, "), y, Term("."))
        return (
            *x,
            Term(" lay where the curve has the slope "),
            Term(format_number(slope, digits.terms), bold=True),
            Term("; its gradient is "),
            y,
            Term("."),
        )

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        return muted(depth_words(self.trace.rule))
