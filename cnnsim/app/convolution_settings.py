"""All that the convolution page can be set to, as one value."""

from dataclasses import dataclass, replace

from cnnsim import gallery
from cnnsim.app.edits import NO_EDITS, Edits
from cnnsim.drawing import Cell
from cnnsim.trace import ConvolutionTrace, convolution


@dataclass(frozen=True, slots=True)
class ConvolutionSettings:
    """Starts as the lecture's example: 5×5 and 3×3.

    Examples
    --------
    >>> ConvolutionSettings().trace().output[0].tolist()
    [4.0, 3.0, 4.0]
    """

    image: str = "lecture"
    size: int = 5
    padding: int = 0
    kernel: str = "lecture"
    kernel_size: int = 3
    bias: float = 0.0
    stride: int = 1
    flip: bool = False
    image_edits: Edits = NO_EDITS
    kernel_edits: Edits = NO_EDITS

    def trace(self) -> ConvolutionTrace:
        """Return the steps; InputError if no window fits."""
        return convolution(
            self.image_edits.over(gallery.image(self.image, self.size)),
            self.kernel_edits.over(gallery.kernel(self.kernel, self.kernel_size)),
            self.bias,
            stride=self.stride,
            padding=self.padding,
            flip=self.flip,
        )

    def can_edit(self, cell: Cell) -> bool:
        """Whether a cell of the picture is a number of its own; padding is not."""
        if cell.matrix == "input":
            row, col = cell.row - self.padding, cell.col - self.padding
            return 0 <= row < self.size and 0 <= col < self.size
        return cell.matrix in ("kernel", "bias")

    def with_cell(self, cell: Cell, value: float) -> "ConvolutionSettings":
        """Return the settings with a cell of the picture changed."""
        row, col = cell.row, cell.col
        if cell.matrix == "bias":
            return replace(self, bias=value)
        if cell.matrix == "input":
            edits = self.image_edits.with_cell(row - self.padding, col - self.padding, value)
            return replace(self, image_edits=edits)
        if self.flip:  # the picture shows the kernel as it lies on the window
            row, col = self.kernel_size - 1 - row, self.kernel_size - 1 - col
        return replace(self, kernel_edits=self.kernel_edits.with_cell(row, col, value))
