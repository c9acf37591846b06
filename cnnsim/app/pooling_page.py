"""The pooling page: a window slides over a map and keeps the largest value, or the mean."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from cnnsim import gallery
from cnnsim.app.controls import Choice, Segmented
from cnnsim.app.edits import NO_EDITS, Edits
from cnnsim.app.number_fields import Stepper
from cnnsim.app.step_page import StepPage, choose_silently
from cnnsim.app.words import image_choices
from cnnsim.drawing import Cell
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

    def can_edit(self, cell: Cell) -> bool:
        """Whether a cell of the picture is a number of its own."""
        return cell.matrix in ("input", "gradient")

    def with_cell(self, cell: Cell, value: float) -> "PoolingSettings":
        """Return the settings with a cell of the picture changed."""
        if cell.matrix == "gradient":
            return replace(self, gradient_edits=self.gradient_edits.with_cell(cell.row, cell.col, value))
        return replace(self, edits=self.edits.with_cell(cell.row, cell.col, value))


_FINEST = ("Value", "Show every value that is looked at")


class PoolingPage(StepPage[PoolingSettings]):
    """Pooling, forward and backward."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Pooling", PoolingSettings(), _FINEST, parent)
        self._add_controls()
        self._connect()
        self._open()

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
        group = self.panel.group("Pass", "gradient")
        group.wide(self.direction)
        group = self.panel.group("Input", "input")
        group.row("Map", self.image)
        group.row("Size", self.input_size)
        group = self.panel.group("Pooling", "output")
        group.wide(self.mode)
        group.row("Window", self.window_size)
        group.row("Stride", self.stride)

    def _connect(self) -> None:
        self.image.currentIndexChanged.connect(lambda: self._change(image=self.image.key, edits=NO_EDITS))
        self.input_size.changed.connect(lambda size: self._change(size=size))
        self.direction.changed.connect(lambda direction: self._change(direction=direction))
        self.mode.changed.connect(lambda mode: self._change(mode=mode))
        self.window_size.changed.connect(lambda window: self._change(window=window))
        self.stride.changed.connect(lambda stride: self._change(stride=stride))
        self.settings_changed.connect(self._follow_settings)

    def _follow_settings(self) -> None:
        settings = self._settings
        choose_silently(self.image, settings.image)
        self.input_size.set_value(settings.size)
        self.window_size.set_value(settings.window)
        self.stride.set_value(settings.stride)
        self.mode.choose(settings.mode)
        self.direction.choose(settings.direction)
