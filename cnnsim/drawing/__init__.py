"""What a picture consists of: frozen records with names, in logical pixels, that know nothing of any screen.

A scene returns a `Drawing`; `cnnsim.painting` turns it into rectangles and text, and a renderer paints those. The
records say what a thing *is* (a matrix in the role of the kernel, a term of an equation that belongs to a cell), never
which colour it gets: colours belong to the theme.
"""

from dataclasses import dataclass, replace

from cnnsim.drawing.cells import Cell, CellState, Highlight, Role, Scale, Tint, Values
from cnnsim.drawing.charts import Chart, Point, Series
from cnnsim.drawing.equations import Equation, Script, Term
from cnnsim.drawing.matrices import Box, Matrix, Stems, Table
from cnnsim.drawing.signs import Anchor, Arrow, Frame, Label, Line, ScaleBar

__all__ = [
    "Anchor",
    "Arrow",
    "Box",
    "Cell",
    "CellState",
    "Chart",
    "Drawing",
    "Equation",
    "Frame",
    "Highlight",
    "Item",
    "Label",
    "Line",
    "Matrix",
    "Point",
    "Role",
    "Scale",
    "ScaleBar",
    "Script",
    "Series",
    "Stems",
    "Table",
    "Term",
    "Tint",
    "Values",
]

Item = Matrix | Stems | Table | Frame | Arrow | Line | Label | Equation | Chart | ScaleBar


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
