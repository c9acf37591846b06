"""A line at the lower edge of the window that says something once."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from cnnsim.app.sign_button import SignButton

_PER_CHARACTER_MS, _LEAST_MS = 80, 4000


class Notice(QWidget):
    """Shows a sentence for as long as it takes to read it, or until it is sent away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # the words have the colour of the window
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self.dismiss = SignButton("close", "Close this message", self)
        self.dismiss.setProperty("plain", True)
        self.dismiss.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.addWidget(self._words, 1)
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
        self._words.setText(words)
        self.show()
        self._timer.start(max(_LEAST_MS, len(words) * _PER_CHARACTER_MS))
