"""Options that several operations have: declared once, so that the same thing has the same words everywhere.

Each function returns the declaration of a field; its arguments are what differs between operations. Operations on maps,
of which each cell or each map is treated alike, share a rule for their shape, too.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from cnnsim.drawing import Role
from cnnsim.operations.convolution_choices import BORDERS
from cnnsim.operations.operation import GrainWords
from cnnsim.operations.options import Group, Name, Numbers, OneOf, Switch, Whole, Wholes, always, option
from cnnsim.operations.patterns import CONSTANTS, GRADIENTS, IMAGES, KERNELS
from cnnsim.operations.settings import LARGEST_SIDE, Settings, draws, refuse_shape
from cnnsim.operations.source import Pattern, Source

PASS = Group("Pass", Role.GRADIENT)
INPUT = Group("Input", Role.INPUT)
KERNEL = Group("Kernel", Role.KERNEL)
OPERATION = Group("Operation", Role.OUTPUT)

MOST_MAPS = 4
"""So many maps can be read beside or above each other."""

STAGE_GRAINS = (
    GrainWords("multiply", "Number", "Show every number that is looked at, multiplied or added"),
    GrainWords("cell", "Cell", "Show one result per step"),
    GrainWords("layer", "Stage", "Show one stage per step"),
)
"""Grains of operations of several stages."""

When = Callable[[Any], bool]


def backward(settings: Any) -> bool:
    """Whether a gradient is computed, so that G means something."""
    return bool(settings.direction != "forward")


def direction(*passes: Name) -> Any:
    """Declare which pass is computed."""
    return option("forward", "Pass", "What is computed", PASS, OneOf(passes, in_view=True), flag="pass")


def gradient(start: str = "ones", of: str = "output", patterns: tuple[Pattern, ...] = GRADIENTS) -> Any:
    """Declare G, the gradient that a backward pass begins with."""
    tip = f"Gradient of the loss by the {of}"
    return option(Source(start), "G", tip, PASS, Numbers("gradient", patterns), when=backward)


def image(start: str, patterns: tuple[Pattern, ...] = IMAGES, group: Group = INPUT) -> Any:
    """Declare the input of an operation that looks at an image as a whole."""
    return option(Source(start), "Image", "Image to start from", group, Numbers("input", patterns, picture=True))


def maps(start: str, patterns: tuple[Pattern, ...] = IMAGES, picture: bool = True) -> Any:
    """Declare the input of an operation that takes maps as they come."""
    return option(Source(start), "Values", "Maps to start from", INPUT, Numbers("input", patterns, picture))


def size(default: int, of: str = "a map", group: Group = INPUT, most: int = LARGEST_SIDE, when: When = always) -> Any:
    """Declare the rows and the columns of a tensor, which begin as equal."""
    return option((default, default), "Size", f"Rows and columns of {of}", group, Wholes(1, most), when)


def channels(default: int = 1, tip: str = "Number of maps", most: int = MOST_MAPS, group: Group = INPUT) -> Any:
    """Declare the number of maps of an operation that has as many in its output as in its input."""
    return option(default, "Channels", tip, group, Whole(1, most))


def input_channels(tip: str, most: int = MOST_MAPS, group: Group = INPUT) -> Any:
    """Declare the number of maps of the input of a convolution; its group says that they are those of the input."""
    return option(1, "Channels", f"Input channels: {tip}", group, Whole(1, most))


def seed(group: Group = INPUT, what: str = "the random patterns", when: When = draws) -> Any:
    """Declare the seed of all random numbers."""
    return option(0, "Seed", f"Draws {what}", group, Whole(0, 9999), when)


def kernel(start: str, patterns: tuple[Pattern, ...] = KERNELS, group: Group = KERNEL, when: When = always) -> Any:
    """Declare the kernels of a convolution."""
    return option(Source(start), "Kernel", "Kernel to start from", group, Numbers("kernel", patterns), when)


def kernel_size(group: Group = KERNEL, most: int = LARGEST_SIDE, when: When = always) -> Any:
    """Declare the rows and the columns of a kernel, which begin as 3."""
    return option((3, 3), "Kernel size", "Rows and columns of the kernel", group, Wholes(1, most), when)


def output_channels(
    tip: str = "kernels, each of which makes a map of the output",
    default: int = 1,
    most: int = MOST_MAPS,
    group: Group = KERNEL,
) -> Any:
    """Declare how many kernels a convolution has."""
    return option(default, "Output channels", f"Output channels: {tip}", group, Whole(1, most))


def groups(tip: str, most: int) -> Any:
    """Declare the groups of a convolution."""
    return option(1, "Groups", tip, KERNEL, Whole(1, most), when=_divisible)


def _divisible(settings: Any) -> bool:
    """Whether there are several maps to divide, or it has been asked for."""
    return bool(settings.channels > 1 or settings.groups > 1)


def bias(tip: str = "Number added to every sum") -> Any:
    """Declare the biases of a convolution."""
    return option(Source("zeros"), "Bias", tip, KERNEL, Numbers("bias", CONSTANTS))


def flip(default: bool, how: str) -> Any:
    """Declare whether a convolution is a true one."""
    return option(default, "Flip", f"True convolution: {how} first", OPERATION, Switch())


def stride(default: int = 1, of: str = "window", group: Group = OPERATION) -> Any:
    """Declare the stride of a convolution, the same for rows and columns."""
    return option(default, "Stride", f"Cells from one {of} to the next", group, Whole(1, 8))


def dilation(within: str = "input") -> Any:
    """Declare the dilation of a convolution, the same for rows and columns."""
    return option(1, "Dilation", f"Distance of the kernel's cells in the {within}", OPERATION, Whole(1, 8))


def padding_mode(group: Group = INPUT) -> Any:
    """Declare what stands in the padding of a convolution."""
    return option("zeros", "Border", "What the padding shows", group, BORDERS)


class _OnMaps(Settings, Protocol):
    @property
    def channels(self) -> int:
        """Number of maps."""

    @property
    def input_size(self) -> tuple[int, ...]:
        """Rows and columns of a map."""


S = TypeVar("S", bound=_OnMaps)


def resized_maps(settings: S, operand: str, shape: tuple[int, ...]) -> S:
    """Return settings with an input of that shape; InputError where another tensor is meant, or for too many cells."""
    if operand != "input" or shape[0] > MOST_MAPS or max(shape[1:]) > LARGEST_SIDE:
        raise refuse_shape(settings, operand, shape)
    return replace(settings, channels=shape[0], input_size=shape[1:])
