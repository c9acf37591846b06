"""What can be done with the cell under the pointer: its cursor says it at once, words only when the pointer rests."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QToolTip

from cnnsim.app.canvas import Canvas
from cnnsim.drawing import Cell

REST_MS = 1500
_BELOW = 6

Hint = tuple[Qt.CursorShape, str]


class CellHints(QObject):
    """Shows a hint below the cell on which the pointer rests: whoever explores the picture is not disturbed.

    Parameters
    ----------
    canvas
        Whose cells they are.
    hint_for
        Returns the cursor and the words for a cell; None if nothing can be done with it.
    """

    def __init__(self, canvas: Canvas, hint_for: Callable[[Cell], Hint | None]) -> None:
        super().__init__(canvas)
        self._canvas, self._hint_for = canvas, hint_for
        self._cell: Cell | None = None
        self._timer = QTimer(self, interval=REST_MS)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.show)
        canvas.cell_hovered.connect(self._on_hovered)
        canvas.cell_clicked.connect(lambda _cell: self._timer.stop())

    def show(self) -> None:
        """Show the words for the cell under the pointer, below it."""
        hint = None if self._cell is None else self._hint_for(self._cell)
        box = None if self._cell is None else self._canvas.cell_box(self._cell)
        if hint is None or box is None or not box.contains(self._canvas.mapFromGlobal(QCursor.pos()).toPointF()):
            return
        below = self._canvas.mapToGlobal(box.bottomLeft().toPoint())
        below.setY(below.y() + _BELOW - 16)  # Qt itself moves it down, below where a cursor would be
        QToolTip.showText(below, hint[1], self._canvas, box.toAlignedRect())

    def _on_hovered(self, cell: Cell | None) -> None:
        self._cell = cell
        hint = None if cell is None else self._hint_for(cell)
        if hint is None:
            self._canvas.unsetCursor()
            self._timer.stop()
        else:
            self._canvas.setCursor(hint[0])
            self._timer.start()
