"""All that the convolution page can be set to, as one value."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnnsim import gallery
from cnnsim.app.edits import NO_EDITS, Edits
from cnnsim.drawing import Cell
from cnnsim.trace import (
    CellwiseTrace,
    Convolution,
    ScatterTrace,
    convolution,
    input_gradient,
    input_gradient_scatter,
    kernel_gradient,
)


@dataclass(frozen=True, slots=True)
class ConvolutionSettings:
    """Starts as the lecture's example, forwards: 5×5 and 3×3.

    Examples
    --------
    >>> ConvolutionSettings().trace().rule.output[0, 0].tolist()
    [4.0, 3.0, 4.0]
    >>> ConvolutionSettings(direction="kernel").trace().rule.output[0, 0, 0].tolist()
    [6.0, 7.0, 6.0]
    """

    image: str = "lecture"
    size: int = 5
    padding: int = 0
    padding_mode: str = "zeros"
    kernel: str = "lecture"
    kernel_size: int = 3
    bias: float = 0.0
    stride: int = 1
    dilation: int = 1
    flip: bool = False
    direction: str = "forward"
    scatter: bool = False
    image_edits: Edits = NO_EDITS
    kernel_edits: Edits = NO_EDITS
    gradient_edits: Edits = NO_EDITS

    def trace(self) -> CellwiseTrace[Any] | ScatterTrace:
        """Return the steps; InputError if no window fits."""
        forward = self.forward()
        match self.direction:
            case "kernel":
                return kernel_gradient(forward, self._gradient(forward))
            case "input":
                backward = input_gradient_scatter if self.scatter else input_gradient
                return backward(forward, self._gradient(forward))
            case _:
                return forward

    def forward(self) -> CellwiseTrace[Convolution]:
        """Return the steps of the forward pass; InputError if no window fits."""
        return convolution(
            self.image_edits.over(gallery.image(self.image, self.size)),
            self.kernel_edits.over(gallery.kernel(self.kernel, self.kernel_size)),
            self.bias,
            stride=self.stride,
            padding=self.padding,
            padding_mode=self.padding_mode,
            dilation=self.dilation,
            flip=self.flip,
        )

    def _gradient(self, forward: CellwiseTrace[Convolution]) -> Any:
        return self.gradient_edits.over(np.ones(forward.rule.output.shape[1:]))

    def can_edit(self, cell: Cell) -> bool:
        """Whether a cell of the picture is a number of its own; padding is not."""
        if cell.matrix == "input":
            row, col = cell.row - self.padding, cell.col - self.padding
            return 0 <= row < self.size and 0 <= col < self.size
        return cell.matrix in ("kernel", "bias", "gradient")

    def with_cell(self, cell: Cell, value: float) -> "ConvolutionSettings":
        """Return the settings with a cell of the picture changed."""
        row, col = cell.row, cell.col
        match cell.matrix:
            case "bias":
                return replace(self, bias=value)
            case "gradient":
                return replace(self, gradient_edits=self.gradient_edits.with_cell(row, col, value))
            case "input":
                edits = self.image_edits.with_cell(row - self.padding, col - self.padding, value)
                return replace(self, image_edits=edits)
        if self.flip:  # the picture shows the kernel as it lies on the window
            row, col = self.kernel_size - 1 - row, self.kernel_size - 1 - col
        return replace(self, kernel_edits=self.kernel_edits.with_cell(row, col, value))
