"""The gradient of the input of a transposed convolution: an ordinary convolution of G."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cnnsim.drawing import Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.convolution_panels import map_index
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, largest, slices, stacked, tiled
from cnnsim.scenes.signs import arrow, between_grids, rows_of
from cnnsim.scenes.sum_look import SumLook, computed_states, sum_panel
from cnnsim.scenes.symbols import partial, total
from cnnsim.scenes.tensors import Tensor
from cnnsim.scenes.transposed_panels import (
    both_axes,
    canvas_note,
    canvas_states,
    canvas_tensor,
    meeting_place,
    output_map,
)
from cnnsim.trace import (
    CellwiseTrace,
    GrainView,
    Step,
    TransposedConvolution,
    TransposedInputGradient,
)
from cnnsim.trace.cellwise import Array

_IN_ROWS = 2  # maps of G that each have a row with their kernel and its products; more would leave no height for it


def transposed_input_gradient_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the gradient of a transposed convolution with respect to its input at a position.

    Returns a drawing with the matrices ``gradient`` (∂J/∂y, with 0 where the output was cut off), ``kernel``,
    ``products``, ``sum`` and ``input gradient``.

    Examples
    --------
    >>> from cnnsim.trace import transposed_convolution, transposed_input_gradient
    >>> forward = transposed_convolution([[1, 2]], [[1, 10, 100]], stride=2)
    >>> steps = transposed_input_gradient(forward, [[1, 0, 2, 0, 3]]).at("cell")
    >>> transposed_input_gradient_scene(steps, 1.0, View(800, 560)).matrix("input gradient").values
    array([[201., 302.]])
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return cellwise_scene(TransposedInputGradientLook(steps.trace), steps, position, view)


def canvas_gradient(forward: TransposedConvolution, canvas: Array) -> Tensor:
    """Return the gradient of the output, with 0 around it where the output was cut off."""
    return canvas_tensor(forward, "gradient", Role.GRADIENT, canvas, "G")


@dataclass(frozen=True, slots=True, eq=False)
class TransposedInputGradientLook(SumLook):
    """How the gradient of the input is shown: an ordinary convolution of G with the kernel as it is."""

    trace: CellwiseTrace[TransposedInputGradient]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """G with what was cut off, and the kernels."""
        rule = self.trace.rule
        return {
            "gradient": canvas_gradient(rule.forward, rule.rule.padded),
            "kernel": Tensor("kernel", Role.KERNEL, rule.forward.w, "w"),
        }

    @property
    def output(self) -> Tensor:
        """The gradient of the input."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x")

    def columns(self, step: Step) -> Sequence[Column]:
        """G; kernel above products, or beside them if there are several; the gradient of the input above its sum."""
        rule, channel = self.trace.rule, step.cell[0]
        size = size_text(*rule.forward.w.shape[2:])
        kernels = slices(self.tensors["kernel"], "Kernel", size, lead=(channel,), editable=True)
        products = Tensor("products", Role.TEXT, rule.rule.products(step.cell), "w · G")
        limit = largest(rule.g) * largest(rule.forward.w)
        shown = slices(products, "Products", "w · G", limit=limit, states=computed_states(products.array, step))
        middle = [kernels + shown] if len(kernels) == 1 else [self._in_rows(kernels), self._in_rows(shown)]
        gradients = self._gradients(channel)
        return [
            stacked(gradients) if len(kernels) == _IN_ROWS else tiled(gradients, "gradient"),
            *map(stacked, middle),
            (
                *tiled(slices(self.output, "Input gradient", "∂J/∂x", states=known(self, step)), "output"),
                (sum_panel(step, rule.output),),
            ),
        ]

    def _gradients(self, channel: int) -> tuple[Panel, ...]:
        """Return the maps of G that the kernels of a map of the input lie on."""
        rule = self.trace.rule
        note, states = f"∂J/∂y, {canvas_note(rule.forward)}", canvas_states(rule.forward)
        panels = slices(self.tensors["gradient"], "Gradient", note, states=states, editable=True)
        begin = rule.rule.first_channel(channel)
        return replace(panels[begin], note=note), *panels[begin + 1 : begin + rule.forward.w.shape[1]]

    def _in_rows(self, panels: tuple[Panel, ...]) -> tuple[Panel, ...]:
        """Give the panels of two maps the height of the maps of G that they belong to."""
        if len(panels) != _IN_ROWS:
            return panels
        return tuple(replace(panel, room=self.trace.rule.rule.padded.shape[1]) for panel in panels)

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """∗ between G and the kernel and = before the products, for each of two maps; an arrow to the sum."""
        gradients, kernels, products = (
            [grid for name, grid in grids.items() if name.startswith(tensor)]
            for tensor in ("gradient", "kernel", "products")
        )
        to_sum = arrow(products[-1], grids["sum"], view)
        if len(kernels) != _IN_ROWS:
            return between_grids(rows_of(grids, "gradient")[0][-1], kernels[0], "∗", view), to_sum
        times = (between_grids(g, kernel, "∗", view) for g, kernel in zip(gradients, kernels, strict=True))
        equals = (between_grids(kernel, made, "=", view, 1.4) for kernel, made in zip(kernels, products, strict=True))
        return *times, *equals, to_sum

    def symbolic(self) -> tuple[Term, ...]:
        """Write the gradient of a cell of the input."""
        forward = self.trace.rule.forward
        down, across = meeting_place(forward)
        channel, out = map_index("c", len(forward.x)), map_index("o", forward.w.shape[1])
        return (
            *partial("x", Role.INPUT, f"[{channel}m, n]"),
            *(total("o", forward.w.shape[1] - 1) if out else ()),
            *total("r", forward.w.shape[2] - 1),
            *total("t", forward.w.shape[3] - 1),
            Term(" w", Role.KERNEL, bold=True),
            Term(f"[{channel}{out}r, t] · "),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{map_index(output_map(forward), len(forward.b))}{down}, {across}]"),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        return f"The stamp of {self.output.words(step.cell)[1:]} covers {step.number} cells; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        return (
            Term(
                f"An ordinary convolution of G{_with_stride(self.trace.rule.forward)}, kernel not turned.", Role.MUTED
            ),
        )


def _with_stride(forward: TransposedConvolution) -> str:
    stride = both_axes(forward.rows.stride, forward.cols.stride)
    return "" if stride == "1" else f" with stride {stride}"
