"""The same in code: what is on screen as NumPy and as PyTorch text, to copy."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from cnnsim.app.controls import Segmented
from cnnsim.app.style import Measure
from cnnsim.operations import Code

_LIBRARIES = (
    ("numpy", "NumPy", "Every sum written out"),
    ("torch", "PyTorch", "The operation of the library, and its automatic gradients"),
)


class CodeDialog(QDialog):
    """Shows one of two texts; both compute what is on screen."""

    def __init__(self, measure: Measure, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("The same in code")
        self._code = Code("", "")
        self.library = Segmented(_LIBRARIES, self)
        self.text = QPlainTextEdit(self)
        self.text.setObjectName("code")
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Code")
        self.copy = QPushButton("Copy", self)
        self.copy.setToolTip("Put the text on the clipboard")
        close = QPushButton("Close", self)
        close.setToolTip("Close  (Esc)")
        row = QHBoxLayout()
        row.addWidget(self.library)
        row.addStretch(1)
        row.addWidget(self.copy)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[measure.unit * 2] * 4)
        column.setSpacing(measure.unit)
        column.addWidget(self.text, 1)
        column.addLayout(row)
        self.resize(measure.text * 56, measure.text * 36)
        self.library.changed.connect(self._show)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        close.clicked.connect(self.accept)

    def show_code(self, code: Code) -> None:
        """Show other texts."""
        self._code = code
        self._show()

    def _show(self) -> None:
        self.text.setPlainText(self._code.numpy if self.library.key == "numpy" else self._code.torch)
