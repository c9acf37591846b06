"""The options of a convolution, forward and backward."""

from dataclasses import dataclass, replace
from typing import Any

from cnnsim.drawing import Drawing, Role
from cnnsim.operations.convolution_choices import AMOUNTS, BORDERS, PASSES, PICTURES
from cnnsim.operations.convolution_code import convolution_code
from cnnsim.operations.operation import Operation, Preset
from cnnsim.operations.options import Group, Numbers, Switch, Whole, Wholes, option
from cnnsim.operations.patterns import CONSTANTS, GRADIENTS, IMAGES, KERNELS
from cnnsim.operations.settings import LARGEST_SIDE, array_of, draws, refuse_shape
from cnnsim.operations.source import Source
from cnnsim.scenes import View, check_matrix, draw, matrix_scene
from cnnsim.trace import (
    MATRIX_FORMS,
    CellwiseTrace,
    Convolution,
    GrainView,
    KernelTurn,
    MatrixForm,
    ScatterTrace,
    StagedTrace,
    bias_gradient,
    convolution,
    full_input_gradient,
    input_gradient,
    input_gradient_scatter,
    kernel_gradient,
    stage_position,
    turned_first,
)

_PASS = Group("Pass", Role.GRADIENT)
_INPUT = Group("Input", Role.INPUT)
_KERNEL = Group("Kernel", Role.KERNEL)
_OPERATION = Group("Operation", Role.OUTPUT)
_WITH_MATRIX = ("forward", "kernel-gradient", "input-gradient")

