"""All numbers of a tensor as text, to type or to paste."""

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from cnnsim.app.style import Measure
from cnnsim.errors import InputError


class NumbersDialog(QDialog):
    """A field of text that closes when the text has been taken; until then it says why not.

    Parameters
    ----------
    title
        What is written.
    text
        The present numbers.
    take
        Called with the text; raises `InputError` if it cannot be taken.
    """

    def __init__(
        self, title: str, text: str, take: Callable[[str], None], measure: Measure, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._take = take
        self.text = QPlainTextEdit(text, self)
        self.text.setObjectName("code")
        self.text.setAccessibleName(title)
        self.text.setTabChangesFocus(True)
        rule = QLabel("Spaces, commas or tabs between numbers, a line for each row, an empty line between maps", self)
        rule.setObjectName("note")
        self.message = QLabel(self)
        self.message.setObjectName("warning")
        self.message.setWordWrap(True)
        self.message.hide()
        self.use = QPushButton("Use these numbers", self)
        self.use.setToolTip("Put the numbers on the page  (Ctrl+Return)")
        self.use.setShortcut("Ctrl+Return")
        self.use.setProperty("main", True)
        cancel = QPushButton("Cancel", self)
        cancel.setToolTip("Leave the numbers as they were  (Esc)")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[measure.unit * 2] * 4)
        column.setSpacing(measure.unit)
        for widget in (rule, self.text, self.message):
            column.addWidget(widget)
        column.addLayout(row)
        self.resize(measure.text * 44, measure.text * 30)
        self.use.clicked.connect(self._on_used)
        cancel.clicked.connect(self.reject)
        self.text.setFocus()
        self.text.selectAll()

    def _on_used(self) -> None:
        try:
            self._take(self.text.toPlainText())
        except InputError as error:
            self.message.setText(f"{error}. The numbers on the page were kept.")
            self.message.show()
            return
        self.accept()
