"""Transposed convolution as a scatter: every input cell stamps its multiple of the kernel onto the output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnsim.drawing import Role, Term
from cnnsim.scenes.convolution_panels import map_index
from cnnsim.scenes.convolution_scatter import strongest
from cnnsim.scenes.layout import size_text
from cnnsim.scenes.panels import Column, largest, slices, stacked, tiled
from cnnsim.scenes.tensors import Tensor
from cnnsim.scenes.transposed_panels import (
    canvas_note,
    canvas_states,
    canvas_tensor,
    meeting_place,
    output_map,
    size_and_padding,
)
from cnnsim.trace import ScatterStep, ScatterTrace, TransposedConvolution


@dataclass(frozen=True, slots=True, eq=False)
class StampLook:
    """How the stamps of a transposed convolution are shown."""

    trace: ScatterTrace

    verb = "stamps"
    lost = "is cut off by the padding"

    @property
    def _rule(self) -> TransposedConvolution:
        assert isinstance(self.trace.of, TransposedConvolution)
        return self.trace.of

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The input, the kernels as they are, and the biases that the output begins with."""
        rule = self._rule
        return {
            "input": Tensor("input", Role.INPUT, rule.x, "x"),
            "kernel": Tensor("kernel", Role.KERNEL, rule.w, "w"),
            "bias": Tensor("bias", Role.KERNEL, rule.b.reshape(-1, 1, 1), "b", vector=True),
        }

    def target(self, step: ScatterStep) -> Tensor:
        """Return the canvas as far as it has come: the output, and around it what the padding cuts off."""
        return canvas_tensor(self._rule, "output", Role.OUTPUT, self.trace.partial(step.index), "y")

    def columns(self, step: ScatterStep, target: Tensor) -> Sequence[Column]:
        """Input; the kernels of its map above the biases; the output."""
        rule, tensors = self._rule, self.tensors
        limit, size = largest(np.append(rule.w, rule.b)), size_text(*rule.w.shape[2:])
        lead = (step.source[0],)
        biases = slices(tensors["bias"], "Bias", "", limit=limit, editable=True)
        inputs = slices(tensors["input"], "Input", size_text(*rule.x.shape[1:]), editable=True)
        kernels = slices(tensors["kernel"], "Kernel", size, limit=limit, lead=lead, editable=True)
        strong, states = strongest(self.trace), canvas_states(rule)
        outputs = slices(target, "Output", canvas_note(rule), limit=strong, states=states)
        return [
            tiled(inputs, "input"),
            (*stacked(kernels), biases[:2], biases[2:]),
            tiled(outputs, "output"),
        ]

    def symbolic(self) -> tuple[Term, ...]:
        """Write who gets what."""
        rule = self._rule
        down, across = meeting_place(rule)
        channel, out = map_index("c", len(rule.x)), map_index("o", rule.w.shape[1])
        of_output = map_index(output_map(rule), len(rule.b))
        return (
            Term("y", Role.OUTPUT, bold=True),
            Term(f"[{of_output}{down}, {across}]  gets  "),
            Term("x", Role.INPUT, bold=True),
            Term(f"[{channel}m, n] · "),
            Term("w", Role.KERNEL, bold=True),
            Term(f"[{channel}{out}r, t]"),
            Term(f"      for every {channel}{out}m, n, r, t", Role.MUTED),
        )

    def note(self, step: ScatterStep, target: Tensor) -> tuple[Term, ...]:
        """Write the size, and say which padding is meant; at the last step compare with the equivalent convolution."""
        if step.index < len(self.trace) - 1:
            return size_and_padding(self._rule)
        crops = tuple(slice(axis.crop, axis.crop + axis.output) for axis in (self._rule.rows, self._rule.cols))
        same = np.allclose(target.array[(slice(None), *crops)], self.trace.output, rtol=1e-12, atol=1e-12)
        words = "the same numbers as the convolution of the stretched input with the turned kernel"
        return (Term(f"✓ {words}" if same else f"not {words}", Role.OUTPUT if same else Role.WARNING, bold=True),)
