"""Mistakes that are made in convolutions and in the gradients of their inputs."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from cnnsim.trace import Convolution, FullInputGradient, InputGradient
from cnnsim.trace.cellwise import Array, Place


def of_convolution(rule: Convolution, cell: Place) -> Iterator[tuple[float, str]]:
    """Yield what comes out of each mistake in a cell of the output, and what the mistake is."""
    b, w = float(rule.b[cell[0]]), rule.applied[cell[0]]
    window = rule.window(cell)
    if rule.flip:
        yield (
            float((window * w[:, ::-1, ::-1]).sum()) + b,
            ("The kernel was not turned: true convolution turns it by 180° first."),
        )
    else:
        yield (
            float((window * w[:, ::-1, ::-1]).sum()) + b,
            ("The kernel was turned: cross-correlation, what a layer computes, lays it on as it is."),
        )
    yield float((window * w).sum()), "The bias was forgotten."
    yield float((window * w).sum()) - b, "The bias was taken away instead of added."
    yield from _of_channels(np.asarray((window * w).sum(axis=(1, 2))), b)
    for down, across, words in (
        (0, 1, "too far right"),
        (0, -1, "too far left"),
        (1, 0, "too low"),
        (-1, 0, "too high"),
    ):
        shifted = _window(rule, cell, down, across)
        if shifted is not None:
            yield float((shifted * w).sum()) + b, f"The window lay one cell {words}."
    rows, cols = rule.geometry.rows, rule.geometry.cols
    unpadded = _window(rule, cell, rows.before, cols.before)
    if (rows.before or cols.before) and unpadded is not None:
        yield float((unpadded * w).sum()) + b, "The padding was ignored."
    if rows.stride > 1 or cols.stride > 1:
        _, i, j = cell
        dense = _window(rule, cell, i * (1 - rows.stride), j * (1 - cols.stride))
        if dense is not None:
            yield float((dense * w).sum()) + b, "The stride was ignored: the window moves by more than one cell."


def _window(rule: Convolution, cell: Place, rows: int, cols: int) -> Any:
    """Values under the kernel if it lay so many rows and columns further; None beyond the padded input."""
    (out, i, j), axis_rows, axis_cols = cell, rule.geometry.rows, rule.geometry.cols
    top, left = axis_rows.place(i, 0) + rows, axis_cols.place(j, 0) + cols
    bottom, right = top + axis_rows.extent, left + axis_cols.extent
    if top < 0 or left < 0 or bottom > rule.padded.shape[1] or right > rule.padded.shape[2]:
        return None
    first = rule.first_channel(out)
    maps = rule.padded[first : first + rule.w.shape[1]]
    return maps[:, top : bottom : axis_rows.dilation, left : right : axis_cols.dilation]


def of_input_gradient(rule: InputGradient, cell: Place) -> Iterator[tuple[float, str]]:
    """Yield what comes out of each mistake in a gathered gradient, and what the mistake is."""
    values = [rule.contribution(cell, number) for number in range(len(rule.values(cell)))]
    total = sum(
        part.value
        for entry in values
        for part in entry.factors
        if part.operand == "gradient" and part.place is not None
    )
    yield float(total), "The gradients were added without their weights."


def of_full_gradient(rule: FullInputGradient, cell: Place) -> Iterator[tuple[float, str]]:
    """Yield what comes out of each mistake in a full convolution of G, and what the mistake is."""
    window, turned = rule.rule.window(cell), rule.rule.applied[cell[0]]
    yield float((window * turned[:, ::-1, ::-1]).sum()), "The kernel was not turned: over G it slides turned by 180°."
    yield float(window.sum()), "The gradients were added without their weights."


def _of_channels(sums: Array, bias: float) -> Iterator[tuple[float, str]]:
    """Yield what some of the channels make; their sums belong together."""
    if len(sums) == 1:
        return
    for channel, total in enumerate(sums.tolist()):
        yield total + bias, f"That is channel {channel} alone: the sums of all channels are added up."
    for channel, total in enumerate(sums.tolist()):
        yield (
            float(sums.sum()) - total + bias,
            f"Channel {channel} was forgotten: the sums of all channels are added up.",
        )
    yield float(sums.sum()) + len(sums) * bias, "The bias was added once for every channel: it is added once."
