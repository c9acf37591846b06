"""The options of the counts of dense, local and shared connections."""

from dataclasses import dataclass

from cnnsim.drawing import Role
from cnnsim.operations import common
from cnnsim.operations.counts_code import counts_code
from cnnsim.operations.operation import GrainWords, Operation, Preset
from cnnsim.operations.options import Group, Name, OneOf, Whole, Wholes, option
from cnnsim.operations.settings import refuse_shape
from cnnsim.trace import Counts, counts

_PRIOR = Group("Prior", Role.OUTPUT)
_INPUT = Group("Input", Role.INPUT)
_LAYER = Group("Layer", Role.KERNEL)

_MOST_MAPS = 4096

_PRIORS = OneOf(
    (
        Name("dense", "Dense", "No prior: every output depends on every input"),
        Name("local", "Local", "Outputs depend on windows, each with weights of its own"),
        Name("shared", "Shared", "A convolution: one set of weights for all places"),
    ),
    in_view=True,
)


@dataclass(frozen=True, slots=True)
class CountsSettings:
    """Starts with eight kernels of 5×5 on a grey image of 28×28.

    Examples
    --------
    >>> CountsSettings().trace()[-4].value
    208
    """

    prior: str = option("shared", "Prior", "The strongest prior that is counted", _PRIOR, _PRIORS)
    input_size: tuple[int, ...] = option((28, 28), "Size", "Rows and columns of the image", _INPUT, Wholes(1, 1024))
    channels: int = common.input_channels("1 is grey, 3 is colour", _MOST_MAPS, _INPUT)
    padding: int = option(0, "Padding", "Cells of padding around the image", _INPUT, Whole(0, 64))
    filters: int = common.output_channels("kernels, and units of the dense layer", 8, _MOST_MAPS, _LAYER)
    kernel_size: int = option(5, "Kernel size", "Rows and columns of the kernels", _LAYER, Whole(1, 64))
    stride: int = option(1, "Stride", "Cells from one window to the next", _LAYER, Whole(1, 64))
    seed: int = 0

    def trace(self) -> Counts:
        """Return the steps; InputError if no window fits."""
        rows, cols = self.input_size
        return counts(
            (rows, cols),
            self.channels,
            self.kernel_size,
            self.filters,
            stride=self.stride,
            padding=self.padding,
            prior=self.prior,
        )

    def shape(self, operand: str) -> tuple[int, ...]:
        """There is no tensor to be edited."""
        return ()

    def resized(self, operand: str, shape: tuple[int, ...]) -> "CountsSettings":
        """There is no tensor to be edited."""
        raise refuse_shape(self, operand, shape)


COUNTS = Operation(
    "counts",
    "Counts",
    "Why convolution",
    "weights, operations and memory of dense, local and shared connections",
    CountsSettings(),
    grains=(
        GrainWords("cell", "Count", "Show one count per step"),
        GrainWords("row", "Connection", "Show one kind of connection per step: dense, local, shared"),
        GrainWords("layer", "All", "Show all counts in one step"),
    ),
    presets=(
        Preset("8 kernels of 5×5 on 28×28", CountsSettings()),
        Preset("28×28 to 30 units", CountsSettings(filters=30)),
        Preset("20 kernels of 5×5, grey", CountsSettings(filters=20)),
        Preset(
            "300 kernels, 200×200 colour",
            CountsSettings(input_size=(200, 200), channels=3, filters=300, kernel_size=3),
        ),
        Preset("536×536 colour", CountsSettings(input_size=(536, 536), channels=3, filters=20)),
    ),
    code=counts_code,
    scaled=False,
)
