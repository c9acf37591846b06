"""Tensors on the screen: grids, signals as stems, and tables of numbers."""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing.cells import Cell, Highlight, Role, Scale, Tint, Values

Box = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """One slice of a tensor, drawn as a grid.

    Parameters
    ----------
    name
        Answered by hit-testing.
    values
        (rows, cols) array; referred to, never copied.
    x, y
        Top left corner of the grid itself; the caption stands above it.
    cell
        Side of a cell.
    role
        Colour of the caption and the outline.
    scale
        Colours of the cells; None leaves them plain.
    caption, shape
        Title above the grid, and the size that follows it in a quieter tone.
    numbers
        Whether the values are printed in the cells.
    digits
        Most decimals, of which small cells show fewer, or None to write small fractions exactly.
    states
        (rows, cols) of `CellState`, or None if every cell is normal.
    highlights
        Cells that stand out.
    editable
        Whether a double click may change a cell.
    row_labels, col_labels
        Names of the rows and columns, or empty.
    tints
        Cells that light up together, however many.
    alike
        Numbers that are written as long and as large as these, such as those of all slices of one tensor; None for
        those of this matrix alone.
    """

    name: str
    values: Values
    x: float
    y: float
    cell: float
    role: Role
    scale: Scale | None = None
    caption: str = ""
    shape: str = ""
    text_size: float = 14.0
    numbers: bool = True
    digits: int | None = None
    states: NDArray[np.uint8] | None = None
    highlights: tuple[Highlight, ...] = ()
    editable: bool = False
    row_labels: tuple[str, ...] = ()
    col_labels: tuple[str, ...] = ()
    tints: tuple[Tint, ...] = ()
    alike: Values | None = None

    @property
    def width(self) -> float:
        """Width of the grid in pixels."""
        return float(self.cell * self.values.shape[1])

    @property
    def height(self) -> float:
        """Height of the grid in pixels."""
        return float(self.cell * self.values.shape[0])

    def cell_at(self, x: float, y: float) -> Cell | None:
        """Return the cell that covers the point, or None."""
        row, col = int((y - self.y) // self.cell), int((x - self.x) // self.cell)
        rows, cols = self.values.shape
        return Cell(self.name, row, col) if 0 <= row < rows and 0 <= col < cols else None

    def box(self, row: float, col: float, rows: float = 1, cols: float = 1) -> Box:
        """Where cells are that begin at (row, col), which may lie between cells."""
        return self.x + col * self.cell, self.y + row * self.cell, cols * self.cell, rows * self.cell


@dataclass(frozen=True, slots=True, eq=False)
class Stems(Matrix):
    """A matrix of one row that is drawn as stems on a line at zero, such as a signal; (x, y) is its top left corner.

    Its caption stands on the left, its column labels below. The stem of column c stands in the middle of its cell.

    Parameters
    ----------
    tall
        Height.
    room
        Width that a stem and its number may take, at most the width of a cell.
    caption_end
        Where the caption ends on the right.
    depth
        How far down stems may reach, as a share of the limit of the scale, which they may reach upwards.

    Examples
    --------
    >>> stems = Stems("x", np.ones((1, 3)), x=10, y=20, cell=30, role=Role.INPUT, tall=50, room=30)
    >>> stems.cell_at(45, 69), stems.box(0, 1)
    (Cell(matrix='x', row=0, col=1), (40.0, 20, 30, 50))
    """

    tall: float = 0.0
    room: float = 0.0
    caption_end: float = 0.0
    depth: float = 1.0

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.tall

    def cell_at(self, x: float, y: float) -> Cell | None:
        """Return the stem at whose cell the point is, or None."""
        col = int((x - self.x) // self.cell)
        inside = 0 <= y - self.y < self.tall and 0 <= col < self.values.shape[1]
        return Cell(self.name, 0, col) if inside else None

    def box(self, row: float, col: float, rows: float = 1, cols: float = 1) -> Box:
        """Where stems are; rows make no difference, since there is one."""
        left = self.x + (col + 0.5) * self.cell - self.room / 2
        return left, self.y, (cols - 1) * self.cell + self.room, self.tall


@dataclass(frozen=True, slots=True, eq=False)
class Table(Matrix):
    """A matrix whose columns are as wide as what labels over it say; of itself it shows only what lights up.

    Its `cell` is the height of a row.

    Parameters
    ----------
    edges
        Where columns begin and the last one ends, in pixels from `x`.

    Examples
    --------
    >>> table = Table("sizes", np.zeros((2, 2)), x=10, y=20, cell=15, role=Role.OUTPUT, edges=(0.0, 30.0, 90.0))
    >>> table.cell_at(60, 40), table.box(1, 1)
    (Cell(matrix='sizes', row=1, col=1), (40.0, 35, 60.0, 15))
    """

    edges: tuple[float, ...] = ()

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.edges[-1]

    def cell_at(self, x: float, y: float) -> Cell | None:
        """Return the cell that covers the point, or None."""
        row, col = int((y - self.y) // self.cell), bisect_right(self.edges, x - self.x) - 1
        rows, cols = self.values.shape
        return Cell(self.name, row, col) if 0 <= row < rows and 0 <= col < cols else None

    def box(self, row: float, col: float, rows: float = 1, cols: float = 1) -> Box:
        """Where cells are that begin at (row, col); columns are whole ones."""
        left, right = self.edges[int(col)], self.edges[int(col + cols)]
        return self.x + left, self.y + row * self.cell, right - left, rows * self.cell
