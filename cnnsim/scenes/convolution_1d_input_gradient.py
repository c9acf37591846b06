"""The gradient of the signal of a convolution, gathered: every window over a cell hands its G back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.convolution_1d_kernel_gradient import gradient_strips, signal_gradient
from cnnsim.scenes.convolution_1d_strips import anchor, kernel_strips, signal_kernel, signal_map, weight_maps
from cnnsim.scenes.convolution_panels import map_index
from cnnsim.scenes.layout import View
from cnnsim.scenes.motion import Between, between
from cnnsim.scenes.panels import Column, slices, stacked
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.stems import stems_scene
from cnnsim.scenes.strips import Strip, depth_of, levelled, strips
from cnnsim.scenes.sum_look import SumLook, sum_panel
from cnnsim.scenes.symbols import over, partial
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Convolution, GrainView, SignalInputGradient, Step
from cnnsim.trace.cellwise import Place


def input_gradient_1d_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the gradient of a convolution of signals with respect to its input at a position.

    Returns a drawing with the stems ``gradient`` (∂J/∂y), ``kernel`` and ``input gradient``.

    Examples
    --------
    >>> from cnnsim.trace import convolution_1d, input_gradient_1d
    >>> steps = input_gradient_1d(convolution_1d([1, 2, 4], [-1, 1]), [1, 10]).at("cell")
    >>> input_gradient_1d_scene(steps, 2.0, View(800, 560)).matrix("input gradient").values
    array([[-1., -9., 10.]])
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return stems_scene(SignalInputGradientLook(steps.trace, between(steps, position)), steps, position, view)


@dataclass(frozen=True, slots=True, eq=False)
class SignalInputGradientLook(SumLook):
    """How the gradient of the signal is shown: every window over a cell hands its G back through a weight."""

    trace: CellwiseTrace[SignalInputGradient]
    motion: Between[Step] | None = None

    @property
    def _forward(self) -> Convolution:
        return self.trace.rule.rule.forward

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The gradient of the output, and the kernels as they lay on the windows."""
        return {"gradient": signal_gradient(self.trace.rule.rule.g), "kernel": signal_kernel(self._forward)}

    @property
    def output(self) -> Tensor:
        """The gradient of the signal."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x", vector=True)

    def columns(self, step: Step) -> Sequence[Column]:
        """G; the kernel at the window that hands something back; the gradient of the signal."""
        rule = self._forward
        out = self._meeting(step)[0]
        channel = step.cell[0] % rule.w.shape[1]
        return [
            stacked(
                (
                    *gradient_strips(self.trace.rule.rule.g, out, anchor(rule), rule.geometry.cols.stride),
                    kernel_strips(rule, out, self._window(step) * rule.geometry.cols.stride)[channel],
                    *levelled(input_gradient_strips(rule, self.output, states=known(self, step)), step.cell[0]),
                )
            ),
            stacked((sum_panel(step, self.output.array),)),
        ]

    def _window(self, step: Step) -> float:
        """Window at which the kernel stands, on its way to the next one."""
        here = self._meeting(step)[2]
        if self.motion is None or step.cell != self.motion.here.cell:
            return here
        return self.motion.blend(here, self._meeting(self.motion.there)[2])

    def _meeting(self, step: Step) -> Place:
        """Place of the current G, or of the last one of the cell; the first of all where no window covers the cell."""
        rule = self.trace.rule.rule
        count = len(rule.values(step.cell))
        if not count:
            return rule.outs(step.cell[0])[0], 0, 0
        place = rule.contribution(step.cell, min(step.number, count - 1)).factors[0].place
        assert place is not None
        return place

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """None: what belongs together stands one above the other."""
        return ()

    def symbolic(self) -> tuple[Term, ...]:
        """Write the gradient of a cell of the signal."""
        rule = self._forward
        outs = len(rule.w) // rule.groups
        return (
            *partial("x", Role.INPUT, f"[{signal_map(rule)}a]"),
            *over(f"{map_index('o', outs)}m, r"),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{map_index('o', len(rule.w))}m] · "),
            Term("w", Role.KERNEL, bold=True),
            Term(f"[{weight_maps(rule)}{weight_index(rule)}]"),
            Term(f"      where  {axis_place('m', 'r', rule.geometry.cols)} = a", Role.MUTED),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        windows = "1 window covers" if step.number == 1 else f"{step.number or 'No'} windows cover"
        return f"{windows} {self.output.words(step.cell)[1:]}; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        if self._forward.geometry.cols.stride > 1:
            words = "With a stride fewer windows cover a cell: only those hand something back."
        else:
            words = "With stride 1 this is a full convolution of G: the weights are met in turned order."
        return (Term(words, Role.MUTED),)


def input_gradient_strips(
    rule: Convolution, target: Tensor, *, states: NDArray[np.uint8] | None = None, limit: float | None = None
) -> tuple[Strip, ...]:
    """Return the gradient of the signals under the cells of the signals."""
    axis = rule.geometry.cols
    return strips(
        slices(target, "Signal gradient", "∂J/∂x", states=states, limit=limit),
        at=axis.before,
        labels=range(axis.n),
        depth=depth_of(target.array) if limit is None else 1.0,
    )


def weight_index(rule: Convolution) -> str:
    """Write the index of the weight that lies on cell r of a window."""
    return f"{rule.geometry.cols.size - 1} − r" if rule.flip else "r"
