"""Transposed convolution as the convolution of its stretched input with the turned kernel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnsim.drawing import CellState, Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.convolution_panels import map_index
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.footer import lines_of_note
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, largest, slices, stacked, tiled
from cnnsim.scenes.signs import arrow, between_grids, first, rows_of
from cnnsim.scenes.summing import narrate_sum_and_bias, sum_and_bias
from cnnsim.scenes.symbols import over
from cnnsim.scenes.tensors import Tensor
from cnnsim.scenes.transposed_panels import (
    meeting_place,
    output_map,
    size_and_padding,
    stretched_panels,
    stretched_tensor,
)
from cnnsim.trace import CellwiseTrace, GrainView, Step, TransposedConvolution


def transposed_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw a transposed convolution at a position, as a convolution of its stretched input.

    Returns a drawing with the matrices ``input`` (with inserted zeros and border), ``kernel`` (turned), ``products``,
    ``sum``, ``bias`` and ``output``; where there are several maps, ``input[0]`` and so on.

    Examples
    --------
    >>> from cnnsim.trace import transposed_convolution
    >>> steps = transposed_convolution([[1, 2]], [[1, 10, 100]], stride=2).at("cell")
    >>> drawing = transposed_scene(steps, len(steps) - 1, View(800, 560))
    >>> drawing.matrix("input").values, drawing.matrix("output").values
    (array([[0., 0., 1., 0., 2., 0., 0.]]), array([[  1.,  10., 102.,  20., 200.]]))
    """
    assert isinstance(steps.trace, CellwiseTrace)
    look = TransposedLook(steps.trace)
    return cellwise_scene(look, steps, position, view, note_lines=lines_of_note(view, look.note()))


@dataclass(frozen=True, slots=True, eq=False)
class TransposedLook:
    """How the convolution of the stretched input is shown."""

    trace: CellwiseTrace[TransposedConvolution]

    joint = ("", " + ", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The stretched input, the turned kernels, and the biases."""
        rule = self.trace.rule
        return {
            "input": stretched_tensor(rule),
            "kernel": Tensor("kernel", Role.KERNEL, rule.w[..., ::-1, ::-1], "w", turned=True),
            "bias": Tensor("bias", Role.KERNEL, rule.b.reshape(-1, 1, 1), "b", vector=True),
        }

    @property
    def output(self) -> Tensor:
        """The result."""
        return Tensor("output", Role.OUTPUT, self.trace.rule.output, "y")

    def columns(self, step: Step) -> Sequence[Column]:
        """The stretched input; kernel above products, or beside them if several; output above sum and bias."""
        rule, out = self.trace.rule, step.cell[0]
        kernels, products = self._kernels(out), self._products(step)
        middle = [kernels + products] if len(kernels) == 1 else [kernels, products]
        limit = largest(np.append(rule.w, rule.b))
        size = size_text(*rule.output.shape[1:])
        return [
            tiled(stretched_panels(rule), "input"),
            *map(stacked, middle),
            (
                *tiled(slices(self.output, "Output", size, states=known(self, step)), "output"),
                (
                    Panel("sum", np.array([[step.so_far]]), Role.TEXT, largest(rule.output), "Sum"),
                    *slices(self.tensors["bias"], "Bias", "", limit=limit, lead=(out,), editable=True),
                ),
            ),
        ]

    def _kernels(self, out: int) -> tuple[Panel, ...]:
        """Slices of an output map: one for every input map of its group."""
        rule, kernels = self.trace.rule, self.tensors["kernel"]
        channels = len(rule.w) // rule.groups
        group, of_group = divmod(out, rule.w.shape[1])
        limit, note = largest(np.append(rule.w, rule.b)), size_text(*rule.w.shape[2:])
        maps = range(group * channels, (group + 1) * channels)
        leads = [(channel, of_group) for channel in maps]
        shown = [slices(kernels, "Turned kernel", note, limit=limit, lead=lead, editable=True) for lead in leads]
        return tuple(panel for panels in shown for panel in panels)

    def _products(self, step: Step) -> tuple[Panel, ...]:
        rule = self.trace.rule
        products = Tensor("products", Role.TEXT, rule.rule.products(step.cell), "w · x")
        computed = np.full(products.array.shape, CellState.EMPTY, np.uint8)
        computed.reshape(-1)[: step.number + 1] = CellState.NORMAL
        return slices(products, "Products", "w · x", limit=largest(rule.x) * largest(rule.w), states=computed)

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """∗ between input and kernel, an arrow from the products to the sum, + before the bias."""
        products = [grid for name, grid in grids.items() if name.startswith("products")]
        return (
            between_grids(rows_of(grids, "input")[0][-1], first(grids, "kernel"), "∗", view),
            arrow(products[-1], grids["sum"], view),
            between_grids(grids["sum"], first(grids, "bias"), "+", view, 1.4),
        )

    def symbolic(self) -> tuple[Term, ...]:
        """Write which products make a cell of the output."""
        rule = self.trace.rule
        down, across = meeting_place(rule)
        channel, out = map_index("c", len(rule.x)), map_index("o", rule.w.shape[1])
        of_output = output_map(rule) if len(rule.b) > 1 else ""
        added = map_index("c", len(rule.x) // rule.groups)
        return (
            Term("y", Role.OUTPUT, bold=True),
            Term(f"[{map_index(of_output, len(rule.b))}i, j]  =  "),
            Term("b", Role.KERNEL, bold=True),
            Term((f"[{of_output}]" if of_output else "") + "  +  "),
            *over(f"{added}m, n, r, t"),
            Term("w", Role.KERNEL, bold=True),
            Term(f"[{channel}{out}r, t] · "),
            Term("x", Role.INPUT, bold=True),
            Term(f"[{channel}m, n]"),
            Term(f"      where  {down} = i,  {across} = j", Role.MUTED),
        )

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the sum, the bias and the result."""
        return sum_and_bias(self, step, digits)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        return narrate_sum_and_bias(self, step, digits)

    def note(self) -> tuple[Term, ...]:
        """Write the formula of the output's size, and say which padding is meant."""
        return size_and_padding(self.trace.rule)
