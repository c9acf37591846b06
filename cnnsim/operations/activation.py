"""The options of the detector stage, forward and backward."""

from dataclasses import dataclass
from typing import Any

from cnnsim.drawing import Role
from cnnsim.operations.activation_code import activation_code
from cnnsim.operations.maps import MOST_MAPS, resized_maps
from cnnsim.operations.operation import Operation, Preset, grains
from cnnsim.operations.options import Group, Name, Number, Numbers, OneOf, Whole, Wholes, option
from cnnsim.operations.patterns import GRADIENTS, IMAGES
from cnnsim.operations.settings import LARGEST_SIDE, array_of, draws
from cnnsim.operations.source import Source
from cnnsim.trace import Activation, CellwiseTrace, activation, activation_gradient

_PASS = Group("Pass", Role.GRADIENT)
_FUNCTION = Group("Function", Role.OUTPUT)
_INPUT = Group("Input", Role.INPUT)

_PASSES = OneOf(
    (
        Name("forward", "Forward", "What becomes of every value"),
        Name("input-gradient", "∂J/∂x, backward", "The gradient times the slope of the curve; for ReLU a mask"),
    ),
    in_view=True,
)
_FUNCTIONS = OneOf(
    (
        Name("relu", "ReLU", "max(0, x): what is negative is cut off"),
        Name("leaky_relu", "Leaky ReLU", "A little of what is negative passes"),
        Name("sigmoid", "Sigmoid", "1 / (1 + e^−x): between 0 and 1"),
        Name("tanh", "tanh", "Between −1 and 1"),
        Name("scaled_tanh", "Scaled tanh", "1.7159 · tanh(2x/3), the function of LeNet-5"),
    )
)


@dataclass(frozen=True, slots=True)
class ActivationSettings:
    """Starts as ReLU on a map with negative values.

    Examples
    --------
    >>> ActivationSettings(input=Source.of([[[-2, 3]]]), input_size=(1, 2)).trace().output.tolist()
    [[[0.0, 3.0]]]
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
    function: str = option("relu", "Function", "What every value becomes", _FUNCTION, _FUNCTIONS)
    slope: float = option(
        0.1,
        "Slope",
        "Slope of the leaky ReLU below 0",
        _FUNCTION,
        Number(-2, 2),
        when=lambda settings: settings.function == "leaky_relu",
    )
    input: Source = option(
        Source("signed"), "Maps", "Maps to start from", _INPUT, Numbers("input", IMAGES, picture=True)
    )
    input_size: tuple[int, ...] = option((4, 4), "Size", "Rows and columns of a map", _INPUT, Wholes(1, LARGEST_SIDE))
    channels: int = option(1, "Channels", "Number of maps", _INPUT, Whole(1, MOST_MAPS))
    seed: int = option(0, "Seed", "Draws the random patterns", _INPUT, Whole(0, 9999), when=draws)

    def trace(self) -> CellwiseTrace[Any]:
        """Return the steps."""
        forward = self.forward()
        return forward if self.direction == "forward" else activation_gradient(forward, array_of(self, "gradient"))

    def forward(self) -> CellwiseTrace[Activation]:
        """Return the steps of the forward pass."""
        return activation(array_of(self, "input"), self.function, self.slope)

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the input, which is that of G too."""
        return (self.channels, *self.input_size)

    def resized(self, operand: str, shape: tuple[int, ...]) -> "ActivationSettings":
        """Return settings with an input of that shape; InputError for what follows from it."""
        return resized_maps(self, operand, shape)


_BACK = ActivationSettings(direction="input-gradient")

ACTIVATION = Operation(
    "activation",
    "Detector",
    "Detector",
    "every value on its own becomes another: ReLU, sigmoid, tanh",
    ActivationSettings(),
    grains=grains("Value", "Show every value before and after"),
    presets=(
        Preset("ReLU", ActivationSettings()),
        Preset("ReLU backwards: a mask", _BACK),
        Preset("Sigmoid", ActivationSettings(function="sigmoid")),
        Preset("tanh on three maps", ActivationSettings(function="tanh", channels=3)),
        Preset("Sigmoid backwards: flat ends", ActivationSettings(direction="input-gradient", function="sigmoid")),
    ),
    gradients={"input": "input-gradient"},
    code=activation_code,
)
