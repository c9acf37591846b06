"""What stands over the options of a page: which operation, which example, and what can be done with it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from cnnsim.app.controls import Choice
from cnnsim.app.sign_button import SignButton
from cnnsim.app.style import Measure
from cnnsim.operations import Operation, Preset

_OWN = "own"


class PageHead(QWidget):
    """Two lists, of the chapter's operations and of examples, over a row of buttons.

    Parameters
    ----------
    operation
        Of the page.
    siblings
        Names and titles of the operations of its chapter.
    """

    sibling_wanted = Signal(str)
    preset_chosen = Signal(object)

    def __init__(self, operation: Operation[Any], siblings: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self._operation = operation
        self._presets = operation.presets or (Preset("Example", operation.start),)
        self.setObjectName("panelGroup")
        heading = QLabel(operation.title if len(siblings) < 2 else operation.chapter, self)
        heading.setObjectName("group")
        self.sibling = Choice(siblings, "Operation of this chapter  (Ctrl+Page Up, Ctrl+Page Down)", self)
        self.sibling.choose_silently(operation.name)
        self.sibling.setVisible(len(siblings) > 1)
        self.presets = Choice([(str(n), preset.words) for n, preset in enumerate(self._presets)], "Examples", self)
        self.presets.setPlaceholderText("Own settings")
        self.undo = SignButton("undo", "Undo  (Ctrl+Z)", self)
        self.redo = SignButton("redo", "Redo  (Ctrl+Shift+Z)", self)
        self.open = SignButton("open", "Open a scene  (Ctrl+O)", self)
        self.open.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.open.setMenu(QMenu(self))
        self.save = SignButton("save", "Save the scene  (Ctrl+S)", self)
        self.predict = self._switch("predict", "Predict each result before it is shown  (P)")
        self.check = self._switch("check", "Check a gradient by a nudge: click a weight or an input  (G)")
        self.code = SignButton("code", "The same in code  (C)", self)
        self.check.setVisible(bool(operation.gradients))
        self.code.setVisible(operation.code is not None)
        self._lay_out(heading)
        for one, other in ((self.predict, self.check), (self.check, self.predict)):  # whose bars have one place
            one.toggled.connect(lambda on, other=other: other.setChecked(other.isChecked() and not on))
        self.sibling.currentIndexChanged.connect(self._on_sibling_chosen)
        self.presets.currentIndexChanged.connect(self._on_preset_chosen)

    def follow(self, settings: Any, can_undo: bool, can_redo: bool) -> None:
        """Show which example the settings are, and what can be undone."""
        whole = None if self._operation.escaped is None else self._operation.escaped(settings)
        alike = (settings, whole)  # an example stays one when it is looked into
        known = next((n for n, preset in enumerate(self._presets) if preset.settings in alike), None)
        self.presets.choose_silently(_OWN if known is None else str(known))
        self.undo.setEnabled(can_undo)
        self.redo.setEnabled(can_redo)

    def set_measure(self, measure: Measure) -> None:
        """Take over the sizes of the window."""
        self._column.setSpacing(round(measure.unit * 0.6))

    def _switch(self, name: str, tip: str) -> SignButton:
        button = SignButton(name, tip, self)
        button.setCheckable(True)
        return button

    def _lay_out(self, heading: QLabel) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for button in (self.undo, self.redo, self.open, self.save, self.predict, self.check, self.code):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for widget in (heading, self.sibling, self.presets):
            self._column.addWidget(widget)
        self._column.addLayout(buttons)

    def _on_sibling_chosen(self) -> None:
        wanted = self.sibling.key
        self.sibling.choose_silently(self._operation.name)  # this page stays what it is
        self.sibling_wanted.emit(wanted)

    def _on_preset_chosen(self, index: int) -> None:
        if index >= 0:
            self.preset_chosen.emit(self._presets[index].settings)
