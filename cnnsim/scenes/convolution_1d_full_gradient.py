"""The gradient of a signal as a full convolution: the flipped kernels slide over G and the zeros around it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cnnsim.drawing import CellState, Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.channel_sums import channel_sum_panels
from cnnsim.scenes.convolution_1d_input_gradient import weight_index
from cnnsim.scenes.convolution_1d_strips import signal_kernel_caption, signal_map, weight_maps
from cnnsim.scenes.convolution_full_gradient import stretched_states
from cnnsim.scenes.convolution_panels import map_index
from cnnsim.scenes.layout import View
from cnnsim.scenes.motion import Between, between
from cnnsim.scenes.panels import Column, Panel, largest, slices
from cnnsim.scenes.signal_rows import in_channels, to_the_sum
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.stems import sliding, stems_scene
from cnnsim.scenes.strips import Strip, depth_of, strips
from cnnsim.scenes.sum_look import SumLook, computed_states, sum_panel
from cnnsim.scenes.symbols import over, partial
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Convolution, FullInputGradient, GrainView, SignalFullInputGradient, Step
from cnnsim.trace.convolution_full_gradient import border
from cnnsim.trace.geometry import Axis


def full_input_gradient_1d_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the gradient of a convolution of signals as a full convolution of G at a position.

    Returns a drawing with the stems ``gradient`` (∂J/∂y and its zeros), ``kernel``, ``products``, ``input gradient``.

    Examples
    --------
    >>> from cnnsim.trace import convolution_1d, full_input_gradient_1d
    >>> steps = full_input_gradient_1d(convolution_1d([1, 2, 4], [-1, 1]), [1, 10]).at("cell")
    >>> drawing = full_input_gradient_1d_scene(steps, 2.0, View(800, 560))
    >>> drawing.matrix("gradient").values, drawing.matrix("input gradient").values
    (array([[ 0.,  1., 10.,  0.]]), array([[-1., -9., 10.]]))
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return stems_scene(SignalFullGradientLook(steps.trace, between(steps, position)), steps, position, view)


@dataclass(frozen=True, slots=True, eq=False)
class SignalFullGradientLook(SumLook):
    """How the full convolution of G is shown: G with its zeros, the flipped kernels, and the gradient of the signal."""

    trace: CellwiseTrace[SignalFullInputGradient]
    motion: Between[Step] | None = None

    @property
    def _full(self) -> FullInputGradient:
        return self.trace.rule.rule

    @property
    def _forward(self) -> Convolution:
        return self._full.forward

    @property
    def _in_channels(self) -> bool:
        """Whether several G stand beside what they make, so that captions have to be short."""
        return len(self._full.rule.w[0]) > 1

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """G with zeros between its cells and around them, and the flipped kernels."""
        axis, flipped = self._forward.geometry.cols, not self._forward.flip
        frame, spread = (0, 0, *border(axis)), (1, axis.stride)
        g = Tensor("gradient", Role.GRADIENT, self._full.stretched, "G", frame=frame, spread=spread, vector=True)
        kernel = Tensor("kernel", Role.KERNEL, self._full.turned, "w", turned=flipped, vector=True)
        return {"gradient": g, "kernel": kernel}

    @property
    def output(self) -> Tensor:
        """The gradient of the signal."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x", vector=True)

    def columns(self, step: Step) -> Sequence[Column]:
        """G, each with its kernel and its products under it; what each makes; the gradients of the signals, the sum."""
        axis, at = self._forward.geometry.cols, sliding(self.motion, step, 2)
        products = strips(self._products(step), at=at, pitch=axis.dilation)
        caption = "Gradient" if self._in_channels else "Signal gradient"
        found = slices(self.output, caption, "∂J/∂x", states=known(self, step))
        outputs = strips(
            found,
            at=0 if self._forward.flip else axis.extent - 1,
            labels=range(axis.n),
            depth=depth_of(self.output.array),
        )
        sums = channel_sum_panels(self._full.rule, step)
        rows = (self._gradients(step), self._kernels(step, at), products)
        return in_channels(rows, sums, outputs, (sum_panel(step, self.output.array),))

    def _gradients(self, step: Step) -> tuple[Strip, ...]:
        """Return the G that the kernels of the cell's signal slide over."""
        axis, first = self._forward.geometry.cols, self._full.rule.first_channel(step.cell[0])
        states = stretched_states(axis)[None]
        states = np.where(states == CellState.INSERTED, CellState.PADDING, states).astype(np.uint8)
        limit = largest(self._full.g)
        caption = "G" if self._in_channels else "Gradient"
        every = slices(self.tensors["gradient"], caption, "", limit=limit, states=states, editable=True)
        noted, *others = every[first : first + self._full.rule.w.shape[1]]
        shown = strips((replace(noted, note="∂J/∂y, zeros"), *others), depth=depth_of(self._full.g))
        return (*shown[:-1], replace(shown[-1], labels=tuple(_labels(axis, states.size))))

    def _kernels(self, step: Step, at: float) -> tuple[Strip, ...]:
        """Return the slices of all kernels that see the cell's signal."""
        full, axis = self._full, self._forward.geometry.cols
        within, first = step.cell[0] % self._forward.w.shape[1], full.rule.first_channel(step.cell[0])
        caption, limit = signal_kernel_caption(not self._forward.flip, full.rule.w.shape[1]), largest(full.turned)
        panels: list[Panel] = []
        for out in range(first, first + full.rule.w.shape[1]):
            lead = (out, within)
            note = "" if panels else "w"
            panels += slices(self.tensors["kernel"], caption, note, limit=limit, lead=lead, editable=True)
        labels = range(axis.size)[:: 1 if self._forward.flip else -1]
        return strips(panels, at=at, pitch=axis.dilation, labels=labels, depth=depth_of(full.turned))

    def _products(self, step: Step) -> tuple[Panel, ...]:
        products = Tensor("products", Role.TEXT, self._full.rule.products(step.cell), "w · G", vector=True)
        limit = largest(self._full.g) * largest(self._full.turned)
        return slices(products, "Products", "w · G", limit=limit, states=computed_states(products.array, step))

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """Arrows from the products, or from what each G makes, to the sum."""
        return to_the_sum(grids, view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the convolution: the sum over all weights that meet a cell of G."""
        rule = self._forward
        outs = len(rule.w) // rule.groups
        return (
            *partial("x", Role.INPUT, f"[{signal_map(rule)}a]"),
            *over(f"{map_index('o', outs)}r"),
            Term("w", Role.KERNEL, bold=True),
            Term(f"[{weight_maps(rule)}{weight_index(rule)}] · "),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{map_index('o', len(rule.w))}m]"),
            Term(f"      where  {axis_place('m', 'r', rule.geometry.cols)} = a", Role.MUTED),
        )

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        return f"The {step.number} products add up to the gradient of {self.output.words(step.cell)[1:]}: "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        axis = self._forward.geometry.cols
        words = "The flipped kernel slides over all of G, from its first cell to its last: a full convolution."
        if axis.before + axis.after:
            words = "Without padding d(k − 1) zeros stand around G; the padding takes p of them away again."
        if axis.stride > 1:
            words = "With a stride, zeros stand between the cells of G; the flipped kernel slides over all of it."
        return (Term(words, Role.MUTED),)


def _labels(axis: Axis, places: int) -> Iterator[str]:
    """Yield the number of every cell of G, and nothing for the zeros."""
    for place in range(places):
        cell, beside = divmod(place - border(axis)[0], axis.stride)
        yield str(cell) if 0 <= cell < axis.windows and not beside else ""
