"""The convolution page: input and window, kernels, products, sum, bias and output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cnnsim.drawing import CellState, Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.channel_sums import channel_sum_panels, current_channel, narrate_channels
from cnnsim.scenes.convolution_panels import (
    about,
    input_map,
    input_panels,
    input_tensor,
    kernel_caption,
    kernel_tensor,
    map_index,
    weight_indices,
)
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.footer import lines_of_note
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, Row, largest, slices, stacked, tiled
from cnnsim.scenes.signs import after_caption, arrow, between_grids, row_of
from cnnsim.scenes.size_formula import axis_place, size_terms
from cnnsim.scenes.summing import sum_and_bias
from cnnsim.scenes.symbols import total
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Convolution, GrainView, Step


def convolution_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw a convolution at a position.

    Parameters
    ----------
    steps
        The steps of `cnnsim.trace.convolution` at some grain.
    position
        Index of the step; a fraction is the way to the next one.
    view
        Space to fill.

    Returns
    -------
    Drawing
        With the matrices ``input`` (padded), ``kernel`` (as it lies on the window), ``products``, ``sum``, ``bias``
        and ``output``; where there are several maps, ``input[0]``, ``kernel[0, 1]`` and so on.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).at("cell")
    >>> convolution_scene(steps, len(steps) - 1, View(800, 560)).matrix("output").values
    array([[4., 3., 4.],
           [2., 4., 3.],
           [2., 3., 4.]])
    """
    trace = steps.trace
    assert isinstance(trace, CellwiseTrace)
    look = ConvolutionLook(trace)
    return cellwise_scene(look, steps, position, view, note_lines=lines_of_note(view, look.note()))


