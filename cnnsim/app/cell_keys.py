"""Cells by keyboard: move from one to the next, change or pin it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from cnnsim.app.canvas import Canvas
from cnnsim.app.cell_moves import next_cell
from cnnsim.app.pointer import Pointer
from cnnsim.drawing import Cell

_MOVES = (("Shift+Left", -1, 0), ("Shift+Right", 1, 0), ("Shift+Up", 0, -1), ("Shift+Down", 0, 1))
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)
_LEAVING = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.MouseFocusReason)


class CellKeys(QObject):
    """Points at cells with Shift and the arrow keys; Enter acts on the cell, Shift+Enter pins it.

    Parameters
    ----------
    canvas, pointer
        Where the cells are, and which of them is looked at.
    page
        Where the keys work.
    act
        Called with the cell on Enter.
    pin
        Called with the cell on Shift+Enter.
    """

    def __init__(
        self,
        canvas: Canvas,
        pointer: Pointer,
        page: QWidget,
        act: Callable[[Cell], None],
        pin: Callable[[Cell], None],
    ) -> None:
        super().__init__(canvas)
        self._canvas, self._pointer = canvas, pointer
        self._act, self._pin = act, pin
        canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        canvas.installEventFilter(self)
        for keys, right, down in _MOVES:
            shortcut = QShortcut(QKeySequence(keys), page, context=Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(lambda right=right, down=down: self.move(right, down))

    def move(self, right: int, down: int) -> None:
        """Point at the next cell in a direction."""
        drawing = self._canvas.drawing()
        if drawing is None:
            return
        self._canvas.setFocus()
        cell = next_cell(drawing, self._pointer.last, right, down)
        if cell is not None:
            self._pointer.point_at(cell)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Act on Enter; show where the keys are when the focus comes, and no longer when it goes."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event)
        if isinstance(event, QFocusEvent) and event.reason() in _LEAVING:
            if event.lostFocus():
                self._pointer.stop_pointing()
            elif event.reason() != Qt.FocusReason.MouseFocusReason:
                self._begin()
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        cell = self._pointer.cursor
        if cell is None or event.key() not in _ENTER:
            return False
        act = self._pin if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else self._act
        act(cell)
        return True

    def _begin(self) -> None:
        """Point at the cell that was looked at last, or at the first one."""
        drawing, last = self._canvas.drawing(), self._pointer.last
        if last is not None and self._canvas.cell_box(last) is not None:
            self._pointer.point_at(last)
        elif drawing is not None:
            first = next_cell(drawing, None, 1, 0)
            if first is not None:
                self._pointer.point_at(first)
