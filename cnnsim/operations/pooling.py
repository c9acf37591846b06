"""The options of a pooling, forward and backward."""

from dataclasses import dataclass, replace
from typing import Any

from cnnsim.drawing import Role
from cnnsim.operations.operation import Operation, Preset, grains
from cnnsim.operations.options import Group, Name, Numbers, OneOf, Whole, Wholes, option
from cnnsim.operations.patterns import GRADIENTS, IMAGES
from cnnsim.operations.settings import LARGEST_SIDE, array_of, draws, refuse_shape
from cnnsim.operations.source import Source
from cnnsim.trace import CellwiseTrace, Pooling, pooling, pooling_gradient

_PASS = Group("Pass", Role.GRADIENT)
_INPUT = Group("Input", Role.INPUT)
_POOLING = Group("Pooling", Role.OUTPUT)

_PASSES = OneOf(
    (
        Name("forward", "Forward", "The pooled map"),
        Name("input-gradient", "∂J/∂x", "Backward: who gets the gradient of a window"),
    ),
    in_view=True,
)
_MODES = OneOf(
    (
        Name("max", "Max", "The largest value of the window; among equals the first wins"),
        Name("average", "Average", "The mean of the window"),
        Name("l2", "L2", "The root of the sum of squares of the window"),
    ),
    in_view=True,
)

_IMAGE = Numbers("input", IMAGES, picture=True)


@dataclass(frozen=True, slots=True)
class PoolingSettings:
    """Starts as the lecture's 4×4 example.

    Examples
    --------
    >>> PoolingSettings().trace().output[0].tolist()
    [[6.0, 8.0], [3.0, 4.0]]
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
        Source("pooling"), "Map", "Map to start from", _INPUT, Numbers("input", IMAGES, picture=True)
    )
    input_size: tuple[int, ...] = option(
        (4, 4), "Size", "Rows and columns of the input", _INPUT, Wholes(1, LARGEST_SIDE)
    )
    seed: int = option(0, "Seed", "Draws the random patterns", _INPUT, Whole(0, 9999), when=draws)
    mode: str = option("max", "Mode", "What a window gives", _POOLING, _MODES)
    window: int = option(2, "Window", "Rows and columns of the window", _POOLING, Whole(1, LARGEST_SIDE))
    stride: int = option(
        2,
        "Stride",
        "Cells from one window to the next; less than the window overlaps",
        _POOLING,
        Whole(1, LARGEST_SIDE),
    )

    def trace(self) -> CellwiseTrace[Any]:
        """Return the steps; InputError if no window fits."""
        forward = self.forward()
        return forward if self.direction == "forward" else pooling_gradient(forward, array_of(self, "gradient"))

    def forward(self) -> CellwiseTrace[Pooling]:
        """Return the steps of the forward pass; InputError if no window fits."""
        return pooling(array_of(self, "input"), self.window, self.stride, self.mode)

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the input or G."""
        return (1, *self.input_size) if operand == "input" else self.forward().output.shape

    def resized(self, operand: str, shape: tuple[int, ...]) -> "PoolingSettings":
        """Return settings with an input of that shape; InputError for what follows from it."""
        if operand != "input" or shape[0] != 1:
            raise refuse_shape(self, operand, shape)
        return replace(self, input_size=shape[1:])


POOLING = Operation(
    "pooling",
    "Pooling",
    "Pooling",
    "each window gives its largest value or its mean",
    PoolingSettings(),
    grains=grains("Value", "Show every value that is looked at"),
    presets=(
        Preset("Lecture example", PoolingSettings()),
        Preset("Overlapping", PoolingSettings(input_size=(7, 7), window=3)),
        Preset("Average", PoolingSettings(mode="average")),
    ),
    gradients={"input": "input-gradient"},
)
