"""Tensors by name and role, and the matrices that show their slices."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    spread
        Distance of neighbouring rows and columns of the tensor as it is shown; zeros stand between them.
    vector
        Whether it is a row, a column or a single number: indices along axes of length 1 are not written.
    wrapped
        After how many cells a row goes on below, which divides its length; 0 where it does not.

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
    >>> padded.shown(Cell("input", 3, 1)), padded.place(Cell("input", 3, 1)), padded.place(Cell("input", 3, 0))
    ((0, 3, 1), (0, 2, 0), None)
    >>> stretched = Tensor("input", Role.INPUT, np.zeros((1, 5, 5)), "x", frame=(1, 1, 1, 1), spread=(2, 2))
    >>> stretched.words((0, 3, 1)), stretched.words((0, 3, 2)), stretched.words((0, 3, 0))
    ('x[1, 0]', 'inserted zero', 'padding')
    >>> wrapped = Tensor("output", Role.OUTPUT, np.zeros((1, 6)), "y", vector=True, wrapped=3)
    >>> wrapped.cell((0, 4)), wrapped.shown(Cell("output", 1, 1)), wrapped.grids.shape
    (Cell(matrix='output', row=1, col=1), (0, 4), (2, 3))
    >>> Tensor("logits", Role.INPUT, np.zeros((3, 1)), "z", vector=True).words((2, 0))
    'z[2]'
    """

    name: str
    role: Role
    array: Array
    letter: str
    frame: tuple[int, int, int, int] = (0, 0, 0, 0)
    turned: bool = False
    vector: bool = False
    spread: tuple[int, int] = (1, 1)
    wrapped: int = 0

    @property
    def grids(self) -> Array:
        """The tensor as its matrices show it: `array`, unless its rows are wrapped."""
        return self.array.reshape(*self.array.shape[:-2], -1, self.wrapped) if self.wrapped else self.array

    def matrix(self, lead: Place) -> str:
        """Name of the matrix that shows a slice: the indices stand only where there are several slices."""
        shown = self._shown(lead)
        return f"{self.name}[{', '.join(shown)}]" if shown else self.name

    def cell(self, place: Place) -> Cell:
        """Cell of the matrix that shows a place."""
        row, col = divmod(place[-1], self.wrapped) if self.wrapped else place[-2:]
        return Cell(self.matrix(place[:-2]), row, col)

    def cells(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """Where matrices show places, (n, ndim): leading indices, row and column in `grids`."""
        if not self.wrapped:
            return places
        return np.column_stack([places[:, :-2], *np.divmod(places[:, -1], self.wrapped)])

    def words(self, place: Place) -> str:
        """Letter and indices of a place, as the formula counts them; ``padding`` where it is no cell of the tensor."""
        if not self._inside(place):
            return "inserted zero" if self._framed(place) else "padding"
        lead, counted = place[:-2], self._counted(place)
        written = self._shown((*lead, *counted)) if self.vector else [*self._shown(lead), *map(str, counted)]
        return f"{self.letter}[{', '.join(written)}]" if written else self.letter

    def lead(self, matrix: str) -> Place | None:
        """Leading indices of the slice that a matrix shows; None if it shows no slice of this tensor."""
        lengths = self.array.shape[:-2]
        words = [] if matrix == self.name else matrix.removeprefix(f"{self.name}[").removesuffix("]").split(", ")
        if len(words) != sum(length > 1 for length in lengths) or not all(word.isdecimal() for word in words):
            return None
        numbers = iter(map(int, words))
        lead = tuple(next(numbers) if length > 1 else 0 for length in lengths)
        return lead if all(index < length for index, length in zip(lead, lengths, strict=True)) else None

    def shown(self, cell: Cell) -> Place | None:
        """Place that a cell shows, in `array`: the inverse of `cell`; None for a cell of another matrix."""
        lead = self.lead(cell.matrix)
        rows, cols = self.grids.shape[-2:]
        if lead is None or not (0 <= cell.row < rows and 0 <= cell.col < cols):
            return None
        return (*lead, 0, cell.row * cols + cell.col) if self.wrapped else (*lead, cell.row, cell.col)

    def place(self, cell: Cell) -> Place | None:
        """Place that a cell shows in the tensor as it was given: without padding, and not turned.

        None for a cell of the padding or of another matrix.
        """
        shown = self.shown(cell)
        return None if shown is None or not self._inside(shown) else (*shown[:-2], *self._counted(shown))

    def mask(self, places: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Shape of `grids`; True at the places, (n, ndim)."""
        mask = np.zeros(self.grids.shape, np.bool_)
        mask[tuple(self.cells(places).T)] = True
        return mask

    def _inside(self, place: Place) -> bool:
        """Whether a place is no padding and no inserted zero."""
        top, left, (down, across) = self.frame[0], self.frame[2], self.spread
        return self._framed(place) and not ((place[-2] - top) % down or (place[-1] - left) % across)

    def _framed(self, place: Place) -> bool:
        """Whether a place is no padding."""
        top, bottom, left, right = self.frame
        rows, cols = self.array.shape[-2:]
        return bool(top <= place[-2] < rows - bottom and left <= place[-1] < cols - right)

    def _counted(self, place: Place) -> tuple[int, int]:
        """Row and column without the padding, and as they were before turning."""
        row, col = (place[-2] - self.frame[0]) // self.spread[0], (place[-1] - self.frame[2]) // self.spread[1]
        if not self.turned:
            return row, col
        return self.array.shape[-2] - 1 - row, self.array.shape[-1] - 1 - col

    def _shown(self, lead: Place) -> list[str]:
        return [str(index) for index, length in zip(lead, self.array.shape, strict=False) if length > 1]
