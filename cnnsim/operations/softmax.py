"""The options of a softmax, forward and backward."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnnsim.drawing import Role
from cnnsim.operations import common
from cnnsim.operations.operation import Operation, Preset
from cnnsim.operations.options import Group, Name, Numbers, Whole, option
from cnnsim.operations.patterns import ONES, OWN_NUMBERS, RAMP, SIGNED, ZEROS
from cnnsim.operations.settings import array_of, refuse_shape
from cnnsim.operations.softmax_code import softmax_code
from cnnsim.operations.source import Array, Pattern, Source
from cnnsim.trace import Softmax, StagedTrace, softmax, softmax_gradient

MOST_CLASSES = 16
"""So many numbers can be read one above the other."""

_LOGITS = Group("Logits", Role.INPUT)

_PASSES = (
    Name("forward", "Forward", "Probabilities from logits"),
    Name("input-gradient", "∂J/∂z, input gradient", "The Jacobian of the probabilities times the gradient"),
)


def _lecture(shape: tuple[int, ...], _seed: int) -> Array:
    return np.resize([0.1, 0.2, 0.7], shape)


def _first(shape: tuple[int, ...], _seed: int) -> Array:
    return np.eye(shape[0], 1)


LOGITS = (Pattern("lecture", "Lecture example", _lecture), RAMP, SIGNED, ZEROS, OWN_NUMBERS)
"""What logits can start as."""

_GRADIENTS = (Pattern("first", "First class", _first), ONES, RAMP, SIGNED, OWN_NUMBERS)


@dataclass(frozen=True, slots=True)
class SoftmaxSettings:
    """Starts with the lecture's three logits.

    Examples
    --------
    >>> SoftmaxSettings().trace().output.ravel().round(4).tolist()
    [0.2546, 0.2814, 0.464]
    """

    direction: str = common.direction(*_PASSES)
    gradient: Source = common.gradient("first", "probabilities", _GRADIENTS)
    logits: Source = option(Source("lecture"), "Logits", "Numbers to start from", _LOGITS, Numbers("logits", LOGITS))
    classes: int = option(3, "Classes", "How many logits there are", _LOGITS, Whole(1, MOST_CLASSES))
    seed: int = common.seed(_LOGITS)

    def trace(self) -> StagedTrace[Any]:
        """Return the steps."""
        forward = self.forward()
        return forward if self.direction == "forward" else softmax_gradient(forward, array_of(self, "gradient"))

    def forward(self) -> StagedTrace[Softmax]:
        """Return the steps of the forward pass."""
        return softmax(array_of(self, "logits"))

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the logits and of G: a column."""
        return self.classes, 1

    def resized(self, operand: str, shape: tuple[int, ...]) -> "SoftmaxSettings":
        """Return settings with so many classes; InputError for what is no column."""
        if shape[1] != 1 or shape[0] > MOST_CLASSES:
            raise refuse_shape(self, operand, shape)
        return replace(self, classes=shape[0])


SOFTMAX = Operation(
    "softmax",
    "Softmax",
    "Output",
    "numbers become probabilities",
    SoftmaxSettings(),
    grains=common.STAGE_GRAINS,
    presets=(
        Preset("Lecture example", SoftmaxSettings()),
        Preset("Backwards: the Jacobian", SoftmaxSettings(direction="input-gradient")),
        Preset("Ten classes", SoftmaxSettings(classes=10, logits=Source("signed"))),
        Preset("Equal logits", SoftmaxSettings(logits=Source("zeros"))),
    ),
    code=softmax_code,
    gradients={"logits": "input-gradient"},
)
