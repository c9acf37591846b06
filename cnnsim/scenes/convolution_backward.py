"""The gradient of a convolution by its kernels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnsim.drawing import CellState, Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.cellwise_formula import equals, narrate_multiply, result
from cnnsim.scenes.convolution_panels import about, input_map, input_panels, input_tensor, map_index, weight_indices
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, largest, slices, stacked
from cnnsim.scenes.signs import arrow, between_grids
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.symbols import total
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, GrainView, KernelGradient, Step
from cnnsim.trace.cellwise import Array
from cnnsim.typography import format_number


def kernel_gradient_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the gradient of a convolution with respect to its kernels at a position.

    Returns a drawing with the matrices ``input``, ``gradient`` (∂J/∂y), ``products`` and ``kernel gradient``.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution, kernel_gradient
    >>> steps = kernel_gradient(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))).at("cell")
    >>> kernel_gradient_scene(steps, len(steps) - 1, View(800, 560)).matrix("kernel gradient").values
    array([[6., 7., 6.],
           [4., 7., 7.],
           [4., 6., 6.]])
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return cellwise_scene(KernelGradientLook(steps.trace), steps, position, view)


def gradient_tensor(g: Array) -> Tensor:
    """Return the gradient that arrives from above."""
    return Tensor("gradient", Role.GRADIENT, g, "G")


@dataclass(frozen=True, slots=True, eq=False)
class KernelGradientLook:
    """How the gradient of the kernels is shown: G slides over the input."""

    trace: CellwiseTrace[KernelGradient]

    joint = ("", " + ", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The input with its padding, and the gradient of the output."""
        rule = self.trace.rule
        return {
            "input": input_tensor(rule.forward),
            "gradient": gradient_tensor(rule.g),
        }

    @property
    def output(self) -> Tensor:
        """The gradient of the kernels."""
        rule = self.trace.rule
        return Tensor("kernel gradient", Role.KERNEL, rule.output, "∂w", turned=rule.forward.flip)

    def columns(self, step: Step) -> Sequence[Column]:
        """Input; G above its products with what the weight met; the gradient of the kernel above its sum."""
        rule, (out, channel, *_) = self.trace.rule, step.cell
        products = Tensor("products", Role.TEXT, rule.products(step.cell)[None], "G · x")
        computed = np.full(products.array.size, CellState.EMPTY, np.uint8)
        computed[: step.number + 1] = CellState.NORMAL
        limit = largest(rule.g) * largest(rule.forward.x)
        inputs = input_panels(rule.forward)
        seen = inputs[rule.forward.first_channel(out) + channel]
        gradients = slices(self.tensors["gradient"], "Gradient", "∂J/∂y", lead=(out,), editable=True)
        states = computed.reshape(products.array.shape)
        found = slices(self.output, "Kernel gradient", "∂J/∂w", lead=(out,), states=known(self, step)[out])
        return [
            stacked((seen,)),
            stacked((*gradients, *slices(products, "Products", "G · x", limit=limit, states=states))),
            stacked(
                (
                    *about(found, channel),
                    Panel("sum", np.array([[step.so_far]]), Role.TEXT, largest(rule.output), "Sum"),
                )
            ),
        ]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """∗ between the input and G, an arrow from the products to the sum."""
        left = next(grid for name, grid in grids.items() if name.startswith("input"))
        g = next(grid for name, grid in grids.items() if name.startswith("gradient"))
        return between_grids(left, g, "∗", view), arrow(grids["products"], grids["sum"], view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the gradient of a weight."""
        rule, (height, width) = self.trace.rule.forward, self.trace.rule.g.shape[1:]
        out, channel = map_index("o", len(rule.w)), map_index("c", rule.w.shape[1])
        place = f"{axis_place('i', 'r', rule.geometry.rows)}, {axis_place('j', 't', rule.geometry.cols)}"
        return (
            Term("∂J/∂"),
            Term("w", Role.KERNEL, bold=True),
            Term(f"[{out}{channel}{weight_indices(rule)}]  =  "),
            *total("i", height - 1),
            *total("j", width - 1),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{out}i, j] · "),
            Term("x", Role.INPUT, bold=True),
            Term(f"[{map_index(input_map(rule), len(rule.x))}{place}]"),
            Term("      G = ∂J/∂y", Role.MUTED),
        )

    def endings(self, step: Step, digits: int | None) -> tuple[Term, ...]:
        """Write the sum."""
        return equals(digits), result(self, step, digits)

    def narration(self, step: Step, digits: int | None) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        if step.y is None:
            return narrate_multiply(self, step, digits, "sum so far")
        return (
            Term(f"{self.output.words(step.cell)[1:]} took part in {step.number} output cells; its gradient is "),
            Term(format_number(step.y, digits), Role.KERNEL, bold=True),
            Term("."),
        )

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        rule = self.trace.rule
        which = "The gradient of the turned kernel" if rule.forward.flip else "The kernel's gradient"
        return (
            Term(f"{which} is the input correlated with G:  ", Role.MUTED),
            Term(size_text(*rule.output.shape[2:]), Role.KERNEL, bold=True),
            Term(", as large as the kernel", Role.MUTED),
        )
