"""What a layer is: a description without numbers, with its forward and backward pass side by side.

Parameters are kept by the network and handed in, so that several threads can use the same layer at the same time.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
Saved = tuple[NDArray[Any], ...]
"""Arrays that the backward pass needs from the forward pass."""

Shape = tuple[int, ...]
Parameters = Mapping[str, Floats]


class Layer(Protocol):
    """One step of a network, on blocks (blocks, C, H, W, L) or, after flattening, (blocks, features, L)."""

    def initial_parameters(self, random: np.random.Generator) -> dict[str, NDArray[np.float64]]:
        """Fresh random parameters by name; empty for a layer without any."""

    def output_shape(self, shape: Shape) -> Shape:
        """Shape of one image after the layer, from the shape before it; `InputError` if they do not fit."""

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Output, and what `backward` will need."""

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Fill `gradients`, (blocks, size) for every parameter, and return dx unless nobody wants it.

        `dy` belongs to the layer from here on: it may become dx.
        """
