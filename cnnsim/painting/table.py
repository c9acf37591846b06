"""A table: boxes in the colours of what lights up, under the labels that say its numbers."""

from collections.abc import Iterator

import numpy as np

from cnnsim.drawing import Table
from cnnsim.painting.primitives import Primitive, Rect
from cnnsim.painting.theme import Theme

_FILL = 0.2
_RADIUS = 0.2  # of the height of a row


def lower_table(table: Table, theme: Theme) -> Iterator[Primitive]:
    """Yield a box for every cell that lights up."""
    for tint in table.tints:
        for row, col in np.argwhere(tint.mask).tolist():
            yield Rect(*table.box(row, col), fill=theme.role(tint.role, _FILL), radius=table.cell * _RADIUS)
