"""The gradient of a convolution by its input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cnnsim.drawing import Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.convolution_kernel_gradient import gradient_tensor
from cnnsim.scenes.convolution_panels import about, input_map, kernel_caption, kernel_tensor, map_index, weight_indices
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, largest, slices, stacked, tiled
from cnnsim.scenes.signs import arrow, between_grids
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.sum_look import SumLook, sum_panel
from cnnsim.scenes.symbols import over, partial
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, GrainView, InputGradient, Step


def input_gradient_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the gradient of a convolution with respect to its input at a position.

    Returns a drawing with the matrices ``gradient`` (∂J/∂y), ``kernel`` and ``input gradient``.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution, input_gradient
    >>> steps = input_gradient(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))).at("cell")
    >>> input_gradient_scene(steps, len(steps) - 1, View(800, 560)).matrix("input gradient").values[2]
    array([2., 3., 5., 3., 2.])
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return cellwise_scene(InputGradientLook(steps.trace), steps, position, view)


@dataclass(frozen=True, slots=True, eq=False)
class InputGradientLook(SumLook):
    """How the gradient of the input is shown: every window over a cell hands its G back through a weight."""

    trace: CellwiseTrace[InputGradient]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The gradient of the output, and the kernels as they lay on the windows."""
        rule = self.trace.rule
        return {
            "gradient": gradient_tensor(rule.g),
            "kernel": kernel_tensor(rule.forward),
        }

    @property
    def output(self) -> Tensor:
        """The gradient of the input."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x")

    def columns(self, step: Step) -> Sequence[Column]:
        """Of every output map that sees the cell's map, G and the slice of the kernel; the gradient of the input."""
        rule, (channel, *_) = self.trace.rule, step.cell
        outs, current = rule.outs(channel), self._out(step) - rule.outs(channel).start
        room = max(rule.g.shape[1], rule.forward.w.shape[2]) if len(outs) > 1 else 0
        within, note = channel % rule.forward.w.shape[1], size_text(*rule.forward.w.shape[2:])
        caption, weights = kernel_caption(rule.forward), largest(rule.forward.w)
        gradients = slices(self.tensors["gradient"], "Gradient", "∂J/∂y", editable=True)[outs.start : outs.stop]
        kernels = [
            slices(self.tensors["kernel"], caption, note, limit=weights, lead=(out, within), editable=True)[0]
            for out in outs
        ]
        found = slices(self.output, "Input gradient", "∂J/∂x", states=known(self, step))
        return [
            stacked([replace(panel, room=room) for panel in about(gradients, current)]),
            stacked([replace(panel, room=room) for panel in about(_noted_once(kernels), current)]),
            (*tiled(about(found, channel)), (sum_panel(step, rule.output),)),
        ]

    def _out(self, step: Step) -> int:
        """Output map that the step is in."""
        outs, count = self.trace.rule.outs(step.cell[0]), len(self.trace.rule.values(step.cell))
        return outs.start + min(step.number, count - 1) * len(outs) // count if count else outs.start

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """∗ between G and the kernel, an arrow to the sum."""
        gradients = [grid for name, grid in grids.items() if name.startswith("gradient")]
        kernels = [grid for name, grid in grids.items() if name.startswith("kernel")]
        signs = (between_grids(left, right, "∗", view) for left, right in zip(gradients, kernels, strict=True))
        return *signs, arrow(kernels[-1], grids["sum"], view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the gradient of an input cell."""
        rule = self.trace.rule.forward
        rows, cols = rule.geometry.rows, rule.geometry.cols
        out, channel = map_index("o", len(rule.w)), map_index(input_map(rule), len(rule.x))
        weight = f"[{out}{map_index('c', rule.w.shape[1])}{weight_indices(rule)}]"
        return (
            *partial("x", Role.INPUT, f"[{channel}i, j]"),
            *over(f"{map_index('o', len(rule.w) // rule.groups)}m, n"),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{out}m, n] · "),
            Term("w", Role.KERNEL, bold=True),
            Term(weight),
            Term("      where  ", Role.MUTED),
            Term(f"{axis_place('m', 'r', rows)} = i,  {axis_place('n', 't', cols)} = j", Role.MUTED),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        windows = "1 window covers" if step.number == 1 else f"{step.number or 'No'} windows cover"
        return f"{windows} {self.output.words(step.cell)[1:]}; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        geometry = self.trace.rule.forward.geometry
        if geometry.rows.stride == geometry.cols.stride == 1:
            words = "With stride 1 this is a full convolution of G: the weights are met in turned order."
        else:
            words = "With a stride fewer windows cover a cell: only those hand something back."
        return (Term(words, Role.MUTED),)


def _noted_once(panels: Sequence[Panel]) -> tuple[Panel, ...]:
    """Leave all notes but the first out."""
    return panels[0], *(replace(panel, note="") for panel in panels[1:])
