"""The bar on top: the name, the pages, and the look of the window."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from cnnsim.app.controls import Segmented
from cnnsim.app.options import CHAPTERS, pages_of
from cnnsim.app.sign_button import SignButton
from cnnsim.app.style import Measure
from cnnsim.painting import Theme


class Header(QWidget):
    """Switches chapters and looks."""

    chapter_chosen = Signal(str)
    theme_toggled = Signal()
    full_screen_toggled = Signal()
    help_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        brand = QLabel("cnnsim", self)
        brand.setObjectName("brand")
        self.chapters = Segmented(
            tuple((name, name, f"{_tip(name)}  (Ctrl+{n})") for n, name in enumerate(CHAPTERS, start=1)), self
        )
        self.help = SignButton("help", "Keys  (F1)", self, lines=1.75)
        self.theme = SignButton("moon", "Dark colours  (Ctrl+T)", self, lines=1.75)
        self.full_screen = SignButton("full screen", "Full screen  (F11)", self, lines=1.75)
        self._row = QHBoxLayout(self)
        self._row.addWidget(brand)
        self._row.addWidget(self.chapters)
        self._row.addStretch(1)
        for button in (self.help, self.theme, self.full_screen):
            button.setProperty("plain", True)
            self._row.addWidget(button)
        self.chapters.changed.connect(self.chapter_chosen)
        self.theme.clicked.connect(self.theme_toggled)
        self.full_screen.clicked.connect(self.full_screen_toggled)
        self.help.clicked.connect(self.help_wanted)

    def set_look(self, theme: Theme, measure: Measure) -> None:
        """Take over the colours and sizes of the window."""
        self._row.setContentsMargins(measure.unit * 2, measure.unit, measure.unit * 2, measure.unit)
        self._row.setSpacing(measure.unit * 2)
        other = "Dark" if theme.name == "light" else "Light"
        self.theme.set_sign("moon" if theme.name == "light" else "sun", f"{other} colours  (Ctrl+T)")


def _tip(chapter: str) -> str:
    """Name the pages of a chapter."""
    return ", ".join(title for _, title in pages_of(chapter))
