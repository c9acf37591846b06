"""The gradients of a convolution: of a kernel, and of the input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnsim.drawing import CellState, Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.cellwise_formula import equals, narrate_multiply, result
from cnnsim.scenes.convolution import input_panels, input_tensor, kernel_caption, kernel_tensor, weight_indices
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, largest, slices, stacked
from cnnsim.scenes.signs import arrow, between_grids
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, GrainView, InputGradient, KernelGradient, Step
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


def input_gradient_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the gradient of a convolution with respect to its input at a position.

    Returns a drawing with the matrices ``gradient`` (∂J/∂y), ``kernel`` and ``input gradient``.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution, input_gradient
    >>> steps = input_gradient(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"))).at("cell")
    >>> input_gradient_scene(steps, len(steps) - 1, View(800, 560)).matrix("input gradient").values[2]
    array([2., 3., 5., 3., 2.])
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return cellwise_scene(InputGradientLook(steps.trace), steps, position, view)


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
        return [
            stacked((seen,)),
            stacked(
                (
                    *slices(self.tensors["gradient"], "Gradient", "∂J/∂y", lead=(out,), editable=True),
                    *slices(products, "Products", "G · x", limit=limit, states=computed.reshape(products.array.shape)),
                )
            ),
            (
                *stacked(slices(self.output, "Kernel gradient", "∂J/∂w", lead=(out,), states=known(self, step)[out])),
                (Panel("sum", np.array([[step.so_far]]), Role.TEXT, largest(rule.output), "Sum"),),
            ),
        ]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """∗ between the input and G, an arrow from the products to the sum."""
        left = next(grid for name, grid in grids.items() if name.startswith("input"))
        g = next(grid for name, grid in grids.items() if name.startswith("gradient"))
        return between_grids(left, g, "∗", view), arrow(grids["products"], grids["sum"], view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the gradient of a weight."""
        rows, cols = self.trace.rule.forward.geometry.rows, self.trace.rule.forward.geometry.cols
        return (
            Term("∂J/∂"),
            Term("w", Role.KERNEL, bold=True),
            Term(f"[{weight_indices(self.trace.rule.forward)}]  =  Σ"),
            Term("i", script="sub"),
            Term(" Σ"),
            Term("j", script="sub"),
            Term("  "),
            Term("G", Role.GRADIENT, bold=True),
            Term("[i, j] · "),
            Term("x", Role.INPUT, bold=True),
            Term(f"[{axis_place('i', 'r', rows)}, {axis_place('j', 't', cols)}]"),
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


@dataclass(frozen=True, slots=True, eq=False)
class InputGradientLook:
    """How the gradient of the input is shown: every window over a cell hands its G back through a weight."""

    trace: CellwiseTrace[InputGradient]

    joint = ("", " + ", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The gradient of the output, and the kernels as they lay on the windows."""
        rule = self.trace.rule
        return {
            "gradient": gradient_tensor(rule.g),
            "kernel": kernel_tensor(rule.forward),
        }

    @property
    def output(self) -> Tensor:
        """The gradient of the input."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x")

    def columns(self, step: Step) -> Sequence[Column]:
        """G; the kernel above the sum; the gradient of the input."""
        rule = self.trace.rule
        out = 0 if step.contribution is None else self._out(step)
        note = size_text(*rule.forward.w.shape[2:])
        return [
            stacked(slices(self.tensors["gradient"], "Gradient", "∂J/∂y", editable=True)),
            stacked(
                (
                    *slices(self.tensors["kernel"], kernel_caption(rule.forward), note, lead=(out,), editable=True),
                    Panel("sum", np.array([[step.so_far]]), Role.TEXT, largest(rule.output), "Sum"),
                )
            ),
            stacked(slices(self.output, "Input gradient", "∂J/∂x", states=known(self, step))),
        ]

    def _out(self, step: Step) -> int:
        assert step.contribution is not None
        place = step.contribution.factors[0].place
        assert place is not None
        return place[0]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """∗ between G and the kernel, an arrow to the gradient of the input."""
        g = next(grid for name, grid in grids.items() if name.startswith("gradient"))
        kernel = next(grid for name, grid in grids.items() if name.startswith("kernel"))
        target = next(grid for name, grid in grids.items() if name.startswith("input gradient"))
        return between_grids(g, kernel, "∗", view), arrow(grids["sum"], target, view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the gradient of an input cell."""
        rows, cols = self.trace.rule.forward.geometry.rows, self.trace.rule.forward.geometry.cols
        return (
            Term("∂J/∂"),
            Term("x", Role.INPUT, bold=True),
            Term("[i, j]  =  Σ  "),
            Term("G", Role.GRADIENT, bold=True),
            Term("[m, n] · "),
            Term("w", Role.KERNEL, bold=True),
            Term(f"[{weight_indices(self.trace.rule.forward)}]"),
            Term("      where  ", Role.MUTED),
            Term(f"{axis_place('m', 'r', rows)} = i,  {axis_place('n', 't', cols)} = j", Role.MUTED),
        )

    def endings(self, step: Step, digits: int | None) -> tuple[Term, ...]:
        """Write the sum."""
        return equals(digits), result(self, step, digits)

    def narration(self, step: Step, digits: int | None) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        if step.y is None:
            return narrate_multiply(self, step, digits, "sum so far")
        windows = "1 window covers" if step.number == 1 else f"{step.number or 'No'} windows cover"
        return (
            Term(f"{windows} {self.output.words(step.cell)[1:]}; its gradient is "),
            Term(format_number(step.y, digits), Role.INPUT, bold=True),
            Term("."),
        )

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        geometry = self.trace.rule.forward.geometry
        if geometry.rows.stride == geometry.cols.stride == 1:
            words = "With stride 1 this is a full convolution of G: the weights are met in turned order."
        else:
            words = "With a stride fewer windows cover a cell: only those hand something back."
        return (Term(words, Role.MUTED),)
