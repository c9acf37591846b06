"""The gradient of the kernels of a convolution of signals: G slides along the signal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnsim.drawing import Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.convolution_1d_strips import input_strips, signal_map, signal_tensor, weight_maps
from cnnsim.scenes.convolution_panels import map_index
from cnnsim.scenes.layout import View
from cnnsim.scenes.motion import Between, between
from cnnsim.scenes.panels import Column, Panel, largest, slices, stacked
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.stems import into, sliding, stems_scene
from cnnsim.scenes.strips import Strip, depth_of, levelled, strips
from cnnsim.scenes.sum_look import SumLook, computed_states, sum_panel
from cnnsim.scenes.symbols import over, partial
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Convolution, GrainView, SignalKernelGradient, Step
from cnnsim.trace.cellwise import Array


def kernel_gradient_1d_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the gradient of a convolution of signals with respect to its kernels at a position.

    Returns a drawing with the stems ``input``, ``gradient`` (∂J/∂y), ``products`` and ``kernel gradient``.

    Examples
    --------
    >>> from cnnsim.trace import convolution_1d, kernel_gradient_1d
    >>> steps = kernel_gradient_1d(convolution_1d([1, 2, 4], [-1, 1]), [1, 10]).at("cell")
    >>> kernel_gradient_1d_scene(steps, 1.0, View(800, 560)).matrix("kernel gradient").values
    array([[21., 42.]])
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return stems_scene(SignalKernelGradientLook(steps.trace, between(steps, position)), steps, position, view)


def signal_gradient(g: Array) -> Tensor:
    """Return the gradient that arrives from above."""
    return Tensor("gradient", Role.GRADIENT, g, "G", vector=True)


def gradient_strips(g: Array, out: int, at: float = 0.0, pitch: int = 1) -> tuple[Strip, ...]:
    """Return G of one output signal, with its first cell at a column and the others so many columns apart."""
    return strips(
        slices(signal_gradient(g), "Gradient", "G = ∂J/∂y", lead=(out,), editable=True),
        at=at,
        pitch=pitch,
        labels=range(g.shape[2]),
        depth=depth_of(g),
    )


@dataclass(frozen=True, slots=True, eq=False)
class SignalKernelGradientLook(SumLook):
    """How the gradient of the kernels is shown: G slides along the signal as the kernel did."""

    trace: CellwiseTrace[SignalKernelGradient]
    motion: Between[Step] | None = None

    @property
    def _forward(self) -> Convolution:
        return self.trace.rule.rule.forward

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The signals with their padding, and the gradient of the output."""
        return {"input": signal_tensor(self._forward), "gradient": signal_gradient(self.trace.rule.rule.g)}

    @property
    def output(self) -> Tensor:
        """The gradient of the kernels."""
        output, turned = self.trace.rule.output, self._forward.flip
        return Tensor("kernel gradient", Role.KERNEL, output, "∂w", turned=turned, vector=True)

    def columns(self, step: Step) -> Sequence[Column]:
        """The signal; G and the products under it; the gradient of the kernel."""
        rule, (out, channel, *_) = self._forward, step.cell
        axis, at = rule.geometry.cols, self._weight(step) * rule.geometry.cols.dilation
        g = gradient_strips(self.trace.rule.rule.g, out, at, axis.stride)
        products = levelled(strips(self._products(step), at=at, pitch=axis.stride))
        seen = input_strips(rule, rule.first_channel(out) + channel)
        kernels = strips(
            slices(self.output, "Kernel gradient", "∂J/∂w", lead=(out,), states=known(self, step)[out]),
            pitch=axis.dilation,
            labels=range(axis.size)[:: -1 if rule.flip else 1],
            depth=depth_of(self.output.array),
        )
        total = sum_panel(step, self.output.array)
        return [stacked((*seen, *g, *products, *kernels)), stacked((total,))]

    def _weight(self, step: Step) -> float:
        """Cell of the window whose weight it is, on its way to the next one."""
        return sliding(self.motion, step, 3)

    def _products(self, step: Step) -> tuple[Panel, ...]:
        rule = self.trace.rule.rule
        products = Tensor("products", Role.TEXT, rule.products(step.cell)[None], "G · x", vector=True)
        limit = largest(rule.g) * largest(rule.forward.x)
        return slices(products, "Products", "G · x", limit=limit, states=computed_states(products.array, step))

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from the products to the sum."""
        return into(grids, "sum", view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the gradient of a weight."""
        rule, axis = self._forward, self._forward.geometry.cols
        place = f"{axis.size - 1} − r" if rule.flip else "r"
        return (
            *partial("w", Role.KERNEL, f"[{weight_maps(rule)}{place}]"),
            *over("i"),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{map_index('o', len(rule.w))}i] · "),
            Term("x", Role.INPUT, bold=True),
            Term(f"[{signal_map(rule)}{axis_place('i', 'r', axis)}]"),
            Term("      G = ∂J/∂y", Role.MUTED),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        return f"{self.output.words(step.cell)[1:]} took part in {step.number} output cells; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        which = "The gradient of the flipped kernel" if self._forward.flip else "The kernel's gradient"
        return (Term(f"{which} is the signal correlated with G.", Role.MUTED),)
