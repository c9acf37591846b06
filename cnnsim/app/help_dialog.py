"""The list of keys."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnsim.app.style import Measure

KEYS = (
    (
        (
            "Animation",
            (
                ("Space", "play or pause; start or pause training"),
                ("←  →", "one step back or forward"),
                ("Home  End", "first or last step"),
                ("L", "start over at the end"),
                ("B", "set a bookmark, or take it away"),
                ("Ctrl+←  Ctrl+→", "bookmark before, next bookmark"),
            ),
        ),
        (
            "Cells by mouse",
            (
                ("Point at a cell", "all that belongs to it lights up"),
                ("Click an output", "see how it comes about"),
                ("Click any cell", "pin what lights up; Esc lets go"),
                ("Double-click", "change a number: −2, 0.5 or 1/9"),
            ),
        ),
        (
            "Cells by keyboard",
            (
                ("Shift+arrows", "from cell to cell, and on to the next grid"),
                ("Enter", "change the number, or see how it comes about"),
                ("Shift+Enter", "pin what lights up; Esc lets go"),
                ("Tab", "while changing: on to the next cell"),
            ),
        ),
    ),
    (
        (
            "Page",
            (
                ("Ctrl+Z  Ctrl+Shift+Z", "undo, redo"),
                ("Ctrl+C  Ctrl+V", "copy what is pointed at, paste into it"),
                ("Ctrl+O  Ctrl+S", "open a scene, save it"),
                ("Ctrl+Shift+S", "save it as another file"),
                ("P", "predict each result; Esc ends that"),
                ("G", "check a gradient by a nudge"),
                ("C", "the same in code"),
                ("Esc", "let go of what is pinned"),
            ),
        ),
        (
            "Network",
            (
                ("Enter  Esc", "look into the present step, and out"),
                ("Click a result", "look into the step that computes it"),
                ("Click the target", "choose the right class"),
            ),
        ),
        (
            "Window",
            (
                ("Ctrl+1 … Ctrl+9", "the chapters in the header"),
                ("Ctrl+Page Up, Page Down", "the page before, the next page"),
                ("Tab  Shift+Tab", "from control to control"),
                ("Ctrl+T", "light or dark"),
                ("F11  Esc", "full screen, and back"),
                ("F1  ?", "this list"),
            ),
        ),
    ),
)
"""Columns of groups of keys."""

Keys = tuple[tuple[str, str], ...]


class HelpDialog(QDialog):
    """Lists the keys, group by group."""

    def __init__(self, measure: Measure, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        column = QVBoxLayout(self)
        column.setContentsMargins(*[measure.unit * 3] * 4)
        column.setSpacing(measure.unit * 3)
        columns = QHBoxLayout()
        columns.setSpacing(measure.unit * 6)
        for groups in KEYS:
            columns.addLayout(self._column(groups, measure))
        column.addLayout(columns)
        close = QPushButton("Close", self)
        close.setToolTip("Close  (Esc)")
        close.clicked.connect(self.accept)
        column.addWidget(close, alignment=Qt.AlignmentFlag.AlignRight)

    def _column(self, groups: tuple[tuple[str, Keys], ...], measure: Measure) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(measure.unit * 3)
        grid.setVerticalSpacing(round(measure.unit * 0.75))
        for title, keys in groups:
            if grid.count():
                grid.setRowMinimumHeight(grid.rowCount(), measure.unit)
            self._add_group(grid, title, keys)
        grid.setRowStretch(grid.rowCount(), 1)
        return grid

    def _add_group(self, grid: QGridLayout, title: str, keys: Keys) -> None:
        heading = QLabel(title, self)
        heading.setObjectName("group")
        grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
        for key, words in keys:
            row = grid.rowCount()
            grid.addWidget(QLabel(key, self), row, 0)
            meaning = QLabel(words, self)
            meaning.setObjectName("quiet")
            grid.addWidget(meaning, row, 1)
