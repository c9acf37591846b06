"""What is marked in the overview of the tiny network: the stage at work, what it reads, and what it computes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from cnnsim.drawing import Arrow, Cell, Frame, Matrix, Role, Tint
from cnnsim.scenes.motion import between
from cnnsim.scenes.tiny_network_blocks import Block
from cnnsim.scenes.tiny_network_layout import Overview
from cnnsim.scenes.tiny_network_measure import COLUMNS
from cnnsim.scenes.window import box
from cnnsim.trace import CellwiseTrace, Moment, StagedTrace, sources, uses
from cnnsim.trace.cellwise import Place, Rule
from cnnsim.trace.tiny_network_pass import FORWARD, GRADIENTS, STAGES, UPDATE
from cnnsim.trace.tiny_network_weights import WEIGHTS
from cnnsim.trace.uses import Places

Box = tuple[float, float, float, float]

OPERANDS: Mapping[str, Mapping[str, str]] = {
    "convolution": {"input": "image", "kernel": "kernels", "bias": "kernel biases"},
    "relu": {"input": "convolution"},
    "pooling": {"input": "relu"},
    "flatten": {"input": "pooling"},
    "dense": {"input": "flatten", "kernel": "dense weights", "bias": "dense biases"},
    "loss": {"logits": "dense", "target": "target"},
    "logit gradient": {"probability": "probability", "target": "target"},
    "dense weight gradient": {"gradient": "logit gradient", "input": "flatten"},
    "dense bias gradient": {"gradient": "logit gradient"},
    "dense input gradient": {"gradient": "logit gradient", "kernel": "dense weights"},
    "flatten gradient": {"gradient": "dense input gradient"},
    "pooling gradient": {"gradient": "flatten gradient"},
    "relu gradient": {"gradient": "pooling gradient", "derivative": "convolution"},
    "kernel gradient": {"gradient": "relu gradient", "input": "image"},
    "kernel bias gradient": {"gradient": "relu gradient"},
    "image gradient": {"gradient": "relu gradient", "kernel": "kernels"},
    **{f"{name} update": {"gradient": GRADIENTS[name]} for name in WEIGHTS},
}
"""The blocks that the operands of each stage stand in."""


def output_block(stage: str) -> str:
    """Name of the block that a stage fills."""
    if stage == "loss":
        return "probability"
    return stage.removesuffix(" update")


def computing_stage(moment: Moment, block: str) -> str | None:
    """Name of the stage that computes a block; None where it is given, as weights are until their update begins."""
    if block in WEIGHTS and STAGES[moment.at.stage] not in UPDATE:
        return None
    return next((stage for stage in STAGES if output_block(stage) == block), None)


def marks(moment: Moment, blocks: Mapping[str, Block], placed: Overview) -> tuple[Frame, ...]:
    """Return frames around what the stage fills, what the current cell is computed from, and the cell itself.

    Parameters
    ----------
    moment
        Where the steps are.
    blocks, placed
        What is shown, and where.
    """
    stage = STAGES[moment.at.stage]
    filled, grids = output_block(stage), {matrix.name: matrix for matrix in placed.all()}
    lit = tuple(_whole(matrix, matrix.role) for matrix in placed.matrices[filled])
    motion = between(moment.at.steps, moment.at.position)
    rule, here, there = _leaf(moment.at.steps.trace, motion.here, motion.there)
    if rule is None:  # its own steps are too fine for the overview
        read = OPERANDS[stage].values()
        return (*(_whole(matrix, matrix.role) for name in read for matrix in placed.matrices[name]), *lit)
    start, end = (_reach(stage, rule, cell, blocks) for cell in (here, there))
    start |= {(name, "out"): part for name, part in _boxes(blocks[filled], here)}
    end |= {(name, "out"): part for name, part in _boxes(blocks[filled], there)}
    frames = []
    for key, part in start.items():
        grid, role = grids[key[0]], Role.KERNEL if key[1] != "out" else grids[key[0]].role
        following = end.get(key, part)
        row, col, rows, cols = (motion.blend(a, b) for a, b in zip(part, following, strict=True))
        frames.append(box(grid, row, col, rows, cols, role, 0.0 if key[1] == "out" else 0.10))
    return (*lit, *frames)


def arrows(moment: Moment, placed: Overview, text: float) -> Iterator[Arrow]:
    """Yield the way forward above, and the way back below; where the stage at work is, in the colour of the way."""
    stage = STAGES[moment.at.stage]
    filled = output_block(stage)
    active = {"above": stage in FORWARD, "below": stage not in FORWARD and not stage.endswith("update")}
    spans = [placed.span(above) for above, _ in COLUMNS]
    for number in range(1, len(COLUMNS) - 1):
        y = placed.above.y + placed.above.height / 2
        on = active["above"] and filled in COLUMNS[number][0]
        yield _arrow(spans[number - 1][1], spans[number][0], y, Role.OUTPUT if on else Role.MUTED, on, text)
    spans = [placed.span(below) for _, below in COLUMNS if below]
    for number in range(len(spans) - 1):
        y = placed.below.y + placed.below.height / 2
        on = active["below"] and filled in COLUMNS[number][1]
        yield _arrow(spans[number + 1][0], spans[number][1], y, Role.GRADIENT if on else Role.MUTED, on, text)


def belonging(moment: Moment, blocks: Mapping[str, Block], cell: Cell) -> dict[str, list[Tint]]:
    """Return the cells that light up with one that is looked at: what it is computed from, and what is made of it."""
    found: dict[str, list[Tint]] = {}
    for name, block in blocks.items():
        place = block.place(cell)
        if place is None:
            continue
        for other, places, role in (*_sources(moment, name, place), *_uses(moment, name, place)):
            for matrix, cells in blocks[other].cells(places).items():
                mask = np.zeros(blocks[other].shape[-2:], np.bool_)
                mask[tuple(cells.T)] = True
                found.setdefault(matrix, []).append(Tint(mask, role))
    return found


def tinted(matrices: tuple[Matrix, ...], found: Mapping[str, list[Tint]]) -> tuple[Matrix, ...]:
    """Return the matrices with the cells lit up."""
    return tuple(replace(matrix, tints=(*matrix.tints, *found.get(matrix.name, ()))) for matrix in matrices)


def _sources(moment: Moment, name: str, place: Place) -> Iterator[tuple[str, Places, Role]]:
    """Yield what a cell is computed from."""
    stage = computing_stage(moment, name)
    rule = None if stage is None else _rule(moment.steps.trace_of(stage))
    if stage is None or rule is None:
        return
    for operand, places in sources(rule, place).items():
        if operand in OPERANDS[stage]:
            yield OPERANDS[stage][operand], places, Role.KERNEL


def _uses(moment: Moment, name: str, place: Place) -> Iterator[tuple[str, Places, Role]]:
    """Yield what the first stage that reads a cell makes of it."""
    for stage in STAGES:
        operands = [operand for operand, block in OPERANDS[stage].items() if block == name]
        rule = _rule(moment.steps.trace_of(stage))
        if operands and rule is not None:
            yield output_block(stage), uses(rule, operands[0], place).cells, Role.OUTPUT
            return


def _rule(trace: Any) -> Rule | None:
    """Return the rule of a stage; None if it has several."""
    if isinstance(trace, StagedTrace):
        return _rule(trace.stages[0].trace) if len(trace.stages) == 1 else None
    return trace.rule if isinstance(trace, CellwiseTrace) else None


def _leaf(trace: Any, here: Any, there: Any) -> tuple[Rule | None, Place, Place]:
    """Return the rule of a stage and the cells of two of its steps."""
    rule = _rule(trace)
    if rule is None:
        return None, (), ()
    if isinstance(trace, StagedTrace):
        return _leaf(trace.stages[0].trace, here.step, there.step)
    return rule, here.cell, there.cell


def _reach(stage: str, rule: Rule, cell: Place, blocks: Mapping[str, Block]) -> dict[tuple[str, str], Box]:
    """Smallest boxes that hold what a cell is computed from, by matrix."""
    return {
        (matrix, operand): part
        for operand, places in sources(rule, cell).items()
        if operand in OPERANDS[stage]
        for matrix, part in _around(blocks[OPERANDS[stage][operand]], places)
    }


def _boxes(block: Block, cell: Place) -> Iterator[tuple[str, Box]]:
    return _around(block, np.array([cell], np.intp))


def _around(block: Block, places: Places) -> Iterator[tuple[str, Box]]:
    if not len(places):
        return
    for matrix, cells in block.cells(places).items():
        (top, left), (bottom, right) = cells.min(axis=0).tolist(), cells.max(axis=0).tolist()
        yield matrix, (top, left, bottom - top + 1, right - left + 1)


def _whole(grid: Matrix, role: Role) -> Frame:
    rows, cols = grid.values.shape
    return box(grid, 0, 0, rows, cols, role)


def _arrow(start: float, end: float, y: float, role: Role, on: bool, text: float) -> Arrow:
    gap = (end - start) * 0.18
    return Arrow(start + gap, y, end - gap, y, role, max(1.0, text * (0.16 if on else 0.1)))
