"""Convolution of signals: the kernel slides along the signal, flipped for a true convolution."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnsim.drawing import CellState, Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.channel_sums import channel_sum_panels, narrate_channels
from cnnsim.scenes.convolution import weight_limit
from cnnsim.scenes.convolution_1d_strips import (
    anchor,
    input_strips,
    kernel_strips,
    signal_kernel,
    signal_map,
    signal_tensor,
    weight_maps,
)
from cnnsim.scenes.convolution_panels import map_index
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View
from cnnsim.scenes.motion import Between, between
from cnnsim.scenes.panels import Column, Panel, largest, slices
from cnnsim.scenes.signal_rows import in_channels, to_the_sum
from cnnsim.scenes.size_formula import along, axis_place
from cnnsim.scenes.stems import sliding, stems_scene
from cnnsim.scenes.strips import depth_of, strips
from cnnsim.scenes.summing import sum_and_bias
from cnnsim.scenes.symbols import over
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Convolution, GrainView, SignalConvolution, Step
from cnnsim.trace.geometry import Axis


def convolution_1d_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw a convolution of signals at a position.

    Returns a drawing with the stems ``input`` (with its padding), ``kernel`` (at its present place), ``products`` and
    ``output``, and the matrices ``sum`` and ``bias``; where there are several signals, ``input[0]`` and so on.

    Examples
    --------
    >>> from cnnsim.trace import convolution_1d
    >>> steps = convolution_1d([1, 2, 3], [1, 0, -1], padding="full", flip=True).at("cell")
    >>> drawing = convolution_1d_scene(steps, 4.0, View(800, 560))
    >>> drawing.matrix("kernel").values, drawing.matrix("output").values
    (array([[-1.,  0.,  1.]]), array([[ 1.,  2.,  2., -2., -3.]]))
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return stems_scene(SignalLook(steps.trace, between(steps, position)), steps, position, view)


@dataclass(frozen=True, slots=True, eq=False)
class SignalLook:
    """How a convolution of signals is shown; without a motion everything stands where its step is."""

    trace: CellwiseTrace[SignalConvolution]
    motion: Between[Step] | None = None

    joint = ("", " + ", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The signals with their padding, the kernels as they lie on the windows, and the biases."""
        rule = self.trace.rule.rule
        return {
            "input": signal_tensor(rule),
            "kernel": signal_kernel(rule),
            "bias": Tensor("bias", Role.KERNEL, rule.b.reshape(-1, 1, 1), "b", vector=True),
        }

    @property
    def output(self) -> Tensor:
        """The result."""
        return Tensor("output", Role.OUTPUT, self.trace.rule.output, "y", vector=True)

    def columns(self, step: Step) -> Sequence[Column]:
        """Signals, each with its kernel and its products under it; the sums of channels; outputs, sum and bias."""
        rule, out = self.trace.rule.rule, step.cell[0]
        axis, at = rule.geometry.cols, sliding(self.motion, step, 2) * rule.geometry.cols.stride
        kernels = kernel_strips(rule, out, at, f"w,  {axis.size}" if not rule.flip else "w[t − a]")
        products = strips(self._products(step), at=at, pitch=axis.dilation)
        outputs = strips(
            slices(self.output, "Output", f"y,  {axis.windows}", states=known(self, step)),
            at=anchor(rule),
            pitch=axis.stride,
            labels=range(axis.windows),
            depth=depth_of(rule.output),
        )
        total = Panel("sum", np.array([[step.so_far]]), Role.TEXT, largest(rule.output), "Sum")
        bias = slices(self.tensors["bias"], "Bias", "", limit=weight_limit(rule), lead=(out,), editable=True)
        inputs = input_strips(rule, rule.first_channel(out), rule.w.shape[1])
        return in_channels((inputs, kernels, products), channel_sum_panels(rule, step), outputs, (total, *bias))

    def _products(self, step: Step) -> tuple[Panel, ...]:
        rule = self.trace.rule.rule
        products = Tensor("products", Role.TEXT, rule.products(step.cell), "w · x", vector=True)
        computed = np.full(products.array.shape, CellState.EMPTY, np.uint8)
        computed.reshape(-1)[: step.number + 1] = CellState.NORMAL
        return slices(products, "Products", "w · x", limit=largest(rule.x) * largest(rule.w), states=computed)

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """Arrows from the products, or from what each channel makes, to the sum."""
        return to_the_sum(grids, view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the sum: over the signal for a true convolution, else over the kernel."""
        rule = self.trace.rule.rule
        out = map_index("o", len(rule.w))
        return (
            Term("y", Role.OUTPUT, bold=True),
            Term(f"[{out}i]  =  "),
            Term("b", Role.KERNEL, bold=True),
            Term(("[o]" if out else "") + "  +  "),
            *(over("c") if rule.w.shape[1] > 1 else ()),
            *(_flipped(rule) if rule.flip else _correlated(rule)),
        )

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the sum, the bias and the result."""
        return sum_and_bias(self, step, digits)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does; at the last product of a channel, what that channel gives."""
        return narrate_channels(self, self.trace.rule.rule, step, digits)

    def note(self) -> tuple[Term, ...]:
        """Write the formula of the output's length, and say what is never reached."""
        axis = self.trace.rule.rule.geometry.cols
        return (Term("Output length  ", Role.MUTED), *along(axis), *never_read(axis))


def never_read(axis: Axis) -> tuple[Term, ...]:
    """Say how many cells no window reads, if any."""
    count = int((~axis.covered()).sum())
    words = f"     hatched: {count} cell{'s' * (count > 1)} that no window reads"
    return (Term(words, Role.WARNING, breaks=True),) if count else ()


def _flipped(rule: Convolution) -> Iterator[Term]:
    """Σ x[a] · w[t − a], and which t belongs to y[i]."""
    axis = rule.geometry.cols
    shifted = "t − a" if axis.dilation == 1 else f"(t − a) / {axis.dilation}"
    offset = axis.extent - 1 - axis.before
    where = ("i" if axis.stride == 1 else f"{axis.stride}i") + (
        f" {'+' if offset > 0 else '−'} {abs(offset)}" if offset else ""
    )
    yield from over("a")
    yield from (Term("x", Role.INPUT, bold=True), Term(f"[{signal_map(rule)}a] · "))
    yield from (Term("w", Role.KERNEL, bold=True), Term(f"[{weight_maps(rule)}{shifted}]"))
    yield Term(f"      t = {where}", Role.MUTED)


def _correlated(rule: Convolution) -> Iterator[Term]:
    """Σ w[r] · x[i + r]."""
    axis = rule.geometry.cols
    yield from over("r")
    yield from (Term("w", Role.KERNEL, bold=True), Term(f"[{weight_maps(rule)}r] · "))
    yield from (Term("x", Role.INPUT, bold=True), Term(f"[{signal_map(rule)}{axis_place('i', 'r', axis)}]"))
    yield Term(f"      r = 0 … {axis.size - 1}", Role.MUTED)
