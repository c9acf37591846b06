"""What the step-through pages share: controls on the left that make one value, and the animation of its trace."""

from dataclasses import Field, replace
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cnnsim.app.controls import Choice
from cnnsim.app.panel import Panel
from cnnsim.app.stage import CellTrace, Stage
from cnnsim.app.style import Measure
from cnnsim.drawing import Cell
from cnnsim.errors import InputError
from cnnsim.painting import Theme


class Settings(Protocol):
    """All that a page can be set to: a frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def trace(self) -> CellTrace:
        """Return the steps; InputError if the settings do not go together."""

    def can_edit(self, cell: Cell) -> bool:
        """Whether a cell of the picture is a number of its own."""

    def with_cell(self, cell: Cell, value: float) -> Self:
        """Return the settings with a cell of the picture changed."""


S = TypeVar("S", bound=Settings)


class StepPage(QWidget, Generic[S]):
    """Controls on the left, the animation on the right.

    A page makes its controls in its constructor, adds them to `panel`, connects them to `_change`, and calls `_open`.
    Where the settings change by themselves, `settings_changed` tells the controls to follow.

    Parameters
    ----------
    name
        Of the picture, for screen readers.
    settings
        What the page starts with, and goes back to.
    finest
        Word and tip for the grain of single steps.
    """

    settings_changed = Signal()

    def __init__(self, name: str, settings: S, finest: tuple[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._start_settings = settings
        self._settings = settings
        self.panel = Panel(self)
        self.stage = Stage(name, self._can_edit, self, finest)
        self.stage.cell_edited.connect(self._on_cell_edited)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.panel)
        row.addWidget(self.stage, 1)

    @property
    def settings(self) -> S:
        """What the controls say."""
        return self._settings

    def set_look(self, theme: Theme, measure: Measure) -> None:
        """Take over the colours and sizes of the window."""
        self.panel.set_measure(measure)
        self.stage.set_look(theme, measure)

    def start(self) -> None:
        """Play."""
        self.stage.player.play()

    def _open(self) -> None:
        """Add the way back to the start under the controls, and show the first picture."""
        self.reset = QPushButton("Lecture example", self)
        self.reset.setToolTip("Back to the example of the lecture; your changes are dropped")
        self.reset.clicked.connect(self._on_reset)
        self.panel.add(self.reset)
        self._show()

    def _change(self, **changes: Any) -> None:
        self._settings = replace(self._settings, **changes)
        self._show()

    def _show(self) -> None:
        """Show what the controls say; where that does not go together, say why and leave the picture as it is."""
        try:
            trace = self._settings.trace()
        except InputError as error:
            self.panel.warn(str(error))
            return
        self.panel.warn("")
        self.stage.show_trace(trace)

    def _can_edit(self, cell: Cell) -> bool:
        return not self.panel.warning and self._settings.can_edit(cell)

    def _on_cell_edited(self, cell: Cell, value: float) -> None:
        self._settings = self._settings.with_cell(cell, value)
        self.settings_changed.emit()
        self._show()

    def _on_reset(self) -> None:
        self._settings = self._start_settings
        self.settings_changed.emit()
        self._show()
        self.stage.player.first()


def choose_silently(choice: Choice, key: str) -> None:
    """Choose without telling: the settings are so already."""
    blocked = choice.blockSignals(True)
    choice.choose(key)
    choice.blockSignals(blocked)
