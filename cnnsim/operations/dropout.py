"""The options of dropout, forward and backward."""

from dataclasses import dataclass
from typing import Any

from cnnsim.drawing import Role
from cnnsim.operations import common
from cnnsim.operations.dropout_code import dropout_code
from cnnsim.operations.operation import Operation, Preset, grains
from cnnsim.operations.options import Group, Name, Number, Switch, Whole, option
from cnnsim.operations.settings import array_of, draws
from cnnsim.operations.source import Source
from cnnsim.trace import CellwiseTrace, Dropout, dropout, dropout_gradient

_MASK = Group("Mask", Role.OUTPUT)

_PASSES = (
    Name("forward", "Forward", "What is left of the maps"),
    Name("input-gradient", "∂J/∂x, input gradient", "Backward: the gradient meets the same mask"),
)


@dataclass(frozen=True, slots=True)
class DropoutSettings:
    """Starts with half of a 4×4 map dropped.

    Examples
    --------
    >>> DropoutSettings(input_size=(1, 6), seed=1).trace().output.tolist()
    [[[2.0, 4.0, 0.0, 8.0, 0.0, 0.0]]]
    """

    direction: str = common.direction(*_PASSES)
    gradient: Source = common.gradient("ramp")
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
    seed: int = common.seed(
        _MASK, "the masks, and the random patterns", when=lambda settings: settings.training or draws(settings)
    )
    input: Source = common.maps("ramp")
    input_size: tuple[int, ...] = common.size(4)
    channels: int = common.channels()

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
        return common.resized_maps(self, operand, shape)


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
