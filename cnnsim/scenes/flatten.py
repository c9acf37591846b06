"""Flattening and its way back: the maps stand over the vector, and every value keeps its number.

A long vector goes on in further rows, each of which holds some whole rows of a map.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from cnnsim.drawing import Arrow, Drawing, Item, Label, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.cellwise_formula import result
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.panels import Column, largest, slices
from cnnsim.scenes.symbols import partial
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Flatten, FlattenGradient, GrainView, Step
from cnnsim.trace.cellwise import Array, Place
from cnnsim.typography import EQUALS, format_number, text_width

_LONGEST_ROW = 24  # cells: so many can be read in one row
_WIDE = 2.2  # times as wide as high is the room for maps and vector
_SMALL = 0.8  # of the text size, for the numbers of cells beside the rows
_LEADING = 1.25  # of that size, from one row of these numbers to the next


def flatten_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw a flattening or its gradient; beside every row of a wrapped vector, or some of them, are its numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnsim.trace import flatten
    >>> drawing = flatten_scene(flatten(np.eye(8)).at("cell"), 0, View(800, 560))
    >>> drawing.matrix("output").values.shape, [item.text for item in drawing.items if isinstance(item, Label)]
    ((4, 16), ['0 … 15', '16 … 31', '32 … 47', '48 … 63'])
    """
    trace = steps.trace
    assert isinstance(trace, CellwiseTrace)
    look = FlattenLook(trace) if isinstance(trace.rule, Flatten) else FlattenGradientLook(trace)
    count, row = trace.rule.output.size, _row_length(look.maps.array.shape)
    if row == count:
        return cellwise_scene(look, steps, position, view)
    widest = text_width(_numbers(count - row, row), view.unit * _SMALL)
    drawing = cellwise_scene(look, steps, position, view, right=widest + view.unit)
    return replace(drawing, items=(*drawing.items, *_row_numbers(drawing.matrix(look.vector.name), view)))


def _row_length(shape: tuple[int, ...]) -> int:
    """Return how many cells of the vector stand in a row: all, or whole rows of a map, so that cells become large."""
    channels, height, width = shape
    rows = channels * height
    if rows * width <= _LONGEST_ROW:
        return rows * width
    divisors = [number for number in range(1, rows + 1) if rows % number == 0]
    return width * max(divisors, key=lambda number: _side(shape, number))


def _side(shape: tuple[int, ...], number: int) -> float:
    """Side of the cells if each row of the vector holds so many rows of a map, as a share of the height."""
    channels, height, width = shape
    return min(_WIDE / (width * max(channels, number)), 1 / (height + channels * height / number))


def _row_numbers(grid: Matrix, view: View) -> Iterator[Label]:
    """Write which cells stand in a row of the vector, at as many rows as there is room for."""
    rows, cols = grid.values.shape
    size = view.unit * _SMALL
    for row in range(0, rows, max(1, ceil(size * _LEADING / grid.cell))):
        x, y = grid.x + grid.width + view.unit * 0.6, grid.y + (row + 0.5) * grid.cell
        yield Label(_numbers(row * cols, cols), x, y, size, Role.MUTED)


def _numbers(first: int, count: int) -> str:
    return f"{first} … {first + count - 1}"


def _vector(name: str, role: Role, array: Array, letter: str, maps: Tensor) -> Tensor:
    return Tensor(name, role, array, letter, vector=True, wrapped=_row_length(maps.array.shape))


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
    def maps(self) -> Tensor:
        """The maps."""
        return Tensor("input", Role.INPUT, self.trace.rule.x, "x")

    @property
    def vector(self) -> Tensor:
        """The vector."""
        return _vector("output", Role.OUTPUT, self.trace.rule.output, "y", self.maps)

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The maps."""
        return {"input": self.maps}

    @property
    def output(self) -> Tensor:
        """The vector."""
        return self.vector

    def columns(self, step: Step) -> Sequence[Column]:
        """The maps beside each other, over the vector."""
        rule = self.trace.rule
        maps = slices(self.maps, "Input", "", editable=True)
        words = f"{size_text(*rule.x.shape)} = {rule.x.size} values in reading order"
        states = known(self, step).reshape(self.vector.grids.shape)
        return [(maps, slices(self.vector, "Output", words, limit=largest(rule.x), states=states))]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from the maps down to the vector."""
        return _between(grids, "input", "output", view, down=True)

    def symbolic(self) -> tuple[Term, ...]:
        """Write which cell goes where."""
        place, number = _place(self.maps)
        y, x = Term("y", Role.OUTPUT, bold=True), Term("x", Role.INPUT, bold=True)
        return y, Term(f"[{number}]  =  "), x, Term(f"[{place}]")

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the value, and how its number comes about."""
        rule = self.trace.rule
        number = f"{_index(rule.source(step.cell), rule.x.shape)} = {step.cell[1]}"
        return EQUALS, result(self, step, digits), Term(f"      {number}", Role.MUTED, breaks=True)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        source = self.maps.words(self.trace.rule.source(step.cell))
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
    def maps(self) -> Tensor:
        """The gradient of the maps."""
        return Tensor("input gradient", Role.INPUT, self.trace.rule.output, "∂x")

    @property
    def vector(self) -> Tensor:
        """The gradient of the vector."""
        return _vector("gradient", Role.GRADIENT, self.trace.rule.g, "G", self.maps)

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The gradient of the vector."""
        return {"gradient": self.vector}

    @property
    def output(self) -> Tensor:
        """The gradient of the maps."""
        return self.maps

    def columns(self, step: Step) -> Sequence[Column]:
        """The maps where they stood before, over the gradient of the vector."""
        maps = slices(self.maps, "Input gradient", "", states=known(self, step))
        return [(maps, slices(self.vector, "Gradient", "∂J/∂y", editable=True))]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """An arrow from the vector up to the maps."""
        return _between(grids, "input gradient", "gradient", view, down=False)

    def symbolic(self) -> tuple[Term, ...]:
        """Write which value goes back where."""
        place, number = _place(self.maps)
        g = Term("G", Role.GRADIENT, bold=True)
        return *partial("x", Role.INPUT, f"[{place}]"), g, Term(f"[{number}]")

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the value, and how its number comes about."""
        rule = self.trace.rule
        number = f"{_index(step.cell, rule.output.shape)} = {rule.source(step.cell)[1]}"
        return EQUALS, result(self, step, digits), Term(f"      {number}", Role.MUTED, breaks=True)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        source = self.vector.words(self.trace.rule.source(step.cell))
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
