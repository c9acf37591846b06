"""The convolution page: a kernel slides over an image, one multiply at a time."""

from typing import Any

from PySide6.QtWidgets import QWidget

from cnnsim.app.controls import Choice, Segmented
from cnnsim.app.convolution_settings import ConvolutionSettings
from cnnsim.app.edits import NO_EDITS
from cnnsim.app.number_fields import NumberField, Stepper
from cnnsim.app.step_page import StepPage, choose_silently
from cnnsim.app.words import image_choices, kernel_choices

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


class ConvolutionPage(StepPage[ConvolutionSettings]):
    """A convolution, forward and backward."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Convolution", ConvolutionSettings(), _FINEST, parent)
        self._add_controls()
        self._connect()
        self._open()

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
        self.settings_changed.connect(self._follow_settings)

    def _change(self, **changes: Any) -> None:
        super()._change(**changes)
        self.way.setVisible(self._settings.direction == "input")

    def _follow_settings(self) -> None:
        settings = self._settings
        choose_silently(self.image, settings.image)
        choose_silently(self.kernel, settings.kernel)
        choose_silently(self.border, settings.padding_mode)
        self.input_size.set_value(settings.size)
        self.padding.set_value(settings.padding)
        self.kernel_size.set_value(settings.kernel_size)
        self.stride.set_value(settings.stride)
        self.bias.set_value(settings.bias)
        self.dilation.set_value(settings.dilation)
        self.kind.choose("convolution" if settings.flip else "correlation")
        self.direction.choose(settings.direction)
        self.way.choose("scatter" if settings.scatter else "gather")
        self.way.setVisible(settings.direction == "input")
