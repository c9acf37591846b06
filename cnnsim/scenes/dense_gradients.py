"""The gradients of a dense layer: of its weights, of its biases and of its input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnsim.drawing import CellState, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.cellwise_formula import result
from cnnsim.scenes.dense import dense_tensors, input_panel
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, largest, slices, stacked
from cnnsim.scenes.signs import arrow, between_grids
from cnnsim.scenes.sum_look import SumLook
from cnnsim.scenes.symbols import partial, total
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, DenseBiasGradient, DenseInputGradient, DenseWeightGradient, Step
from cnnsim.trace.cellwise import Array
from cnnsim.typography import EQUALS


def _gradient_tensor(g: Array) -> Tensor:
    return Tensor("gradient", Role.GRADIENT, g, "G", vector=True)


@dataclass(frozen=True, slots=True, eq=False)
class DenseWeightGradientLook(SumLook):
    """How the gradient of the weights is shown: a table of products of G at its side with the input above it."""

    trace: CellwiseTrace[DenseWeightGradient]

    joint = ("", "", "")
    so_far = "gradient so far"

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The input and the gradient that arrives from above."""
        rule = self.trace.rule
        return {"input": dense_tensors(rule.forward)["input"], "gradient": _gradient_tensor(rule.g)}

    @property
    def output(self) -> Tensor:
        """The gradient of the weights."""
        return Tensor("kernel gradient", Role.KERNEL, self.trace.rule.output, "∂w")

    def columns(self, step: Step) -> Sequence[Column]:
        """G with the product over it, beside the table under the input."""
        rule = self.trace.rule
        product = Panel("product", np.array([[step.so_far]]), Role.TEXT, largest(rule.output), "G · x")
        note = f"∂J/∂w, {size_text(*rule.output.shape)}"
        table = slices(self.output, "Weight gradient", note, states=known(self, step))
        return [
            stacked((product, *slices(self.tensors["gradient"], "Gradient", "", editable=True))),
            stacked((input_panel(rule.forward), *table)),
        ]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from G to the table."""
        return (arrow(grids["gradient"], grids["kernel gradient"], view),)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the product."""
        return (
            *partial("w", Role.KERNEL, "[o, i]"),
            Term("G", Role.GRADIENT, bold=True),
            Term("[o] · "),
            Term("x", Role.INPUT, bold=True),
            Term("[i]"),
            Term("      G = ∂J/∂y", Role.MUTED),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        out, place = step.cell
        return f"w[{out}, {place}] joined x[{place}] to y[{out}]; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        return (Term("An outer product: every G times every input, one product for every weight.", Role.MUTED),)


@dataclass(frozen=True, slots=True, eq=False)
class DenseBiasGradientLook(SumLook):
    """How the gradient of the biases is shown: it is G."""

    trace: CellwiseTrace[DenseBiasGradient]

    joint = ("", "", "")
    so_far = "gradient so far"

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The gradient that arrives from above."""
        return {"gradient": _gradient_tensor(self.trace.rule.g)}

    @property
    def output(self) -> Tensor:
        """The gradient of the biases."""
        return Tensor("bias gradient", Role.KERNEL, self.trace.rule.output, "∂b", vector=True)

    def columns(self, step: Step) -> Sequence[Column]:
        """G, and the gradient of the biases."""
        return [
            stacked(slices(self.tensors["gradient"], "Gradient", "∂J/∂y", editable=True)),
            stacked(slices(self.output, "Bias gradient", "∂J/∂b", states=known(self, step))),
        ]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from G to the gradient of the biases."""
        return (arrow(grids["gradient"], grids["bias gradient"], view),)

    def symbolic(self) -> tuple[Term, ...]:
        """Write that it is G."""
        return (*partial("b", Role.KERNEL, "[o]"), Term("G", Role.GRADIENT, bold=True), Term("[o]"))

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the result: nothing is multiplied, so it is exactly what is shown."""
        return EQUALS, result(self, step, digits)

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        return f"b[{step.cell[0]}] was added to y[{step.cell[0]}] alone; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        return (Term("A bias is added to one output, with the slope 1: it gets that output's G as it is.", Role.MUTED),)


@dataclass(frozen=True, slots=True, eq=False)
class DenseInputGradientLook(SumLook):
    """How the gradient of the input is shown: every input gathers along its column of weights."""

    trace: CellwiseTrace[DenseInputGradient]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The input, the weights and the gradient that arrives from above."""
        rule = self.trace.rule
        weights = {name: tensor for name, tensor in dense_tensors(rule.forward).items() if name != "bias"}
        return {**weights, "gradient": _gradient_tensor(rule.g)}

    @property
    def output(self) -> Tensor:
        """The gradient of the input."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x", vector=True)

    def columns(self, step: Step) -> Sequence[Column]:
        """G beside the weights, with the input above and its gradient below; the products along the column."""
        rule, tensors = self.trace.rule, self.tensors
        states = np.full((rule.counts, 1), CellState.EMPTY, np.uint8)
        states[: step.number + 1] = CellState.NORMAL
        products, limit = rule.values(step.cell)[:, None], largest(rule.forward.w) * largest(rule.g)
        return [
            stacked(slices(tensors["gradient"], "Gradient", "", editable=True)),
            (
                (input_panel(rule.forward),),
                slices(tensors["kernel"], "Weights", size_text(*rule.forward.w.shape), editable=True),
                slices(self.output, "Input gradient", "∂J/∂x", states=known(self, step)),
            ),
            stacked((Panel("products", products, Role.TEXT, limit, "w · G", "", states),)),
        ]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """A dot between G and the weights, = before the products."""
        return (
            between_grids(grids["gradient"], grids["kernel"], "·", view),
            between_grids(grids["kernel"], grids["products"], "=", view, 1.4),
        )

    def symbolic(self) -> tuple[Term, ...]:
        """Write the sum over the outputs."""
        return (
            *partial("x", Role.INPUT, "[i]"),
            *total("o", self.trace.rule.counts - 1),
            Term("w", Role.KERNEL, bold=True),
            Term("[o, i] · "),
            Term("G", Role.GRADIENT, bold=True),
            Term("[o]"),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        outputs = "1 output" if step.number == 1 else f"all {step.number} outputs"
        return f"x[{step.cell[1]}] went to {outputs}; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        return (
            Term(
                "The weights transposed: forwards a row makes an output, backwards a column an input's gradient.",
                Role.MUTED,
            ),
        )
