"""Layers with several inputs: what residual, dense and U-shaped networks are made of."""

from dataclasses import dataclass

import numpy as np

from cnnsim.engine import memory
from cnnsim.errors import InputError
from cnnsim.nn.layer import Floats, Shape


@dataclass(frozen=True, slots=True)
class Add:
    """Add arrays of one shape: the skip connection of residual networks.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, Deep residual learning for image recognition, CVPR (2016).

    Examples
    --------
    >>> Add().joined_shape(((6, 28, 28), (6, 28, 28)))
    (6, 28, 28)
    """

    def joined_shape(self, shapes: tuple[Shape, ...]) -> Shape:
        """The shape that all of them have."""
        for shape in shapes:
            if shape != shapes[0]:
                rule = "are not all the same"
                raise InputError("input shapes", shapes, rule, "adapt one of them, for example by a 1×1 convolution")
        return shapes[0]

    def join(self, xs: tuple[Floats, ...]) -> Floats:
        """Sum, in the order of the inputs."""
        y = memory.empty(xs[0].shape, xs[0].dtype)
        np.add(xs[0], xs[1], out=y)
        for x in xs[2:]:
            y += x
        return y

    def split(self, dy: Floats, shapes: tuple[Shape, ...]) -> tuple[Floats, ...]:
        """Give dy to every input."""
        return (dy, *(_copy(dy) for _ in shapes[1:]))


@dataclass(frozen=True, slots=True)
class Concatenate:
    """Put maps (or features) one behind the other: what dense and U-shaped networks do.

    References
    ----------
    G. Huang, Z. Liu, L. van der Maaten, K. Q. Weinberger, Densely connected convolutional networks, CVPR (2017). O.
    Ronneberger, P. Fischer, T. Brox, U-Net: convolutional networks for biomedical image segmentation, MICCAI (2015).

    Examples
    --------
    >>> Concatenate().joined_shape(((6, 28, 28), (2, 28, 28)))
    (8, 28, 28)
    """

    def joined_shape(self, shapes: tuple[Shape, ...]) -> Shape:
        """The sum of the channels; rows and columns as all of them have."""
        for shape in shapes:
            if shape[1:] != shapes[0][1:]:
                rule = "differ in more than their channels"
                raise InputError("input shapes", shapes, rule, "bring them to the same rows and columns first")
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])

    def join(self, xs: tuple[Floats, ...]) -> Floats:
        """(B, C₁, ..., L), (B, C₂, ..., L), ... to (B, C₁ + C₂ + ..., ..., L)."""
        first = xs[0]
        y = memory.empty((len(first), sum(x.shape[1] for x in xs), *first.shape[2:]), first.dtype)
        np.concatenate(xs, axis=1, out=y)
        return y

    def split(self, dy: Floats, shapes: tuple[Shape, ...]) -> tuple[Floats, ...]:
        """Give every input its channels of dy."""
        ends = np.cumsum([shape[1] for shape in shapes])[:-1]
        return tuple(_copy(part) for part in np.split(dy, ends, axis=1))


def _copy(array: Floats) -> Floats:
    copy = memory.empty(array.shape, array.dtype)
    copy[...] = array
    return copy
