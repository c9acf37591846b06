"""A small shift of an image: the image and what is pooled from it, before and after, and what has changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Drawing, Frame, Highlight, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.cellwise_formula import narrate_multiply, result
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.marks import moving
from cnnsim.scenes.motion import Between
from cnnsim.scenes.panels import Column, Panel, largest, slices
from cnnsim.scenes.shift_words import changed_words, movement_in_words, stayed, summary, tally
from cnnsim.scenes.shown import shown
from cnnsim.scenes.signs import arrow, between_grids, first
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, GrainView, ShiftEffect, Step
from cnnsim.trace.cellwise import Place
from cnnsim.typography import EQUALS

_CHANGED = 0.6  # strength of the marks on values that changed


def shift_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw what a shift changes at a position.

    Returns a drawing with the matrices ``input`` and ``g(x)``, with a convolution ``kernel``, ``f(x)`` and ``f(g(x))``,
    and the pooled values ``before`` and ``after`` with their ``difference``. What has changed is marked; the window of
    the current cell is outlined where it is pooled from.

    Examples
    --------
    >>> from cnnsim.trace import shift_effect
    >>> steps = shift_effect([[3, 9, 1, 2]], window=(1, 4)).at("cell")
    >>> drawing = shift_scene(steps, 0.0, View(800, 560))
    >>> [drawing.matrix(name).values.tolist() for name in ("g(x)", "before", "after", "difference")]
    [[[0.0, 3.0, 9.0, 1.0]], [[9.0]], [[9.0]], [[0.0]]]
    """
    assert isinstance(steps.trace, CellwiseTrace)
    look = ShiftLook(steps.trace)
    drawing = cellwise_scene(look, steps, position, view)
    now = shown(look, steps, position, view)
    if now.explained is not now.here:
        return drawing
    grids = {item.name: item for item in drawing.items if isinstance(item, Matrix)}
    return replace(drawing, items=(*drawing.items, *_windows(look, now.motion, grids)))


