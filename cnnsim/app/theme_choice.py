"""Light or dark: what was chosen last, else what the system prefers."""

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication

from cnnsim.painting import DARK, LIGHT, Theme, theme_named

_KEY = "theme"


def preferred_theme(settings: QSettings) -> Theme:
    """Return the colours to begin with."""
    remembered = settings.value(_KEY)
    if remembered in (LIGHT.name, DARK.name):
        return theme_named(str(remembered))
    dark = QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def remember_theme(settings: QSettings, theme: Theme) -> None:
    """Begin with these colours next time."""
    settings.setValue(_KEY, theme.name)
