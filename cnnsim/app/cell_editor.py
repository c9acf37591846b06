"""A line of text over a cell: what is typed becomes the cell's number, or says beside it why not."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from cnnsim.app.canvas import Canvas
from cnnsim.app.cell_number import parse_number
from cnnsim.drawing import Cell
from cnnsim.errors import InputError
from cnnsim.typography import format_number

_SMALLEST = QRectF(0, 0, 72, 28)


class CellEditor(QLineEdit):
    """Opens over a cell of a canvas; Enter commits, Esc cancels, Tab commits and moves on to the next cell."""

    committed = Signal(object, float)
    next_wanted = Signal(object, int)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._cell: Cell | None = None
        self._shown = ""
        self._message = QLabel(canvas)
        self._message.setObjectName("cellMessage")
        self._message.hide()
        self.setObjectName("cellEditor")
        self.setAccessibleName("Value of the cell")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hide()
        self.textEdited.connect(self._message.hide)
        canvas.scene_changed.connect(self._on_scene_changed)

    @property
    def cell(self) -> Cell | None:
        """The cell being edited; None while closed."""
        return self._cell

    @property
    def message(self) -> str:
        """What is wrong with the text; empty if nothing is."""
        return "" if self._message.isHidden() else self._message.text()

    def open(self, cell: Cell, value: float) -> None:
        """Open over `cell`, showing its value."""
        self._cell = cell
        QCoreApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self._shown = format_number(value, 6)
        self.setText(self._shown)
        self._message.hide()
        self._place()
        self.show()
        self.raise_()
        self.selectAll()
        self.setFocus()

    def close_editor(self) -> None:
        """Close without a change."""
        self._shut()
        self._canvas.setFocus()

    def event(self, event: QEvent) -> bool:
        """Take Esc before a shortcut of the page does, and Tab before it moves the focus."""
        if not isinstance(event, QKeyEvent):
            return bool(super().event(event))
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()))
            if steps is not None:
                self._commit_and_move(steps)
                return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Commit on Enter, cancel on Esc."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._commit():
                self.close_editor()
        elif event.key() == Qt.Key.Key_Escape:
            self.close_editor()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep what was typed if it is a number; otherwise the cell stays as it was."""
        super().focusOutEvent(event)
        if self._cell is not None and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._commit()
            self._shut()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close with what was typed when something else is clicked, also what does not take the focus."""
        pressed = event.type() == QEvent.Type.MouseButtonPress and self._cell is not None and watched is not self
        if pressed and isinstance(watched, QWidget) and watched.window() is self.window():  # not in its own menu
            self._commit()
            self._shut()
        return super().eventFilter(watched, event)

    def _shut(self) -> None:
        QCoreApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        self._cell = None
        self._message.hide()
        self.hide()

    def _commit_and_move(self, steps: int) -> None:
        cell = self._cell
        if cell is not None and self._commit():
            self.next_wanted.emit(cell, steps)

    def _commit(self) -> bool:
        """Report a changed value; return whether the text is a number."""
        assert self._cell is not None
        if self.text() == self._shown:  # the number itself may have more digits than are shown
            return True
        try:
            value = parse_number(self.text())
        except InputError as error:
            self._complain(f"{error.value} {error.rule}: {error.remedy}")
            return False
        self._shown = self.text()
        self.committed.emit(self._cell, value)
        return True

    def _complain(self, message: str) -> None:
        self._message.setText(message)
        self._message.adjustSize()
        below = self.geometry().bottomLeft()
        left = min(below.x(), self._canvas.width() - self._message.width() - 4)
        self._message.move(max(4, left), below.y() + 4)
        self._message.show()
        self._message.raise_()

    def _place(self) -> None:
        box = self._canvas.cell_box(self._cell) if self._cell else None
        if box is None:
            return
        centre = box.center()
        place = QRectF(box)
        place.setWidth(max(box.width(), _SMALLEST.width()))
        place.setHeight(max(box.height(), _SMALLEST.height()))
        place.moveCenter(QPointF(centre))
        self.setGeometry(place.toAlignedRect())

    def _on_scene_changed(self) -> None:
        if self._cell is not None:
            self._place()