@dataclass(frozen=True, slots=True, eq=False)
class ShiftLook:
    """How the effect of a shift is shown: before above after, and the difference at the right."""

    trace: CellwiseTrace[ShiftEffect]

    joint = ("", " + ", "")

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """Image and kernel, and the two terms of the difference."""
        rule = self.trace.rule
        tensors = {
            "input": Tensor("input", Role.INPUT, rule.x, "x"),
            "before": Tensor("before", Role.OUTPUT, rule.of_image.output, "p(x)"),
            "after": Tensor("after", Role.OUTPUT, rule.of_moved.output, "p(g(x))"),
        }
        return tensors if rule.w is None else tensors | {"kernel": Tensor("kernel", Role.KERNEL, rule.w, "w")}

    @property
    def output(self) -> Tensor:
        """The difference."""
        return Tensor("difference", Role.TEXT, self.trace.rule.output, "d")

    @property
    def pooled_from(self) -> tuple[Tensor, Tensor]:
        """The maps that are pooled, before and after."""
        rule = self.trace.rule
        if rule.w is None:
            return self.tensors["input"], Tensor("g(x)", Role.INPUT, rule.moved_x, "g(x)")
        before, after = rule.of_image.x, rule.of_moved.x
        return Tensor("f(x)", Role.OUTPUT, before, "f(x)"), Tensor("f(g(x))", Role.OUTPUT, after, "f(g(x))")

    def columns(self, step: Step) -> Sequence[Column]:
        """Image, kernel and features if there are any, pooled values, each before above after; the difference."""
        rule, tensors, channel = self.trace.rule, self.tensors, step.cell[0]
        moved = Tensor("g(x)", Role.INPUT, rule.moved_x, "g(x)")
        inputs = slices(tensors["input"], "x", size_text(*rule.x.shape[1:]), editable=True)
        shifted = slices(moved, "g(x)", changed_words(rule.changed_inputs), limit=largest(rule.x))
        columns: list[Column] = [(inputs, _marked(shifted, rule.changed_inputs))]
        if rule.w is not None:
            size = size_text(*rule.w.shape[2:])
            columns.append((slices(tensors["kernel"], "Kernel", size, lead=(channel,), editable=True),))
            columns.append(self._stage(self.pooled_from, channel, rule.changed_features))
        pooled = self._stage((tensors["before"], tensors["after"]), channel, self._compared(step))
        difference = slices(self.output, "Difference", "", lead=(channel,), states=known(self, step)[channel])
        return [*columns, pooled, (difference,)]

    def _compared(self, step: Step) -> NDArray[np.bool_]:
        """Which pooled values have been found to be changed."""
        order = np.arange(self.trace.rule.output.size).reshape(self.trace.rule.output.shape)
        return self.trace.rule.changed & (order < self.trace.order(step.cell) + (step.y is not None))

    def _stage(self, tensors: tuple[Tensor, Tensor], channel: int, changed: NDArray[np.bool_]) -> Column:
        """One map before above the same map after, with what has changed."""
        limit = max(largest(tensor.array) for tensor in tensors)
        before, after = tensors
        above = slices(before, before.letter, size_text(*before.array.shape[1:]), limit=limit, lead=(channel,))
        below = slices(after, after.letter, changed_words(changed), limit=limit, lead=(channel,))
        room = self.trace.rule.x.shape[1]
        return tuple(
            tuple(replace(panel, room=room) for panel in panels)
            for panels in (above, _marked(below, changed[channel : channel + 1]))
        )

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """Arrows along both ways, and to the difference."""
        pooled = ("before", "after")
        if self.trace.rule.w is None:
            star: tuple[Item, ...] = ()
            ways = [*zip(("input", "g(x)"), pooled, strict=True)]
        else:
            features = ("f(x)", "f(g(x))")
            star = (between_grids(first(grids, "input"), first(grids, "kernel"), "∗", view),)
            ways = [*(("kernel", name) for name in features), *zip(features, pooled, strict=True)]
        ways += [(name, "difference") for name in pooled]
        return (*star, *(arrow(first(grids, start), first(grids, end), view) for start, end in ways))

    def symbolic(self) -> tuple[Term, ...]:
        """Write the difference, and what g and p are."""
        return (
            Term("d", bold=True),
            Term("[i, j]  =  "),
            Term("p(g(x))", Role.OUTPUT, bold=True),
            Term("[i, j]  −  "),
            Term("p(x)", Role.OUTPUT, bold=True),
            Term("[i, j]"),
            Term(f"      {movement_in_words(self.trace.rule)}", Role.MUTED),
        )

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the difference."""
        return EQUALS, result(self, step, digits)

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does; at the end, what the shift came to."""
        if step.y is None:
            return narrate_multiply(self, step, digits, "difference so far")
        if step.index == len(self.trace) - 1:
            return (Term(summary(self.trace.rule)),)
        place = self.tensors["after"].words(step.cell).removeprefix("p(g(x))")
        return (Term("Pooled value "), Term(place, Role.OUTPUT, bold=True), Term(stayed(self.trace.rule, step.cell)))

    def note(self) -> tuple[Term, ...]:
        """Count what changed at every stage."""
        return tally(self.trace.rule)


def _marked(panels: tuple[Panel, ...], changed: NDArray[np.bool_]) -> tuple[Panel, ...]:
    """Return the panels with marks on what has changed."""
    return tuple(
        replace(
            panel,
            highlights=tuple(
                Highlight(int(row), int(col), Role.WARNING, _CHANGED) for row, col in np.argwhere(changed[channel])
            ),
        )
        for channel, panel in enumerate(panels)
    )


def _windows(look: ShiftLook, motion: Between[Step], grids: Mapping[str, Matrix]) -> Iterator[Frame]:
    """Outline the window of the current cell on the maps that are pooled."""
    here, there = motion.here.cell, motion.there.cell
    end = there if there[0] == here[0] else here
    for tensor in look.pooled_from:
        grid = grids.get(tensor.matrix(here[:1]))
        if grid is not None:
            boxes = _box(look.trace.rule, here), _box(look.trace.rule, end)
            yield moving(grid, *boxes, motion, Role.KERNEL)


def _box(rule: ShiftEffect, cell: Place) -> tuple[int, int, int, int]:
    """Row, column, rows and columns of the part of a map that lies in a window."""
    windows = rule.of_image.windows
    top, _, left, _ = windows.frame
    rows, cols = windows.rows.of(cell[1]), windows.cols.of(cell[2])
    first_row, first_col = max(rows.start - top, 0), max(cols.start - left, 0)
    last_row, last_col = min(rows.stop - top, windows.rows.n), min(cols.stop - left, windows.cols.n)
    return first_row, first_col, last_row - first_row, last_col - first_col
