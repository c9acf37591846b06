"""The gradient of a pooling: who gets the gradient of a window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnsim.drawing import Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.convolution_kernel_gradient import gradient_tensor
from cnnsim.scenes.convolution_panels import near
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, slices, tiled
from cnnsim.scenes.pooling_input import (
    level,
    pooling_index,
    pooling_index_panels,
    pooling_input,
    pooling_input_panels,
    pooling_weights,
)
from cnnsim.scenes.pooling_kinds import WORDS, KindWords
from cnnsim.scenes.pooling_size import divisor_in_symbols
from cnnsim.scenes.signs import arrow, first, rows_of
from cnnsim.scenes.sum_look import SumLook
from cnnsim.scenes.symbols import partial
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, GrainView, PoolingGradient, Step


def pooling_gradient_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw the gradient of a pooling with respect to its input at a position.

    Returns a drawing with the matrices ``input`` (winners highlighted), ``gradient`` (∂J/∂y), ``input gradient``, and
    what the gradient is shared by: the ``index`` of the winners, the ``weight``s, or the ``output``.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import pooling, pooling_gradient
    >>> steps = pooling_gradient(pooling(gallery.POOLING_IMAGE)).at("row")
    >>> pooling_gradient_scene(steps, 3.0, View(800, 560)).matrix("input gradient").values[1]
    array([0., 1., 0., 1.])
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return cellwise_scene(PoolingGradientLook(steps.trace), steps, position, view)


_LARGE = 12  # rows of a map of which only two are shown: pairs would need eight maps across


@dataclass(frozen=True, slots=True, eq=False)
class PoolingGradientLook(SumLook):
    """How the gradient of a pooling is shown."""

    trace: CellwiseTrace[PoolingGradient]

    @property
    def words(self) -> KindWords:
        """How its kind is written."""
        return WORDS[self.trace.rule.forward.mode]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The gradient that arrives from above, and what it is shared by."""
        rule = self.trace.rule.forward
        tensors = {"gradient": gradient_tensor(self.trace.rule.g), "input": pooling_input(rule)}
        match rule.mode:
            case "max":
                return tensors | {"index": pooling_index(rule)}
            case "weighted":
                return tensors | {"weight": pooling_weights(rule)}
            case "l2":
                return tensors | {"output": Tensor("output", Role.OUTPUT, rule.output, "y")}
            case _:
                return tensors

    @property
    def output(self) -> Tensor:
        """The gradient of the maps that were pooled."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x")

    def columns(self, step: Step) -> Sequence[Column]:
        """Input with its winners; G, and above it (beside it if there are several maps) what it is shared by."""
        rule = self.trace.rule.forward
        gradients = level(slices(self.tensors["gradient"], "Gradient", "∂J/∂y", editable=True), rule)
        shared_by = self._shared_by()
        inputs = pooling_input_panels(rule, self.trace.rule.g.size)
        found = level(slices(self.output, "Input gradient", "∂J/∂x", states=known(self, step)), rule)
        middle = [shared_by + gradients] if len(gradients) == 1 else [shared_by, gradients]
        return [
            tiled(near(panels, step.cell[0], _LARGE) if len(panels) == len(rule.x) else panels)
            for panels in (inputs, *middle, found)
            if panels
        ]

    def _shared_by(self) -> tuple[Panel, ...]:
        rule, tensors = self.trace.rule.forward, self.tensors
        if "index" in tensors:
            return pooling_index_panels(rule)
        if "weight" in tensors:
            return slices(tensors["weight"], "Weights", size_text(*rule.weights.shape), editable=True)
        outputs = slices(tensors["output"], "Output", self.words.title) if "output" in tensors else ()
        return level(outputs, rule)

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from G to the gradient of the input."""
        return (arrow(rows_of(grids, "gradient")[0][-1], first(grids, "input gradient"), view),)

    def symbolic(self) -> tuple[Term, ...]:
        """Write what a cell gets."""
        rule = self.trace.rule.forward
        channel = "c, " if len(rule.x) > 1 else ""
        which = "that x[i, j] won" if rule.mode == "max" else "over x[i, j]"
        equal = (Term(" / k"),) if self._splits else ()
        among = ", k equals" if self._splits else ""
        return (
            *partial("x", Role.INPUT, f"[{channel}i, j]"),
            Term("Σ  "),
            Term("G", Role.GRADIENT, bold=True),
            Term(f"[{channel}m, n]"),
            *self.words.handed,
            *equal,
            Term(f"      windows [m, n] {which}{among}{divisor_in_symbols(rule)}", Role.MUTED),
        )

    @property
    def _splits(self) -> bool:
        return self.trace.rule.forward.mode == "max" and self.trace.rule.forward.ties == "split"

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""
        place = self.output.words(step.cell)[1:]
        windows = "1 window" if step.number == 1 else f"{step.number or 'no'} windows"
        if self.trace.rule.forward.mode == "max":
            words = f"{place} won {windows}" if step.number else f"{place} won no window: it gets no gradient, "
        else:
            words = f"{place} lay in {windows}"
        return words if words.endswith(", ") else f"{words}; its gradient is "

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        words = self.words.handing
        if self.trace.rule.forward.mode == "max":
            words += "; equals share it." if self._splits else "; among equals, to the first in reading order."
        return (Term(words, Role.MUTED),)
