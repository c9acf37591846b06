"""The gradient of a signal as a scatter: every G goes back through its window, on stems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnsim.drawing import Role, Term
from cnnsim.scenes.convolution_1d_input_gradient import input_gradient_strips, weight_index
from cnnsim.scenes.convolution_1d_kernel_gradient import gradient_strips, signal_gradient
from cnnsim.scenes.convolution_1d_strips import anchor, kernel_strips, signal_kernel, signal_map, weight_maps
from cnnsim.scenes.convolution_panels import map_index
from cnnsim.scenes.convolution_scatter import same_as_gathered, strongest
from cnnsim.scenes.motion import Between
from cnnsim.scenes.panels import Column, stacked
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import ScatterStep, ScatterTrace

_MOST_ABOVE_EACH_OTHER = 6  # signals


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
        gradients = gradient_strips(self.trace.g, out, anchor(forward), axis.stride)
        kernels = kernel_strips(forward, out, at)
        reached = input_gradient_strips(forward, target, limit=strongest(self.trace))
        if len(gradients + kernels + reached) > _MOST_ABOVE_EACH_OTHER:
            return [stacked(gradients + kernels), (), stacked(reached)]
        return [stacked(gradients + kernels + reached)]

    def _window(self, step: ScatterStep) -> float:
        """Window at which the kernel stands, on its way to the next one."""
        if self.motion is None:
            return step.source[2]
        here, there = self.motion.here.source, self.motion.there.source
        return self.motion.blend(here[2], there[2] if there[0] == here[0] else here[2])

    def symbolic(self) -> tuple[Term, ...]:
        """Write who gets what."""
        rule = self.trace.forward
        return (
            Term("∂J/∂"),
            Term("x", Role.INPUT, bold=True),
            Term(f"[{signal_map(rule)}{axis_place('m', 'r', rule.geometry.cols)}]  gets  "),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{map_index('o', len(rule.w))}m] · "),
            Term("w", Role.KERNEL, bold=True),
            Term(f"[{weight_maps(rule)}{weight_index(rule)}]"),
            Term(f"      for every {map_index('o', len(rule.w))}{map_index('c', rule.w.shape[1])}m, r", Role.MUTED),
        )

    def note(self, step: ScatterStep, target: Tensor) -> tuple[Term, ...]:
        """Say that gathering ends in the same numbers; at the last step, having compared them."""
        return same_as_gathered(self.trace, step, target)
