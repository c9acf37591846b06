"""The sliding window and everything that marks a place in a grid."""

from cnnsim.drawing import Frame, Matrix, Role


def box(grid: Matrix, row: float, col: float, rows: float, cols: float, role: Role, fill: float = 0.0) -> Frame:
    """Outline `rows` by `cols` cells of a grid from (row, col), which may lie between cells."""
    x, y, width, height = grid.box(row, col, rows, cols)
    thickness = max(2.0, min(grid.box(0, 0)[2:]) * 0.07)
    return Frame(x, y, width, height, role, thickness=thickness, fill=fill)
