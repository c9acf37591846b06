"""The keys of an operation's page."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from cnnsim.app.tensor_actions import copy_looked_at, paste_looked_at

if TYPE_CHECKING:
    from cnnsim.app.operation_page import OperationPage


def add_page_keys(page: "OperationPage") -> None:
    """Let keys do what the buttons and menus of the page do."""
    keys: list[tuple[str, Callable[[], object]]] = [
        ("Ctrl+Z", page.changes.undo),
        ("Ctrl+Shift+Z", page.changes.redo),
        ("Ctrl+Y", page.changes.redo),
        ("Ctrl+C", lambda: copy_looked_at(page)),
        ("Ctrl+V", lambda: paste_looked_at(page)),
        ("P", page.head.predict.click),
    ]
    if page.operation.gradients:
        keys.append(("G", page.head.check.click))
    if page.operation.code is not None:
        keys.append(("C", page.show_code))
    for key, act in keys:
        shortcut = QShortcut(QKeySequence(key), page, context=Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(act)
