"""The options of the equivariance bench."""

from dataclasses import dataclass, replace

from cnnsim.drawing import Cell, Role
from cnnsim.errors import InputError
from cnnsim.operations.equivariance_code import equivariance_code
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Group, Name, Numbers, OneOf, Whole, Wholes, option
from cnnsim.operations.patterns import IMAGES, KERNELS
from cnnsim.operations.settings import array_of, refuse_shape
from cnnsim.operations.source import Source
from cnnsim.trace import CellwiseTrace, Equivariance, equivariance

_LARGEST_SIDE = 32
_FARTHEST = 31
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
_ENTERINGS = OneOf(
    (
        Name("zeros", "Zeros", "Zeros come in where nothing is left"),
        Name("circular", "The other side", "What goes out on one side comes in on the other"),
    )
)
_BORDERS = OneOf(
    (
        Name("zeros", "Zeros", "The padding is zero"),
        Name("replicate", "Replicate", "The padding repeats the border"),
        Name("reflect", "Reflect", "The padding mirrors the image at its border"),
        Name("circular", "Circular", "The padding continues with the other end"),
    )
)
_POOLINGS = OneOf(
    (
        Name("none", "None", "The layer is the convolution alone"),
        Name("max", "Max 2×2", "The largest of each four values"),
        Name("average", "Average 2×2", "The mean of each four values"),
    )
)


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
    shift: tuple[int, ...] = option(
        (0, 1),
        "Shift",
        "Rows down and columns to the right; or drag the image",
        _MOVEMENT,
        Wholes(-_FARTHEST, _FARTHEST, ("Down", "Right")),
        when=lambda settings: settings.movement == "shift",
    )
    entering: str = option(
        "zeros",
        "Enters",
        "What a shift lets in",
        _MOVEMENT,
        _ENTERINGS,
        when=lambda settings: settings.movement == "shift",
    )
    input: Source = option(Source("lecture"), "Image", "Image to start from", _INPUT, Numbers("input", IMAGES))
    input_size: tuple[int, ...] = option(
        (8, 8), "Size", "Rows and columns of the image", _INPUT, Wholes(1, _LARGEST_SIDE)
    )
    seed: int = option(0, "Seed", "Draws the random patterns", _INPUT, Whole(0, 9999))
    kernel: Source = option(Source("emboss"), "Kernel", "Kernel to start from", _LAYER, Numbers("kernel", KERNELS))
    kernel_size: tuple[int, ...] = option(
        (3, 3), "Size", "Rows and columns of the kernel", _LAYER, Wholes(1, _LARGEST_SIDE)
    )
    stride: int = option(1, "Stride", "Cells from one window to the next", _LAYER, Whole(1, 8))
    padding: int = option(1, "Padding", "Cells of padding around the image", _LAYER, Whole(0, 8))
    padding_mode: str = option("zeros", "Border", "What the padding shows", _LAYER, _BORDERS)
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
        if max(shape[:-2]) > 1:
            raise refuse_shape(self, operand, shape)
        if max(shape) > _LARGEST_SIDE:
            size = f"{shape[-2]} × {shape[-1]}"
            raise InputError(operand, size, "is too large to show", f"use at most {_LARGEST_SIDE} rows and columns")
        if operand == "input":
            return replace(self, input_size=shape[-2:])
        return replace(self, kernel_size=shape[-2:])


def dragged(settings: EquivarianceSettings, start: Cell, end: Cell) -> EquivarianceSettings:
    """Shift the image as far as the pointer went over it.

    Examples
    --------
    >>> dragged(EquivarianceSettings(), Cell("input", 2, 2), Cell("input", 4, 1)).shift
    (2, 0)
    """
    if start.matrix != end.matrix or start.matrix not in ("input", "g(x)") or settings.movement != "shift":
        return settings
    farther = (settings.shift[0] + end.row - start.row, settings.shift[1] + end.col - start.col)
    down, right = (min(max(by, -_FARTHEST), _FARTHEST) for by in farther)
    return replace(settings, shift=(down, right))


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
    dragged=dragged,
    code=equivariance_code,
)
