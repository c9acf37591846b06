"""Layers that act on every cell, or on cells and their neighbours in other channels."""

from dataclasses import dataclass

from cnnsim import functional
from cnnsim.errors import InputError
from cnnsim.functional.check import count, number
from cnnsim.nn.layer import Floats
from cnnsim.nn.parameterless import Blockwise


@dataclass(frozen=True, slots=True)
class LeakyReLU(Blockwise):
    """Let a little of what is negative through; see `cnnsim.functional.leaky_relu`.

    Parameters
    ----------
    negative_slope
        Slope left of 0.

    Examples
    --------
    >>> LeakyReLU(0.1).output_shape((6, 28, 28))
    (6, 28, 28)
    """

    negative_slope: float = 0.01

    def apply(self, x: Floats) -> Floats:
        """X where positive, a share of it elsewhere."""
        return functional.leaky_relu(x, self.negative_slope)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Dy where x is positive, a share of it elsewhere."""
        return functional.leaky_relu_backward(dy, x, self.negative_slope)


@dataclass(frozen=True, slots=True)
class Sigmoid(Blockwise):
    """Squash to 0 ... 1; see `cnnsim.functional.sigmoid`.

    Examples
    --------
    >>> Sigmoid().output_shape((84,))
    (84,)
    """

    def apply(self, x: Floats) -> Floats:
        """Return 1/(1 + e^-x)."""
        return functional.sigmoid(x)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Return dy · y · (1 - y)."""
        return functional.sigmoid_backward(dy, x)


@dataclass(frozen=True, slots=True)
class ScaledTanh(Blockwise):
    """LeNet-5's squashing function; see `cnnsim.functional.scaled_tanh`.

    Examples
    --------
    >>> ScaledTanh().output_shape((84,))
    (84,)
    """

    def apply(self, x: Floats) -> Floats:
        """Return 1.7159 · tanh(2x/3)."""
        return functional.scaled_tanh(x)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Return dy times its slope."""
        return functional.scaled_tanh_backward(dy, x)


@dataclass(frozen=True, slots=True)
class Softmax(Blockwise):
    """Probabilities over the channels, or features; see `cnnsim.functional.softmax`.

    Not for the end of a network that is trained with cross-entropy, which has its own.

    Examples
    --------
    >>> Softmax().output_shape((10,))
    (10,)
    """

    def apply(self, x: Floats) -> Floats:
        """Exponentials, divided by their sum."""
        return functional.softmax(x, 1)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Return p · (dy - Σ p·dy)."""
        return functional.softmax_backward(dy, x, 1)


@dataclass(frozen=True, slots=True)
class LogSoftmax(Blockwise):
    """Logarithms of probabilities over the channels, or features; see `cnnsim.functional.log_softmax`.

    Examples
    --------
    >>> LogSoftmax().output_shape((10,))
    (10,)
    """

    def apply(self, x: Floats) -> Floats:
        """Return x - log Σ e^x."""
        return functional.log_softmax(x, 1)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Return dy - p · Σ dy."""
        return functional.log_softmax_backward(dy, x, 1)


@dataclass(frozen=True, slots=True)
class LocalResponseNorm(Blockwise):
    """Damp a cell by its neighbours in other channels; see `cnnsim.functional.local_response_norm`.

    Parameters
    ----------
    size
        Channels that take part.
    alpha, beta, k
        Numbers of the formula, as `torch.nn.LocalResponseNorm`.

    Raises
    ------
    InputError
        If `size` is out of its range, or `k` is not above 0.

    Examples
    --------
    >>> LocalResponseNorm(5).output_shape((96, 55, 55))
    (96, 55, 55)
    """

    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0

    def __post_init__(self) -> None:
        count("size", self.size)
        if not number("k", self.k) > 0:
            raise InputError("k", self.k, "is not above 0", "use 1.0")

    def apply(self, x: Floats) -> Floats:
        """Divide by a power of the neighbours' squares."""
        return functional.local_response_norm(x, self.size, self.alpha, self.beta, self.k)

    def gradient(self, dy: Floats, x: Floats) -> Floats:
        """Through the cell itself, and through its neighbours."""
        return functional.local_response_norm_backward(dy, x, self.size, self.alpha, self.beta, self.k)
