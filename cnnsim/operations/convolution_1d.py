"""The options of a convolution of signals, forward and backward."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cnnsim.drawing import Role
from cnnsim.operations import common
from cnnsim.operations.common import MOST_MAPS
from cnnsim.operations.convolution_1d_code import convolution_1d_code
from cnnsim.operations.convolution_choices import PASSES
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Group, Name, Numbers, OneOf, Whole, Wholes, option
from cnnsim.operations.settings import LARGEST_SIDE, array_of, refuse_shape
from cnnsim.operations.signal_patterns import SIGNAL_KERNELS, SIGNALS
from cnnsim.operations.source import Source
from cnnsim.trace import (
    CellwiseTrace,
    ScatterTrace,
    SignalConvolution,
    StagedTrace,
    bias_gradient_1d,
    convolution_1d,
    flipped_first,
    full_input_gradient_1d,
    input_gradient_1d,
    input_gradient_scatter_1d,
    kernel_gradient_1d,
)

_INPUT = Group("Signal", Role.INPUT)

_GRADIENTS: Mapping[str, Callable[[CellwiseTrace[SignalConvolution], Any], CellwiseTrace[Any] | ScatterTrace]] = {
    "kernel-gradient": kernel_gradient_1d,
    "bias-gradient": bias_gradient_1d,
    "input-gradient": input_gradient_1d,
    "input-gradient-full": full_input_gradient_1d,
    "input-gradient-scatter": input_gradient_scatter_1d,
}
_EXTENTS = OneOf(
    (
        Name("full", "Full", "Every place where kernel and signal meet at all: length + k − 1"),
        Name("same", "Same length", "As many cells as keep the length of the signal"),
        Name("valid", "Valid", "No padding: the kernel lies wholly on the signal"),
        Name("sides", "By side", "A number for either side"),
    )
)


@dataclass(frozen=True, slots=True)
class SignalSettings:
    """Starts as a true convolution of a ramp with an uneven kernel, over every place where they meet.

    Examples
    --------
    >>> signal, kernel = Source.of([[[1, 2, 3]]]), Source.of([[[[1, 0, -1]]]])
    >>> SignalSettings(input=signal, length=3, kernel=kernel).trace().output.tolist()
    [[[1.0, 2.0, 2.0, -2.0, -3.0]]]
    """

    direction: str = common.direction(*PASSES)
    gradient: Source = common.gradient()
    input: Source = option(Source("box"), "Signal", "Signal to start from", _INPUT, Numbers("input", SIGNALS))
    length: int = option(8, "Length", "Cells of the signal", _INPUT, Whole(1, LARGEST_SIDE))
    channels: int = common.input_channels("signals side by side, as of stereo sound", MOST_MAPS, _INPUT)
    seed: int = common.seed(_INPUT)
    borders: str = option("full", "Extent", "Where the kernel may stand", _INPUT, _EXTENTS)
    sides: tuple[int, ...] = option(
        (1, 1),
        "Sides",
        "Cells of padding on the left and on the right",
        _INPUT,
        Wholes(0, 16, ("Left", "Right")),
        when=lambda settings: settings.borders == "sides",
    )
    padding_mode: str = common.padding_mode(_INPUT)
    kernel: Source = common.kernel("slope", SIGNAL_KERNELS)
    kernel_size: int = option(3, "Kernel size", "Cells of the kernel", common.KERNEL, Whole(1, LARGEST_SIDE))
    filters: int = common.output_channels("kernels, each of which makes a signal of the output", most=MOST_MAPS)
    groups: int = common.groups("Parts of the signals that are convolved on their own", MOST_MAPS)
    bias: Source = common.bias()
    flip: bool = common.flip(True, "flip the kernel")
    stride: int = common.stride()
    dilation: int = common.dilation("signal")

    def trace(self) -> CellwiseTrace[Any] | ScatterTrace | StagedTrace[SignalConvolution]:
        """Return the steps; InputError if no window fits."""
        forward = self.forward()
        if self.direction in _GRADIENTS:
            return _GRADIENTS[self.direction](forward, array_of(self, "gradient"))
        return flipped_first(forward) if self.flip else forward

    def forward(self) -> CellwiseTrace[SignalConvolution]:
        """Return the steps of the forward pass; InputError if no window fits."""
        return convolution_1d(
            array_of(self, "input")[:, 0],
            array_of(self, "kernel")[:, :, 0],
            array_of(self, "bias").reshape(-1),
            stride=self.stride,
            padding=(self.sides[0], self.sides[1]) if self.borders == "sides" else self.borders,
            padding_mode=self.padding_mode,
            dilation=self.dilation,
            groups=self.groups,
            flip=self.flip,
        )

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the signals, the kernels, the biases or G; each has rows of its own."""
        match operand:
            case "input":
                return self.channels, 1, self.length
            case "kernel":
                return self.filters, max(self.channels // self.groups, 1), 1, self.kernel_size
            case "bias":
                return self.filters, 1, 1
            case _:
                return self.forward().output.shape

    def resized(self, operand: str, shape: tuple[int, ...]) -> "SignalSettings":
        """Return settings with signals or kernels of that shape; InputError for what follows from them."""
        match operand:
            case "input" if shape[1] == 1 and shape[0] <= MOST_MAPS:
                return replace(self, channels=shape[0], length=shape[2])
            case "kernel" if shape[2] == 1 and max(shape[0], shape[1] * self.groups) <= MOST_MAPS:
                return replace(self, filters=shape[0], channels=shape[1] * self.groups, kernel_size=shape[3])
        raise refuse_shape(self, operand, shape)


_STEREO = SignalSettings(input=Source("wave"), channels=2, kernel=Source("signed"), borders="same", flip=False)

CONVOLUTION_1D = Operation(
    "convolution-1d",
    "Convolution 1-D",
    "Convolution",
    "a kernel slides along a signal: flip, shift, multiply, accumulate",
    SignalSettings(),
    grains=(
        GrainWords("multiply", "Multiply", "Show every multiply, the sum and the bias"),
        GrainWords("cell", "Cell", "Show one output cell per step"),
        GrainWords("map", "Signal", "Show one output signal per step"),
        GrainWords("layer", "Layer", "Show the whole operation in one step"),
    ),
    presets=(
        Preset("Flip, shift, multiply, accumulate", SignalSettings()),
        Preset("A pulse answers with the kernel", SignalSettings(input=Source("pulse"))),
        Preset("The same as a correlation", SignalSettings(input=Source("pulse"), flip=False)),
        Preset("Edges of a box", SignalSettings(kernel=Source("difference"), borders="same")),
        Preset("Smoothed digits", SignalSettings(input=Source("random"), kernel=Source("mean"), borders="valid")),
        Preset("Stride 2 leaves a rest", SignalSettings(input=Source("random"), borders="valid", stride=2, flip=False)),
        Preset("Dilated and circular", SignalSettings(borders="same", dilation=2, padding_mode="circular", flip=False)),
        Preset("Two channels", _STEREO),
        Preset("Four channels to four", replace(_STEREO, channels=4, filters=4, bias=Source("ramp"))),
        Preset("Depthwise: kernel per signal", replace(_STEREO, channels=4, filters=4, groups=4)),
    ),
    code=convolution_1d_code,
    gradients={"input": "input-gradient", "kernel": "kernel-gradient", "bias": "bias-gradient"},
)
