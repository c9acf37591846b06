"""The list of keys."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnsim.app.style import Measure

KEYS = (
    (
        "Animation",
        (
            ("Space", "play or pause"),
            ("←  →", "one step back or forward"),
            ("Home  End", "first or last step"),
            ("L", "start over at the end"),
        ),
    ),
    (
        "Cells",
        (
            ("Double-click", "change a number: −2, 0.5 or 1/9"),
            ("Enter  Esc", "keep it, or leave it as it was"),
            ("Tab", "on to the next cell"),
            ("Click an output", "see how it comes about"),
            ("Click any cell", "pin what lights up with it; Esc lets go"),
            ("Ctrl+Z  Ctrl+Shift+Z", "undo, redo"),
        ),
    ),
    ("Training", (("Space", "start, pause or go on"),)),
    (
        "Window",
        (
            ("Ctrl+1 … Ctrl+9", "the chapters in the header"),
            ("Ctrl+Page Up, Page Down", "the page before, the next page"),
            ("Ctrl+T", "light or dark"),
            ("F11  Esc", "full screen, and back"),
            ("F1  ?", "this list"),
        ),
    ),
)


class HelpDialog(QDialog):
    """Lists the keys, group by group."""

    def __init__(self, measure: Measure, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        column = QVBoxLayout(self)
        column.setContentsMargins(*[measure.unit * 3] * 4)
        column.setSpacing(measure.unit * 3)
        grid = QGridLayout()
        grid.setHorizontalSpacing(measure.unit * 4)
        grid.setVerticalSpacing(measure.unit)
        for title, keys in KEYS:
            self._add_group(grid, title, keys)
        column.addLayout(grid)
        close = QPushButton("Close", self)
        close.setToolTip("Close  (Esc)")
        close.clicked.connect(self.accept)
        column.addWidget(close, alignment=Qt.AlignmentFlag.AlignRight)

    def _add_group(self, grid: QGridLayout, title: str, keys: tuple[tuple[str, str], ...]) -> None:
        heading = QLabel(title, self)
        heading.setObjectName("group")
        grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
        for key, words in keys:
            row = grid.rowCount()
            grid.addWidget(QLabel(key, self), row, 0)
            meaning = QLabel(words, self)
            meaning.setObjectName("quiet")
            grid.addWidget(meaning, row, 1)
