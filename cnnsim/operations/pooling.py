"""The options of a pooling, forward and backward."""

from dataclasses import dataclass, replace
from typing import Any

from cnnsim.drawing import Role
from cnnsim.gallery import distance_weights
from cnnsim.operations import common
from cnnsim.operations.operation import Operation, Preset, grains
from cnnsim.operations.options import Group, Name, Numbers, OneOf, Switch, Wholes, option
from cnnsim.operations.patterns import ONES, OWN_NUMBERS
from cnnsim.operations.pooling_code import pooling_code
from cnnsim.operations.settings import LARGEST_SIDE, array_of
from cnnsim.operations.source import Pattern, Source
from cnnsim.trace import CellwiseTrace, Pooling, adaptive_pooling, pooling, pooling_gradient

_POOLING = Group("Pooling", Role.OUTPUT)
_WINDOW = Group("Windows", Role.KERNEL)

_PASSES = (
    Name("forward", "Forward", "The pooled map"),
    Name("input-gradient", "∂J/∂x, input gradient", "Backward: who gets the gradient of a window"),
)
_MODES = OneOf(
    (
        Name("max", "Max", "The largest value of the window"),
        Name("average", "Average", "The mean of the window"),
        Name("l2", "L2", "The root of the sum of squares of the window"),
        Name("weighted", "Weighted", "A mean with weights that fall with the distance from the window's centre"),
    )
)
_WINDOWS = OneOf(
    (
        Name("sliding", "Sliding", "One size, at one distance: the output grows with the input"),
        Name("adaptive", "Adaptive", "As many as wanted divide an input of any size, such as quadrants"),
        Name("global", "Global", "One window takes the whole map"),
    )
)
_TIES = OneOf(
    (
        Name("first", "First", "Among equal largest values, the first in reading order gets the gradient"),
        Name("split", "Split", "Equal largest values share the gradient"),
    )
)
_WEIGHTS = (
    Pattern("distance", "By distance", lambda shape, _: distance_weights((shape[0], shape[1]))),
    ONES,
    OWN_NUMBERS,
)


def _slides(settings: "PoolingSettings") -> bool:
    return settings.windows == "sliding"


@dataclass(frozen=True, slots=True)
class PoolingSettings:
    """Starts as the lecture's 4×4 example.

    Examples
    --------
    >>> PoolingSettings().trace().output[0].tolist()
    [[6.0, 8.0], [3.0, 4.0]]
    >>> PoolingSettings(windows="global", mode="average").trace().output.tolist()
    [[[3.125]]]
    """

    direction: str = common.direction(*_PASSES)
    gradient: Source = common.gradient()
    input: Source = common.maps("pooling")
    input_size: tuple[int, ...] = common.size(4)
    channels: int = common.channels(tip="Number of maps; each is pooled on its own")
    seed: int = common.seed()
    mode: str = option("max", "Mode", "What a window gives", _POOLING, _MODES)
    ties: str = option(
        "first", "Ties", "Who wins among equals", _POOLING, _TIES, when=lambda settings: settings.mode == "max"
    )
    weights: Source = option(
        Source("distance"),
        "Weights",
        "What the values of a window are multiplied by",
        _POOLING,
        Numbers("weight", _WEIGHTS),
        when=lambda settings: settings.mode == "weighted" and _slides(settings),
    )
    windows: str = option("sliding", "Windows", "How windows lie on a map", _WINDOW, _WINDOWS)
    output_size: tuple[int, ...] = option(
        (2, 2),
        "Output",
        "Rows and columns of the output",
        _WINDOW,
        Wholes(1, LARGEST_SIDE),
        when=lambda settings: settings.windows == "adaptive",
    )
    window: tuple[int, ...] = option(
        (2, 2), "Window", "Rows and columns of the window", _WINDOW, Wholes(1, LARGEST_SIDE), when=_slides
    )
    stride: tuple[int, ...] = option(
        (2, 2),
        "Stride",
        "Cells from one window to the next, down and across; less than the window overlaps",
        _WINDOW,
        Wholes(1, LARGEST_SIDE),
        when=_slides,
    )
    padding: tuple[int, ...] = option(
        (0, 0),
        "Padding",
        "Cells around a map, above and below and at the sides; at most half the window",
        _WINDOW,
        Wholes(0, LARGEST_SIDE // 2),
        when=_slides,
    )
    count_include_pad: bool = option(
        True,
        "Count padding",
        "Whether the mean counts the zeros of the padding",
        _WINDOW,
        Switch(),
        when=lambda settings: settings.mode == "average" and _slides(settings) and any(settings.padding),
    )
    ceil_mode: bool = option(
        False, "Round up", "The last window may stick out where cells are left over", _WINDOW, Switch(), when=_slides
    )

    def trace(self) -> CellwiseTrace[Any]:
        """Return the steps; InputError if no window fits."""
        forward = self.forward()
        return forward if self.direction == "forward" else pooling_gradient(forward, array_of(self, "gradient"))

    def forward(self) -> CellwiseTrace[Pooling]:
        """Return the steps of the forward pass; InputError if no window fits."""
        x = array_of(self, "input")
        if not _slides(self):
            rows, cols = self.output_size if self.windows == "adaptive" else (1, 1)
            return adaptive_pooling(x, (rows, cols), self.mode, ties=self.ties)
        window, stride, padding = ((rows, cols) for rows, cols in (self.window, self.stride, self.padding))
        return pooling(
            x,
            window,
            stride,
            self.mode,
            padding=padding,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
            ties=self.ties,
            weights=array_of(self, "weight") if self.mode == "weighted" else None,
        )

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the maps, the weights or G."""
        match operand:
            case "input":
                return (self.channels, *self.input_size)
            case "weight":
                return self.window
            case _:
                return self.forward().output.shape

    def resized(self, operand: str, shape: tuple[int, ...]) -> "PoolingSettings":
        """Return settings with maps or weights of that shape; InputError for what follows from them."""
        if operand == "weight":
            return replace(self, window=shape)
        return common.resized_maps(self, operand, shape)


_TIED = PoolingSettings(input=Source.of([[[3, 1, 2, 2], [3, 3, 2, 0], [0, 0, 1, 4], [0, 0, 4, 4]]]), ties="split")

POOLING = Operation(
    "pooling",
    "Pooling",
    "Pooling",
    "each window of a map gives one value: the largest, the mean, the norm",
    PoolingSettings(),
    grains=grains("Value", "Show every value that is looked at"),
    presets=(
        Preset("Lecture example", PoolingSettings()),
        Preset("Who gets the gradient", PoolingSettings(direction="input-gradient", gradient=Source("ramp"))),
        Preset("Ties, shared", replace(_TIED, direction="input-gradient")),
        Preset(
            "Overlapping: 3 by 3, stride 2", PoolingSettings(input=Source("random"), input_size=(7, 7), window=(3, 3))
        ),
        Preset("Average", PoolingSettings(mode="average")),
        Preset("L2 norm", PoolingSettings(mode="l2")),
        Preset("Weighted by distance", PoolingSettings(mode="weighted", input_size=(5, 5), window=(3, 3))),
        Preset("Any size to quadrants", PoolingSettings(windows="adaptive", mode="average", input_size=(5, 7))),
        Preset("Global average of three maps", PoolingSettings(windows="global", mode="average", channels=3)),
        Preset("Padding never wins", PoolingSettings(input_size=(6, 6), window=(3, 3), padding=(1, 1))),
        Preset("Rounded up", PoolingSettings(input_size=(5, 5), ceil_mode=True)),
    ),
    gradients={"input": "input-gradient"},
    code=pooling_code,
)
