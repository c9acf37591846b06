"""The gradient of the biases of a convolution of signals: the sum of G."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnsim.drawing import Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.convolution_1d_kernel_gradient import gradient_strips, signal_gradient
from cnnsim.scenes.layout import View
from cnnsim.scenes.panels import Column, largest, slices, stacked
from cnnsim.scenes.stems import into
from cnnsim.scenes.strips import levelled
from cnnsim.scenes.sum_look import SumLook, sum_panel
from cnnsim.scenes.symbols import over, partial
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, SignalBiasGradient, Step


@dataclass(frozen=True, slots=True, eq=False)
class SignalBiasGradientLook(SumLook):
    """How the gradient of the biases is shown."""

    trace: CellwiseTrace[SignalBiasGradient]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The gradient of the output."""
        return {"gradient": signal_gradient(self.trace.rule.rule.g)}

    @property
    def output(self) -> Tensor:
        """The gradient of the biases."""
        return Tensor("bias gradient", Role.KERNEL, self.trace.rule.output, "∂b", vector=True)

    def columns(self, step: Step) -> Sequence[Column]:
        """G of every map; beside it the sum, and the gradient of the bias of the current one."""
        rule, (out, *_) = self.trace.rule.rule, step.cell
        gradients = [strip for map_ in range(len(rule.g)) for strip in gradient_strips(rule.g, map_)]
        total = sum_panel(step, rule.output)
        states = known(self, step)[out]
        mine = slices(self.output, "∂J/∂b", "", limit=largest(rule.output), lead=(out,), states=states)
        return [stacked(levelled(gradients, out)), stacked((total, *mine))]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from the current G to the sum."""
        return into(grids, "sum", view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the sum."""
        several = len(self.trace.rule.output) > 1
        return (
            *partial("b", Role.KERNEL, "[o]" if several else ""),
            *over("i"),
            Term("G", Role.GRADIENT, bold=True),
            Term("[o, i]" if several else "[i]"),
            Term("      G = ∂J/∂y", Role.MUTED),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        cells = "1 output cell" if step.number == 1 else f"{step.number} output cells"
        return f"{self.output.words(step.cell)[1:]} was added to {cells}; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        return (Term("A bias is added to every cell of its output: it gets the sum of that output's G.", Role.MUTED),)
