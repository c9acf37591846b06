"""The options of a local response normalisation, forward and backward."""

from dataclasses import dataclass, replace
from typing import Any

from cnnsim.drawing import Role
from cnnsim.operations import common
from cnnsim.operations.normalisation_code import local_response_norm_code
from cnnsim.operations.operation import Operation, Preset
from cnnsim.operations.options import Group, Name, Number, Whole, option
from cnnsim.operations.patterns import DIGITS, ONES, OWN_NUMBERS, RAMP, SIGNED
from cnnsim.operations.settings import array_of, refuse_shape
from cnnsim.operations.source import Source
from cnnsim.trace import LocalResponseNorm, StagedTrace, local_response_norm, local_response_norm_gradient

_MOST_CHANNELS, _MOST_CELLS = 8, 6

_NORMALISATION = Group("Normalisation", Role.OUTPUT)

_MAPS = (DIGITS, SIGNED, RAMP, ONES, OWN_NUMBERS)
_PASSES = (
    Name("forward", "Forward", "Every cell damped by its neighbours in other channels"),
    Name("input-gradient", "∂J/∂x, input gradient", "Its own part less what it costs its neighbours"),
)


@dataclass(frozen=True, slots=True)
class LocalResponseNormSettings:
    """Starts with five channels of which three take part, and an α that can be seen.

    Examples
    --------
    >>> maps = Source.of([[[1]], [[2]]])
    >>> settings = LocalResponseNormSettings(input=maps, channels=2, input_size=(1, 1), size=2, alpha=2.0, beta=1.0)
    >>> settings.trace().output.ravel().round(4).tolist()
    [0.5, 0.3333]
    """

    direction: str = common.direction(*_PASSES)
    gradient: Source = common.gradient()
    input: Source = common.maps("random", _MAPS, picture=False)
    channels: int = common.channels(5, most=_MOST_CHANNELS)
    input_size: tuple[int, ...] = common.size(2, most=_MOST_CELLS)
    seed: int = common.seed()
    size: int = option(
        3,
        "n",
        "Channels that take part, the cell's own in the middle",
        _NORMALISATION,
        Whole(1, 15),
        flag="neighbours",
    )
    alpha: float = option(1.0, "α", "Weight of the squares, divided by n", _NORMALISATION, Number(0, 1000))
    beta: float = option(0.75, "β", "Exponent", _NORMALISATION, Number(0, 5))
    k: float = option(1.0, "k", "Added to the weighted squares", _NORMALISATION, Number(0, 1000))

    def trace(self) -> StagedTrace[Any]:
        """Return the steps; InputError where a cell would have to be divided by 0."""
        forward = self.forward()
        if self.direction == "forward":
            return forward
        return local_response_norm_gradient(forward, array_of(self, "gradient"))

    def forward(self) -> StagedTrace[LocalResponseNorm]:
        """Return the steps of the forward pass."""
        return local_response_norm(array_of(self, "input"), self.size, self.alpha, self.beta, self.k)

    def shape(self, operand: str) -> tuple[int, ...]:
        """Shape of the maps, which is that of G too."""
        return (self.channels, *self.input_size)

    def resized(self, operand: str, shape: tuple[int, ...]) -> "LocalResponseNormSettings":
        """Return settings with maps of that shape; InputError for what is too large to show."""
        if shape[0] > _MOST_CHANNELS or max(shape[1:]) > _MOST_CELLS:
            raise refuse_shape(self, operand, shape)
        return replace(self, channels=shape[0], input_size=shape[1:])


_ALEXNET = LocalResponseNormSettings(channels=8, size=5, alpha=5e-4, beta=0.75, k=2.0)

LOCAL_RESPONSE_NORM = Operation(
    "local-response-norm",
    "Local response normalisation",
    "Normalisation",
    "a cell is damped by its neighbours in other channels",
    LocalResponseNormSettings(),
    grains=common.STAGE_GRAINS,
    presets=(
        Preset("Three of five channels", LocalResponseNormSettings()),
        Preset("AlexNet's numbers", _ALEXNET),
        Preset("Backwards", LocalResponseNormSettings(direction="input-gradient")),
    ),
    code=local_response_norm_code,
    gradients={"input": "input-gradient"},
)