@dataclass(frozen=True, slots=True, eq=False)
class ConvolutionLook:
    """How a convolution is shown."""

    trace: CellwiseTrace[Convolution]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """Input with its padding, and kernels as they lie on the windows."""
        rule = self.trace.rule
        bias = Tensor("bias", Role.KERNEL, rule.b.reshape(-1, 1, 1), "b")
        return {"input": input_tensor(rule), "kernel": kernel_tensor(rule), "bias": bias}

    @property
    def output(self) -> Tensor:
        """The result."""
        return Tensor("output", Role.OUTPUT, self.trace.rule.output, "y")

    joint = ("", " + ", "")

    def columns(self, step: Step) -> Sequence[Column]:
        """Input; kernel above products, or a row for each channel that ends in its sum; output above sum and bias."""
        kernels, products = self._kernels(step), self._products(step)
        if len(kernels) == 1:
            middle = [stacked(kernels + products)]
        else:
            sums = self._beside_inputs(channel_sum_panels(self.trace.rule, step), step)
            middle = [stacked(kernels), tuple(zip(products, sums, strict=True))]
        inputs = self._inputs(step)
        beside_theirs = len(inputs) == len(kernels)
        left = stacked(inputs) if beside_theirs else tiled(inputs, "input")
        return [left, *middle, (*tiled(self._outputs(step)), self._ending(step))]

    def _inputs(self, step: Step) -> tuple[Panel, ...]:
        rule = self.trace.rule
        return about(input_panels(rule), rule.first_channel(step.cell[0]) + current_channel(self.trace.rule, step))

    def _kernels(self, step: Step) -> tuple[Panel, ...]:
        rule, note = self.trace.rule, size_text(*self.trace.rule.w.shape[2:])
        kernel, lead = self.tensors["kernel"], (step.cell[0],)
        limit = weight_limit(rule)
        panels = slices(kernel, kernel_caption(rule), note, limit=limit, lead=lead, editable=True)
        return self._beside_inputs(panels, step)

    def _products(self, step: Step) -> tuple[Panel, ...]:
        rule = self.trace.rule
        products = Tensor("products", Role.TEXT, rule.products(step.cell), "w · x")
        computed = np.full(products.array.shape, CellState.EMPTY, np.uint8)
        computed.reshape(-1)[: step.number + 1] = CellState.NORMAL
        limit, note = largest(rule.x) * largest(rule.w), "w · x" if len(products.array) == 1 else ""
        return self._beside_inputs(slices(products, "Products", note, limit=limit, states=computed), step)

    def _beside_inputs(self, panels: tuple[Panel, ...], step: Step) -> tuple[Panel, ...]:
        """Give panels of several channels the height of the inputs that they belong to."""
        if len(panels) == 1:
            return panels
        room = self.trace.rule.padded.shape[1]
        return tuple(replace(panel, room=room) for panel in about(panels, current_channel(self.trace.rule, step)))

    def _outputs(self, step: Step) -> tuple[Panel, ...]:
        panels = slices(self.output, "Output", size_text(*self.output.array.shape[1:]), states=known(self, step))
        return about(panels, step.cell[0])

    def _ending(self, step: Step) -> Row:
        total = Panel("sum", np.array([[step.so_far]]), Role.TEXT, largest(self.output.array), "Sum")
        limit = weight_limit(self.trace.rule)
        return total, *slices(self.tensors["bias"], "Bias", "", limit=limit, lead=step.cell[:1], editable=True)

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """∗ between input and kernel, arrows from the products or the channels' sums to the sum, + before the bias."""
        inputs, kernels, products, sums, biases = (
            [grid for name, grid in grids.items() if name.startswith(start)]
            for start in ("input", "kernel", "products", "channel sum", "bias")
        )
        several = len(kernels) > 1
        pairs = list(zip(inputs, kernels, strict=True)) if len(inputs) == len(kernels) else []
        *_, last = row_of(grids, inputs[0].name)
        alone = replace(between_grids(last, kernels[0], "∗", view), y=kernels[0].y + kernels[0].height / 2)
        equal = zip(kernels, products, strict=True) if several else ()
        return (
            *([between_grids(left, right, "∗", view) for left, right in pairs] or [alone]),
            *(between_grids(left, right, "=", view, 1.4) for left, right in equal),
            *(arrow(grid, grids["sum"], view) for grid in products[-1:] if not sums),
            *(replace(arrow(grid, grids["sum"], view), x1=after_caption(grid, view)) for grid in sums),
            between_grids(grids["sum"], biases[0], "+", view, min(1.4, 1.3 * grids["sum"].cell / view.unit)),
        )

    def symbolic(self) -> tuple[Term, ...]:
        """Write the layer's sum with its stride, padding and dilation."""
        return convolution_symbols(self.trace.rule)

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the sum, the bias and the result."""
        return sum_and_bias(self, step, digits)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does; at the last product of a channel, what that channel gives."""
        return narrate_channels(self, self.trace.rule, step, digits)

    def note(self) -> tuple[Term, ...]:
        """Write the formula of the output's size."""
        return size_terms(self.trace.rule.geometry)


def weight_limit(rule: Convolution) -> float:
    """Return the size of the largest weight or bias."""
    return largest(np.append(rule.w, rule.b))


def convolution_symbols(rule: Convolution) -> tuple[Term, ...]:
    """Write y = b + Σ w · x with the indices of this convolution."""
    (kh, kw), channels = rule.w.shape[2:], rule.w.shape[1]
    out, channel, source = (
        map_index("o", len(rule.w)),
        map_index("c", channels),
        map_index(input_map(rule), len(rule.x)),
    )
    place = f"{axis_place('i', 'r', rule.geometry.rows)}, {axis_place('j', 't', rule.geometry.cols)}"
    return (
        Term("y", Role.OUTPUT, bold=True),
        Term(f"[{out}i, j]  =  "),
        Term("b", Role.KERNEL, bold=True),
        Term(("[o]" if out else "") + "  +  "),
        *(total("c", channels - 1) if channel else ()),
        *total("r", kh - 1),
        *total("t", kw - 1),
        Term("w", Role.KERNEL, bold=True),
        Term(f"[{out}{channel}{weight_indices(rule)}] · "),
        Term("x", Role.INPUT, bold=True),
        Term(f"[{source}{place}]"),
    )
