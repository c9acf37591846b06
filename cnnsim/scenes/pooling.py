"""The pooling page: input and window, output, and which value won."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Arrow, CellState, Drawing, Frame, Highlight, Item, Matrix, Role, Scale
from cnnsim.scenes.footer import footer, footer_height
from cnnsim.scenes.layout import Area, Block, View, caption_height, caption_width, cell_size, columns, size_text
from cnnsim.scenes.motion import Between, between
from cnnsim.scenes.pooling_formula import digits_of, narration, numeric_versions, symbolic_terms
from cnnsim.scenes.size_formula import size_terms
from cnnsim.scenes.window import box
from cnnsim.trace import GrainView, PoolingStep, PoolingTrace

_GAP = 6.0  # units between input and output
_TITLES = {"max": "Output: largest value", "average": "Output: mean"}


def pooling_scene(steps: GrainView[PoolingStep], position: float, view: View) -> Drawing:
    """Draw a pooling at a position.

    Parameters
    ----------
    steps
        A `PoolingTrace` at some grain.
    position
        Index of the step; a fraction is the way to the next one.
    view
        Space to fill.

    Returns
    -------
    Drawing
        With the matrices ``input`` and ``output``; the winners of finished windows are highlighted in the input.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import pooling
    >>> steps = pooling(gallery.POOLING_IMAGE).at("cell")
    >>> pooling_scene(steps, 0.0, View(800, 560)).matrix("input").highlights
    (Highlight(row=1, col=1, role=<Role.OUTPUT: 'output'>, strength=1.0),)
    """
    trace = steps.trace
    assert isinstance(trace, PoolingTrace)
    motion = between(steps, position)
    step = motion.here
    grids = _grids(trace, step, view)
    lines = (narration(trace, step), symbolic_terms(trace), numeric_versions(trace, step), size_terms(trace.geometry))
    items: tuple[Item, ...] = (
        *grids.values(),
        _arrow(grids, view),
        *_marks(trace, motion, grids),
        *footer(view, *lines),
    )
    return Drawing(view.width, view.height, items)


def _grids(trace: PoolingTrace, step: PoolingStep, view: View) -> dict[str, Matrix]:
    blocks = (
        Block(trace.x.shape[1], trace.x.shape[0], 1, caption_width(view, "Input", size_text(*trace.x.shape))),
        Block(
            trace.output.shape[1],
            trace.output.shape[0],
            1,
            caption_width(view, _TITLES[trace.mode], size_text(*trace.output.shape)),
        ),
    )
    margin, gap = view.unit * 1.2, view.unit * _GAP
    area = Area(margin, margin, view.width - 2 * margin, view.height - footer_height(view) - 2 * margin)
    cell = cell_size(view, area, blocks, gap)
    down = caption_height(view)
    (x1, y1), (x2, y2) = ((x, y + down) for x, y in columns(view, area, blocks, cell, gap))
    scale = Scale(float(np.abs(trace.x).max()))
    grid = partial(Matrix, cell=cell, scale=scale, text_size=view.unit, digits=digits_of(trace, step))
    source = grid(
        "input",
        trace.x,
        x1,
        y1,
        role=Role.INPUT,
        caption="Input",
        shape=size_text(*trace.x.shape),
        states=np.where(trace.geometry.covered(), CellState.NORMAL, CellState.UNREACHED).astype(np.uint8),
        highlights=_winners(trace, step),
        editable=True,
    )
    target = grid(
        "output",
        trace.output,
        x2,
        y2,
        role=Role.OUTPUT,
        caption=_TITLES[trace.mode],
        shape=size_text(*trace.output.shape),
        states=_known_outputs(trace, step),
    )
    return {"input": source, "output": target}


def _finished(trace: PoolingTrace, step: PoolingStep) -> int:
    """Number of output cells that are done, in reading order."""
    return step.row * trace.geometry.output_shape[1] + step.col + (step.kind == "result")


def _known_outputs(trace: PoolingTrace, step: PoolingStep) -> NDArray[np.uint8]:
    states = np.full(trace.output.size, CellState.EMPTY, np.uint8)
    states[: _finished(trace, step)] = CellState.NORMAL
    return states.reshape(trace.output.shape)


def _winners(trace: PoolingTrace, step: PoolingStep) -> tuple[Highlight, ...]:
    """Mark the winners of the finished windows, and the best so far of the current one."""
    if trace.winners is None or step.winner_row is None or step.winner_col is None:
        return ()
    done = trace.winners.reshape(-1, 2)[: _finished(trace, step)]
    places = dict.fromkeys((int(row), int(col)) for row, col in done)
    places.setdefault((step.winner_row, step.winner_col))
    return tuple(Highlight(row, col, Role.OUTPUT) for row, col in places)


def _arrow(grids: Mapping[str, Matrix], view: View) -> Arrow:
    source, target = grids["input"], grids["output"]
    y = source.y + source.height / 2
    return Arrow(source.x + source.width + view.unit * 1.4, y, target.x - view.unit * 1.4, y)


def _marks(trace: PoolingTrace, motion: Between[PoolingStep], grids: Mapping[str, Matrix]) -> tuple[Frame, ...]:
    """Return the sliding window, the output cell it computes, and the value being looked at."""
    here, there, s, size = motion.here, motion.there, trace.geometry.stride, trace.geometry.size
    row, col = motion.blend(here.row, there.row), motion.blend(here.col, there.col)
    frames = (
        box(grids["input"], row * s, col * s, size, size, Role.KERNEL, fill=0.10),
        box(grids["output"], row, col, 1, 1, Role.OUTPUT),
    )
    if here.x_row is None or here.x_col is None:
        return frames
    looked_row, looked_col = float(here.x_row), float(here.x_col)
    if there.x_row is not None and there.x_col is not None:
        looked_row, looked_col = motion.blend(looked_row, there.x_row), motion.blend(looked_col, there.x_col)
    return (*frames, box(grids["input"], looked_row, looked_col, 1, 1, Role.INPUT))
