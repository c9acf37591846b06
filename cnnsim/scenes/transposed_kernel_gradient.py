"""The gradient of the kernels of a transposed convolution: x met with G."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnsim.drawing import Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.convolution_panels import map_index
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, largest, slices, stacked
from cnnsim.scenes.signs import arrow, between_grids, first
from cnnsim.scenes.sum_look import SumLook, computed_states, sum_panel
from cnnsim.scenes.symbols import partial, total
from cnnsim.scenes.tensors import Tensor
from cnnsim.scenes.transposed_input_gradient import canvas_gradient
from cnnsim.scenes.transposed_panels import canvas_note, canvas_states, meeting_place, output_map
from cnnsim.trace import (
    CellwiseTrace,
    GrainView,
    Step,
    TransposedKernelGradient,
)


def transposed_kernel_gradient_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the gradient of a transposed convolution with respect to its kernels at a position.

    Returns a drawing with the matrices ``gradient`` (∂J/∂y, with 0 where the output was cut off), ``input``,
    ``products``, ``sum`` and ``kernel gradient``.

    Examples
    --------
    >>> from cnnsim.trace import transposed_convolution, transposed_kernel_gradient
    >>> forward = transposed_convolution([[1, 2]], [[1, 10, 100]], stride=2)
    >>> steps = transposed_kernel_gradient(forward, [[1, 0, 2, 0, 3]]).at("cell")
    >>> transposed_kernel_gradient_scene(steps, 2.0, View(800, 560)).matrix("kernel gradient").values
    array([[5., 0., 8.]])
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return cellwise_scene(TransposedKernelGradientLook(steps.trace), steps, position, view)


@dataclass(frozen=True, slots=True, eq=False)
class TransposedKernelGradientLook(SumLook):
    """How the gradient of the kernels is shown: the input slides over G, spread as its stamps were."""

    trace: CellwiseTrace[TransposedKernelGradient]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """G with what was cut off, and the input."""
        rule = self.trace.rule
        return {
            "gradient": canvas_gradient(rule.forward, rule.rule.forward.padded),
            "input": Tensor("input", Role.INPUT, rule.forward.x, "x"),
        }

    @property
    def output(self) -> Tensor:
        """The gradient of the kernels."""
        return Tensor("kernel gradient", Role.KERNEL, self.trace.rule.output, "∂w")

    def columns(self, step: Step) -> Sequence[Column]:
        """G of the map; the map of the input above its products; the gradient of the kernel above its sum."""
        rule, (channel, of_group, *_) = self.trace.rule, step.cell
        seen = rule.rule.forward.first_channel(channel) + of_group
        products = Tensor("products", Role.TEXT, rule.rule.products(step.cell)[None], "x · G")
        limit = largest(rule.g) * largest(rule.forward.x)
        size, states = size_text(*rule.forward.x.shape[1:]), canvas_states(rule.forward)
        gradient, note = self.tensors["gradient"], f"∂J/∂y, {canvas_note(rule.forward)}"
        return [
            stacked(slices(gradient, "Gradient", note, lead=(seen,), states=states, editable=True)),
            stacked(
                (
                    *slices(self.tensors["input"], "Input", size, lead=(channel,), editable=True),
                    *slices(products, "Products", "x · G", limit=limit, states=computed_states(products.array, step)),
                )
            ),
            (
                *stacked(
                    slices(self.output, "Kernel gradient", "∂J/∂w", lead=(channel,), states=known(self, step)[channel])
                ),
                (sum_panel(step, rule.output),),
            ),
        ]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """∗ between G and the input, an arrow from the products to the sum."""
        sign = between_grids(first(grids, "gradient"), first(grids, "input"), "∗", view)
        return sign, arrow(grids["products"], grids["sum"], view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the gradient of a weight."""
        forward = self.trace.rule.forward
        down, across = meeting_place(forward)
        channel, out = map_index("c", len(forward.x)), map_index("o", forward.w.shape[1])
        return (
            *partial("w", Role.KERNEL, f"[{channel}{out}r, t]"),
            *total("m", forward.rows.n - 1),
            *total("n", forward.cols.n - 1),
            Term(" x", Role.INPUT, bold=True),
            Term(f"[{channel}m, n] · "),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{map_index(output_map(forward), len(forward.b))}{down}, {across}]"),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        return f"{self.output.words(step.cell)[1:]} is in {step.number} stamps; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        words = "Where x stands over G is where its stamps were; what was cut off is 0 there."
        return (Term(words, Role.MUTED),)
