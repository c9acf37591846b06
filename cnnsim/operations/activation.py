"""The options of the detector stage, forward and backward."""

from dataclasses import dataclass
from typing import Any

from cnnsim.drawing import Role
from cnnsim.operations import common
from cnnsim.operations.activation_code import activation_code
from cnnsim.operations.operation import Operation, Preset, grains
from cnnsim.operations.options import Group, Name, Number, OneOf, option
from cnnsim.operations.settings import array_of
from cnnsim.operations.source import Source
from cnnsim.trace import Activation, CellwiseTrace, activation, activation_gradient

_FUNCTION = Group("Function", Role.OUTPUT)

_PASSES = (
    Name("forward", "Forward", "What becomes of every value"),
    Name("input-gradient", "∂J/∂x, input gradient", "The gradient times the slope of the curve; for ReLU a mask"),
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

    direction: str = common.direction(*_PASSES)
    gradient: Source = common.gradient("ramp")
    function: str = option("relu", "Function", "What every value becomes", _FUNCTION, _FUNCTIONS)
    slope: float = option(
        0.1,
        "Slope",
        "Slope of the leaky ReLU below 0",
        _FUNCTION,
        Number(-2, 2),
        when=lambda settings: settings.function == "leaky_relu",
    )
    input: Source = common.maps("signed")
    input_size: tuple[int, ...] = common.size(4)
    channels: int = common.channels()
    seed: int = common.seed()

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
        return common.resized_maps(self, operand, shape)


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
