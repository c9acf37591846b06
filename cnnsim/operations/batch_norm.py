"""The options of a batch normalisation, forward and backward."""

from dataclasses import dataclass, replace
from typing import Any

from cnnsim.drawing import Role
from cnnsim.operations import common
from cnnsim.operations.normalisation_code import batch_norm_code
from cnnsim.operations.operation import Operation, Preset
from cnnsim.operations.options import Group, Name, Number, Numbers, OneOf, Switch, Whole, option
from cnnsim.operations.patterns import CONSTANTS, DIGITS, ONES, OWN_NUMBERS, RAMP, SIGNED
from cnnsim.operations.settings import array_of, refuse_shape
from cnnsim.operations.source import Source
from cnnsim.trace import BatchNorm, StagedTrace, batch_norm, batch_norm_gradient

_MOST = 6  # images, channels, rows and columns that can be read beside and above each other

_INPUT = Group("Batch", Role.INPUT)
_STATISTICS = Group("Statistics")
_WEIGHTS = Group("Scale and shift", Role.KERNEL)

_PASSES = (
    Name("forward", "Forward", "The batch with mean β and deviation γ in every channel"),
    Name("input-gradient", "∂J/∂x, input gradient", "Backward through β, γ, variance and mean to the input"),
    Name("weight-gradient", "∂J/∂γ, scale gradient", "Backward to the scale of every channel"),
    Name("bias-gradient", "∂J/∂β, shift gradient", "Backward to the shift of every channel"),
)
_FORMS = OneOf(
    (
        Name("maps", "Maps", "Every image has a map for each channel"),
        Name("vectors", "Vectors", "Every image has a number for each channel"),
    ),
    in_view=True,
)
_LAST = {"input-gradient": "input gradient", "weight-gradient": "weight gradient", "bias-gradient": "bias gradient"}


def _uses_running(settings: "BatchNormSettings") -> bool:
    return settings.uses_running


@dataclass(frozen=True, slots=True)
class BatchNormSettings:
    """Starts with two images of two small maps in training.

    Examples
    --------
    >>> settings = BatchNormSettings(form="vectors", images=2, channels=1, input=Source.of([[1], [3]]), eps=0.0)
    >>> settings.trace().output.tolist()
    [[-1.0], [1.0]]
    """

    direction: str = common.direction(*_PASSES)
    gradient: Source = common.gradient("ramp")
    form: str = option("maps", "Form", "What an image is", _INPUT, _FORMS)
    input: Source = option(
        Source("random"),
        "Values",
        "Batch to start from",
        _INPUT,
        Numbers("input", (RAMP, DIGITS, SIGNED, OWN_NUMBERS)),
    )
    images: int = option(2, "Images", "Images of the batch", _INPUT, Whole(1, _MOST))
    channels: int = common.channels(2, "Channels of an image", _MOST, _INPUT)
    input_size: tuple[int, ...] = common.size(
        2, group=_INPUT, most=_MOST, when=lambda settings: settings.form == "maps"
    )
    seed: int = common.seed(_INPUT)
    training: bool = option(
        True, "Training", "On: statistics of the batch; off: the running ones", _STATISTICS, Switch()
    )
    follow: bool = option(
        False,
        "Update running",
        "Let the running mean and variance follow those of the batch",
        _STATISTICS,
        Switch(),
        when=lambda settings: settings.training,
    )
    running_mean: Source = option(
        Source("zeros"),
        "Running μ",
        "Running mean of every channel",
        _STATISTICS,
        Numbers("running mean", CONSTANTS),
        when=_uses_running,
    )
    running_var: Source = option(
        Source("ones"),
        "Running σ²",
        "Running variance of every channel",
        _STATISTICS,
        Numbers("running variance", (ONES, RAMP, OWN_NUMBERS)),
        when=_uses_running,
    )
    momentum: float = option(
        0.1,
        "Momentum",
        "Share of the batch in the new running numbers",
        _STATISTICS,
        Number(0, 1),
        when=lambda settings: settings.training and settings.follow,
    )
    eps: float = option(1e-5, "ε", "Added to the variance, so that nothing is divided by 0", _STATISTICS, Number(0, 10))
    weight: Source = option(
        Source("ones"), "γ", "Scale of every channel", _WEIGHTS, Numbers("weight", CONSTANTS), flag="scale"
    )
    bias: Source = option(
        Source("zeros"), "β", "Shift of every channel", _WEIGHTS, Numbers("bias", CONSTANTS), flag="shift"
    )

    @property
    def uses_running(self) -> bool:
        """Whether running numbers are used or updated."""
        return not self.training or self.follow

    def trace(self) -> StagedTrace[Any]:
        """Return the steps; InputError where a channel has one value to train with, or has to be divided by 0."""
        forward = self.forward()
        if self.direction == "forward":
            return forward
        return batch_norm_gradient(forward, array_of(self, "gradient")).until(_LAST[self.direction])

    def forward(self) -> StagedTrace[BatchNorm]:
        """Return the steps of the forward pass."""
        return batch_norm(
            array_of(self, "input"),
            array_of(self, "running mean") if self.uses_running else None,
            array_of(self, "running variance") if self.uses_running else None,
            array_of(self, "weight"),
            array_of(self, "bias"),
            training=self.training,
            momentum=self.momentum,
            eps=self.eps,
        )

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the batch and of G; of all else, which is a row with a number for each channel."""
        if operand not in ("input", "gradient"):
            return 1, self.channels
        return (self.images, self.channels, *(self.input_size if self.form == "maps" else ()))

    def resized(self, operand: str, shape: tuple[int, ...]) -> "BatchNormSettings":
        """Return settings with a batch or with channels of that shape; InputError for what is too large to show."""
        if max(shape) > _MOST:
            raise refuse_shape(self, operand, shape)
        if operand in ("input", "gradient"):
            size = shape[2:] if self.form == "maps" else self.input_size
            return replace(self, images=shape[0], channels=shape[1], input_size=size)
        if shape[0] != 1:
            raise refuse_shape(self, operand, shape)
        return replace(self, channels=shape[1])


BATCH_NORM = Operation(
    "batch-norm",
    "Batch normalisation",
    "Normalisation",
    "every channel gets mean 0 and variance 1 over the batch, then a scale and a shift",
    BatchNormSettings(),
    grains=common.STAGE_GRAINS,
    presets=(
        Preset("Two images of two maps", BatchNormSettings()),
        Preset("A batch of vectors", BatchNormSettings(form="vectors", images=4, channels=3)),
        Preset("Back by mean and variance", BatchNormSettings(direction="input-gradient")),
        Preset("Running numbers follow", BatchNormSettings(form="vectors", images=4, channels=3, follow=True)),
        Preset("In use", BatchNormSettings(training=False, running_mean=Source("ramp"), running_var=Source("ramp"))),
    ),
    code=batch_norm_code,
    gradients={"input": "input-gradient", "weight": "weight-gradient", "bias": "bias-gradient"},
)
