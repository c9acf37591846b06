"""The options of a softmax, forward and backward."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnnsim.drawing import Role
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Group, Name, Numbers, OneOf, Whole, option
from cnnsim.operations.patterns import ONES, OWN_NUMBERS, RAMP, SIGNED, ZEROS
from cnnsim.operations.settings import array_of, draws, refuse_shape
from cnnsim.operations.softmax_code import softmax_code
from cnnsim.operations.source import Array, Pattern, Source
from cnnsim.trace import Softmax, StagedTrace, softmax, softmax_gradient

MOST_CLASSES = 16
"""So many numbers can be read one above the other."""

_PASS = Group("Pass", Role.GRADIENT)
_LOGITS = Group("Logits", Role.INPUT)

_PASSES = OneOf(
    (
        Name("forward", "Forward", "Probabilities from logits"),
        Name("input-gradient", "∂J/∂z, backward", "The Jacobian of the probabilities times the gradient"),
    ),
    in_view=True,
)


def _lecture(shape: tuple[int, ...], _seed: int) -> Array:
    return np.resize([0.1, 0.2, 0.7], shape)


def _first(shape: tuple[int, ...], _seed: int) -> Array:
    return np.eye(shape[0], 1)


LOGITS = (Pattern("lecture", "Lecture example", _lecture), RAMP, SIGNED, ZEROS, OWN_NUMBERS)
"""What logits can start as."""

STAGE_GRAINS = (
    GrainWords("multiply", "Number", "Show every number that is looked at, multiplied or added"),
    GrainWords("cell", "Cell", "Show one result per step"),
    GrainWords("layer", "Stage", "Show one stage per step"),
)
"""Grains of operations of several stages."""


@dataclass(frozen=True, slots=True)
class SoftmaxSettings:
    """Starts with the lecture's three logits.

    Examples
    --------
    >>> SoftmaxSettings().trace().output.ravel().round(4).tolist()
    [0.2546, 0.2814, 0.464]
    """

    direction: str = option("forward", "Pass", "What is computed", _PASS, _PASSES, flag="pass")
    gradient: Source = option(
        Source("first"),
        "G",
        "Gradient of the loss by the probabilities",
        _PASS,
        Numbers("gradient", (Pattern("first", "First class", _first), ONES, RAMP, SIGNED, OWN_NUMBERS)),
        when=lambda settings: settings.direction != "forward",
    )
    logits: Source = option(Source("lecture"), "Logits", "Numbers to start from", _LOGITS, Numbers("logits", LOGITS))
    classes: int = option(3, "Classes", "How many logits there are", _LOGITS, Whole(1, MOST_CLASSES))
    seed: int = option(0, "Seed", "Draws the random patterns", _LOGITS, Whole(0, 9999), when=draws)

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
    grains=STAGE_GRAINS,
    presets=(
        Preset("Lecture example", SoftmaxSettings()),
        Preset("Backwards: the Jacobian", SoftmaxSettings(direction="input-gradient")),
        Preset("Ten classes", SoftmaxSettings(classes=10, logits=Source("signed"))),
        Preset("Equal logits", SoftmaxSettings(logits=Source("zeros"))),
    ),
    code=softmax_code,
    gradients={"logits": "input-gradient"},
)
