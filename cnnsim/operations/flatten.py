"""The options of flattening, forward and backward."""

from dataclasses import dataclass
from math import prod
from typing import Any

from cnnsim.drawing import Role
from cnnsim.operations.flatten_code import flatten_code
from cnnsim.operations.maps import MOST_MAPS, resized_maps
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Group, Name, Numbers, OneOf, Whole, Wholes, option
from cnnsim.operations.patterns import GRADIENTS, IMAGES
from cnnsim.operations.settings import array_of, draws
from cnnsim.operations.source import Source
from cnnsim.trace import CellwiseTrace, Flatten, flatten, flatten_gradient

_LARGEST_SIDE = 8  # the vector is one long row
_PASS = Group("Pass", Role.GRADIENT)
_INPUT = Group("Input", Role.INPUT)

_PASSES = OneOf(
    (
        Name("forward", "Forward", "The maps become a vector"),
        Name("input-gradient", "∂J/∂x, backward", "Backward: the gradient of the vector becomes maps"),
    ),
    in_view=True,
)


@dataclass(frozen=True, slots=True)
class FlattenSettings:
    """Starts with two maps of 3×3.

    Examples
    --------
    >>> FlattenSettings(channels=1, input_size=(2, 2)).trace().output.tolist()
    [[1.0, 2.0, 3.0, 4.0]]
    """

    direction: str = option("forward", "Pass", "What is computed", _PASS, _PASSES, flag="pass")
    gradient: Source = option(
        Source("ramp"),
        "G",
        "Gradient of the loss by the vector",
        _PASS,
        Numbers("gradient", GRADIENTS),
        when=lambda settings: settings.direction != "forward",
    )
    input: Source = option(Source("ramp"), "Maps", "Maps to start from", _INPUT, Numbers("input", IMAGES))
    input_size: tuple[int, ...] = option((3, 3), "Size", "Rows and columns of a map", _INPUT, Wholes(1, _LARGEST_SIDE))
    channels: int = option(2, "Channels", "Number of maps", _INPUT, Whole(1, MOST_MAPS))
    seed: int = option(0, "Seed", "Draws the random patterns", _INPUT, Whole(0, 9999), when=draws)

    def trace(self) -> CellwiseTrace[Any]:
        """Return the steps."""
        forward = self.forward()
        return forward if self.direction == "forward" else flatten_gradient(forward, array_of(self, "gradient"))

    def forward(self) -> CellwiseTrace[Flatten]:
        """Return the steps of the forward pass."""
        return flatten(array_of(self, "input"))

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the maps, or of the vector's gradient (a row)."""
        maps = (self.channels, *self.input_size)
        return maps if operand == "input" else (1, prod(maps))

    def resized(self, operand: str, shape: tuple[int, ...]) -> "FlattenSettings":
        """Return settings with maps of that shape; InputError for what follows from it."""
        return resized_maps(self, operand, shape, _LARGEST_SIDE)


FLATTEN = Operation(
    "flatten",
    "Flatten",
    "Dense",
    "maps become a vector, in reading order",
    FlattenSettings(),
    grains=(
        GrainWords("multiply", "Value", "Show every value before and after it is copied"),
        GrainWords("cell", "Cell", "Show one value per step"),
        GrainWords("layer", "Layer", "Show the whole operation in one step"),
    ),
    presets=(
        Preset("Two maps", FlattenSettings()),
        Preset("Backwards", FlattenSettings(direction="input-gradient")),
        Preset("One map", FlattenSettings(channels=1, input_size=(4, 4))),
    ),
    gradients={"input": "input-gradient"},
    code=flatten_code,
)
