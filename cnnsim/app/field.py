"""A field whose keys go together with those of the page."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

_PAGE_TOO = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class Field(QLineEdit):
    """Leaves undo and redo to the page as long as nothing is typed; Esc takes back what is typed."""

    _settled = ""

    def settle(self, text: str) -> None:
        """Show a text that was not typed."""
        self._settled = text
        self.setText(text)

    def event(self, event: QEvent) -> bool:
        """Claim keys before the shortcuts of the page see them, or not."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if not self.isModified() and any(event.matches(key) for key in _PAGE_TOO):
                event.ignore()
                return True
            if self.isModified() and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take back what is typed on Esc."""
        if self.isModified() and event.key() == Qt.Key.Key_Escape:
            self.setText(self._settled)
            self.selectAll()
        else:
            super().keyPressEvent(event)
