"""The options of a cross-entropy, forward and backward."""

from dataclasses import dataclass, replace
from typing import Any

from cnnsim.drawing import Cell, Role
from cnnsim.operations import common
from cnnsim.operations.operation import Operation, Preset
from cnnsim.operations.options import Group, Name, Numbers, Whole, option
from cnnsim.operations.settings import array_of, refuse_shape
from cnnsim.operations.softmax import LOGITS, MOST_CLASSES
from cnnsim.operations.softmax_code import cross_entropy_code
from cnnsim.operations.source import Source
from cnnsim.trace import CrossEntropy, StagedTrace, cross_entropy, cross_entropy_gradient

_LOGITS = Group("Logits", Role.INPUT)
_TARGET = Group("Target", Role.KERNEL)

_PASSES = (
    Name("forward", "Forward", "The loss, from logits and target"),
    Name("input-gradient", "∂J/∂z, input gradient", "Probabilities less the target: p − y"),
)


@dataclass(frozen=True, slots=True)
class CrossEntropySettings:
    """Starts with the lecture's three logits, of which the last is right.

    Examples
    --------
    >>> CrossEntropySettings().trace().output.round(4).tolist()
    [[0.7679]]
    >>> CrossEntropySettings(direction="input-gradient").trace().output.ravel().round(4).tolist()
    [0.2546, 0.2814, -0.536]
    """

    direction: str = common.direction(*_PASSES)
    logits: Source = option(Source("lecture"), "Logits", "Numbers to start from", _LOGITS, Numbers("logits", LOGITS))
    classes: int = option(3, "Classes", "How many logits there are", _LOGITS, Whole(1, MOST_CLASSES))
    seed: int = common.seed(_LOGITS)
    target: int = option(
        2,
        "Right class",
        "Counted from 0; a click on a cell of the target chooses it, too",
        _TARGET,
        Whole(0, MOST_CLASSES - 1),
    )

    def trace(self) -> StagedTrace[Any]:
        """Return the steps; InputError if the right class is none of the classes."""
        forward = self.forward()
        return forward if self.direction == "forward" else cross_entropy_gradient(forward)

    def forward(self) -> StagedTrace[CrossEntropy]:
        """Return the steps of the forward pass."""
        return cross_entropy(array_of(self, "logits"), self.target)

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the logits: a column."""
        return self.classes, 1

    def resized(self, operand: str, shape: tuple[int, ...]) -> "CrossEntropySettings":
        """Return settings with so many classes; InputError for what is no column."""
        if shape[1] != 1 or shape[0] > MOST_CLASSES:
            raise refuse_shape(self, operand, shape)
        return replace(self, classes=shape[0], target=min(self.target, shape[0] - 1))


def _clicked(settings: CrossEntropySettings, cell: Cell) -> CrossEntropySettings | None:
    """Let the class of a clicked cell of the target be the right one."""
    return replace(settings, target=cell.row) if cell.matrix == "target" else None


CROSS_ENTROPY = Operation(
    "cross-entropy",
    "Cross-entropy",
    "Output",
    "how surprised the probabilities are by the right class",
    CrossEntropySettings(),
    grains=common.STAGE_GRAINS,
    presets=(
        Preset("Lecture example", CrossEntropySettings()),
        Preset("Backwards: p − y", CrossEntropySettings(direction="input-gradient")),
        Preset("Wrong and sure of it", CrossEntropySettings(logits=Source.of([[8], [0], [0]]))),
        Preset("Ten classes", CrossEntropySettings(classes=10, logits=Source("signed"))),
    ),
    clicked=_clicked,
    code=cross_entropy_code,
    gradients={"logits": "input-gradient"},
)
