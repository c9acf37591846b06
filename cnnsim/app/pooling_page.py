"""The pooling page: a window slides over a map and keeps the largest value, or the mean."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cnnsim import gallery
from cnnsim.app.controls import Choice, Segmented
from cnnsim.app.edits import NO_EDITS, Edits
from cnnsim.app.number_fields import Stepper
from cnnsim.app.panel import Panel
from cnnsim.app.stage import Stage
from cnnsim.app.style import Measure
from cnnsim.app.words import image_choices
from cnnsim.drawing import Cell
from cnnsim.errors import InputError
from cnnsim.painting import Theme
from cnnsim.trace import CellwiseTrace, Pooling, pooling, pooling_gradient

_MODES = (
    ("max", "Max", "The largest value of the window; among equals the first wins"),
    ("average", "Average", "The mean of the window"),
    ("l2", "L2", "The root of the sum of squares of the window"),
)
_DIRECTIONS = (
    ("forward", "Forward", "The pooled map"),
    ("input", "∂J/∂x", "Backward: who gets the gradient of a window"),
)


@dataclass(frozen=True, slots=True)
class PoolingSettings:
    """All that the page can be set to; starts as the lecture's 4×4 example.

    Examples
    --------
    >>> PoolingSettings().trace().rule.output[0].tolist()
    [[6.0, 8.0], [3.0, 4.0]]
    """

    image: str = "pooling"
    size: int = 4
    mode: str = "max"
    window: int = 2
    stride: int = 2
    direction: str = "forward"
    edits: Edits = NO_EDITS
    gradient_edits: Edits = NO_EDITS

    def trace(self) -> CellwiseTrace[Any]:
        """Return the steps; InputError if no window fits."""
        forward = self.forward()
        if self.direction == "forward":
            return forward
        return pooling_gradient(forward, self.gradient_edits.over(np.ones(forward.rule.output.shape[1:])))

    def forward(self) -> CellwiseTrace[Pooling]:
        """Return the steps of the forward pass; InputError if no window fits."""
        return pooling(self.edits.over(gallery.image(self.image, self.size)), self.window, self.stride, self.mode)

    def with_cell(self, cell: Cell, value: float) -> "PoolingSettings":
        """Return the settings with a cell of the picture changed."""
        if cell.matrix == "gradient":
            return replace(self, gradient_edits=self.gradient_edits.with_cell(cell.row, cell.col, value))
        return replace(self, edits=self.edits.with_cell(cell.row, cell.col, value))


_FINEST = ("Value", "Show every value that is looked at")


class PoolingPage(QWidget):
    """Controls on the left, the animation on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._settings = PoolingSettings()
        self.panel = Panel(self)
        self._add_controls()
        self.stage = Stage("Pooling", self._can_edit, self, _FINEST)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.panel)
        row.addWidget(self.stage, 1)
        self._connect()
        self._show()

    @property
    def settings(self) -> PoolingSettings:
        """What the controls say."""
        return self._settings

    def set_look(self, theme: Theme, measure: Measure) -> None:
        """Take over the colours and sizes of the window."""
        self.panel.set_measure(measure)
        self.stage.set_look(theme, measure)

    def start(self) -> None:
        """Play."""
        self.stage.player.play()

    def _add_controls(self) -> None:
        default = PoolingSettings()
        self.image = Choice(image_choices(), "Map to start from; a double click changes a cell", self)
        self.image.choose(default.image)
        self.input_size = Stepper(2, 12, default.size, "Rows and columns of the input", self)
        self.mode = Segmented(_MODES, self)
        self.direction = Segmented(_DIRECTIONS, self)
        self.window_size = Stepper(1, 5, default.window, "Rows and columns of the window", self)
        self.stride = Stepper(
            1, 5, default.stride, "Cells from one window to the next; less than the window overlaps", self
        )
        self.reset = QPushButton("Lecture example", self)
        self.reset.setToolTip("Back to the 4 × 4 example of the lecture; your changes are dropped")
        group = self.panel.group("Pass", "gradient")
        group.wide(self.direction)
        group = self.panel.group("Input", "input")
        group.row("Map", self.image)
        group.row("Size", self.input_size)
        group = self.panel.group("Pooling", "output")
        group.wide(self.mode)
        group.row("Window", self.window_size)
        group.row("Stride", self.stride)
        self.panel.add(self.reset)

    def _connect(self) -> None:
        self.image.currentIndexChanged.connect(lambda: self._change(image=self.image.key, edits=NO_EDITS))
        self.input_size.changed.connect(lambda size: self._change(size=size))
        self.direction.changed.connect(lambda direction: self._change(direction=direction))
        self.mode.changed.connect(lambda mode: self._change(mode=mode))
        self.window_size.changed.connect(lambda window: self._change(window=window))
        self.stride.changed.connect(lambda stride: self._change(stride=stride))
        self.reset.clicked.connect(self._on_reset)
        self.stage.cell_edited.connect(self._on_cell_edited)

    def _change(self, **changes: Any) -> None:
        self._settings = replace(self._settings, **changes)
        self._show()

    def _show(self) -> None:
        """Show what the controls say; where no window fits, say why and leave the picture as it is."""
        try:
            trace = self._settings.trace()
        except InputError as error:
            self.panel.warn(str(error))
            return
        self.panel.warn("")
        self.stage.show_trace(trace)

    def _can_edit(self, cell: Cell) -> bool:
        return not self.panel.warning and cell.matrix in ("input", "gradient")

    def _on_cell_edited(self, cell: Cell, value: float) -> None:
        self._settings = self._settings.with_cell(cell, value)
        self._show()

    def _on_reset(self) -> None:
        self._settings = PoolingSettings()
        blocked = self.image.blockSignals(True)
        self.image.choose(self._settings.image)
        self.image.blockSignals(blocked)
        self.input_size.set_value(self._settings.size)
        self.window_size.set_value(self._settings.window)
        self.stride.set_value(self._settings.stride)
        self.mode.choose(self._settings.mode)
        self.direction.choose(self._settings.direction)
        self._show()
        self.stage.player.first()
