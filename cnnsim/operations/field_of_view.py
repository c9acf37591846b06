"""The options of the field of view."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from cnnsim.drawing import Cell, Role
from cnnsim.operations.field_of_view_code import field_of_view_code
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Group, Name, Numbers, OneOf, Whole, Wholes, option
from cnnsim.operations.settings import array_of, refuse_shape
from cnnsim.operations.source import OWN, Array, Pattern, Source
from cnnsim.scenes import nearest_unit
from cnnsim.trace import FieldOfView, field_of_view
from cnnsim.trace.field_of_view_layers import LAYER_COLUMNS

_MOST_LAYERS = 10
_LARGEST_INPUT = 256
_WHOLE = 100  # percent
_LAYERS = Group("Layers", Role.KERNEL)
_INPUT = Group("Input", Role.INPUT)
_UNIT = Group("Unit", Role.OUTPUT)
_GRADIENT = Group("What counts", Role.GRADIENT)

_USUAL = (3, 1, 1, 0, 0)
_STACKS: dict[str, tuple[tuple[int, ...], ...]] = {
    "plain": (),
    "stride": ((3, 2, 1, 0, 0),),
    "dilated": tuple((3, 1, 2**number, 0, 0) for number in range(_MOST_LAYERS)),
    "lenet": ((5, 1, 1, 0, 0), (2, 2, 1, 0, 1), (5, 1, 1, 0, 0), (2, 2, 1, 0, 1)),
    "alexnet": (
        (11, 4, 1, 0, 0),
        (3, 2, 1, 0, 1),
        (5, 1, 1, 2, 0),
        (3, 2, 1, 0, 1),
        *((3, 1, 1, 1, 0),) * 3,
        (3, 2, 1, 0, 1),
    ),
}


def _stack(name: str) -> Callable[[tuple[int, ...], int], Array]:
    def make(shape: tuple[int, ...], _seed: int) -> Array:
        """Go on with 3×3 windows where there are more layers than the stack has."""
        rows = (*_STACKS[name], *(_USUAL,) * shape[0])
        return np.array(rows[: shape[0]], dtype=np.float64)

    return make


_PATTERNS = (
    Pattern("plain", "3×3 each", _stack("plain")),
    Pattern("stride", "Stride 2, then 3×3", _stack("stride")),
    Pattern("dilated", "Dilation 1, 2, 4, …", _stack("dilated")),
    Pattern("lenet", "LeNet-5", _stack("lenet")),
    Pattern("alexnet", "AlexNet to pool5", _stack("alexnet")),
    Pattern(OWN, "Own layers", _stack("plain")),
)
_WEIGHTS = OneOf(
    (
        Name("uniform", "Uniform", "All weights are the same: in how many ways a cell gets to the unit"),
        Name("random", "Random", "The gradient through random kernels, its mean size over many draws"),
    ),
    in_view=True,
)


@dataclass(frozen=True, slots=True)
class FieldOfViewSettings:
    """Starts with three layers of 3×3.

    Examples
    --------
    >>> FieldOfViewSettings().trace().output.tolist()
    [3.0, 5.0, 7.0]
    >>> FieldOfViewSettings(Source("alexnet"), depth=8, input_size=227).trace().output.tolist()
    [11.0, 19.0, 51.0, 67.0, 99.0, 131.0, 163.0, 195.0]
    """

    layers: Source = option(
        Source("plain"),
        "Layers",
        "Rows of kernel size f, stride s, dilation d, padding p, and 1 for a pooling",
        _LAYERS,
        Numbers("layers", _PATTERNS),
    )
    depth: int = option(3, "Number", "How many layers", _LAYERS, Whole(1, _MOST_LAYERS))
    input_size: int = option(11, "Size", "Rows and columns of the input", _INPUT, Whole(1, _LARGEST_INPUT))
    unit: tuple[int, ...] = option(
        (50, 50),
        "Unit, %",
        "Which unit of the last map, in percent of the way down and across; or click the input",
        _UNIT,
        Wholes(0, _WHOLE, ("Down", "Across")),
    )
    weights: str = option("uniform", "Kernels", "What the gradient goes through", _GRADIENT, _WEIGHTS)
    seed: int = option(
        0,
        "Seed",
        "Draws the random kernels",
        _GRADIENT,
        Whole(0, 9999),
        when=lambda settings: settings.weights == "random",
    )

    def trace(self) -> FieldOfView:
        """Return the steps; InputError if a window does not fit."""
        layers = array_of(self, "layers")
        last = field_of_view(layers, self.input_size).sizes[-1] - 1
        row, col = (round(last * share / _WHOLE) for share in self.unit)
        return field_of_view(layers, self.input_size, (row, col), weights=self.weights, seed=self.seed)

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the table of layers."""
        return self.depth, len(LAYER_COLUMNS)

    def resized(self, operand: str, shape: tuple[int, ...]) -> "FieldOfViewSettings":
        """Return settings with as many layers as the table has rows; missing columns are as usual."""
        if shape[1] > len(LAYER_COLUMNS) or shape[0] > _MOST_LAYERS:
            raise refuse_shape(self, operand, shape)
        return replace(self, depth=shape[0])


def clicked(settings: FieldOfViewSettings, cell: Cell) -> FieldOfViewSettings | None:
    """Choose the unit that looks at a cell of the input.

    Examples
    --------
    >>> clicked(FieldOfViewSettings(), Cell("input", 3, 7)).unit
    (0, 100)
    """
    if cell.matrix not in ("input", "gradient"):
        return None
    trace = settings.trace()
    last = max(trace.sizes[-1] - 1, 1)
    down, across = (round(_WHOLE * index / last) for index in nearest_unit(trace, cell))
    return replace(settings, unit=(down, across))


_ALEXNET = FieldOfViewSettings(Source("alexnet"), depth=8, input_size=227)

FIELD_OF_VIEW = Operation(
    "field-of-view",
    "Field of view",
    "Why convolution",
    "what one unit sees of the input, grown layer by layer",
    FieldOfViewSettings(),
    grains=(GrainWords("layer", "Layer", "Show one layer per step"),),
    presets=(
        Preset("Three layers of 3×3", FieldOfViewSettings()),
        Preset("3×3 with stride 2, then 3×3", FieldOfViewSettings(Source("stride"), depth=2)),
        Preset("Dilation 1, 2, 4, 8", FieldOfViewSettings(Source("dilated"), depth=4, input_size=35)),
        Preset("LeNet-5", FieldOfViewSettings(Source("lenet"), depth=4, input_size=32)),
        Preset("AlexNet to pool5", _ALEXNET),
        Preset("AlexNet, random kernels", replace(_ALEXNET, weights="random")),
    ),
    clicked=clicked,
    code=field_of_view_code,
    scaled=False,
)
