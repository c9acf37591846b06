"""The gradient of a signal as a scatter: every G goes back through its window, on stems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnsim.drawing import Role, Term
from cnnsim.scenes.convolution_1d import anchor, kernel_strips, signal_kernel
from cnnsim.scenes.convolution_1d_input_gradient import input_gradient_strips, weight_index
from cnnsim.scenes.convolution_1d_kernel_gradient import gradient_strips, signal_gradient
from cnnsim.scenes.convolution_scatter import same_as_gathered, strongest
from cnnsim.scenes.motion import Between
from cnnsim.scenes.panels import Column, stacked
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import ScatterStep, ScatterTrace


@dataclass(frozen=True, slots=True, eq=False)
class SignalScatterLook:
    """How G of signals spread through its windows is shown."""

    trace: ScatterTrace
    motion: Between[ScatterStep] | None = None

    verb = "goes back through"
    lost = "falls on padding: nothing of the signal gets it"

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """G, and the kernels as they lay on the windows."""
        return {"gradient": signal_gradient(self.trace.g), "kernel": signal_kernel(self.trace.forward)}

    def target(self, step: ScatterStep) -> Tensor:
        """Return the gradient of the signal as far as it has come."""
        return Tensor("input gradient", Role.INPUT, self.trace.partial(step.index), "∂x", vector=True)

    def columns(self, step: ScatterStep, target: Tensor) -> Sequence[Column]:
        """G; the kernels at its window; the gradient of the signal."""
        forward, out = self.trace.forward, step.source[0]
        axis = forward.geometry.cols
        at = self._window(step) * axis.stride
        strips = (
            *gradient_strips(self.trace.g, out, anchor(forward), axis.stride),
            *kernel_strips(forward, out, at),
            *input_gradient_strips(forward, target, limit=strongest(self.trace)),
        )
        return [stacked(strips)]

    def _window(self, step: ScatterStep) -> float:
        """Window at which the kernel stands, on its way to the next one."""
        if self.motion is None:
            return step.source[2]
        here, there = self.motion.here.source, self.motion.there.source
        return self.motion.blend(here[2], there[2] if there[0] == here[0] else here[2])

    def symbolic(self) -> tuple[Term, ...]:
        """Write who gets what."""
        return (
            Term("∂J/∂"),
            Term("x", Role.INPUT, bold=True),
            Term(f"[{axis_place('m', 'r', self.trace.forward.geometry.cols)}]  gets  "),
            Term("G", Role.GRADIENT, bold=True),
            Term("[m] · "),
            Term("w", Role.KERNEL, bold=True),
            Term(f"[{weight_index(self.trace.forward)}]"),
            Term("      for every m, r", Role.MUTED),
        )

    def note(self, step: ScatterStep, target: Tensor) -> tuple[Term, ...]:
        """Say that gathering ends in the same numbers; at the last step, having compared them."""
        return same_as_gathered(self.trace, step, target)
