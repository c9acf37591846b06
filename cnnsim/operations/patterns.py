"""What tensors can start as, for any shape: the images and kernels of the gallery, constants and random numbers."""

from collections.abc import Callable

import numpy as np

from cnnsim import gallery
from cnnsim.operations.source import OWN, Array, Pattern

Shape = tuple[int, ...]


def _own(shape: Shape, _seed: int) -> Array:
    return np.zeros(shape)


def _ones(shape: Shape, _seed: int) -> Array:
    return np.ones(shape)


def _zeros(shape: Shape, _seed: int) -> Array:
    return np.zeros(shape)


def _ramp(shape: Shape, _seed: int) -> Array:
    return np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape)


def _digits(shape: Shape, seed: int) -> Array:
    return np.random.default_rng(seed).integers(0, 10, shape).astype(np.float64)


def _signed(shape: Shape, seed: int) -> Array:
    return np.random.default_rng(seed).integers(-3, 4, shape).astype(np.float64)


def _image(name: str) -> Callable[[Shape, int], Array]:
    def make(shape: Shape, _seed: int) -> Array:
        """Turn the image by a quarter for each further channel, so that channels differ."""
        rows, cols = shape[-2:]
        image = gallery.image(name, max(rows, cols))
        count = int(np.prod(shape[:-2]))
        return np.stack([np.rot90(image, channel)[:rows, :cols] for channel in range(count)]).reshape(shape)

    return make


def _kernel(name: str) -> Callable[[Shape, int], Array]:
    def make(shape: Shape, _seed: int) -> Array:
        """Turn the kernel by a quarter for each further filter, so that filters differ."""
        rows, cols = shape[-2:]
        kernel = gallery.kernel(name, max(rows, cols))
        top, left = (max(rows, cols) - rows) // 2, (max(rows, cols) - cols) // 2
        if len(shape) == 2:
            return kernel[top : top + rows, left : left + cols]
        filters = [np.rot90(kernel, number)[top : top + rows, left : left + cols] for number in range(shape[0])]
        return np.broadcast_to(np.reshape(filters, (shape[0], *(1,) * (len(shape) - 3), rows, cols)), shape).copy()

    return make


ZEROS = Pattern("zeros", "Zeros", _zeros)
ONES = Pattern("ones", "Ones", _ones)
RAMP = Pattern("ramp", "Ramp", _ramp)
DIGITS = Pattern("random", "Random digits", _digits, random=True)
SIGNED = Pattern("signed", "Random signed", _signed, random=True)
OWN_NUMBERS = Pattern(OWN, "Own numbers", _own)

IMAGES = (
    Pattern("lecture", "Lecture", _image("lecture")),
    Pattern("pooling", "Pooling", _image("pooling")),
    RAMP,
    Pattern("edge", "Vertical edge", _image("edge")),
    Pattern("diagonal", "Diagonal", _image("diagonal")),
    DIGITS,
    SIGNED,
    ZEROS,
    OWN_NUMBERS,
)
KERNELS = (
    Pattern("lecture", "Lecture", _kernel("lecture")),
    Pattern("identity", "Identity", _kernel("identity")),
    Pattern("edge-diagonal", "Edges, diagonal", _kernel("edge-diagonal")),
    Pattern("edge-4", "Edges, 4-way", _kernel("edge-4")),
    Pattern("edge-8", "Edges, 8-way", _kernel("edge-8")),
    Pattern("sharpen", "Sharpen", _kernel("sharpen")),
    Pattern("box-blur", "Box blur", _kernel("box-blur")),
    Pattern("gaussian", "Gaussian blur", _kernel("gaussian")),
    Pattern("emboss", "Emboss", _kernel("emboss")),
    Pattern("sobel-x", "Sobel x", _kernel("sobel-x")),
    Pattern("sobel-y", "Sobel y", _kernel("sobel-y")),
    SIGNED,
    OWN_NUMBERS,
)
GRADIENTS = (ONES, RAMP, SIGNED, OWN_NUMBERS)
CONSTANTS = (ZEROS, ONES, RAMP, SIGNED, OWN_NUMBERS)
"""For vectors, biases and the like."""
