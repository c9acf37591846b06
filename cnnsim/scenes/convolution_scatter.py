"""The gradient of the input of a convolution as a scatter: every G goes back through its window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnsim.drawing import Role, Term
from cnnsim.scenes.convolution_kernel_gradient import gradient_tensor
from cnnsim.scenes.convolution_panels import input_map, kernel_caption, kernel_tensor, map_index, weight_indices
from cnnsim.scenes.layout import size_text
from cnnsim.scenes.panels import Column, largest, slices, stacked, tiled
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import ScatterStep, ScatterTrace


@dataclass(frozen=True, slots=True, eq=False)
class GradientScatterLook:
    """How G spread through its windows is shown."""

    trace: ScatterTrace

    verb = "goes back through"
    lost = "falls on padding: nothing of the input gets it"

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """G, and the kernels as they lay on the windows."""
        return {"gradient": gradient_tensor(self.trace.g), "kernel": kernel_tensor(self.trace.forward)}

    def target(self, step: ScatterStep) -> Tensor:
        """Return the gradient of the input as far as it has come."""
        return Tensor("input gradient", Role.INPUT, self.trace.partial(step.index), "∂x")

    def columns(self, step: ScatterStep, target: Tensor) -> Sequence[Column]:
        """G; the kernel of its map; the gradient of the input."""
        forward, tensors = self.trace.forward, self.tensors
        note, lead = size_text(*forward.w.shape[2:]), (step.source[0],)
        return [
            tiled(slices(tensors["gradient"], "Gradient", "∂J/∂y", editable=True), "gradient"),
            stacked(slices(tensors["kernel"], kernel_caption(forward), note, lead=lead, editable=True)),
            tiled(slices(target, "Input gradient", "∂J/∂x", limit=strongest(self.trace)), "target"),
        ]

    def symbolic(self) -> tuple[Term, ...]:
        """Write who gets what."""
        rule = self.trace.forward
        rows, cols = rule.geometry.rows, rule.geometry.cols
        out, channel = map_index("o", len(rule.w)), map_index("c", rule.w.shape[1])
        of_input = map_index(input_map(rule), len(rule.x))
        return (
            Term("∂J/∂"),
            Term("x", Role.INPUT, bold=True),
            Term(f"[{of_input}{axis_place('m', 'r', rows)}, {axis_place('n', 't', cols)}]  gets  "),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{out}m, n] · "),
            Term("w", Role.KERNEL, bold=True),
            Term(f"[{out}{channel}{weight_indices(rule)}]"),
            Term(f"      for every {out}{channel}m, n, r, t", Role.MUTED),
        )

    def note(self, step: ScatterStep, target: Tensor) -> tuple[Term, ...]:
        """Say that gathering ends in the same numbers; at the last step, having compared them."""
        return same_as_gathered(self.trace, step, target)


def strongest(trace: ScatterTrace) -> float:
    """Value for the strongest colour: of the result and of all that is on the way to it."""
    return max(largest(trace.output), largest(trace.g) * largest(trace.forward.applied))


def same_as_gathered(trace: ScatterTrace, step: ScatterStep, target: Tensor) -> tuple[Term, ...]:
    """Say that gathering ends in the same numbers; at the last step, having compared them."""
    if step.index < len(trace) - 1:
        return (Term("Spread from G here; gathered at each x, the numbers at the end are the same.", Role.MUTED),)
    same = np.allclose(target.array, trace.output, rtol=1e-12, atol=1e-12)
    words = "✓ the same numbers as gathered at each x" if same else "not what gathering at each x gives"
    return (Term(words, Role.INPUT if same else Role.WARNING, bold=True),)
