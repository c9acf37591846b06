"""The options of the tiny network: its image, its weights, and how it learns."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnnsim import gallery
from cnnsim.drawing import Cell, Drawing, Role
from cnnsim.errors import InputError
from cnnsim.operations import common
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Group, Name, Number, Numbers, OneOf, Whole, option
from cnnsim.operations.patterns import CONSTANTS, DIGITS, KERNELS, OWN_NUMBERS, SIGNED, ZEROS
from cnnsim.operations.settings import array_of, refuse_shape
from cnnsim.operations.source import Array, Pattern, Source
from cnnsim.operations.tiny_network_code import network_code
from cnnsim.scenes import View, result_in_overview, result_words, tiny_network_scene
from cnnsim.trace import GrainView, NetworkTrace, initial_weight, tiny_network, weight_shapes
from cnnsim.trace.tiny_network import MOST_PASSES
from cnnsim.trace.tiny_network_pass import GRADIENTS
from cnnsim.trace.tiny_network_weights import pooled_side

_SMALLEST, _LARGEST, _MOST_KERNELS = 8, 12, 4
_TASKS: dict[str, tuple[str, ...]] = {
    "cross-circle": ("cross", "circle"),
    "bars": ("horizontal", "vertical"),
    "shapes": gallery.SHAPES,
}
_AS_DRAWN = "as-drawn"
_TARGET_MATRICES = ("network target", "target")  # in the overview, and in the scene of the loss

_IMAGE = Group("Image", Role.INPUT)
_WEIGHTS = Group("Weights", Role.KERNEL)
_LEARNING = Group("Learning", Role.GRADIENT)
_VIEW = Group("View", Role.OUTPUT)

_ZOOMS = OneOf(
    (
        Name("overview", "Network", "All layers, their gradients below them, and the loss"),
        Name("stage", "Stage", "The operation at work, with every number"),
    ),
    in_view=True,
)
_TASK = OneOf(
    (
        Name("cross-circle", "Cross or circle", "Two classes"),
        Name("bars", "Horizontal or vertical", "Two classes"),
        Name("shapes", "All four shapes", "Four classes"),
    )
)
_TARGETS = OneOf(
    (
        Name(_AS_DRAWN, "What it shows", "The class of the pattern; the first one if it is none of them"),
        *(Name(str(number), f"Class {number}", "Counted from the top") for number in range(1, 5)),
    )
)
_SHOWS = OneOf(
    (
        Name("same", "This image", "Every pass shows this image"),
        Name("in-turn", "All in turn", "This image first, then the shapes of the other classes, and so on in turn"),
    ),
    in_view=True,
)


def _shape(name: str) -> Callable[[tuple[int, ...], int], Array]:
    def make(shape: tuple[int, ...], _seed: int) -> Array:
        return gallery.shape(name, shape[-1]).reshape(shape)

    return make


def _drawn(name: str) -> Callable[[tuple[int, ...], int], Array]:
    def make(shape: tuple[int, ...], seed: int) -> Array:
        return initial_weight(name, (shape[0], int(np.prod(shape[1:]))), seed).reshape(shape)

    return make


_IMAGES = (*(Pattern(name, name.capitalize(), _shape(name)) for name in gallery.SHAPES), DIGITS, ZEROS, OWN_NUMBERS)
_KERNELS = (Pattern("drawn", "Random", _drawn("kernels")), *KERNELS)
_DENSE = (Pattern("drawn", "Random", _drawn("dense weights")), SIGNED, ZEROS, OWN_NUMBERS)


@dataclass(frozen=True, slots=True)
class TinyNetworkSettings:
    """Starts with a circle that the network takes for a cross, and learns not to.

    Examples
    --------
    >>> losses = TinyNetworkSettings().trace().output
    >>> len(losses), bool(losses[-1] < 0.1 < 0.5 < losses[0])
    (20, True)
    """

    zoom: str = option("overview", "Show", "The network, or one stage of it", _VIEW, _ZOOMS)
    task: str = option("cross-circle", "Task", "What the network learns to tell", _IMAGE, _TASK)
    image: Source = option(
        Source("circle"), "Image", "Image to start from", _IMAGE, Numbers("image", _IMAGES, picture=True)
    )
    image_size: int = option(8, "Size", "Rows and columns of the image", _IMAGE, Whole(_SMALLEST, _LARGEST))
    target: str = option(_AS_DRAWN, "Class", "What the image is said to be", _IMAGE, _TARGETS)
    filters: int = common.output_channels("kernels, each with a map of its own", 2, _MOST_KERNELS, _WEIGHTS)
    kernels: Source = option(
        Source("drawn"), "Kernel", "Kernels before the first pass", _WEIGHTS, Numbers("kernels", _KERNELS)
    )
    kernel_biases: Source = option(
        Source("zeros"),
        "Bias",
        "Biases of the kernels before the first pass",
        _WEIGHTS,
        Numbers("kernel biases", CONSTANTS),
    )
    dense: Source = option(
        Source("drawn"),
        "Dense weights",
        "Dense weights before the first pass",
        _WEIGHTS,
        Numbers("dense weights", _DENSE),
    )
    dense_biases: Source = option(
        Source("zeros"),
        "Dense bias",
        "Biases of the dense layer before the first pass",
        _WEIGHTS,
        Numbers("dense biases", CONSTANTS),
    )
    seed: int = option(1, "Seed", "Draws the random numbers", _WEIGHTS, Whole(0, 9999))
    lr: float = option(0.05, "Rate", "Learning rate η", _LEARNING, Number(0.0, 100.0))
    momentum: float = option(0.5, "Momentum", "How much of the velocity is kept, μ", _LEARNING, Number(0.0, 0.99))
    passes: int = option(20, "Passes", "How often the network sees an image", _LEARNING, Whole(1, MOST_PASSES))
    shows: str = option("same", "Shows", "What each pass shows", _LEARNING, _SHOWS)

    @property
    def classes(self) -> tuple[str, ...]:
        """What the classes are called."""
        return _TASKS[self.task]

    def trace(self) -> NetworkTrace:
        """Return the steps of all passes; InputError if the class does not exist or the weights grow without bounds."""
        target = self._target()
        images, targets = [array_of(self, "image")[0]], [target]
        if self.shows == "in-turn":
            others = [number for number in range(len(self.classes)) if number != target]
            images += [gallery.shape(self.classes[number], self.image_size) for number in others]
            targets += others
        shapes = weight_shapes(self.image_size, self.filters, len(self.classes))
        weights = {name: array_of(self, name).reshape(shape) for name, shape in shapes.items()}
        return tiny_network(
            np.stack(images),
            targets,
            weights,
            lr=self.lr,
            momentum=self.momentum,
            passes=self.passes,
            classes=self.classes,
        )

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the image or of some weights; the dense ones stand as the maps that they meet."""
        match operand:
            case "image":
                return 1, self.image_size, self.image_size
            case "dense weights":
                side = pooled_side(self.image_size)
                return len(self.classes), self.filters, side, side
            case _:
                return weight_shapes(self.image_size, self.filters, len(self.classes))[operand]

    def resized(self, operand: str, shape: tuple[int, ...]) -> "TinyNetworkSettings":
        """Return settings with an image of that size or so many kernels; InputError for what follows from those."""
        match operand, shape:
            case "image", (1, rows, cols) if rows == cols and _SMALLEST <= rows <= _LARGEST:
                return replace(self, image_size=rows)
            case ("kernels", (count, 1, 3, 3)) | ("kernel biases", (count, 1, 1)) if 1 <= count <= _MOST_KERNELS:
                return replace(self, filters=count)
        raise refuse_shape(self, operand, shape)

    def _target(self) -> int:
        if self.target == _AS_DRAWN:
            return self.classes.index(self.image.pattern) if self.image.pattern in self.classes else 0
        number = int(self.target) - 1
        if number >= len(self.classes):
            raise InputError("target", self.target, "is no class", f"use 1 to {len(self.classes)}")
        return number


