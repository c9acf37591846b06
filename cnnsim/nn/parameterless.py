"""Layers without parameters."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine import activation
from cnnsim.engine.blocks import from_blocks, to_blocks
from cnnsim.nn.layer import Floats, Parameters, Saved, Shape


class WithoutParameters:
    """The part that such layers share: nothing to start with, and every shape stays."""

    __slots__ = ()

    def initial_parameters(self, random: np.random.Generator) -> dict[str, NDArray[np.float64]]:
        """Nothing to learn."""
        return {}

    def output_shape(self, shape: Shape) -> Shape:
        """The shape stays."""
        return shape


class Blockwise(WithoutParameters, ABC):
    """The part that layers share whose operation acts on blocks (B, C, ..., L) as on images (N, C, ...)."""

    __slots__ = ()

    @abstractmethod
    def apply(self, x: Floats) -> Floats:
        """Output."""

    @abstractmethod
    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Gradient of the input."""

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Apply the operation to whole blocks."""
        return self.apply(x), (x,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Send dy back through the operation."""
        return np.ascontiguousarray(self.gradient(dy, saved[0]))


class Imagewise(Blockwise):
    """The part that layers share whose operation has no kernel for blocks: they take blocks apart into images."""

    __slots__ = ()

    def output_shape(self, shape: Shape) -> Shape:
        """As an image of zeros shows it."""
        return self.apply(np.zeros((1, *shape), np.float32)).shape[1:]

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Apply the operation to every image."""
        images = from_blocks(x, len(x) * x.shape[-1])
        return to_blocks(self.apply(images)), (images,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Send every image's dy back through the operation."""
        return to_blocks(self.gradient(from_blocks(dy, len(saved[0])), saved[0]))


@dataclass(frozen=True, slots=True)
class ReLU(WithoutParameters):
    """Cut off what is negative; see `cnnsim.functional.relu`.

    Examples
    --------
    >>> ReLU().output_shape((6, 28, 28))
    (6, 28, 28)
    """

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Return max(0, x)."""
        y = activation.relu(x)
        return y, (y,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Let dy through where the output is positive."""
        return activation.relu_backward(dy, saved[0])


@dataclass(frozen=True, slots=True)
class Tanh(WithoutParameters):
    """Hyperbolic tangent; see `cnnsim.functional.tanh`.

    Examples
    --------
    >>> Tanh().output_shape((84,))
    (84,)
    """

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Return tanh x."""
        y = np.tanh(x)
        return y, (y,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Return dy · (1 - y²)."""
        return activation.tanh_backward(dy, saved[0])


@dataclass(frozen=True, slots=True)
class Flatten(WithoutParameters):
    """Put all maps of an image into one row of numbers: (C, H, W) to (C·H·W,).

    Examples
    --------
    >>> Flatten().output_shape((16, 5, 5))
    (400,)
    """

    def output_shape(self, shape: Shape) -> Shape:
        """(C, H, W) to (C·H·W,)."""
        return (math.prod(shape),)

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """(B, C, H, W, L) to (B, C·H·W, L): the same memory."""
        return x.reshape(len(x), math.prod(x.shape[1:-1]), x.shape[-1]), (x,)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """(B, C·H·W, L) to (B, C, H, W, L)."""
        return dy.reshape(saved[0].shape)
