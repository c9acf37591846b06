"""The convolution page: a kernel slides over an image, one multiply at a time."""

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cnnsim.app.controls import Choice, Segmented
from cnnsim.app.convolution_settings import ConvolutionSettings
from cnnsim.app.edits import NO_EDITS
from cnnsim.app.number_fields import NumberField, Stepper
from cnnsim.app.panel import Panel
from cnnsim.app.stage import Stage
from cnnsim.app.style import Measure
from cnnsim.app.words import image_choices, kernel_choices
from cnnsim.drawing import Cell
from cnnsim.errors import InputError
from cnnsim.painting import Theme

_KINDS = (
    ("correlation", "Correlation", "The kernel as it is: what every deep-learning library computes"),
    ("convolution", "Convolution", "The kernel turned by 180° first: true convolution"),
)

_DIRECTIONS = (
    ("forward", "Forward", "The output, from input and kernel"),
    ("kernel", "∂J/∂w", "Backward to the kernel: its gradient, from the input and the output's gradient"),
    ("input", "∂J/∂x", "Backward to the input: its gradient, from the kernel and the output's gradient"),
)
_WAYS = (
    ("gather", "Gather", "For each input cell, collect from the windows that cover it"),
    ("scatter", "Scatter", "Spread each cell of the output's gradient through its window"),
)
_BORDERS = (
    ("zeros", "Zeros"),
    ("replicate", "Replicate"),
    ("reflect", "Reflect"),
    ("circular", "Circular"),
)

_FINEST = ("Multiply", "Show every multiply, the sum and the bias")


class ConvolutionPage(QWidget):
    """Controls on the left, the animation on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._settings = ConvolutionSettings()
        self.panel = Panel(self)
        self._add_controls()
        self.stage = Stage("Convolution", self._can_edit, self, _FINEST)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.panel)
        row.addWidget(self.stage, 1)
        self._connect()
        self._show()

    @property
    def settings(self) -> ConvolutionSettings:
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
        default = ConvolutionSettings()
        self.image = Choice(image_choices(), "Image to start from; a double click changes a cell", self)
        self.input_size = Stepper(3, 12, default.size, "Rows and columns of the input", self)
        self.padding = Stepper(0, 3, default.padding, "Cells of padding around the input", self)
        self.border = Choice(_BORDERS, "What the padding shows", self)
        self.kernel = Choice(kernel_choices(), "Kernel to start from; a double click changes a cell", self)
        self.kernel_size = Stepper(1, 7, default.kernel_size, "Rows and columns of the kernel", self)
        self.bias = NumberField("bias", default.bias, "Number added to every sum", self)
        self.stride = Stepper(1, 4, default.stride, "Cells from one window to the next", self)
        self.dilation = Stepper(1, 3, default.dilation, "Distance of the kernel's cells in the input", self)
        self.kind = Segmented(_KINDS, self)
        self.direction = Segmented(_DIRECTIONS, self)
        self.way = Segmented(_WAYS, self)
        self.way.hide()
        self.reset = QPushButton("Lecture example", self)
        self.reset.setToolTip("Back to the 5 × 5 example of the lecture; your changes are dropped")
        group = self.panel.group("Pass", "gradient")
        group.wide(self.direction)
        group.wide(self.way)
        group = self.panel.group("Input", "input")
        group.row("Image", self.image)
        group.row("Size", self.input_size)
        group.row("Padding", self.padding)
        group.row("Border", self.border)
        group = self.panel.group("Kernel", "kernel")
        group.row("Pattern", self.kernel)
        group.row("Size", self.kernel_size)
        group.row("Bias", self.bias)
        group = self.panel.group("Operation", "output")
        group.wide(self.kind)
        group.row("Stride", self.stride)
        group.row("Dilation", self.dilation)
        self.panel.add(self.reset)

    def _connect(self) -> None:
        self.image.currentIndexChanged.connect(lambda: self._change(image=self.image.key, image_edits=NO_EDITS))
        self.kernel.currentIndexChanged.connect(lambda: self._change(kernel=self.kernel.key, kernel_edits=NO_EDITS))
        self.input_size.changed.connect(lambda size: self._change(size=size))
        self.padding.changed.connect(lambda padding: self._change(padding=padding))
        self.kernel_size.changed.connect(lambda size: self._change(kernel_size=size))
        self.border.currentIndexChanged.connect(lambda: self._change(padding_mode=self.border.key))
        self.dilation.changed.connect(lambda dilation: self._change(dilation=dilation))
        self.direction.changed.connect(lambda direction: self._change(direction=direction))
        self.way.changed.connect(lambda way: self._change(scatter=way == "scatter"))
        self.stride.changed.connect(lambda stride: self._change(stride=stride))
        self.bias.changed.connect(lambda bias: self._change(bias=bias))
        self.bias.refused.connect(self.panel.warn)
        self.kind.changed.connect(lambda kind: self._change(flip=kind == "convolution"))
        self.reset.clicked.connect(self._on_reset)
        self.stage.cell_edited.connect(self._on_cell_edited)

    def _change(self, **changes: Any) -> None:
        self._settings = replace(self._settings, **changes)
        self._show()

    def _show(self) -> None:
        """Show what the controls say; where no window fits, say why and leave the picture as it is."""
        self.way.setVisible(self._settings.direction == "input")
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
        self.bias.set_value(self._settings.bias)
        self._show()

    def _on_reset(self) -> None:
        self._settings = ConvolutionSettings()
        choices = ((self.image, self._settings.image), (self.kernel, self._settings.kernel), (self.border, "zeros"))
        for choice, key in choices:
            blocked = choice.blockSignals(True)
            choice.choose(key)
            choice.blockSignals(blocked)
        self.input_size.set_value(self._settings.size)
        self.padding.set_value(self._settings.padding)
        self.kernel_size.set_value(self._settings.kernel_size)
        self.stride.set_value(self._settings.stride)
        self.bias.set_value(self._settings.bias)
        self.dilation.set_value(self._settings.dilation)
        self.kind.choose("correlation")
        self.direction.choose("forward")
        self.way.choose("gather")
        self._show()
        self.stage.player.first()
