"""Which cells of a picture may be changed, and the editor that does it."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from cnnsim.app.canvas import Canvas
from cnnsim.app.cell_editor import CellEditor
from cnnsim.app.cell_moves import cells_after
from cnnsim.app.player import Player
from cnnsim.app.pointer import Pointer
from cnnsim.drawing import Cell


class CellEditing(QObject):
    """Opens the editor over a cell that is double-clicked, and over the next one after Tab.

    Parameters
    ----------
    canvas, pointer
        Where the cells are, and which of them is looked at.
    player
        Rests while a cell is changed.
    """

    def __init__(self, canvas: Canvas, pointer: Pointer, player: Player) -> None:
        super().__init__(canvas)
        self._canvas, self._pointer, self._player = canvas, pointer, player
        self.editor = CellEditor(canvas)
        self.can_edit: Callable[[Cell], bool] = lambda _cell: False
        canvas.cell_double_clicked.connect(self._on_double_clicked)
        self.editor.next_wanted.connect(self._on_next_wanted)

    def open(self, cell: Cell) -> None:
        """Open the editor over a cell."""
        drawing = self._canvas.drawing()
        assert drawing is not None
        self._player.pause()
        self._pointer.let_go()
        self.editor.open(cell, float(drawing.matrix(cell.matrix).values[cell.row, cell.col]))

    def _on_double_clicked(self, cell: Cell) -> None:
        if self.can_edit(cell):
            self.open(cell)

    def _on_next_wanted(self, cell: Cell, count: int) -> None:
        drawing = self._canvas.drawing()
        assert drawing is not None
        shape = drawing.matrix(cell.matrix).values.shape
        following = next(filter(self.can_edit, cells_after(cell, shape, count)), None)
        if following is not None:
            self.open(following)
