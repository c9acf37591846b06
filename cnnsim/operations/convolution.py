"""The options of a convolution, forward and backward."""

from dataclasses import dataclass, replace
from typing import Any

from cnnsim.drawing import Role
from cnnsim.operations.operation import Operation, Preset
from cnnsim.operations.options import Group, Name, Numbers, OneOf, Switch, Whole, Wholes, option
from cnnsim.operations.patterns import CONSTANTS, GRADIENTS, IMAGES, KERNELS
from cnnsim.operations.settings import LARGEST_SIDE, array_of, draws, refuse_shape
from cnnsim.operations.source import Source
from cnnsim.trace import (
    CellwiseTrace,
    Convolution,
    ScatterTrace,
    bias_gradient,
    convolution,
    input_gradient,
    input_gradient_scatter,
    kernel_gradient,
)

_PASS = Group("Pass", Role.GRADIENT)
_INPUT = Group("Input", Role.INPUT)
_KERNEL = Group("Kernel", Role.KERNEL)
_OPERATION = Group("Operation", Role.OUTPUT)

_PASSES = OneOf(
    (
        Name("forward", "Forward", "The output, from input and kernel"),
        Name(
            "kernel-gradient",
            "∂J/∂w, kernel gradient",
            "Backward to the kernel: from the input and the output's gradient",
        ),
        Name("bias-gradient", "∂J/∂b, bias gradient", "Backward to the bias: the sum of the output's gradient"),
        Name(
            "input-gradient",
            "∂J/∂x, gathered",
            "Backward to the input: each cell collects from the windows that cover it",
        ),
        Name("input-gradient-scatter", "∂J/∂x, scattered", "Backward to the input: each G spreads through its window"),
    ),
    in_view=True,
)
_BORDERS = OneOf(
    (
        Name("zeros", "Zeros", "The padding is zero"),
        Name("replicate", "Replicate", "The padding repeats the border"),
        Name("reflect", "Reflect", "The padding mirrors the input at its border"),
        Name("circular", "Circular", "The padding continues with the other end"),
    )
)

_IMAGE = Numbers("input", IMAGES, picture=True)


@dataclass(frozen=True, slots=True)
class ConvolutionSettings:
    """Starts as the lecture's example, forwards: 5×5 and 3×3.

    Examples
    --------
    >>> ConvolutionSettings().trace().output[0].tolist()
    [[4.0, 3.0, 4.0], [2.0, 4.0, 3.0], [2.0, 3.0, 4.0]]
    >>> ConvolutionSettings(direction="kernel-gradient").trace().output[0, 0].tolist()
    [[6.0, 7.0, 6.0], [4.0, 7.0, 7.0], [4.0, 6.0, 6.0]]
    """

    direction: str = option("forward", "Pass", "What is computed", _PASS, _PASSES, flag="pass")
    gradient: Source = option(
        Source("ones"),
        "G",
        "Gradient of the loss by the output",
        _PASS,
        Numbers("gradient", GRADIENTS),
        when=lambda settings: settings.direction != "forward",
    )
    input: Source = option(
        Source("lecture"), "Image", "Image to start from", _INPUT, Numbers("input", IMAGES, picture=True)
    )
    input_size: tuple[int, ...] = option(
        (5, 5), "Size", "Rows and columns of the input", _INPUT, Wholes(1, LARGEST_SIDE)
    )
    seed: int = option(0, "Seed", "Draws the random patterns", _INPUT, Whole(0, 9999), when=draws)
    padding: int = option(0, "Padding", "Cells of padding around the input", _INPUT, Whole(0, 8))
    padding_mode: str = option("zeros", "Border", "What the padding shows", _INPUT, _BORDERS)
    kernel: Source = option(
        Source("lecture"),
        "Pattern",
        "Kernel to start from",
        _KERNEL,
        Numbers("kernel", KERNELS),
    )
    kernel_size: tuple[int, ...] = option(
        (3, 3), "Size", "Rows and columns of the kernel", _KERNEL, Wholes(1, LARGEST_SIDE)
    )
    bias: Source = option(Source("zeros"), "Bias", "Number added to every sum", _KERNEL, Numbers("bias", CONSTANTS))
    flip: bool = option(False, "Flip", "True convolution: turn the kernel by 180° first", _OPERATION, Switch())
    stride: int = option(1, "Stride", "Cells from one window to the next", _OPERATION, Whole(1, 8))
    dilation: int = option(1, "Dilation", "Distance of the kernel's cells in the input", _OPERATION, Whole(1, 8))

    def trace(self) -> CellwiseTrace[Any] | ScatterTrace:
        """Return the steps; InputError if no window fits."""
        forward = self.forward()
        match self.direction:
            case "kernel-gradient":
                return kernel_gradient(forward, array_of(self, "gradient"))
            case "bias-gradient":
                return bias_gradient(forward, array_of(self, "gradient"))
            case "bias-gradient":
                return bias_gradient(forward, array_of(self, "gradient"))
            case "input-gradient":
                return input_gradient(forward, array_of(self, "gradient"))
            case "input-gradient-scatter":
                return input_gradient_scatter(forward, array_of(self, "gradient"))
            case _:
                return forward

    def forward(self) -> CellwiseTrace[Convolution]:
        """Return the steps of the forward pass; InputError if no window fits."""
        return convolution(
            array_of(self, "input"),
            array_of(self, "kernel"),
            array_of(self, "bias").reshape(-1),
            stride=self.stride,
            padding=self.padding,
            padding_mode=self.padding_mode,
            dilation=self.dilation,
            flip=self.flip,
        )

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the input, the kernels, the biases or G."""
        match operand:
            case "input":
                return (1, *self.input_size)
            case "kernel":
                return (1, 1, *self.kernel_size)
            case "bias":
                return (1, 1, 1)
            case _:
                return self.forward().output.shape

    def resized(self, operand: str, shape: tuple[int, ...]) -> "ConvolutionSettings":
        """Return settings with an input or kernels of that shape; InputError for what follows from them."""
        match operand:
            case "input" if shape[0] == 1:
                return replace(self, input_size=shape[1:])
            case "kernel" if shape[:2] == (1, 1):
                return replace(self, kernel_size=shape[2:])
        raise refuse_shape(self, operand, shape)


CONVOLUTION = Operation(
    "convolution",
    "Convolution",
    "Convolution",
    "a kernel slides over an input",
    ConvolutionSettings(),
    presets=(
        Preset("Lecture example", ConvolutionSettings()),
        Preset("Emboss, correlation", ConvolutionSettings(kernel=Source("emboss"))),
        Preset("Emboss, true convolution", ConvolutionSettings(kernel=Source("emboss"), flip=True)),
        Preset("Same size", ConvolutionSettings(padding=1)),
        Preset("Stride 2 leaves a rest", ConvolutionSettings(input_size=(6, 6), stride=2)),
    ),
    gradients={"input": "input-gradient", "kernel": "kernel-gradient", "bias": "bias-gradient"},
)
