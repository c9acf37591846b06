"""What a layer is: a description without numbers, with its forward and backward pass side by side.

Parameters are kept by the network and handed in, so that several threads can use the same layer at the same time. There
are three kinds: a `Layer` takes one array; a `Join` takes several; a `TrainingLayer` does something else in training.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
Saved = tuple[NDArray[Any], ...]
"""Arrays that the backward pass needs from the forward pass."""

Shape = tuple[int, ...]
Parameters = Mapping[str, Floats]

T = TypeVar("T")
Exchange = Generator[Floats, Floats, T]
"""A computation on some blocks of a batch that may ask for sums over all of them.

It yields sums of its own blocks (blocks, n) and is sent the sums over the whole batch (n,), which are always added in
the order of the blocks, whoever computes them.
"""


@dataclass(frozen=True, slots=True)
class Lot:
    """What a training pass has to know about the images in some blocks of a batch.

    Parameters
    ----------
    present
        (blocks, L), true where a lane holds an image.
    n_images
        In the whole batch.
    first_block
        Number of the first block within the batch.
    seed
        Of everything random in this step.
    """

    present: NDArray[np.bool_]
    n_images: int
    first_block: int
    seed: tuple[int, ...]

    def of_layer(self, number: int) -> "Lot":
        """The same for one layer of the network, with random numbers of its own."""
        return replace(self, seed=(*self.seed, number))

    def random(self, block: int) -> np.random.Generator:
        """Random numbers of one block, the same whoever computes it."""
        # counted from 1: a seed with a 0 behind it would give the same numbers as the seed
        return np.random.default_rng((*self.seed, self.first_block + block + 1))


class Layer(Protocol):
    """One step of a network, on blocks (blocks, C, H, W, L) or, after flattening, (blocks, features, L)."""

    def initial_parameters(self, random: np.random.Generator) -> dict[str, NDArray[np.float64]]:
        """Fresh random parameters by name; empty for a layer without any."""

    def output_shape(self, shape: Shape) -> Shape:
        """Shape of one image after the layer, from the shape before it; `InputError` if they do not fit."""

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Output, and what `backward` will need; `x` stays as it is, and may be the output."""

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Fill `gradients`, (blocks, size) for every parameter, and return dx unless nobody wants it.

        `dy` belongs to the layer from here on: it may become dx. Both are contiguous.
        """


@runtime_checkable
class Join(Protocol):
    """One step of a network that takes several arrays, and has no parameters."""

    def joined_shape(self, shapes: tuple[Shape, ...]) -> Shape:
        """Shape of one image after the layer, from the shapes before it; `InputError` if they do not fit."""

    def join(self, xs: tuple[Floats, ...]) -> Floats:
        """Output; the inputs stay as they are."""

    def split(self, dy: Floats, shapes: tuple[Shape, ...]) -> tuple[Floats, ...]:
        """One dx for each input, from the shapes of the inputs: contiguous, and no memory in common.

        `dy` belongs to the layer from here on: it may become a dx.
        """


@runtime_checkable
class TrainingLayer(Layer, Protocol):
    """A layer that does something else in training; `forward` and `backward` are those of use after it."""

    @property
    def waits(self) -> bool:
        """Whether its passes ask for sums over the whole batch."""

    def initial_buffers(self) -> dict[str, NDArray[np.float64]]:
        """Numbers that training keeps but does not learn, by name; `forward` finds them among the parameters."""

    def next_buffers(self, saved: Saved, parameters: Parameters, lot: Lot) -> dict[str, Floats]:
        """Their values after a step."""

    def training_forward(self, x: Floats, parameters: Parameters, lot: Lot) -> Exchange[tuple[Floats, Saved]]:
        """As `forward`."""

    def training_backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, lot: Lot
    ) -> Exchange[Floats]:
        """As `backward`."""


AnyLayer = Layer | Join
