"""The update of weights: what is kept of the velocity, the gradient that joins it, and the weight that moves along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnsim.drawing import Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.cellwise_formula import TO_COME, narrate_multiply, result
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.numerals import factor, faint, number
from cnnsim.scenes.panels import Column, Panel, slices, stacked
from cnnsim.scenes.signs import arrow
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, GrainView, Step, WeightUpdate
from cnnsim.typography import EQUALS, format_number

_WIDE = 12  # cells across, from which on matrices stand above each other
_DECIMALS = 4


def weight_update_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw a step of gradient descent with momentum at a position.

    Parameters
    ----------
    steps
        The steps of `cnnsim.trace.weight_update` at some grain.
    position
        Index of the step; a fraction is the way to the next one.
    view
        Space to fill.

    Returns
    -------
    Drawing
        With the matrices ``velocity``, ``gradient``, ``weights`` and ``new weights``; where there are several slices,
        ``weights[0]`` and so on.

    Examples
    --------
    >>> from cnnsim.trace import weight_update
    >>> steps = weight_update([[1.0]], [[2.0]], [[0.5]], lr=0.1, momentum=0.8).at("cell")
    >>> weight_update_scene(steps, 0.0, View(800, 560)).matrix("new weights").values
    array([[0.76]])
    """
    assert isinstance(steps.trace, CellwiseTrace)
    return cellwise_scene(WeightUpdateLook(steps.trace), steps, position, view, least=_DECIMALS)


@dataclass(frozen=True, slots=True, eq=False)
class WeightUpdateLook:
    """How an update is shown."""

    trace: CellwiseTrace[WeightUpdate]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """Velocity and gradient."""
        rule = self.trace.rule
        return {
            "velocity": Tensor("velocity", Role.MUTED, rule.v, "v", vector=self._vector),
            "gradient": Tensor("gradient", Role.GRADIENT, rule.g, "∂w", vector=self._vector),
        }

    @property
    def output(self) -> Tensor:
        """The weights afterwards."""
        return Tensor("new weights", Role.KERNEL, self.trace.rule.output, "w", vector=self._vector)

    @property
    def _vector(self) -> bool:
        """Whether the weights are biases or the like, which need one index."""
        return bool(1 < self.trace.rule.w.size == max(self.trace.rule.w.shape))

    @property
    def joint(self) -> tuple[str, str, str]:
        """The new velocity stands in parentheses."""
        return f"w − {_written(self.trace.rule.lr)}·( ", " + ", " )"

    def columns(self, step: Step) -> Sequence[Column]:
        """Velocity, gradient, weights, new weights: side by side, or above each other where they are wide."""
        rule = self.trace.rule
        before = Tensor("weights", Role.KERNEL, rule.w, "w")
        size = size_text(*rule.w.shape[-2:])
        strongest = max(float(abs(rule.w).max()), float(abs(rule.output).max()))
        panels = (
            slices(self.tensors["velocity"], "Velocity", "v"),
            slices(self.tensors["gradient"], "Gradient", "∂J/∂w"),
            slices(before, "Weights", size, limit=strongest),
            slices(self.output, "New weights", "w", limit=strongest, states=known(self, step)),
        )
        if rule.w.shape[-1] > _WIDE:
            return [stacked(_joined(panels))]
        return [stacked(panel) for panel in panels]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from the weights to the new ones, where they stand side by side."""
        left = next(grid for name, grid in grids.items() if name.startswith("weights"))
        right = next(grid for name, grid in grids.items() if name.startswith("new weights"))
        return (arrow(left, right, view),) if left.x < right.x else ()

    def symbolic(self) -> tuple[Term, ...]:
        """Write both lines of the rule."""
        v, w = Term("v", Role.MUTED, bold=True), Term("w", Role.KERNEL, bold=True)
        gradient = Term("∂J/∂w", Role.GRADIENT, bold=True)
        step = Term("      μ momentum, η learning rate", Role.MUTED)
        return (
            v,
            Term("  ←  μ · "),
            v,
            Term(" + "),
            gradient,
            Term(",     "),
            w,
            Term("  ←  "),
            w,
            Term(" − η · "),
            v,
            step,
        )

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the old weight, what is taken from it, and the new one."""
        old = number(float(self.trace.rule.w[step.cell]), digits.totals, Role.KERNEL, bold=True)
        by_rate = Term(f" − {_written(self.trace.rule.lr)}·")
        if step.contribution is not None:
            return EQUALS, faint(old), by_rate, TO_COME, EQUALS, TO_COME
        velocity = factor(step.so_far, digits.totals, Role.MUTED, bold=True)
        return EQUALS, old, by_rate, velocity, EQUALS, result(self, step, digits)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        rule = self.trace.rule
        if step.contribution is not None:
            return narrate_multiply(self, step, digits, "velocity so far")
        velocity = Term(format_number(step.so_far, digits.totals), bold=True)
        if step.y is None:
            return (Term("What is kept of the velocity and the gradient make the new velocity "), velocity, Term("."))
        return (
            Term(f"Against the velocity, {_written(rule.lr)} times as far: {self.output.words(step.cell)} goes from "),
            number(float(rule.w[step.cell]), digits.totals, Role.KERNEL, bold=True),
            Term(" to "),
            number(step.y, digits.results, Role.KERNEL, bold=True),
            Term("."),
        )

    def note(self) -> tuple[Term, ...]:
        """Write the learning rate and the momentum."""
        rule = self.trace.rule
        words = f"Learning rate η = {_written(rule.lr)}, momentum μ = {_written(rule.momentum)}"
        return (Term(f"{words}: every weight moves against its velocity.", Role.MUTED),)


def _joined(panels: Sequence[tuple[Panel, ...]]) -> tuple[Panel, ...]:
    return tuple(panel for group in panels for panel in group)


def _written(value: float) -> str:
    return f"{value:g}"
