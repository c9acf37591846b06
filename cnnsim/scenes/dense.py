"""A dense layer: every input stands over the weights that it meets, every output beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnsim.drawing import CellState, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.cellwise_formula import narrate_multiply
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, largest, slices, stacked
from cnnsim.scenes.signs import between_grids
from cnnsim.scenes.summing import added_bias
from cnnsim.scenes.symbols import total
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Dense, Step
from cnnsim.typography import format_number


@dataclass(frozen=True, slots=True, eq=False)
class DenseLook:
    """How a dense layer is shown."""

    trace: CellwiseTrace[Dense]

    joint = ("", " + ", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The input, the weights and the biases."""
        return dense_tensors(self.trace.rule)

    @property
    def output(self) -> Tensor:
        """The result."""
        return Tensor("output", Role.OUTPUT, self.trace.rule.output, "y", vector=True)

    def columns(self, step: Step) -> Sequence[Column]:
        """Input above the weights, the products below; then the sums, the biases and the output, row by row."""
        rule, tensors = self.trace.rule, self.tensors
        computed = np.full((1, rule.counts), CellState.EMPTY, np.uint8)
        computed[0, : step.number + 1] = CellState.NORMAL
        product_limit = largest(rule.x) * largest(rule.w)
        products = rule.values(step.cell)[None]
        return [
            (
                (input_panel(rule),),
                slices(tensors["kernel"], "Weights", size_text(*rule.w.shape), editable=True),
                (Panel("products", products, Role.TEXT, product_limit, "Products", "w · x", computed),),
            ),
            stacked((self._sums(step),)),
            stacked(slices(tensors["bias"], "Bias", "", editable=True)),
            stacked(slices(self.output, "Output", "", states=known(self, step))),
        ]

    def _sums(self, step: Step) -> Panel:
        """Return the sums before the biases, the one in the making included."""
        rule, out = self.trace.rule, step.cell[0]
        sums = (rule.w * rule.x).cumsum(axis=1)[:, -1:]
        sums[out, 0] = step.so_far
        states = np.where(np.arange(len(sums)) <= out, CellState.NORMAL, CellState.EMPTY).astype(np.uint8)
        return Panel("sum", sums, Role.TEXT, largest(rule.output), "Sum", "", states[:, None])

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """= before the sums, + before the biases, = before the output."""
        return (
            between_grids(grids["kernel"], grids["sum"], "=", view, 1.4),
            between_grids(grids["sum"], grids["bias"], "+", view, 1.4),
            between_grids(grids["bias"], grids["output"], "=", view, 1.4),
        )

    def symbolic(self) -> tuple[Term, ...]:
        """Write the layer's sum."""
        return (
            Term("y", Role.OUTPUT, bold=True),
            Term("[o]  =  "),
            Term("b", Role.KERNEL, bold=True),
            Term("[o]  +  "),
            *total("i", self.trace.rule.counts - 1),
            Term("w", Role.KERNEL, bold=True),
            Term("[o, i] · "),
            Term("x", Role.INPUT, bold=True),
            Term("[i]"),
        )

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the sum, the bias and the result."""
        return added_bias(self, step, digits, step.cell)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        if step.contribution is not None:
            return narrate_multiply(self, step, digits, "sum so far")
        so_far = Term(format_number(step.so_far, digits.totals), bold=True)
        if step.y is None:
            return (Term(f"Row {step.cell[0]} of the weights and the input add up to "), so_far, Term("."))
        bias = format_number(float(self.trace.rule.b[step.cell]), digits.totals)
        return (
            Term("Sum "),
            so_far,
            Term(" plus bias "),
            Term(bias, Role.KERNEL, bold=True),
            Term(f" gives {self.output.words(step.cell)} = "),
            Term(format_number(step.y, digits.results), Role.OUTPUT, bold=True),
            Term("."),
        )

    def note(self) -> tuple[Term, ...]:
        """Count the weights."""
        outputs, inputs = self.trace.rule.w.shape
        return (
            Term("Every output sees every input:  ", Role.MUTED),
            Term(f"{outputs} · {inputs} + {outputs} = "),
            Term(f"{outputs * inputs + outputs:,}", Role.KERNEL, bold=True),
            Term(" parameters", Role.MUTED),
        )


def dense_tensors(rule: Dense) -> dict[str, Tensor]:
    """Return the input as a row, the weights, and the biases as a column."""
    return {
        "input": Tensor("input", Role.INPUT, rule.x, "x", vector=True),
        "kernel": Tensor("kernel", Role.KERNEL, rule.w, "w"),
        "bias": Tensor("bias", Role.KERNEL, rule.b, "b", vector=True),
    }


def input_panel(rule: Dense) -> Panel:
    """Return the row of inputs that stands above the weights."""
    return slices(dense_tensors(rule)["input"], "Input", str(rule.x.size), editable=True)[0]
