"""The options of the equivariance bench."""

from dataclasses import dataclass, replace

from cnnsim.drawing import Cell, Role
from cnnsim.operations import common, image_moves
from cnnsim.operations.equivariance_code import equivariance_code
from cnnsim.operations.image_moves import LARGEST_SIDE
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Group, Name, OneOf, Whole, option
from cnnsim.operations.settings import array_of
from cnnsim.operations.source import Source
from cnnsim.trace import CellwiseTrace, Equivariance, equivariance

_MOVEMENT = Group("g: movement", Role.INPUT)
_INPUT = Group("x: image", Role.INPUT)
_LAYER = Group("f: layer", Role.KERNEL)

_MOVEMENTS = OneOf(
    (
        Name("shift", "Shift", "The image moves down and to the right"),
        Name("rotation", "Rotate", "The image turns by 90°"),
        Name("scaling", "Scale", "The image grows to twice its size"),
    ),
    in_view=True,
)
_POOLINGS = OneOf(
    (
        Name("none", "None", "The layer is the convolution alone"),
        Name("max", "Max 2×2", "The largest of each four values"),
        Name("average", "Average 2×2", "The mean of each four values"),
    )
)


def _shifts(settings: "EquivarianceSettings") -> bool:
    return settings.movement == "shift"


@dataclass(frozen=True, slots=True)
class EquivarianceSettings:
    """Starts with an image that moves by one column: only cells that see an edge tell it.

    Examples
    --------
    >>> int(EquivarianceSettings().trace().rule.differs.sum())
    11
    >>> around = EquivarianceSettings(entering="circular", padding_mode="circular")
    >>> int(around.trace().rule.differs.sum())
    0
    """

    movement: str = option("shift", "Movement", "What is done to the image", _MOVEMENT, _MOVEMENTS)
    shift: tuple[int, ...] = image_moves.shift(_MOVEMENT, when=_shifts)
    entering: str = image_moves.entering(_MOVEMENT, when=_shifts)
    input: Source = common.image("lecture", group=_INPUT)
    input_size: tuple[int, ...] = common.size(8, "the image", _INPUT, LARGEST_SIDE)
    seed: int = common.seed(_INPUT)
    kernel: Source = common.kernel("emboss", group=_LAYER)
    kernel_size: tuple[int, ...] = common.kernel_size(_LAYER, LARGEST_SIDE)
    stride: int = common.stride(group=_LAYER)
    padding: int = option(1, "Padding", "Cells of padding around the image", _LAYER, Whole(0, 8))
    padding_mode: str = common.padding_mode(_LAYER)
    pooled: str = option("none", "Pooling", "What follows the convolution", _LAYER, _POOLINGS, flag="pooling")

    def trace(self) -> CellwiseTrace[Equivariance]:
        """Return the steps; InputError if no window fits."""
        down, right = self.shift
        return equivariance(
            array_of(self, "input"),
            array_of(self, "kernel"),
            self.movement,
            (down, right),
            entering=self.entering,
            stride=self.stride,
            padding=self.padding,
            padding_mode=self.padding_mode,
            pooled=self.pooled,
        )

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the image or the kernel."""
        return (1, *self.input_size) if operand == "input" else (1, 1, *self.kernel_size)

    def resized(self, operand: str, shape: tuple[int, ...]) -> "EquivarianceSettings":
        """Return settings with an image or a kernel of that shape."""
        return image_moves.resized(self, operand, shape)


def _dragged(settings: EquivarianceSettings, start: Cell, end: Cell) -> EquivarianceSettings:
    return image_moves.dragged(settings, start, end) if _shifts(settings) else settings


_CIRCLE = EquivarianceSettings(entering="circular", padding_mode="circular")

EQUIVARIANCE = Operation(
    "equivariance",
    "Equivariance",
    "Why convolution",
    "moving and convolving an image in either order, and where the results differ",
    EquivarianceSettings(),
    grains=(
        GrainWords("layer", "All", "Show the whole difference at once"),
        GrainWords("row", "Row", "Show one row of the difference per step"),
        GrainWords("cell", "Cell", "Show one cell of the difference per step"),
        GrainWords("multiply", "Term", "Show both terms of every difference"),
    ),
    presets=(
        Preset("Zeros at the edges", EquivarianceSettings()),
        Preset("On a circle: equal", _CIRCLE),
        Preset("Stride 2, shift 1", replace(_CIRCLE, stride=2)),
        Preset("Stride 2, shift 2: equal", replace(_CIRCLE, stride=2, shift=(0, 2))),
        Preset("Max-pooling, shift 1", replace(_CIRCLE, pooled="max")),
        Preset("Rotation", EquivarianceSettings(movement="rotation")),
        Preset("Rotation, symmetric kernel: equal", EquivarianceSettings("rotation", kernel=Source("lecture"))),
        Preset("Scale", EquivarianceSettings(movement="scaling")),
    ),
    dragged=_dragged,
    code=equivariance_code,
)
