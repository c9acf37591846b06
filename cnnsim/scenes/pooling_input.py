"""The input of a pooling: what surrounds it, which cells won, and where the windows lie on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Frame, Highlight, Matrix, Role
from cnnsim.scenes.layout import size_text
from cnnsim.scenes.marks import moving
from cnnsim.scenes.motion import Between
from cnnsim.scenes.panels import Panel, largest, slices
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import Pooling, Step
from cnnsim.trace.cellwise import Place
from cnnsim.trace.pooling_winners import all_winners

_TIED = 0.4  # strength of the mark on a value that is as large as the winner, and gets nothing


def pooling_input(rule: Pooling) -> Tensor:
    """Return the maps with what is around them."""
    return Tensor("input", Role.INPUT, rule.padded, "x", frame=rule.windows.frame)


def pooling_weights(rule: Pooling) -> Tensor:
    """Return the weights of a window."""
    return Tensor("weight", Role.KERNEL, rule.weights, "w")


def pooling_index(rule: Pooling) -> Tensor:
    """Return which cell won each window, numbered row by row: what the backward pass remembers."""
    return Tensor("index", Role.TEXT, _found(rule).indices, "index")


def pooling_index_panels(rule: Pooling, states: NDArray[np.uint8] | None = None) -> tuple[Panel, ...]:
    """Return the matrices of the winners: without colours, since a place is no amount."""
    caption = "First winner" if rule.ties == "split" else "Winner"
    panels = slices(pooling_index(rule), caption, f"{rule.x.shape[2]}·row + col", states=states)
    return level(tuple(replace(panel, plain=True) for panel in panels), rule)


def pooling_input_panels(rule: Pooling, finished: int, current: Step | None = None) -> tuple[Panel, ...]:
    """Return the maps with the winners of the first so many windows, and the best so far of the current one."""
    top, _, left, _ = rule.windows.frame
    wide = "" if (top, left) == (0, 0) else f", padding {top if top == left else size_text(top, left)}"
    note = f"{size_text(*rule.x.shape[1:])}{wide}"
    panels = slices(pooling_input(rule), "Input", note, limit=largest(rule.x), states=_states(rule), editable=True)
    if rule.mode != "max":
        return panels
    return tuple(
        replace(panel, highlights=_winner_marks(rule, channel, finished, current))
        for channel, panel in enumerate(panels)
    )


def level(panels: tuple[Panel, ...], rule: Pooling) -> tuple[Panel, ...]:
    """Return panels that stand at the height of the input's maps, where there are several."""
    room = rule.padded.shape[1] if len(rule.x) > 1 else 0
    return tuple(replace(panel, room=room) for panel in panels)


def window_frames(rule: Pooling, motion: Between[Step], grids: Mapping[str, Matrix]) -> Iterator[Frame]:
    """Outline all that the window reaches over, where some of it does not count, and the window before it."""
    here, there = motion.here.cell, motion.there.cell
    tensor = pooling_input(rule)
    grid = grids.get(tensor.matrix(here[:1]))
    if grid is None:
        return
    end = there if there[0] == here[0] else here
    if _clipped(rule, here):
        boxes = rule.windows.box(*here[1:]), rule.windows.box(*end[1:])
        yield replace(moving(grid, *boxes, motion, Role.KERNEL), dashed=True)
    before, following = _before(here), _before(end)
    if rule.windows.overlap and before is not None:
        boxes = rule.windows.box(*before[1:]), rule.windows.box(*(following or before)[1:])
        frame = moving(grid, *boxes, motion, Role.MUTED)
        yield replace(frame, dashed=True, thickness=frame.thickness / 2)


def _clipped(rule: Pooling, cell: Place) -> bool:
    """Whether a window reaches over cells that do not count."""
    _, _, rows, cols = rule.windows.box(*cell[1:])
    return rows * cols > int(rule.windows.counts[cell[1:]])


def _before(cell: Place) -> Place | None:
    """The window on the left, or above the first of a row."""
    channel, row, col = cell
    if col:
        return channel, row, col - 1
    return (channel, row - 1, col) if row else None


def _states(rule: Pooling) -> NDArray[np.uint8]:
    """States of a padded map: padding that counts, cells that no window takes, and nothing where nothing counts."""
    top, _, left, _ = rule.windows.frame
    taken = rule.windows.coverage() > 0
    states = np.where(taken, CellState.PADDING, CellState.EMPTY).astype(np.uint8)
    inside = slice(top, top + rule.x.shape[1]), slice(left, left + rule.x.shape[2])
    states[inside] = np.where(taken[inside], CellState.NORMAL, CellState.UNREACHED)
    return states


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Winners, window after window: the cell of the padded map, whether it is the first, and where windows begin."""

    rows: NDArray[np.intp]
    cols: NDArray[np.intp]
    firsts: NDArray[np.bool_]
    starts: NDArray[np.intp]
    indices: NDArray[np.float64]


@lru_cache(maxsize=4)
def _found(rule: Pooling) -> _Found:
    """Find them once: the same ones are marked frame after frame."""
    cells, windows = all_winners(rule)
    starts = np.searchsorted(windows, np.arange(rule.output.size + 1))
    numbers = cells % rule.x[0].size
    rows, cols = np.divmod(numbers, rule.x.shape[2])
    firsts = np.zeros(len(cells), np.bool_)
    firsts[starts[:-1]] = True
    top, _, left, _ = rule.windows.frame
    indices = numbers[starts[:-1]].astype(np.float64).reshape(rule.output.shape)
    return _Found(rows + top, cols + left, firsts, starts, indices)


def _winner_marks(rule: Pooling, channel: int, finished: int, current: Step | None) -> tuple[Highlight, ...]:
    """Mark winners, and more faintly values that are as large and get nothing."""
    found, windows = _found(rule), rule.output[0].size
    first, last = (
        found.starts[channel * windows],
        found.starts[min(max(finished, channel * windows), (channel + 1) * windows)],
    )
    part = slice(int(first), int(last))
    strengths: dict[tuple[int, int], float] = {}
    winners = found.firsts[part] | (rule.ties == "split")
    for row, col, wins in zip(found.rows[part].tolist(), found.cols[part].tolist(), winners.tolist(), strict=True):
        strengths[row, col] = max(strengths.get((row, col), 0.0), 1.0 if wins else _TIED)
    if current is not None and current.cell[0] == channel:
        for number, (_, row, col) in enumerate(rule.winners(current.cell, current.number + 1)):
            wins = number == 0 or rule.ties == "split"
            strengths[row, col] = max(strengths.get((row, col), 0.0), 1.0 if wins else _TIED)
    return tuple(Highlight(row, col, Role.OUTPUT, strength) for (row, col), strength in strengths.items())
