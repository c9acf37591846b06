"""The control for a tensor: which pattern it starts from, and what else can be done with all of its numbers."""

from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from cnnsim.app.controls import Choice
from cnnsim.app.number_fields import NumberField
from cnnsim.app.sign_button import SignButton
from cnnsim.operations import Source
from cnnsim.operations.options import Numbers
from cnnsim.operations.source import OWN, Array


class TensorField(QWidget):
    """A list of patterns with a menu, or a field for a number where the tensor is only one.

    Choosing a pattern drops the cells that were changed by hand.

    Parameters
    ----------
    name
        For messages.
    kind
        What the tensor can start as.
    tip
        What it is.
    """

    changed = Signal(object)
    refused = Signal(str)
    text_wanted = Signal()
    copy_wanted = Signal()
    paste_wanted = Signal()
    picture_wanted = Signal()
    another_wanted = Signal()

    def __init__(self, name: str, kind: Numbers, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place: tuple[int, ...] = ()
        names = [(pattern.key, pattern.words) for pattern in kind.patterns]
        self.pattern = Choice(names, f"{tip}; a double click in the picture changes a cell", self)
        self.number = NumberField(name, 0.0, tip, self)
        self.more = SignButton("more", f"Copy, paste and more: {tip}", self)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._menu(kind))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget, stretch in ((self.pattern, 1), (self.number, 1), (self.more, 0)):
            row.addWidget(widget, stretch)
        self.pattern.currentIndexChanged.connect(lambda: self.changed.emit(Source(self.pattern.key)))
        self.number.changed.connect(lambda value: self.changed.emit(Source(OWN).with_cell(self._place, value)))
        self.number.refused.connect(self.refused)

    def show_tensor(self, source: Source, array: Array) -> None:
        """Show where the numbers come from, without a signal."""
        single = array.size == 1
        self._place = (0,) * array.ndim
        self.pattern.choose_silently(source.pattern)
        self.number.set_value(float(np.ravel(array)[0]))
        self.pattern.setVisible(not single)
        self.number.setVisible(single)
        self.more.setVisible(not single)
        self.setFocusProxy(self.number if single else self.pattern)  # the Tab key never leaves one that is hidden

    def _menu(self, kind: Numbers) -> QMenu:
        menu = QMenu(self)
        actions: list[tuple[str, Any]] = [
            ("Type numbers…", self.text_wanted),
            ("Copy numbers", self.copy_wanted),
            ("Paste numbers", self.paste_wanted),
        ]
        if any(pattern.random for pattern in kind.patterns):
            actions.append(("Other random numbers", self.another_wanted))
        if kind.picture:
            actions.append(("Load a picture…", self.picture_wanted))
        for words, signal in actions:
            menu.addAction(words).triggered.connect(signal)
        return menu
