"""Flattening and its way back: the maps stand over the vector, and every value keeps its number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnnsim.drawing import Arrow, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.cellwise_formula import result
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, largest, slices
from cnnsim.scenes.symbols import partial
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Flatten, FlattenGradient, Step
from cnnsim.trace.cellwise import Place
from cnnsim.typography import EQUALS, format_number


def _index(place: Place, shape: tuple[int, ...]) -> str:
    """Write the number of a cell of the maps in the vector."""
    channel, row, col = place
    channels, height, width = shape
    rows = f"({channel}·{height} + {row})" if channels > 1 else str(row)
    return f"{rows}·{width} + {col}"


def _place(maps: Tensor) -> tuple[str, str]:
    """Write the indices of a cell of the maps, and its number in the vector."""
    channels, height, width = maps.array.shape
    return ("c, i, j", f"(c·{height} + i)·{width} + j") if channels > 1 else ("i, j", f"i·{width} + j")


def _between(grids: Mapping[str, Matrix], maps: str, vector: str, view: View, *, down: bool) -> tuple[Item, ...]:
    """Point from the maps to the vector under them, or back, at the side of the maps if there is room."""
    last = [grid for name, grid in grids.items() if name.split("[")[0] == maps][-1]
    row, x = grids[vector], last.x + last.width + view.unit * 1.4
    ends = last.y + last.height / 2, last.y + last.height
    if x > row.x + row.width:
        return ()
    return (Arrow(x, ends[0], x, ends[1]) if down else Arrow(x, ends[1], x, ends[0]),)


@dataclass(frozen=True, slots=True, eq=False)
class FlattenLook:
    """How a flattening is shown."""

    trace: CellwiseTrace[Flatten]

    joint = ("", "", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The maps."""
        return {"input": Tensor("input", Role.INPUT, self.trace.rule.x, "x")}

    @property
    def output(self) -> Tensor:
        """The vector."""
        return Tensor("output", Role.OUTPUT, self.trace.rule.output, "y", vector=True)

    def columns(self, step: Step) -> Sequence[Column]:
        """The maps beside each other, over the vector."""
        rule = self.trace.rule
        maps = slices(self.tensors["input"], "Input", "", editable=True)
        words = f"{size_text(*rule.x.shape)} = {rule.x.size} values in reading order"
        return [(maps, slices(self.output, "Output", words, limit=largest(rule.x), states=known(self, step)))]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from the maps down to the vector."""
        return _between(grids, "input", "output", view, down=True)

    def symbolic(self) -> tuple[Term, ...]:
        """Write which cell goes where."""
        place, number = _place(self.tensors["input"])
        y, x = Term("y", Role.OUTPUT, bold=True), Term("x", Role.INPUT, bold=True)
        return y, Term(f"[{number}]  =  "), x, Term(f"[{place}]")

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the value, and how its number comes about."""
        rule = self.trace.rule
        number = f"{_index(rule.source(step.cell), rule.x.shape)} = {step.cell[1]}"
        return EQUALS, result(self, step, digits), Term(f"      {number}", Role.MUTED, breaks=True)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        source = self.tensors["input"].words(self.trace.rule.source(step.cell))
        value = Term(format_number(step.so_far, digits.results), Role.INPUT, bold=True)
        if step.y is None:
            return (Term(f"{source} = "), value, Term(f" is number {step.cell[1]} in reading order."))
        return (Term(f"{source} = "), value, Term(f" goes to {self.output.words(step.cell)}, unchanged."))

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        words = "Map after map, row after row: nothing is computed, and who was whose neighbour is forgotten."
        return (Term(words, Role.MUTED),)


@dataclass(frozen=True, slots=True, eq=False)
class FlattenGradientLook:
    """How the gradient of a flattening is shown."""

    trace: CellwiseTrace[FlattenGradient]

    joint = ("", "", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The gradient of the vector."""
        return {"gradient": Tensor("gradient", Role.GRADIENT, self.trace.rule.g, "G", vector=True)}

    @property
    def output(self) -> Tensor:
        """The gradient of the maps."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x")

    def columns(self, step: Step) -> Sequence[Column]:
        """The maps where they stood before, over the gradient of the vector."""
        maps = slices(self.output, "Input gradient", "", states=known(self, step))
        return [(maps, slices(self.tensors["gradient"], "Gradient", "∂J/∂y", editable=True))]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from the vector up to the maps."""
        return _between(grids, "input gradient", "gradient", view, down=False)

    def symbolic(self) -> tuple[Term, ...]:
        """Write which value goes back where."""
        place, number = _place(self.output)
        g = Term("G", Role.GRADIENT, bold=True)
        return *partial("x", Role.INPUT, f"[{place}]"), g, Term(f"[{number}]")

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the value, and how its number comes about."""
        rule = self.trace.rule
        number = f"{_index(step.cell, rule.output.shape)} = {rule.source(step.cell)[1]}"
        return EQUALS, result(self, step, digits), Term(f"      {number}", Role.MUTED, breaks=True)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        source = self.tensors["gradient"].words(self.trace.rule.source(step.cell))
        value = Term(format_number(step.so_far, digits.results), Role.GRADIENT, bold=True)
        target = self.output.words(step.cell)[1:]
        if step.y is None:
            place = self.trace.rule.source(step.cell)[1]
            return (Term(f"{target} went to place {place}, where {source} = "), value, Term("."))
        return (Term(f"{source} = "), value, Term(f" goes back to {target}, unchanged."))

    def note(self) -> tuple[Term, ...]:
        """Say what the picture shows as a whole."""
        words = "The vector becomes maps again: every gradient returns to where its value came from."
        return (Term(words, Role.MUTED),)
