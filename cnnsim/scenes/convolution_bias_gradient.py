"""The gradient of the biases of a convolution: the sum of G over each map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnsim.drawing import Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.convolution_kernel_gradient import gradient_tensor
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, slices, stacked
from cnnsim.scenes.signs import arrow, first
from cnnsim.scenes.sum_look import SumLook, sum_panel
from cnnsim.scenes.symbols import partial, total
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import BiasGradient, CellwiseTrace, Step


@dataclass(frozen=True, slots=True, eq=False)
class BiasGradientLook(SumLook):
    """How the gradient of the biases is shown."""

    trace: CellwiseTrace[BiasGradient]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The gradient that arrives from above."""
        return {"gradient": gradient_tensor(self.trace.rule.g)}

    @property
    def output(self) -> Tensor:
        """The gradient of the biases."""
        return Tensor("bias gradient", Role.KERNEL, self.trace.rule.output, "∂b", vector=True)

    def columns(self, step: Step) -> Sequence[Column]:
        """G; the sum so far; one number for each map."""
        rule = self.trace.rule
        size = size_text(*rule.g.shape[1:])
        return [
            stacked(slices(self.tensors["gradient"], "Gradient", f"∂J/∂y, {size}", editable=True)),
            stacked((sum_panel(step, rule.output),)),
            stacked(slices(self.output, "Bias gradient", "∂J/∂b", states=known(self, step))),
        ]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from G to the sum, and one on to the gradient of the bias."""
        g, target = first(grids, "gradient"), first(grids, "bias gradient")
        return arrow(g, grids["sum"], view), arrow(grids["sum"], target, view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the sum."""
        rows, cols = self.trace.rule.g.shape[1:]
        several = len(self.trace.rule.g) > 1
        return (
            *partial("b", Role.KERNEL, "[o]" if several else ""),
            *total("i", rows - 1),
            *total("j", cols - 1),
            Term("G", Role.GRADIENT, bold=True),
            Term("[o, i, j]" if several else "[i, j]"),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        cells = "1 output cell" if step.number == 1 else f"{step.number} output cells"
        return f"{self.output.words(step.cell)[1:]} was added to {cells}; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        return (Term("A bias is added to every cell of its map: it gets the sum of that map's G.", Role.MUTED),)
