"""The equivariance bench: both ways from an image to f and g of it, and where they end apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Highlight, Item, Label, Matrix, Role, Term
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.cellwise_formula import narrate_multiply, result
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.equivariance_pointing import belonging
from cnnsim.scenes.equivariance_words import movement_words, verdict
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.numerals import number
from cnnsim.scenes.panels import Column, Row, largest, slices
from cnnsim.scenes.signs import arrow
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Step
from cnnsim.trace.equivariance import Equivariance
from cnnsim.trace.equivariance_layer import Layer
from cnnsim.trace.equivariance_moves import Sources
from cnnsim.trace.geometry import OUTSIDE
from cnnsim.typography import EQUALS, format_number


@dataclass(frozen=True, slots=True, eq=False)
class EquivarianceLook:
    """How the two orders of moving and convolving are shown: x at the left, the difference at the right.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.scenes import View, draw
    >>> from cnnsim.trace import equivariance
    >>> steps = equivariance(gallery.LECTURE_IMAGE, gallery.kernel("emboss"), shift=(0, 1)).at("cell")
    >>> draw(steps, len(steps) - 1, View(800, 560)).matrix("difference").values[2]
    array([2., 0., 0.])
    """

    trace: CellwiseTrace[Equivariance]

    joint = ("", " + ", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """Image and kernel, what comes of the image on both ways, and the two terms of the difference."""
        rule = self.trace.rule
        return {
            "input": Tensor("input", Role.INPUT, rule.of_image.convolution.x, "x"),
            "kernel": Tensor("kernel", Role.KERNEL, rule.of_image.convolution.w, "w"),
            "g(x)": Tensor("g(x)", Role.INPUT, rule.of_moved.convolution.x, "g(x)"),
            "f(x)": Tensor("f(x)", Role.OUTPUT, rule.of_image.output, "f(x)"),
            "f(g(x))": Tensor("f(g(x))", Role.OUTPUT, rule.of_moved.output, "f(g(x))"),
            "g(f(x))": Tensor("g(f(x))", Role.OUTPUT, rule.moved_output, "g(f(x))"),
        }

    @property
    def output(self) -> Tensor:
        """The difference."""
        return Tensor("difference", Role.TEXT, self.trace.rule.output, "d")

    def columns(self, step: Step) -> Sequence[Column]:
        """Image above kernel; g(x) above f(x); the two results; their difference."""
        return [self._given(step), self._first(step), self._second(), (self._difference(step),)]

    def _given(self, step: Step) -> Column:
        rule = self.trace.rule
        origin = rule.feature_place(step.cell)
        marks = () if origin is None else _seen(rule.of_image, origin[1:])
        x, w = self.tensors["input"], self.tensors["kernel"]
        return (
            _marked(slices(x, "x", _size(x), editable=True), marks),
            slices(w, "Kernel", _size(w), lead=(step.cell[0],), editable=True),
        )

    def _first(self, step: Step) -> Column:
        rule = self.trace.rule
        moved, features = self.tensors["g(x)"], self.tensors["f(x)"]
        states = _entered(rule.move.sources(rule.of_image.convolution.x.shape))
        panels = slices(moved, "g(x)", _size(moved), states=states)
        origin = rule.feature_place(step.cell)
        marks = () if origin is None else (Highlight(origin[1], origin[2], Role.OUTPUT),)
        below = slices(features, "f(x)", _size(features), limit=self._limit)
        return (_marked(panels, _seen(rule.of_moved, rule.place(step.cell)[1:])), _marked(below, marks))

    def _second(self) -> Column:
        rule = self.trace.rule
        one, other = self.tensors["f(g(x))"], self.tensors["g(f(x))"]
        states = _entered(rule.feature_move.sources(rule.of_image.output.shape))
        return (
            slices(one, "f(g(x))", _size(one), limit=self._limit),
            slices(other, "g(f(x))", _size(other), limit=self._limit, states=states),
        )

    def _difference(self, step: Step) -> Row:
        limit = largest(self.output.array) or 1.0
        return slices(self.output, "Difference", "", limit=limit, states=known(self, step))

    @property
    def _limit(self) -> float:
        rule = self.trace.rule
        return max(largest(rule.of_moved.output), largest(rule.of_image.output))

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """Arrows with the letters f and g along both ways, and what belongs to the cell that is looked at."""
        starts = {name.split("[")[0]: grid for name, grid in grids.items()}
        ends = {name.split("[")[0]: grid for name, grid in reversed(list(grids.items()))}
        ways = (("input", "g(x)", "g"), ("input", "f(x)", "f"), ("g(x)", "f(g(x))", "f"), ("f(x)", "g(f(x))", "g"))
        lettered = (item for start, end, letter in ways for item in _way(starts[start], ends[end], letter, view))
        pointed = () if view.looked_at is None else belonging(self.trace.rule, view.looked_at, grids)
        return (
            *pointed,
            *lettered,
            *(arrow(starts[name], ends["difference"], view) for name in ("f(g(x))", "g(f(x))")),
        )

    def symbolic(self) -> tuple[Term, ...]:
        """Write the difference, and what f and g are."""
        one, other = (Term(name, Role.OUTPUT, bold=True) for name in ("f(g(x))", "g(f(x))"))
        return (
            Term("d", bold=True),
            Term("[i, j]  =  "),
            one,
            Term("[i, j]  −  "),
            other,
            Term("[i, j]"),
            Term(f"      {movement_words(self.trace.rule)}", Role.MUTED),
        )

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the difference."""
        return EQUALS, result(self, step, digits)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        if step.y is None:
            return narrate_multiply(self, step, digits, "so far")
        rule = self.trace.rule
        places = (("f(g(x))", rule.place(step.cell)), ("g(f(x))", rule.moved_place(step.cell)))
        words: list[Term] = []
        for name, place in places:
            value = float(self.tensors[name].array[place])
            words += [Term(" and " if words else ""), Term(f"{self.tensors[name].words(place)} = ")]
            words.append(number(value, digits.results, Role.OUTPUT, bold=True))
        if not rule.differs[step.cell]:
            return (*words, Term(" are the same."))
        apart = Term(format_number(step.y, digits.results), Role.WARNING, bold=True)
        return (*words, Term(" differ by "), apart, Term("."))

    def note(self) -> tuple[Term, ...]:
        """Say in how many cells the two differ, and why."""
        rule = self.trace.rule
        return (Term(verdict(rule), Role.WARNING if rule.differs.any() else Role.MUTED),)