_IMAGE = Numbers("input", IMAGES, picture=True)
_MOST_MAPS = 8


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

    direction: str = option("forward", "Pass", "What is computed", _PASS, PASSES, flag="pass")
    gradient: Source = option(
        Source("ones"),
        "G",
        "Gradient of the loss by the output",
        _PASS,
        Numbers("gradient", GRADIENTS),
        when=lambda settings: settings.direction != "forward",
    )
    picture: str = option(
        "grids",
        "Picture",
        "What the steps are shown on",
        _PASS,
        PICTURES,
        when=lambda settings: settings.direction in _WITH_MATRIX,
    )
    input: Source = option(
        Source("lecture"), "Image", "Image to start from", _INPUT, Numbers("input", IMAGES, picture=True)
    )
    input_size: tuple[int, ...] = option(
        (5, 5), "Size", "Rows and columns of the input", _INPUT, Wholes(1, LARGEST_SIDE)
    )
    channels: int = option(1, "Channels", "Maps of the input: 3 for red, green and blue", _INPUT, Whole(1, _MOST_MAPS))
    seed: int = option(0, "Seed", "Draws the random patterns", _INPUT, Whole(0, 9999), when=draws)
    borders: str = option("even", "Padding", "How many cells are added around the input", _INPUT, AMOUNTS)
    padding: int = option(
        0,
        "Cells",
        "Cells of padding around the input",
        _INPUT,
        Whole(0, 8),
        when=lambda settings: settings.borders == "even",
    )
    sides: tuple[int, ...] = option(
        (0, 0, 0, 0),
        "Sides",
        "Cells of padding at the top, the bottom, the left and the right",
        _INPUT,
        Wholes(0, 8, ("Top", "Bottom", "Left", "Right")),
        when=lambda settings: settings.borders == "sides",
    )
    padding_mode: str = option("zeros", "Border", "What the padding shows", _INPUT, BORDERS)
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
    filters: int = option(1, "Kernels", "Kernels, each of which makes an output map", _KERNEL, Whole(1, _MOST_MAPS))
    groups: int = option(
        1,
        "Groups",
        "Parts of the maps that are convolved on their own; as many as channels: depthwise",
        _KERNEL,
        Whole(1, _MOST_MAPS),
        when=lambda settings: settings.channels > 1 or settings.groups > 1,
    )
    bias: Source = option(Source("zeros"), "Bias", "Number added to every sum", _KERNEL, Numbers("bias", CONSTANTS))
    flip: bool = option(False, "Flip", "True convolution: turn the kernel by 180° first", _OPERATION, Switch())
    stride: int = option(1, "Stride", "Cells from one window to the next", _OPERATION, Whole(1, 8))
    dilation: int = option(1, "Dilation", "Distance of the kernel's cells in the input", _OPERATION, Whole(1, 8))

    def trace(self) -> CellwiseTrace[Any] | ScatterTrace | StagedTrace[Convolution]:
        """Return the steps; InputError if no window fits, or there is a matrix too large to be drawn."""
        forward = self.forward()
        if self.form is not None:
            check_matrix(forward.rule, self.form)
        match self.direction:
            case "kernel-gradient":
                return kernel_gradient(forward, array_of(self, "gradient"))
            case "bias-gradient":
                return bias_gradient(forward, array_of(self, "gradient"))
            case "input-gradient":
                return input_gradient(forward, array_of(self, "gradient"))
            case "input-gradient-full":
                return full_input_gradient(forward, array_of(self, "gradient"))
            case "input-gradient-scatter":
                return input_gradient_scatter(forward, array_of(self, "gradient"))
            case _:
                return turned_first(forward) if self.flip else forward

    @property
    def form(self) -> MatrixForm | None:
        """The matrix that the steps are shown on; None for grids."""
        shown = self.picture if self.direction in _WITH_MATRIX else None
        return next((form for form in MATRIX_FORMS if form == shown), None)

    def forward(self) -> CellwiseTrace[Convolution]:
        """Return the steps of the forward pass; InputError if no window fits."""
        return convolution(
            array_of(self, "input"),
            array_of(self, "kernel"),
            array_of(self, "bias").reshape(-1),
            stride=self.stride,
            padding=self.cells,
            padding_mode=self.padding_mode,
            dilation=self.dilation,
            groups=self.groups,
            flip=self.flip,
        )

    @property
    def cells(self) -> int | str | tuple[int, int, int, int]:
        """Padding as `cnnsim.trace.convolution` takes it."""
        match self.borders:
            case "sides":
                top, bottom, left, right = self.sides
                return top, bottom, left, right
            case "same" | "valid":
                return self.borders
        return self.padding

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the input, the kernels, the biases or G."""
        match operand:
            case "input":
                return (self.channels, *self.input_size)
            case "kernel":
                return (self.filters, max(self.channels // self.groups, 1), *self.kernel_size)
            case "bias":
                return (self.filters, 1, 1)
            case _:
                return self.forward().output.shape

    def resized(self, operand: str, shape: tuple[int, ...]) -> "ConvolutionSettings":
        """Return settings with an input or kernels of that shape; InputError for what follows from them."""
        match operand:
            case "input" if shape[0] <= _MOST_MAPS:
                return replace(self, channels=shape[0], input_size=shape[1:])
            case "kernel" if max(shape[0], shape[1] * self.groups) <= _MOST_MAPS:
                return replace(self, filters=shape[0], channels=shape[1] * self.groups, kernel_size=shape[2:])
        raise refuse_shape(self, operand, shape)


def _draw(settings: ConvolutionSettings, steps: GrainView[Any], position: float, view: View) -> Drawing:
    if isinstance(steps.trace, StagedTrace):
        found = stage_position(steps, position)
        steps, position = found.steps, found.position
    if settings.form is None or isinstance(steps.trace, KernelTurn):
        return draw(steps, position, view)
    return matrix_scene(steps, position, view, settings.form)


_RGB = ConvolutionSettings(
    channels=3, filters=2, input=Source("random"), kernel=Source("signed"), bias=Source("ramp"), input_size=(5, 5)
)

_NUMBERED = ConvolutionSettings(input=Source("ramp"), input_size=(4, 4), kernel=Source("emboss"), filters=2)

CONVOLUTION = Operation(
    "convolution",
    "Convolution 2-D",
    "Convolution",
    "a kernel slides over an input",
    ConvolutionSettings(),
    presets=(
        Preset("Lecture example", ConvolutionSettings()),
        Preset("Emboss, correlation", ConvolutionSettings(kernel=Source("emboss"))),
        Preset("Emboss, true convolution", ConvolutionSettings(kernel=Source("emboss"), flip=True)),
        Preset("Same size", ConvolutionSettings(borders="same")),
        Preset("Stride 2 leaves a rest", ConvolutionSettings(input_size=(6, 6), stride=2)),
        Preset(
            "Two kernels on numbered cells",
            ConvolutionSettings(input=Source("ramp"), input_size=(4, 4), kernel=Source("emboss"), filters=2),
        ),
        Preset("Red, green and blue, two kernels", _RGB),
        Preset("Depthwise: a kernel for each channel", replace(_RGB, filters=3, groups=3)),
        Preset("As a Toeplitz matrix", ConvolutionSettings(picture="toeplitz")),
        Preset(
            "As a doubly block circulant matrix",
            ConvolutionSettings(kernel=Source("emboss"), borders="same", padding_mode="circular", picture="toeplitz"),
        ),
        Preset("As patches: im2col", ConvolutionSettings(picture="im2col")),
    ),
    draw=_draw,
    code=convolution_code,
    gradients={"input": "input-gradient", "kernel": "kernel-gradient", "bias": "bias-gradient"},
)
