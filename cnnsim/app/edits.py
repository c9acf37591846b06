"""Cells that a person changed, apart from the grid they were changed in: a change of size never loses them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Edits:
    """Values by (row, col).

    Examples
    --------
    >>> import numpy as np
    >>> edits = Edits().with_cell(2, 2, 7.0)
    >>> edits.over(np.zeros((2, 2))).sum(), edits.over(np.zeros((3, 3))).sum()
    (np.float64(0.0), np.float64(7.0))
    """

    cells: Mapping[tuple[int, int], float] = field(default_factory=lambda: MappingProxyType({}))

    def with_cell(self, row: int, col: int, value: float) -> "Edits":
        """Return the edits with one more."""
        return Edits(MappingProxyType({**self.cells, (row, col): value}))

    def over(self, grid: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a copy of `grid`, (rows, cols), with the edits that lie inside it."""
        edited = np.array(grid, dtype=np.float64)
        rows, cols = edited.shape
        for (row, col), value in self.cells.items():
            if row < rows and col < cols:
                edited[row, col] = value
        return edited


NO_EDITS = Edits()
