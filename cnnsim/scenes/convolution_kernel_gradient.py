"""The gradient of a convolution by its kernels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnsim.drawing import Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.convolution_panels import about, input_map, input_panels, input_tensor, map_index, weight_indices
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, largest, slices, stacked, tiled
from cnnsim.scenes.signs import arrow, between_grids, first
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.sum_look import SumLook, computed_states, sum_panel
from cnnsim.scenes.symbols import partial, total
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, GrainView, KernelGradient, Step
from cnnsim.trace.cellwise import Array


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


_MOST_ABOVE = 4  # rows of a G that stands above its products


@dataclass(frozen=True, slots=True, eq=False)
class KernelGradientLook(SumLook):
    """How the gradient of the kernels is shown: G slides over the input."""

    trace: CellwiseTrace[KernelGradient]

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
        """Input; G above or beside its products with what the weight met; the gradient of the kernel above its sum."""
        rule, (out, channel, *_) = self.trace.rule, step.cell
        products = Tensor("products", Role.TEXT, rule.products(step.cell)[None], "G · x")
        limit = largest(rule.g) * largest(rule.forward.x)
        inputs = input_panels(rule.forward)
        seen = inputs[rule.forward.first_channel(out) + channel]
        gradients = slices(self.tensors["gradient"], "Gradient", "∂J/∂y", lead=(out,), editable=True)
        states = computed_states(products.array, step)
        met = slices(products, "Products", "G · x", limit=limit, states=states)
        found = slices(self.output, "Kernel gradient", "∂J/∂w", lead=(out,), states=known(self, step)[out])
        return [
            stacked((seen,)),
            *((stacked(gradients), stacked(met)) if self._beside else (stacked((*gradients, *met)),)),
            (*tiled(about(found, channel)), (sum_panel(step, rule.output),)),
        ]

    @property
    def _beside(self) -> bool:
        """Whether the products stand beside G: below it they would halve the cells of large maps."""
        return bool(self.trace.rule.g.shape[1] > _MOST_ABOVE)

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """∗ between the input and G, an arrow from the products to the sum."""
        left, g, products = (first(grids, name) for name in ("input", "gradient", "products"))
        equal = (between_grids(g, products, "=", view, 1.4),) if self._beside else ()
        return between_grids(left, g, "∗", view), *equal, arrow(products, grids["sum"], view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the gradient of a weight."""
        rule, (height, width) = self.trace.rule.forward, self.trace.rule.g.shape[1:]
        out, channel = map_index("o", len(rule.w)), map_index("c", rule.w.shape[1])
        place = f"{axis_place('i', 'r', rule.geometry.rows)}, {axis_place('j', 't', rule.geometry.cols)}"
        return (
            *partial("w", Role.KERNEL, f"[{out}{channel}{weight_indices(rule)}]"),
            *total("i", height - 1),
            *total("j", width - 1),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{out}i, j] · "),
            Term("x", Role.INPUT, bold=True),
            Term(f"[{map_index(input_map(rule), len(rule.x))}{place}]"),
            Term("      G = ∂J/∂y", Role.MUTED),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        return f"{self.output.words(step.cell)[1:]} took part in {step.number} output cells; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        rule = self.trace.rule
        which = "The gradient of the turned kernel" if rule.forward.flip else "The kernel's gradient"
        return (
            Term(f"{which} is the input correlated with G:  ", Role.MUTED),
            Term(size_text(*rule.output.shape[2:]), Role.KERNEL, bold=True),
            Term(", as large as the kernel", Role.MUTED),
        )
