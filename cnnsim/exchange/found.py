"""What is found when an operator is taken for a layer, or why it cannot be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cnnsim import nn
from cnnsim.exchange.record import Array, Arrays, Operation
from cnnsim.nn.layer import AnyLayer, Shape


class NoLayerError(Exception):
    """Why an operator is no layer."""


@dataclass(frozen=True, slots=True)
class Found:
    """A layer, its parameters and buffers by short names, and what has to stand before it."""

    layer: AnyLayer
    parameters: Mapping[str, Array] = field(default_factory=dict)
    before: nn.Pad | None = None


Recogniser = Callable[[Operation, Arrays, tuple[Shape, ...]], Found]
"""From an operator, its constant inputs (None for the others), and the shapes of the others for one image."""


def need(condition: bool, reason: str) -> None:
    """Give up for a reason unless the condition holds."""
    if not condition:
        raise NoLayerError(reason)


def weight_of(constants: Arrays) -> Array:
    """Second input, which must be constant."""
    need(len(constants) > 1 and constants[1] is not None, "its weight is computed")
    weight = constants[1]
    assert weight is not None
    return weight


def bias_of(constants: Arrays, size: int) -> dict[str, Array]:
    """Third input as the parameter ``bias``, if there is one."""
    if len(constants) < 3 or constants[2] is None:
        return {}
    need(constants[2].size == size, "its bias is not one number for each output")
    return {"bias": constants[2].reshape(size)}


def number_of(array: Array) -> float:
    """The only number of a constant."""
    need(array.size == 1, "it takes more or less than one number")
    return float(array.ravel()[0])