def _draw(settings: TinyNetworkSettings, steps: GrainView[Any], position: float, view: View) -> Drawing:
    return tiny_network_scene(steps, position, view, "stage" if settings.zoom == "stage" else "overview")


def _result(settings: TinyNetworkSettings, steps: GrainView[Any], position: float) -> str:
    return (result_words if settings.zoom == "stage" else result_in_overview)(steps, position)


def _clicked(settings: TinyNetworkSettings, cell: Cell) -> TinyNetworkSettings | None:
    """Let the class of a clicked cell of the target be the right one, where every pass shows the same image."""
    if cell.matrix not in _TARGET_MATRICES or settings.shows != "same":
        return None
    return replace(settings, target=str(cell.row + 1))


def _entered(settings: TinyNetworkSettings) -> TinyNetworkSettings | None:
    """Zoom into the stage at work."""
    return replace(settings, zoom="stage") if settings.zoom == "overview" else None


def _escaped(settings: TinyNetworkSettings) -> TinyNetworkSettings | None:
    """Zoom out."""
    return replace(settings, zoom="overview") if settings.zoom == "stage" else None


def _preset(task: str, image: str, **options: Any) -> TinyNetworkSettings:
    return TinyNetworkSettings(task=task, image=Source(image), **options)


TINY_NETWORK = Operation(
    "tiny-network",
    "Tiny network",
    "Network",
    "a network learns while every number of it can be followed",
    TinyNetworkSettings(),
    grains=(
        GrainWords("multiply", "Multiply", "Show every multiply, sum, exponential and update"),
        GrainWords("cell", "Cell", "Show one cell per step"),
        GrainWords("map", "Map", "Show one map per step"),
        GrainWords("layer", "Layer", "Show one stage per step"),
        GrainWords("pass", "Pass", "Show one pass, forward, backward and update, per step"),
    ),
    presets=(
        Preset("Circle, not cross", TinyNetworkSettings()),
        Preset("Vertical, not horizontal", _preset("bars", "vertical", seed=16)),
        Preset("Cross and circle in turn", _preset("cross-circle", "cross", shows="in-turn", passes=40)),
        Preset("Four shapes in turn", _preset("shapes", "horizontal", shows="in-turn", passes=80, filters=3, seed=53)),
        Preset("Twelve by twelve", _preset("cross-circle", "circle", image_size=12, lr=0.02, seed=11)),
    ),
    draw=_draw,
    result=_result,
    clicked=_clicked,
    entered=_entered,
    escaped=_escaped,
    gradients={
        "image": "image gradient",
        **GRADIENTS,
    },
    code=lambda settings: network_code(settings.trace()),
    picture_grain="layer",
)
