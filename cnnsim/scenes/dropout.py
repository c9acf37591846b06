"""Dropout and its gradient: the same mask on the values and on what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.cellwise_formula import narrate_multiply, result
from cnnsim.scenes.convolution_kernel_gradient import gradient_tensor
from cnnsim.scenes.convolution_panels import near
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, Panel, slices, tiled
from cnnsim.scenes.signs import between_grids, first, rows_of
from cnnsim.scenes.symbols import partial
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Dropout, DropoutGradient, Step
from cnnsim.typography import EQUALS, format_number


def _mask(rule: Dropout) -> Tensor:
    return Tensor("mask", Role.TEXT, rule.mask, "m")


def _mask_panels(rule: Dropout) -> tuple[Panel, ...]:
    return slices(_mask(rule), "Mask", "1 stays, 0 goes" if rule.training else "in use: all stay")


def _dropped_states(rule: Dropout) -> NDArray[np.uint8]:
    """Cells that are dropped are hatched."""
    return np.where(rule.mask == 0, CellState.UNREACHED, CellState.NORMAL).astype(np.uint8)


def _signs(grids: Mapping[str, Matrix], left: str, right: str, view: View) -> tuple[Item, ...]:
    """A dot before the mask, = behind it."""
    mask = first(grids, "mask")
    return (
        between_grids(rows_of(grids, left)[0][-1], mask, "·", view),
        between_grids(rows_of(grids, "mask")[0][-1], first(grids, right), "=", view, 1.4),
    )


def _symbols(rule: Dropout, operand: Term) -> tuple[Term, ...]:
    place = "[c, i, j]" if len(rule.x) > 1 else "[i, j]"
    if not rule.training:
        return operand, Term(f"{place} · m{place}"), Term("      in use every m is 1", Role.MUTED)
    return (
        operand,
        Term(f"{place} · m{place} · 1/(1 − p)"),
        Term(f"      p = {rule.p:g}", Role.MUTED),
    )


def _scaled(rule: Dropout) -> tuple[Term, ...]:
    """Write the scale with its number, if there is one."""
    if not rule.training:
        return ()
    if rule.scale in (0.0, 1.0):
        return (Term(f"·{rule.scale:g}"),)
    return (Term(f" / (1 − {rule.p:g})"),)


def _before_scale(rule: Dropout) -> str | None:
    """Say that a product is still to be scaled, as it is in training."""
    return "before the scale" if rule.training else None


def _dropped(rule: Dropout) -> tuple[Term, ...]:
    if not rule.training:
        return (Term("In use every value passes: the scale in training has kept the mean.", Role.MUTED),)
    gone = int((rule.mask == 0).sum())
    scale = "1/(1 − p) keeps the mean" if rule.p < 1 else "p = 1 leaves nothing to scale"
    return (
        Term(f"hatched: {gone} of {rule.mask.size} dropped"),
        Term(f";  every training step draws another mask,  {scale}", Role.MUTED),
    )


@dataclass(frozen=True, slots=True, eq=False)
class DropoutLook:
    """How a dropout is shown."""

    trace: CellwiseTrace[Dropout]

    joint = ("", "", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The maps and the mask."""
        rule = self.trace.rule
        return {"input": Tensor("input", Role.INPUT, rule.x, "x"), "mask": _mask(rule)}

    @property
    def output(self) -> Tensor:
        """What is left."""
        return Tensor("output", Role.OUTPUT, self.trace.rule.output, "y")

    def columns(self, step: Step) -> Sequence[Column]:
        """Input, mask and output."""
        rule = self.trace.rule
        return [
            tiled(
                slices(
                    self.tensors["input"],
                    "Input",
                    size_text(*rule.x.shape[1:]),
                    states=_dropped_states(rule),
                    editable=True,
                )
            ),
            tiled(_mask_panels(rule)),
            tiled(slices(self.output, "Output", "", states=known(self, step))),
        ]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """A dot before the mask, = behind it."""
        return _signs(grids, "input", "output", view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the product."""
        rule = self.trace.rule
        place = "[c, i, j]" if len(rule.x) > 1 else "[i, j]"
        x = Term("x", Role.INPUT, bold=True)
        return Term("y", Role.OUTPUT, bold=True), Term(f"{place}  =  "), *_symbols(rule, x)

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the scale and the result."""
        return *_scaled(self.trace.rule), EQUALS, result(self, step, digits)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        if step.y is None:
            return narrate_multiply(self, step, digits, _before_scale(self.trace.rule))
        rule, words = self.trace.rule, self.tensors["input"].words(step.cell)
        y = Term(format_number(step.y, digits.results), Role.OUTPUT, bold=True)
        if not rule.training:
            return (Term(f"{words} passes: "), y, Term("."))
        if not rule.mask[step.cell]:
            return (Term(f"{words} is dropped in this training step: "), y, Term("."))
        return (Term(f"{words} stays and is scaled by {format_number(rule.scale, digits.terms)}, to "), y, Term("."))

    def note(self) -> tuple[Term, ...]:
        """Count what was dropped."""
        return _dropped(self.trace.rule)


@dataclass(frozen=True, slots=True, eq=False)
class DropoutGradientLook:
    """How the gradient of a dropout is shown."""

    trace: CellwiseTrace[DropoutGradient]

    joint = ("", "", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The gradient that arrives from above, and the mask of the forward pass."""
        return {"gradient": gradient_tensor(self.trace.rule.g), "mask": _mask(self.trace.rule.forward)}

    @property
    def output(self) -> Tensor:
        """The gradient of the maps."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x")

    def columns(self, step: Step) -> Sequence[Column]:
        """G, the mask and the gradient of the input."""
        rule = self.trace.rule.forward
        g = slices(self.tensors["gradient"], "Gradient", "∂J/∂y", states=_dropped_states(rule), editable=True)
        found = slices(self.output, "Input gradient", "∂J/∂x", states=known(self, step))
        return [tiled(near(panels, step.cell[0])) for panels in (g, _mask_panels(rule), found)]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """A dot before the mask, = behind it."""
        return _signs(grids, "gradient", "input gradient", view)

    def symbolic(self) -> tuple[Term, ...]:
        """Write the product."""
        rule = self.trace.rule.forward
        place = "[c, i, j]" if len(rule.x) > 1 else "[i, j]"
        g = Term("G", Role.GRADIENT, bold=True)
        return *partial("x", Role.INPUT, place), *_symbols(rule, g)

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the scale and the result."""
        return *_scaled(self.trace.rule.forward), EQUALS, result(self, step, digits)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        if step.y is None:
            return narrate_multiply(self, step, digits, _before_scale(self.trace.rule.forward))
        rule, words = self.trace.rule.forward, self.output.words(step.cell)[1:]
        y = Term(format_number(step.y, digits.results), Role.INPUT, bold=True)
        if not rule.mask[step.cell]:
            return (Term(f"{words} was dropped: it did not matter, and no gradient comes back, "), y, Term("."))
        if not rule.training:
            return (Term(f"{words} passed, and so does its gradient: "), y, Term("."))
        scale = format_number(rule.scale, digits.terms)
        return (Term(f"{words} was scaled by {scale}, and so is its gradient: "), y, Term("."))

    def note(self) -> tuple[Term, ...]:
        """Count what was dropped."""
        return _dropped(self.trace.rule.forward)
