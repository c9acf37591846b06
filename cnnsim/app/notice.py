"""A line at the lower edge of the window that says something once."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QWidget

from cnnsim.app.defect import defect_report, defect_words
from cnnsim.app.sign_button import SignButton

_PER_CHARACTER_MS, _LEAST_MS = 80, 4000


class Notice(QWidget):
    """Shows what is said for as long as it takes to read it, or until it is sent away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # the words have the colour of the window
        self._report = ""
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self.copy = QPushButton("Copy report", self)
        self.copy.setToolTip("Copy what the developers need to find the cause")
        self.copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.copy.clicked.connect(lambda: QApplication.clipboard().setText(self._report))
        self.dismiss = SignButton("close", "Close this message", self)
        self.dismiss.setProperty("plain", True)
        self.dismiss.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.addWidget(self._words, 1)
        row.addWidget(self.copy)
        row.addWidget(self.dismiss)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def words(self) -> str:
        """What is being said; empty if nothing is."""
        return "" if self.isHidden() else self._words.text()

    def say(self, words: str) -> None:
        """Say something."""
        self._show(words)
        self._timer.start(max(_LEAST_MS, len(words) * _PER_CHARACTER_MS))

    def say_defect(self, error: Exception) -> None:
        """Say what went wrong in the program itself; that stays, with a report to copy, until it is sent away."""
        self._timer.stop()
        self._show(defect_words(error), defect_report(error))

    def _show(self, words: str, report: str = "") -> None:
        self._report = report
        self._words.setText(words)
        self.copy.setVisible(bool(report))
        self.show()