def _size(tensor: Tensor) -> str:
    """Write the size of a map, if it stands alone: beside another there is no room."""
    shape = tensor.array.shape
    return size_text(*shape[-2:]) if max(shape[:-2]) == 1 else ""


def _marked(panels: Row, marks: tuple[Highlight, ...]) -> Row:
    return tuple(replace(panel, highlights=marks) for panel in panels)


def _seen(layer: Layer, place: tuple[int, ...]) -> tuple[Highlight, ...]:
    """Mark the cells of the image that a cell of f sees."""
    rows, cols = (index[index != OUTSIDE].tolist() for index in layer.seen(*place))
    return tuple(Highlight(row, col, Role.KERNEL) for row in rows for col in cols)


def _entered(sources: Sources) -> NDArray[np.uint8]:
    """States of a moved map: cells that entered are no part of the data."""
    return np.where(sources == OUTSIDE, CellState.PADDING, CellState.NORMAL).astype(np.uint8)


def _way(start: Matrix, end: Matrix, letter: str, view: View) -> tuple[Item, ...]:
    """Point from one matrix to another, with a letter over the middle of the arrow."""
    line = arrow(start, end, view)
    x, y = (line.x1 + line.x2) / 2, (line.y1 + line.y2) / 2
    return line, Label(letter, x, y - view.unit * 0.9, view.unit, bold=True, anchor="middle")
