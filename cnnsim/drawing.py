"""What a picture consists of: frozen records with names, in logical pixels, that know nothing of any screen.

A scene returns a `Drawing`; `cnnsim.painting` turns it into rectangles and text, and a renderer paints those. The
records say what a thing *is* (a matrix in the role of the kernel, a term of an equation that belongs to a cell), never
which colour it gets: colours belong to the theme.
"""

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Anchor = Literal["start", "middle", "end"]
Script = Literal["sub", "normal", "super", "under", "over", "numerator", "denominator"]
Values = NDArray[np.floating[Any]]
Box = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""


class Role(StrEnum):
    """What something stands for; each role has one colour everywhere."""

    INPUT = "input"
    KERNEL = "kernel"
    OUTPUT = "output"
    GRADIENT = "gradient"
    TEXT = "text"
    MUTED = "muted"
    WARNING = "warning"


class CellState(IntEnum):
    """How a cell of a `Matrix` is drawn."""

    NORMAL = 0
    EMPTY = 1  # not computed yet: no number, no colour
    PADDING = 2  # not part of the data
    UNREACHED = 3  # part of the data, but no window ever covers it
    INSERTED = 4  # a zero that stands between cells of the data


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a named matrix."""

    matrix: str
    row: int
    col: int


@dataclass(frozen=True, slots=True)
class Scale:
    """Colour scale of a matrix, anchored at zero.

    Parameters
    ----------
    limit
        The absolute value that gets the strongest colour.
    signed
        Two hues around zero, or one that grows from zero.
    soft
        Pale enough for a number on top.
    """

    limit: float
    signed: bool = True
    soft: bool = True


@dataclass(frozen=True, slots=True)
class Highlight:
    """A cell that is being looked at; `strength` runs from 0 (not at all) to 1."""

    row: int
    col: int
    role: Role
    strength: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Tint:
    """Cells of a matrix that light up together: a (rows, cols) mask, and what they light up for."""

    mask: NDArray[np.bool_]
    role: Role


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
        Decimals, or None to write small fractions exactly.
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


@dataclass(frozen=True, slots=True)
class Frame:
    """An outlined box, such as the sliding window."""

    x: float
    y: float
    width: float
    height: float
    role: Role
    thickness: float = 3.0
    fill: float = 0.0  # opacity of the inside
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line with a head at its end."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: Role = Role.MUTED
    thickness: float = 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line, in the colour of a role, or in the one that a cell with `value` has on `scale`."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: Role = Role.MUTED
    thickness: float = 1.0
    value: float = 0.0
    scale: Scale | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; `y` is the middle of its height."""

    text: str
    x: float
    y: float
    size: float
    role: Role = Role.TEXT
    bold: bool = False
    anchor: Anchor = "start"


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of an equation.

    Parameters
    ----------
    text
        What is written.
    script
        Where it stands. Terms that are ``"under"`` or ``"over"`` stand centred below and above the ordinary term before
        them, as the limits of a sum do; ``"numerator"`` terms with the ``"denominator"`` terms after them are a
        fraction.
    faint
        Still to come.
    cell
        The cell whose number it shows.
    breaks
        A line may end before this term.
    underlined
        The cell is being looked at.

    Examples
    --------
    >>> total = (Term("Σ"), Term("r = 0", script="under"), Term("2", script="over"), Term(" x[r]"))
    >>> mean = (Term("Σ x", script="numerator"), Term("9", script="denominator"))
    """

    text: str
    role: Role = Role.TEXT
    bold: bool = False
    script: Script = "normal"
    faint: bool = False
    cell: Cell | None = None
    breaks: bool = False
    underlined: bool = False


@dataclass(frozen=True, slots=True)
class Equation:
    """Terms in a row that wrap at `width`; (x, y) is the top left corner of the block."""

    x: float
    y: float
    width: float
    size: float
    terms: tuple[Term, ...]
    centred: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One line of a chart: (n,) abscissae and (n,) ordinates."""

    label: str
    role: Role
    xs: Values
    ys: Values


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a chart, with threads to both of its axes: abscissa and ordinate."""

    across: float
    up: float
    role: Role


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over a common axis, from `low` to `high` upwards and `first` to `last` to the right.

    Where `first` is not 0 the abscissae are written below, and an axis stands at 0.
    """

    x: float
    y: float
    width: float
    height: float
    caption: str
    series: tuple[Series, ...]
    last: float
    low: float
    high: float
    text_size: float
    x_label: str = ""
    first: float = 0.0
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """The colours of a scale in a row with whose they are: names, −limit, a bar with zero in its middle, limit.

    Parameters
    ----------
    x, y
        Left end, and the middle of the height.
    length
        Of the bar alone.
    size
        Of the text.
    names
        What is coloured so, and its role.
    ends
        The limits as they are written.
    """

    x: float
    y: float
    length: float
    size: float
    scale: Scale
    names: tuple[tuple[str, Role], ...]
    ends: tuple[str, str]


Item = Matrix | Stems | Frame | Arrow | Line | Label | Equation | Chart | ScaleBar


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of `width` by `height` logical pixels; later items cover earlier ones."""

    width: float
    height: float
    items: tuple[Item, ...]

    def cell_at(self, x: float, y: float) -> Cell | None:
        """Return the topmost matrix cell under the point, or None.

        Examples
        --------
        >>> import numpy as np
        >>> grid = Matrix("input", np.zeros((2, 2)), x=10, y=10, cell=20, role=Role.INPUT)
        >>> Drawing(100, 100, (grid,)).cell_at(35, 15)
        Cell(matrix='input', row=0, col=1)
        """
        hits = (item.cell_at(x, y) for item in reversed(self.items) if isinstance(item, Matrix))
        return next((hit for hit in hits if hit is not None), None)

    def matrix(self, name: str) -> Matrix:
        """Return the matrix of that name; KeyError if there is none."""
        for item in self.items:
            if isinstance(item, Matrix) and item.name == name:
                return item
        raise KeyError(name)

    def translated(self, dx: float, dy: float) -> tuple[Item, ...]:
        """Return the items moved by (dx, dy), to compose one drawing into another."""
        return tuple(_moved(item, dx, dy) for item in self.items)


def _moved(item: Item, dx: float, dy: float) -> Item:
    if isinstance(item, Arrow | Line):
        return replace(item, x1=item.x1 + dx, y1=item.y1 + dy, x2=item.x2 + dx, y2=item.y2 + dy)
    return replace(item, x=item.x + dx, y=item.y + dy)
