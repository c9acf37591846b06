"""The options of a dense layer, forward and backward."""

from dataclasses import dataclass, replace
from typing import Any

from cnnsim.drawing import Role
from cnnsim.operations import common
from cnnsim.operations.dense_code import dense_code
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Group, Name, Numbers, Whole, option
from cnnsim.operations.patterns import CONSTANTS
from cnnsim.operations.settings import LARGEST_SIDE, array_of, refuse_shape
from cnnsim.operations.source import Source
from cnnsim.trace import (
    CellwiseTrace,
    Dense,
    dense,
    dense_bias_gradient,
    dense_input_gradient,
    dense_weight_gradient,
)

_WEIGHTS = Group("Weights", Role.KERNEL)

_PASSES = (
    Name("forward", "Forward", "The outputs, from input and weights"),
    Name("weight-gradient", "∂J/∂w, weight gradient", "Backward to the weights: G times the input, an outer product"),
    Name("bias-gradient", "∂J/∂b, bias gradient", "Backward to the biases: G itself"),
    Name("input-gradient", "∂J/∂x, input gradient", "Backward to the input: the transposed weights times G"),
)


@dataclass(frozen=True, slots=True)
class DenseSettings:
    """Starts with six inputs and four outputs.

    Examples
    --------
    >>> settings = DenseSettings(inputs=2, outputs=2, kernel=Source.of([[3, 4], [5, 6]]))
    >>> settings.trace().output.ravel().tolist()
    [11.0, 17.0]
    """

    direction: str = common.direction(*_PASSES)
    gradient: Source = common.gradient("ramp", of="outputs")
    input: Source = option(Source("ramp"), "Values", "Input to start from", common.INPUT, Numbers("input", CONSTANTS))
    inputs: int = option(6, "Inputs", "Number of input values", common.INPUT, Whole(1, LARGEST_SIDE))
    seed: int = common.seed()
    kernel: Source = option(
        Source("signed"), "Weights", "Weights to start from", _WEIGHTS, Numbers("kernel", CONSTANTS), flag="weights"
    )
    outputs: int = option(4, "Outputs", "Number of outputs: rows of weights", _WEIGHTS, Whole(1, LARGEST_SIDE))
    bias: Source = option(Source("zeros"), "Bias", "Numbers added to the sums", _WEIGHTS, Numbers("bias", CONSTANTS))

    def trace(self) -> CellwiseTrace[Any]:
        """Return the steps."""
        forward = self.forward()
        match self.direction:
            case "weight-gradient":
                return dense_weight_gradient(forward, array_of(self, "gradient"))
            case "bias-gradient":
                return dense_bias_gradient(forward, array_of(self, "gradient"))
            case "input-gradient":
                return dense_input_gradient(forward, array_of(self, "gradient"))
            case _:
                return forward

    def forward(self) -> CellwiseTrace[Dense]:
        """Return the steps of the forward pass."""
        return dense(array_of(self, "input"), array_of(self, "kernel"), array_of(self, "bias"))

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the input (a row), the weights, or the biases and G (columns)."""
        match operand:
            case "input":
                return 1, self.inputs
            case "kernel":
                return self.outputs, self.inputs
            case _:
                return self.outputs, 1

    def resized(self, operand: str, shape: tuple[int, ...]) -> "DenseSettings":
        """Return settings with an input, weights or a column of that shape; the others follow."""
        match operand:
            case "input" if shape[0] == 1:
                return replace(self, inputs=shape[1])
            case "kernel":
                return replace(self, outputs=shape[0], inputs=shape[1])
            case "bias" | "gradient" if shape[1] == 1:
                return replace(self, outputs=shape[0])
        raise refuse_shape(self, operand, shape)


DENSE = Operation(
    "dense",
    "Dense layer",
    "Dense",
    "every output sees every input, each through a weight of its own",
    DenseSettings(),
    grains=(
        GrainWords("multiply", "Multiply", "Show every multiply, the sum and the bias"),
        GrainWords("cell", "Cell", "Show one result per step"),
        GrainWords("layer", "Layer", "Show the whole layer in one step"),
    ),
    presets=(
        Preset("Six to four", DenseSettings()),
        Preset("Weight gradient: an outer product", DenseSettings(direction="weight-gradient")),
        Preset("Gradient: weights transposed", DenseSettings(direction="input-gradient")),
        Preset("A single neuron", DenseSettings(inputs=9, outputs=1)),
    ),
    gradients={"kernel": "weight-gradient", "bias": "bias-gradient", "input": "input-gradient"},
    code=dense_code,
)
