"""The options of a transposed convolution, forward and backward."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cnnsim.errors import InputError
from cnnsim.operations import common
from cnnsim.operations.common import MOST_MAPS
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Name, OneOf, Wholes, option
from cnnsim.operations.patterns import IMAGES, KERNELS, ONES
from cnnsim.operations.settings import array_of, refuse_shape
from cnnsim.operations.source import Source
from cnnsim.operations.transposed_code import transposed_code
from cnnsim.trace import (
    CellwiseTrace,
    ScatterTrace,
    TransposedConvolution,
    transposed_bias_gradient,
    transposed_convolution,
    transposed_input_gradient,
    transposed_kernel_gradient,
    transposed_scatter,
)

_LARGEST_INPUT = 16  # the output is several times as large

_PASSES = (
    Name("forward", "Forward", "The output, from input and kernel"),
    Name("kernel-gradient", "∂J/∂w, kernel gradient", "Backward to the kernel: the input met with G"),
    Name("bias-gradient", "∂J/∂b, bias gradient", "Backward to the bias: the sum of the output's gradient"),
    Name("input-gradient", "∂J/∂x, input gradient", "Backward to the input: an ordinary convolution of G"),
)
_VIEWS = OneOf(
    (
        Name("stamps", "Stamps", "Every input cell stamps its multiple of the kernel onto the output"),
        Name("stretched", "Convolution", "The equivalent convolution: zeros inserted, the kernel turned"),
    ),
    in_view=True,
)
_GRADIENTS: Mapping[str, Callable[[CellwiseTrace[TransposedConvolution], Any], CellwiseTrace[Any]]] = {
    "kernel-gradient": transposed_kernel_gradient,
    "bias-gradient": transposed_bias_gradient,
    "input-gradient": transposed_input_gradient,
}


@dataclass(frozen=True, slots=True)
class TransposedSettings:
    """Starts with stamps of 3×3 two cells apart.

    Examples
    --------
    >>> ones = {"kernel": Source("ones"), "input": Source("ones")}
    >>> settings = TransposedSettings(**ones, input_size=(1, 2), padding=(0, 0))
    >>> settings.trace().output[0, 0].tolist()
    [1.0, 1.0, 2.0, 1.0, 1.0]
    """

    direction: str = common.direction(*_PASSES)
    view: str = option(
        "stamps",
        "View",
        "How the output comes about: both end in the same numbers",
        common.PASS,
        _VIEWS,
        when=lambda settings: settings.direction == "forward",
    )
    gradient: Source = common.gradient()
    input: Source = common.image("ramp", (ONES, *IMAGES))
    input_size: tuple[int, ...] = common.size(3, "the input", most=_LARGEST_INPUT)
    channels: int = common.input_channels("maps of the input")
    seed: int = common.seed()
    kernel: Source = common.kernel("emboss", (ONES, *KERNELS))
    kernel_size: tuple[int, ...] = common.kernel_size(most=_LARGEST_INPUT)
    filters: int = common.output_channels("maps of the output")
    groups: int = common.groups("Parts of the maps that do not see each other", MOST_MAPS)
    bias: Source = common.bias("Number an output starts with")
    stride: tuple[int, ...] = option(
        (2, 2), "Stride", "Cells from one stamp to the next, down and across", common.OPERATION, Wholes(1, 8)
    )
    padding: tuple[int, ...] = option(
        (1, 1),
        "Padding",
        "Cells cut off the output, above and below and at the sides: the padding of the convolution that this is the "
        "transpose of",
        common.OPERATION,
        Wholes(0, 8),
    )
    output_padding: tuple[int, ...] = option(
        (0, 0),
        "Output padding",
        "Cells added to the output, at the bottom and on the right",
        common.OPERATION,
        Wholes(0, 7),
    )
    dilation: tuple[int, ...] = option(
        (1, 1),
        "Dilation",
        "Distance of the kernel's cells in the output, down and across",
        common.OPERATION,
        Wholes(1, 8),
    )

    def trace(self) -> CellwiseTrace[Any] | ScatterTrace:
        """Return the steps; InputError if nothing is left of the output."""
        forward = self.forward()
        if self.direction in _GRADIENTS:
            return _GRADIENTS[self.direction](forward, array_of(self, "gradient"))
        return transposed_scatter(forward) if self.view == "stamps" else forward

    def forward(self) -> CellwiseTrace[TransposedConvolution]:
        """Return the steps of the equivalent convolution; InputError if nothing is left of the output."""
        if self.filters % self.groups:
            raise InputError("groups", self.groups, f"does not divide {self.filters} output maps", "use a divisor")
        stride, padding, more, dilation = (
            (rows, cols) for rows, cols in (self.stride, self.padding, self.output_padding, self.dilation)
        )
        return transposed_convolution(
            array_of(self, "input"),
            array_of(self, "kernel"),
            array_of(self, "bias").reshape(-1),
            stride=stride,
            padding=padding,
            output_padding=more,
            dilation=dilation,
            groups=self.groups,
        )

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the input, the kernels, the biases or G."""
        match operand:
            case "input":
                return (self.channels, *self.input_size)
            case "kernel":
                return (self.channels, max(self.filters // self.groups, 1), *self.kernel_size)
            case "bias":
                return (self.filters, 1, 1)
            case _:
                return self.forward().output.shape

    def resized(self, operand: str, shape: tuple[int, ...]) -> "TransposedSettings":
        """Return settings with an input or kernels of that shape; InputError for what follows from them."""
        if max(shape[-2:]) <= _LARGEST_INPUT:
            match operand:
                case "input" if shape[0] <= MOST_MAPS:
                    return replace(self, channels=shape[0], input_size=shape[1:])
                case "kernel" if max(shape[0], shape[1] * self.groups) <= MOST_MAPS:
                    return replace(self, channels=shape[0], filters=shape[1] * self.groups, kernel_size=shape[2:])
        raise refuse_shape(self, operand, shape)


_COUNTED = TransposedSettings(input=Source("ones"), kernel=Source("ones"), padding=(0, 0))
_SMALL = TransposedSettings(input_size=(2, 2))

TRANSPOSED_CONVOLUTION = Operation(
    "transposed-convolution",
    "Transposed convolution",
    "Convolution",
    "every input cell stamps its multiple of a kernel onto the output",
    TransposedSettings(),
    grains=(
        GrainWords("multiply", "Multiply", "Show every multiply"),
        GrainWords("cell", "Cell", "Show one stamp, or one output cell, per step"),
        GrainWords("row", "Row", "Show the stamps or the output cells of a row per step"),
        GrainWords("map", "Map", "Show the stamps of an input map, or an output map, per step"),
        GrainWords("layer", "Layer", "Show the whole operation in one step"),
    ),
    presets=(
        Preset("Stamps two cells apart", TransposedSettings()),
        Preset("The same as a convolution", TransposedSettings(view="stretched")),
        Preset("How often each cell is stamped", _COUNTED),
        Preset("Twice the size", TransposedSettings(output_padding=(1, 1))),
        Preset("Twice the size, no overlap", replace(_COUNTED, input=Source("ramp"), kernel_size=(2, 2))),
        Preset("Stride 1: a full convolution", TransposedSettings(stride=(1, 1), padding=(0, 0), view="stretched")),
        Preset("Dilation 2", TransposedSettings(dilation=(2, 2), padding=(0, 0))),
        Preset("Twice as many columns", TransposedSettings(stride=(1, 2), output_padding=(0, 1))),
        Preset("Two maps to two", replace(_SMALL, channels=2, filters=2, kernel=Source("signed"))),
    ),
    code=transposed_code,
    gradients={"input": "input-gradient", "kernel": "kernel-gradient", "bias": "bias-gradient"},
)
