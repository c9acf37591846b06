"""The options of flattening, forward and backward."""

from dataclasses import dataclass
from math import prod
from typing import Any

from cnnsim.operations import common
from cnnsim.operations.flatten_code import flatten_code
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Name
from cnnsim.operations.settings import array_of
from cnnsim.operations.source import Source
from cnnsim.trace import CellwiseTrace, Flatten, flatten, flatten_gradient

_PASSES = (
    Name("forward", "Forward", "The maps become a vector"),
    Name("input-gradient", "∂J/∂x, input gradient", "Backward: the gradient of the vector becomes maps"),
)


@dataclass(frozen=True, slots=True)
class FlattenSettings:
    """Starts with two maps of 3×3.

    Examples
    --------
    >>> FlattenSettings(channels=1, input_size=(2, 2)).trace().output.tolist()
    [[1.0, 2.0, 3.0, 4.0]]
    """

    direction: str = common.direction(*_PASSES)
    gradient: Source = common.gradient("ramp", of="vector")
    input: Source = common.maps("ramp")
    input_size: tuple[int, ...] = common.size(3)
    channels: int = common.channels(2)
    seed: int = common.seed()

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
        return common.resized_maps(self, operand, shape)


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
        Preset("A larger map", FlattenSettings(channels=1, input_size=(12, 12))),
    ),
    gradients={"input": "input-gradient"},
    code=flatten_code,
)
