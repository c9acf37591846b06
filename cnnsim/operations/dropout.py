"""The options of dropout, forward and backward."""

from dataclasses import dataclass
from typing import Any

from cnnsim.drawing import Role
from cnnsim.operations.dropout_code import dropout_code
from cnnsim.operations.maps import MOST_MAPS, resized_maps
from cnnsim.operations.operation import Operation, Preset, grains
from cnnsim.operations.options import Group, Name, Number, Numbers, OneOf, Switch, Whole, Wholes, option
from cnnsim.operations.patterns import GRADIENTS, IMAGES
from cnnsim.operations.settings import LARGEST_SIDE, array_of
from cnnsim.operations.source import Source
from cnnsim.trace import CellwiseTrace, Dropout, dropout, dropout_gradient

_PASS = Group("Pass", Role.GRADIENT)
_MASK = Group("Mask", Role.OUTPUT)
_INPUT = Group("Input", Role.INPUT)

_PASSES = OneOf(
    (
        Name("forward", "Forward", "What is left of the maps"),
        Name("input-gradient", "∂J/∂x, backward", "Backward: the gradient meets the same mask"),
    ),
    in_view=True,
)


@dataclass(frozen=True, slots=True)
class DropoutSettings:
    """Starts with half of a 4×4 map dropped.

    Examples
    --------
    >>> DropoutSettings(input_size=(1, 6), seed=1).trace().output.tolist()
    [[[2.0, 4.0, 0.0, 8.0, 0.0, 0.0]]]
    """

    direction: str = option("forward", "Pass", "What is computed", _PASS, _PASSES, flag="pass")
    gradient: Source = option(
        Source("ramp"),
        "G",
        "Gradient of the loss by the output",
        _PASS,
        Numbers("gradient", GRADIENTS),
        when=lambda settings: settings.direction != "forward",
    )
    training: bool = option(True, "Training", "Off, when the network is used, nothing is dropped", _MASK, Switch())
    p: float = option(
        0.5,
        "p",
        "Probability of a cell to be dropped, from 0 to 1",
        _MASK,
        Number(0, 1),
        when=lambda settings: settings.training,
    )
    draw: int = option(
        0,
        "Training step",
        "Every training step draws a mask of its own",
        _MASK,
        Whole(0, 9999),
        when=lambda settings: settings.training,
    )
    seed: int = option(0, "Seed", "Draws the masks, and the random patterns", _MASK, Whole(0, 9999))
    input: Source = option(Source("ramp"), "Maps", "Maps to start from", _INPUT, Numbers("input", IMAGES, picture=True))
    input_size: tuple[int, ...] = option((4, 4), "Size", "Rows and columns of a map", _INPUT, Wholes(1, LARGEST_SIDE))
    channels: int = option(1, "Channels", "Number of maps", _INPUT, Whole(1, MOST_MAPS))

    def trace(self) -> CellwiseTrace[Any]:
        """Return the steps."""
        forward = self.forward()
        return forward if self.direction == "forward" else dropout_gradient(forward, array_of(self, "gradient"))

    def forward(self) -> CellwiseTrace[Dropout]:
        """Return the steps of the forward pass."""
        return dropout(array_of(self, "input"), self.p, self.training, seed=self.seed, draw=self.draw)

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the input, which is that of G too."""
        return (self.channels, *self.input_size)

    def resized(self, operand: str, shape: tuple[int, ...]) -> "DropoutSettings":
        """Return settings with an input of that shape; InputError for what follows from it."""
        return resized_maps(self, operand, shape)


DROPOUT = Operation(
    "dropout",
    "Dropout",
    "Dense",
    "every training step forgets values at random",
    DropoutSettings(),
    grains=grains("Value", "Show every product with the mask, and the scale"),
    presets=(
        Preset("Half of the values", DropoutSettings()),
        Preset("Backwards: the same mask", DropoutSettings(direction="input-gradient")),
        Preset("The next training step", DropoutSettings(draw=1)),
        Preset("In use", DropoutSettings(training=False)),
    ),
    gradients={"input": "input-gradient"},
    code=dropout_code,
)
