"""Saving and opening what a page shows, and the files that were used last."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

_KEY = "recent"
_MOST = 8
_FILTER = "Scenes (*.toml)"


def recent(settings: QSettings) -> list[Path]:
    """Return the files that were opened or saved last and still exist, the latest first."""
    stored = settings.value(_KEY) or []
    paths = [stored] if isinstance(stored, str) else stored
    return [Path(path) for path in paths if Path(path).is_file()]


def remember(settings: QSettings, path: Path) -> None:
    """Put a file at the head of those used last."""
    path = path.absolute()
    others = [other for other in recent(settings) if other != path]
    settings.setValue(_KEY, [str(file) for file in [path, *others][:_MOST]])


def ask_where_to_save(parent: QWidget, name: str) -> Path | None:
    """Ask for the name of a new file; None if nobody wants one."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save the scene", f"{name}.toml", _FILTER)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else path.with_suffix(".toml")


def ask_what_to_open(parent: QWidget) -> Path | None:
    """Ask for a file; None if nobody wants one."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "Open a scene", "", _FILTER)
    return Path(chosen) if chosen else None


def fill_menu(menu: QMenu, settings: QSettings, choose: Callable[[], None], open_file: Callable[[Path], None]) -> None:
    """Offer to choose a file, and those used last."""
    menu.clear()
    menu.addAction("Open…  (Ctrl+O)").triggered.connect(lambda: choose())
    files = recent(settings)
    if files:
        menu.addSeparator()
    for path in files:
        action = menu.addAction(path.name)
        action.setToolTip(str(path))
        action.triggered.connect(lambda _checked=False, path=path: open_file(path))
