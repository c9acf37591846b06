"""Tensors by name and role, and the matrices that show their slices."""

from dataclasses import dataclass

from cnnsim.drawing import Cell, Role
from cnnsim.trace.cellwise import Array, Place


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A tensor of an operation, as it is shown: (…, rows, cols).

    Parameters
    ----------
    name
        Of its matrices.
    role
        Gives it its colour.
    array
        What is shown.
    letter
        Its letter in formulas.
    frame
        Cells of padding that are shown around it: top, bottom, left, right.
    turned
        Whether it is shown turned by 180°.

    Examples
    --------
    >>> import numpy as np
    >>> kernel = Tensor("kernel", Role.KERNEL, np.zeros((1, 3, 5, 5)), "w")
    >>> kernel.cell((0, 2, 4, 1))
    Cell(matrix='kernel[2]', row=4, col=1)
    >>> kernel.words((0, 2, 4, 1))
    'w[2, 4, 1]'
    >>> padded = Tensor("input", Role.INPUT, np.zeros((1, 7, 7)), "x", frame=(1, 1, 1, 1))
    >>> padded.words((0, 3, 1)), padded.words((0, 3, 0))
    ('x[2, 0]', 'padding')
    """

    name: str
    role: Role
    array: Array
    letter: str
    frame: tuple[int, int, int, int] = (0, 0, 0, 0)
    turned: bool = False

    def matrix(self, lead: Place) -> str:
        """Name of the matrix that shows a slice: the indices stand only where there are several slices."""
        shown = self._shown(lead)
        return f"{self.name}[{', '.join(shown)}]" if shown else self.name

    def cell(self, place: Place) -> Cell:
        """Cell of the matrix that shows a place."""
        return Cell(self.matrix(place[:-2]), place[-2], place[-1])

    def words(self, place: Place) -> str:
        """Letter and indices of a place, as the formula counts them; ``padding`` where it is no cell of the tensor."""
        row, col = self._counted(place)
        top, bottom, left, right = self.frame
        rows, cols = self.array.shape[-2] - top - bottom, self.array.shape[-1] - left - right
        if not (0 <= row < rows and 0 <= col < cols):
            return "padding"
        return f"{self.letter}[{', '.join([*self._shown(place[:-2]), str(row), str(col)])}]"

    def _counted(self, place: Place) -> tuple[int, int]:
        """Row and column without the padding, and as they were before turning."""
        row, col = place[-2] - self.frame[0], place[-1] - self.frame[2]
        if not self.turned:
            return row, col
        return self.array.shape[-2] - 1 - row, self.array.shape[-1] - 1 - col

    def _shown(self, lead: Place) -> list[str]:
        return [str(index) for index, length in zip(lead, self.array.shape[:-2], strict=True) if length > 1]
