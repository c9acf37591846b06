"""Tensors by name and role, and the matrices that show their slices."""

from dataclasses import dataclass

from cnnsim.drawing import Cell, Role
from cnnsim.trace.cellwise import Array, Place


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A tensor of an operation, as it is shown: (…, rows, cols).

    Examples
    --------
    >>> import numpy as np
    >>> kernel = Tensor("kernel", Role.KERNEL, np.zeros((1, 3, 5, 5)))
    >>> kernel.cell((0, 2, 4, 1))
    Cell(matrix='kernel[2]', row=4, col=1)
    >>> kernel.indices((0, 2, 4, 1))
    '[2, 4, 1]'
    """

    name: str
    role: Role
    array: Array

    def matrix(self, lead: Place) -> str:
        """Name of the matrix that shows a slice: the indices stand only where there are several slices."""
        shown = self._shown(lead)
        return f"{self.name}[{', '.join(shown)}]" if shown else self.name

    def cell(self, place: Place) -> Cell:
        """Cell of the matrix that shows a place."""
        return Cell(self.matrix(place[:-2]), place[-2], place[-1])

    def indices(self, place: Place) -> str:
        """Write the indices of a place, without those of axes that have one slice."""
        return f"[{', '.join([*self._shown(place[:-2]), *(str(index) for index in place[-2:])])}]"

    def _shown(self, lead: Place) -> list[str]:
        return [str(index) for index, length in zip(lead, self.array.shape[:-2], strict=True) if length > 1]
