"""Looking into the step at work and out again, where an operation offers that."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit

from cnnsim.drawing import Cell

if TYPE_CHECKING:
    from cnnsim.app.operation_page import OperationPage

_FINE = ("multiply", "cell")


class Zoom(QObject):
    """Looks into the step at work with Enter, into a result with a click on it, and out again with Esc.

    Parameters
    ----------
    page
        Whose operation says what that means.
    """

    def __init__(self, page: "OperationPage") -> None:
        super().__init__(page)
        self._page = page
        self._grain_outside: str | None = None
        self._enter = [self._key(keys, self.enter) for keys in ("Return", "Enter")]
        self._escape = self._key("Esc", self.escape)
        page.stage.pointer.pinned_changed.connect(self.follow)
        page.stage.pointer.looked_at_changed.connect(self.follow)
        QApplication.instance().focusChanged.connect(self.follow)  # type: ignore[union-attr]

    @property
    def inside(self) -> Any:
        """The settings that look into the step at work; None if there is nothing to look into."""
        operation = self._page.operation
        return None if operation.entered is None else operation.entered(self._page.settings)

    @property
    def outside(self) -> Any:
        """The settings that look at the whole again; None if they do already."""
        operation = self._page.operation
        return None if operation.escaped is None else operation.escaped(self._page.settings)

    def enter(self) -> None:
        """Look into the step at work."""
        self._page.stage.pointer.let_go()
        self._page.change(self.inside)

    def enter_at(self, cell: Cell) -> None:
        """Look into the step that finishes a cell, in steps that are fine enough to show it alone."""
        stage, grain, inside = self._page.stage, self._page.stage.transport.grain.key, self.inside
        if grain not in _FINE:
            self._grain_outside = grain
            stage.set_grain("cell")
            stage.go_to(cell)
        stage.pointer.let_go()
        self._page.change(inside)

    def escape(self) -> None:
        """Let go of what is pinned, or else of what the keys point at, or else look at the whole again."""
        pointer, grain = self._page.stage.pointer, self._grain_outside
        if pointer.pinned is not None:
            pointer.let_go()
            return
        if pointer.cursor is not None:
            pointer.stop_pointing()
            return
        self._page.change(self.outside)
        self._grain_outside = None
        if grain is not None and self._page.stage.transport.grain.key in _FINE:
            self._page.stage.set_grain(grain)

    def follow(self) -> None:
        """Leave Esc to the window while it means nothing, and Enter to fields and to a cell that the keys point at."""
        pointer = self._page.stage.pointer
        held = pointer.pinned is not None or pointer.cursor is not None
        self._escape.setEnabled(held or self.outside is not None)
        elsewhere = isinstance(QApplication.focusWidget(), QLineEdit) or pointer.cursor is not None
        for shortcut in self._enter:
            shortcut.setEnabled(not elsewhere and self.inside is not None)

    def _key(self, keys: str, act: Any) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self._page, context=Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(act)
        return shortcut
