"""Signals channel by channel: what is read, what slides under it, and what each channel makes and all together."""

from collections.abc import Mapping, Sequence

from cnnsim.drawing import Arrow, Matrix
from cnnsim.scenes.layout import View
from cnnsim.scenes.panels import Column, Panel, Row, stacked
from cnnsim.scenes.signs import arrow
from cnnsim.scenes.stems import into
from cnnsim.scenes.strips import Strip, levelled

_MOST_WITH_PRODUCTS = 2  # channels: of more, products of their own would leave no height for stems


def in_channels(
    rows: tuple[Sequence[Strip], Sequence[Strip], Sequence[Strip]],
    sums: Sequence[Panel],
    outputs: Sequence[Strip],
    ending: Row,
) -> Sequence[Column]:
    """Arrange signals, kernels and products, one each for every channel, with what they make.

    A single channel stands over its output; of several, each ends in its sum, and outputs have an axis of their own.
    """
    signals, kernels, products = rows
    if len(signals) == 1:
        return [stacked((*signals, *kernels, *levelled(products), *outputs)), stacked(ending)]
    shown = rows if len(signals) <= _MOST_WITH_PRODUCTS else (signals, kernels)
    of_channels = [strip for channel in zip(*shown, strict=True) for strip in channel]
    return [stacked(of_channels), stacked(sums), (*stacked(outputs), ending)]


def to_the_sum(grids: Mapping[str, Matrix], view: View) -> tuple[Arrow, ...]:
    """Return the arrows to the sum: from what each channel makes, or from the products of a single one."""
    sums = [grid for name, grid in grids.items() if name.startswith("channel sum")]
    return tuple(arrow(grid, grids["sum"], view) for grid in sums) or into(grids, "sum", view)
