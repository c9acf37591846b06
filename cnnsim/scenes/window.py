"""The sliding window and everything that marks a place in a grid."""

from cnnsim.drawing import Frame, Matrix, Role


def box(grid: Matrix, row: float, col: float, rows: float, cols: float, role: Role, fill: float = 0.0) -> Frame:
    """Outline `rows` by `cols` cells of a grid from (row, col), which may lie between cells."""
    return Frame(
        grid.x + col * grid.cell,
        grid.y + row * grid.cell,
        cols * grid.cell,
        rows * grid.cell,
        role,
        thickness=max(2.0, grid.cell * 0.07),
        fill=fill,
    )
