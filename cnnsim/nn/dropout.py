"""Dropout: forget numbers at random in training."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine import memory
from cnnsim.errors import InputError
from cnnsim.functional.check import number
from cnnsim.nn.layer import Exchange, Floats, Lot, Parameters, Saved
from cnnsim.nn.parameterless import WithoutParameters


@dataclass(frozen=True, slots=True)
class Dropout(WithoutParameters):
    """Set each number to 0 with probability p in training, and divide the others by 1 - p; afterwards do nothing.

    Which numbers go depends on the seed of the step, the layer and the block of images alone.

    Parameters
    ----------
    p
        At least 0 and below 1.

    Raises
    ------
    InputError
        If `p` is out of its range.

    References
    ----------
    N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, Dropout: a simple way to prevent neural
    networks from overfitting, JMLR 15 (2014); divided in training, as `torch.nn.Dropout` does.

    Examples
    --------
    >>> Dropout(0.5).output_shape((4096,))
    (4096,)
    """

    p: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= number("p", self.p) < 1:
            raise InputError("p", self.p, "is not in 0 ≤ p < 1", "try 0.5")

    @property
    def waits(self) -> bool:
        """Needs nothing from other blocks."""
        return False

    def initial_buffers(self) -> dict[str, NDArray[np.float64]]:
        """Nothing to keep."""
        return {}

    def next_buffers(self, saved: Saved, parameters: Parameters, lot: Lot) -> dict[str, Floats]:
        """Nothing to keep."""
        return {}

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Return x."""
        return x, ()

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Return dy."""
        return dy

    def training_forward(self, x: Floats, parameters: Parameters, lot: Lot) -> Exchange[tuple[Floats, Saved]]:
        """Multiply by 0 or 1/(1 - p)."""
        factors = memory.empty(x.shape, x.dtype)
        for block, place in enumerate(factors):
            np.greater_equal(lot.random(block).random(x.shape[1:], np.float32), self.p, out=place, casting="unsafe")
        factors *= 1 / (1 - self.p)
        y = memory.empty(x.shape, x.dtype)
        np.multiply(x, factors, out=y)
        return y, (factors,)
        yield  # a generator, though it asks for nothing

    def training_backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, lot: Lot
    ) -> Exchange[Floats]:
        """Multiply by the same factors."""
        dy *= saved[0]
        return dy
        yield
