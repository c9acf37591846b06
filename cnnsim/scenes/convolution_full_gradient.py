"""The gradient of a convolution by its input, as a full convolution of G with the turned kernel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.convolution_panels import about, input_map, map_index, weight_indices
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, largest, slices, stacked, tiled
from cnnsim.scenes.signs import arrow, between_grids
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.sum_look import SumLook, sum_panel
from cnnsim.scenes.symbols import over, partial
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, FullInputGradient, Step
from cnnsim.trace.convolution_full_gradient import border
from cnnsim.trace.geometry import Axis


@dataclass(frozen=True, slots=True, eq=False)
class FullInputGradientLook(SumLook):
    """How the full convolution of G is shown: G with its zeros, the turned kernels, and the gradient of the input."""

    trace: CellwiseTrace[FullInputGradient]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """G with zeros between its cells and around them, and the turned kernels."""
        rule, geometry = self.trace.rule, self.trace.rule.forward.geometry
        frame = (*border(geometry.rows), *border(geometry.cols))
        spread = (geometry.rows.stride, geometry.cols.stride)
        return {
            "gradient": Tensor("gradient", Role.GRADIENT, rule.stretched, "G", frame=frame, spread=spread),
            "kernel": Tensor("kernel", Role.KERNEL, rule.turned, "w", turned=not rule.forward.flip),
        }

    @property
    def output(self) -> Tensor:
        """The gradient of the input."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x")

    def columns(self, step: Step) -> Sequence[Column]:
        """G; kernel above products, or a row for every output map; the gradient of the input above the sum."""
        rule = self.trace.rule
        gradients, kernels, products = self._gradients(step), self._kernels(step), self._products(step)
        middle = [stacked(kernels + products)] if len(kernels) == 1 else [stacked(kernels), stacked(products)]
        found = slices(self.output, "Input gradient", "∂J/∂x", states=known(self, step))
        total = sum_panel(step, rule.output)
        return [stacked(gradients), *middle, (*tiled(about(found, step.cell[0])), (total,))]

    def _gradients(self, step: Step) -> tuple[Panel, ...]:
        """Return the maps of G that the kernels of the cell's map lie on."""
        rule = self.trace.rule
        note = f"∂J/∂y, {self._zeros()}"
        panels = slices(
            self.tensors["gradient"], "Gradient", note, limit=largest(rule.g), states=self._states(), editable=True
        )
        first = rule.rule.first_channel(step.cell[0])
        return self._beside(panels[first : first + rule.rule.w.shape[1]], step)

    def _kernels(self, step: Step) -> tuple[Panel, ...]:
        """Return the slices of all kernels that see the cell's map."""
        rule, (channel, *_) = self.trace.rule, step.cell
        caption = "Kernel" if rule.forward.flip else "Turned kernel"
        outs, channels = rule.rule.w.shape[1], rule.forward.w.shape[1]
        first, within = rule.rule.first_channel(channel), channel % channels
        panels: list[Panel] = []
        for out in range(first, first + outs):
            note = "" if panels else size_text(*rule.turned.shape[2:])
            limit = largest(rule.turned)
            panels += slices(self.tensors["kernel"], caption, note, limit=limit, lead=(out, within), editable=True)
        return self._beside(tuple(panels), step)

    def _products(self, step: Step) -> tuple[Panel, ...]:
        rule = self.trace.rule
        products = Tensor("products", Role.TEXT, rule.rule.products(step.cell), "w · G")
        computed = np.full(products.array.shape, CellState.EMPTY, np.uint8)
        computed.reshape(-1)[: step.number + 1] = CellState.NORMAL
        limit, note = largest(rule.g) * largest(rule.turned), "w · G" if len(products.array) == 1 else ""
        return self._beside(slices(products, "Products", note, limit=limit, states=computed), step)

    def _beside(self, panels: tuple[Panel, ...], step: Step) -> tuple[Panel, ...]:
        """Give panels of several maps the height of the maps of G that they belong to."""
        if len(panels) == 1:
            return panels
        rule = self.trace.rule.rule
        current = int(min(step.number, rule.counts - 1) // rule.w[0, 0].size)
        return tuple(replace(panel, room=rule.x.shape[1]) for panel in about(panels, current))

    def _states(self) -> NDArray[np.uint8]:
        """States of a map of G: its cells, the zeros between them, and the border."""
        geometry = self.trace.rule.forward.geometry
        down, across = stretched_states(geometry.rows)[:, None], stretched_states(geometry.cols)
        outside = (down == CellState.PADDING) | (across == CellState.PADDING)
        return np.where(outside, CellState.PADDING, np.maximum(down, across)).astype(np.uint8)

    def _zeros(self) -> str:
        """Say how many zeros stand around G, and between its cells."""
        geometry = self.trace.rule.forward.geometry
        borders = {*border(geometry.rows), *border(geometry.cols)}
        around = f"border {borders.pop()}" if len(borders) == 1 else "with border"
        return f"{around}, stretched" if max(geometry.rows.stride, geometry.cols.stride) > 1 else around

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """∗ between G and the kernels, an arrow from the products to the sum."""
        gradients, kernels, products = (
            [grid for name, grid in grids.items() if name.startswith(start)]
            for start in ("gradient", "kernel", "products")
        )
        signs = (between_grids(left, right, "∗", view) for left, right in zip(gradients, kernels, strict=True))
        equal = zip(kernels, products, strict=True) if len(kernels) > 1 else ()
        return (
            *signs,
            *(between_grids(left, right, "=", view, 1.4) for left, right in equal),
            arrow(products[-1], grids["sum"], view),
        )

    def symbolic(self) -> tuple[Term, ...]:
        """Write the convolution: the sum over all weights that meet a cell of G."""
        rule = self.trace.rule.forward
        out = map_index("o", len(rule.w) // rule.groups)
        maps = map_index("o", len(rule.w))
        rows, cols = axis_place("m", "r", rule.geometry.rows), axis_place("n", "t", rule.geometry.cols)
        return (
            *partial("x", Role.INPUT, f"[{map_index(input_map(rule), len(rule.x))}i, j]"),
            *over(f"{out}r, t"),
            Term("w", Role.KERNEL, bold=True),
            Term(f"[{maps}{map_index('c', rule.w.shape[1])}{weight_indices(rule)}] · "),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{maps}m, n]"),
            Term(f"      where  {rows} = i,  {cols} = j", Role.MUTED),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        return f"The {step.number} products add up to the gradient of {self.output.words(step.cell)[1:]}: "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        geometry = self.trace.rule.forward.geometry
        words = "The turned kernel slides over all of G, from its first corner to its last: a full convolution."
        if geometry.padded_shape != geometry.input_shape:
            words = "Without padding the border is d(k − 1) wide; the padding takes p of it away again."
        if max(geometry.rows.stride, geometry.cols.stride) > 1:
            words = "With a stride, zeros stand between the cells of G; the turned kernel slides over all of it."
        return (Term(words, Role.MUTED),)


def stretched_states(axis: Axis) -> NDArray[np.uint8]:
    """Return what the places of a stretched G are: its cells, zeros between them, and the border."""
    place = np.arange(axis.n + axis.extent - 1) - border(axis)[0]
    inside = (place >= 0) & (place <= (axis.windows - 1) * axis.stride)
    states = np.where(place % axis.stride == 0, CellState.NORMAL, CellState.INSERTED)
    return np.where(inside, states, CellState.PADDING).astype(np.uint8)
