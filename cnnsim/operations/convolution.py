"""The options of a convolution, forward and backward."""

from dataclasses import dataclass, replace
from typing import Any

from cnnsim.drawing import Drawing
from cnnsim.operations import common
from cnnsim.operations.convolution_choices import AMOUNTS, PASSES, PICTURES
from cnnsim.operations.convolution_code import convolution_code
from cnnsim.operations.operation import Operation, Preset
from cnnsim.operations.options import Whole, Wholes, option
from cnnsim.operations.settings import array_of, refuse_shape
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
from cnnsim.trace.geometry import named_geometry

_WITH_MATRIX = ("forward", "kernel-gradient", "input-gradient")

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

    direction: str = common.direction(*PASSES)
    gradient: Source = common.gradient()
    picture: str = option(
        "grids",
        "Picture",
        "What the steps are shown on",
        common.PASS,
        PICTURES,
        when=lambda settings: settings.direction in _WITH_MATRIX,
    )
    input: Source = common.image("lecture")
    input_size: tuple[int, ...] = common.size(5, "the input")
    channels: int = common.input_channels("maps of the input: 3 for red, green and blue", _MOST_MAPS)
    seed: int = common.seed()
    borders: str = option("even", "Padding", "How many cells are added around the input", common.INPUT, AMOUNTS)
    padding: int = option(
        0,
        "Cells",
        "Cells of padding around the input",
        common.INPUT,
        Whole(0, 8),
        when=lambda settings: settings.borders == "even",
    )
    sides: tuple[int, ...] = option(
        (0, 0, 0, 0),
        "Sides",
        "Cells of padding at the top, the bottom, the left and the right",
        common.INPUT,
        Wholes(0, 8, ("Top", "Bottom", "Left", "Right")),
        when=lambda settings: settings.borders == "sides",
    )
    padding_mode: str = common.padding_mode()
    kernel: Source = common.kernel("lecture")
    kernel_size: tuple[int, ...] = common.kernel_size()
    filters: int = common.output_channels(most=_MOST_MAPS)
    groups: int = common.groups(
        "Parts of the maps that are convolved on their own; as many as channels: depthwise", _MOST_MAPS
    )
    bias: Source = common.bias()
    flip: bool = common.flip(False, "turn the kernel by 180°")
    stride: int = common.stride()
    dilation: int = common.dilation()

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
                geometry = named_geometry(
                    self.input_size, self.kernel_size, self.stride, self.cells, self.dilation, self.padding_mode
                )
                return (self.filters, *geometry.output_shape)

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
        Preset("Red, green, blue; two kernels", _RGB),
        Preset("Depthwise: kernel per channel", replace(_RGB, filters=3, groups=3)),
        Preset("As a Toeplitz matrix", ConvolutionSettings(picture="toeplitz")),
        Preset(
            "Doubly block circulant matrix",
            ConvolutionSettings(kernel=Source("emboss"), borders="same", padding_mode="circular", picture="toeplitz"),
        ),
        Preset("As patches: im2col", ConvolutionSettings(picture="im2col")),
    ),
    draw=_draw,
    code=convolution_code,
    gradients={"input": "input-gradient", "kernel": "kernel-gradient", "bias": "bias-gradient"},
)
