"""From a cell of a drawing to the next one in some direction, across grids."""

from collections.abc import Iterator

import numpy as np

from cnnsim.drawing import Cell, Drawing, Matrix, Values

_SIDEWAYS = 2.0  # what lies ahead is nearer than what lies beside


def next_cell(drawing: Drawing, cell: Cell | None, right: int, down: int) -> Cell | None:
    """Return the nearest cell in a direction: the neighbour in the same grid, or beyond its edge one of another grid.

    Parameters
    ----------
    drawing
        What is on screen.
    cell
        Where to go from; the first cell of the drawing if this one is not shown.
    right, down
        −1, 0 or 1, one of them 0.

    Returns
    -------
    Cell or None
        None if there is nothing in that direction.

    Examples
    --------
    >>> from cnnsim.drawing import Role
    >>> left = Matrix("x", np.zeros((2, 2)), 0, 0, 10, Role.INPUT)
    >>> beside = Matrix("w", np.zeros((1, 1)), 50, 0, 10, Role.KERNEL)
    >>> drawing = Drawing(80, 40, (left, beside))
    >>> next_cell(drawing, Cell("x", 0, 0), 1, 0), next_cell(drawing, Cell("x", 1, 1), 1, 0)
    (Cell(matrix='x', row=0, col=1), Cell(matrix='w', row=0, col=0))
    """
    start = None if cell is None else _centre(drawing, cell)
    if start is None:
        first = next(_matrices(drawing), None)
        return None if first is None else Cell(first.name, 0, 0)
    best, found = np.inf, None
    for matrix in _matrices(drawing):
        x, y = _centres(matrix)
        ahead = (x - start[0])[None, :] * right + (y - start[1])[:, None] * down
        beside = np.abs((x - start[0])[None, :] * down + (y - start[1])[:, None] * right)
        far = np.where(ahead > 0.5, ahead + _SIDEWAYS * beside, np.inf)
        nearest = int(far.argmin())
        if far.flat[nearest] < best:
            best, found = float(far.flat[nearest]), Cell(matrix.name, *divmod(nearest, len(x)))
    return found


def is_shown(drawing: Drawing, cell: Cell) -> bool:
    """Whether a drawing has a cell."""
    return _centre(drawing, cell) is not None


def cells_after(cell: Cell, shape: tuple[int, int], count: int) -> Iterator[Cell]:
    """Yield the other cells of a matrix in reading order, or backwards if `count` is −1, and around its end.

    Examples
    --------
    >>> [(cell.row, cell.col) for cell in cells_after(Cell("w", 1, 1), (2, 2), 1)]
    [(0, 0), (0, 1), (1, 0)]
    """
    rows, cols = shape
    place = cell.row * cols + cell.col
    for step in range(1, rows * cols):
        yield Cell(cell.matrix, *divmod((place + count * step) % (rows * cols), cols))


def _matrices(drawing: Drawing) -> Iterator[Matrix]:
    return (item for item in drawing.items if isinstance(item, Matrix) and item.values.size)


def _centres(matrix: Matrix) -> tuple[Values, Values]:
    """Return where the columns and the rows are."""
    rows, cols = matrix.values.shape
    across = [(left + width / 2) for left, _, width, _ in (matrix.box(0, col) for col in range(cols))]
    down = [(top + height / 2) for _, top, _, height in (matrix.box(row, 0) for row in range(rows))]
    return np.array(across), np.array(down)


def _centre(drawing: Drawing, cell: Cell) -> tuple[float, float] | None:
    for matrix in _matrices(drawing):
        rows, cols = matrix.values.shape
        if matrix.name == cell.matrix and cell.row < rows and cell.col < cols:
            x, y = _centres(matrix)
            return float(x[cell.col]), float(y[cell.row])
    return None
