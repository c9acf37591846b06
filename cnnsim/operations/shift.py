"""The options of the page about a small shift: how much of an image changes, and how much of what is pooled."""

from dataclasses import dataclass

from cnnsim.drawing import Role
from cnnsim.operations import common, image_moves
from cnnsim.operations.image_moves import LARGEST_SIDE
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Group, Name, OneOf, Switch, Wholes, option
from cnnsim.operations.settings import array_of
from cnnsim.operations.shift_code import shift_code
from cnnsim.operations.source import Source
from cnnsim.trace import CellwiseTrace, ShiftEffect, shift_effect

_SHIFT = Group("g: shift", Role.INPUT)
_INPUT = Group("x: image", Role.INPUT)
_LAYER = Group("Convolution", Role.KERNEL)
_POOLING = Group("p: pooling", Role.OUTPUT)

_MODES = OneOf(
    (
        Name("max", "Max", "The largest value of the window"),
        Name("average", "Average", "The mean of the window: it changes, but less"),
        Name("l2", "L2", "The root of the sum of squares of the window"),
    )
)


@dataclass(frozen=True, slots=True)
class ShiftSettings:
    """Starts with an image of digits that moves by one column.

    Examples
    --------
    >>> rule = ShiftSettings().trace().rule
    >>> int(rule.changed_inputs.sum()), int(rule.changed.sum())
    (57, 2)
    """

    shift: tuple[int, ...] = image_moves.shift(_SHIFT)
    entering: str = image_moves.entering(_SHIFT)
    input: Source = common.image("random", group=_INPUT)
    input_size: tuple[int, ...] = common.size(8, "the image", _INPUT, LARGEST_SIDE)
    seed: int = common.seed(_INPUT)
    convolve: bool = option(False, "Convolve", "A convolution comes before the pooling", _LAYER, Switch())
    kernel: Source = common.kernel("edge-4", group=_LAYER, when=lambda settings: settings.convolve)
    kernel_size: tuple[int, ...] = common.kernel_size(_LAYER, LARGEST_SIDE, when=lambda settings: settings.convolve)
    mode: str = option("max", "Mode", "What a window gives", _POOLING, _MODES)
    window: tuple[int, ...] = option(
        (3, 3), "Window", "Rows and columns of the window", _POOLING, Wholes(1, LARGEST_SIDE)
    )
    stride: tuple[int, ...] = option(
        (2, 2), "Stride", "Cells from one window to the next, down and across", _POOLING, Wholes(1, LARGEST_SIDE)
    )
    padding: tuple[int, ...] = option(
        (0, 0), "Padding", "Cells around the map; at most half the window", _POOLING, Wholes(0, LARGEST_SIDE // 2)
    )

    def trace(self) -> CellwiseTrace[ShiftEffect]:
        """Return the steps; InputError if no window fits."""
        shift, window, stride, padding = (
            (rows, cols) for rows, cols in (self.shift, self.window, self.stride, self.padding)
        )
        return shift_effect(
            array_of(self, "input"),
            shift,
            array_of(self, "kernel") if self.convolve else None,
            entering=self.entering,
            mode=self.mode,
            window=window,
            stride=stride,
            padding=padding,
        )

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the image or the kernel."""
        return (1, *self.input_size) if operand == "input" else (1, 1, *self.kernel_size)

    def resized(self, operand: str, shape: tuple[int, ...]) -> "ShiftSettings":
        """Return settings with an image or a kernel of that shape."""
        return image_moves.resized(self, operand, shape)


_ROW = ShiftSettings(
    input=Source.of([[[0.1, 1, 0.2, 0.1]]]), input_size=(1, 4), window=(1, 3), stride=(1, 1), padding=(0, 1)
)

SHIFT = Operation(
    "shift",
    "One-pixel shift",
    "Why convolution",
    "how many inputs a small shift changes, and how many pooled values",
    ShiftSettings(),
    grains=(
        GrainWords("layer", "All", "Show all that has changed at once"),
        GrainWords("row", "Row", "Compare one row of pooled values per step"),
        GrainWords("cell", "Cell", "Compare one pooled value per step"),
        GrainWords("multiply", "Term", "Show both terms of every difference"),
    ),
    presets=(
        Preset("One column to the right", ShiftSettings()),
        Preset("A row of the textbook", _ROW),
        Preset("Average instead of maximum", ShiftSettings(mode="average")),
        Preset("Convolution, then pooling", ShiftSettings(convolve=True)),
        Preset("Lecture image", ShiftSettings(input=Source("lecture"))),
        Preset("A shift as large as the window", ShiftSettings(shift=(0, 3))),
    ),
    dragged=image_moves.dragged,
    code=shift_code,
)
