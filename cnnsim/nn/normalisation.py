"""Batch normalisation: zero mean and unit variance over the images of a batch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine.convolution import backward_bias as block_sums
from cnnsim.errors import InputError
from cnnsim.functional.check import count, number, room
from cnnsim.nn.layer import Exchange, Floats, Lot, Parameters, Saved, Shape


@dataclass(frozen=True, slots=True)
class BatchNorm:
    """Normalise every channel over batch and positions, then scale and shift it: ``w·(x - mean)/√(var + ε) + b``.

    In training mean and variance are those of the batch, over all of its images whatever the number of threads;
    afterwards the running ones.

    Parameters
    ----------
    num_features
        Channels of (C, H, W), or features (F,).
    eps
        ε, above 0.
    momentum
        How much of the running mean and variance a batch replaces, from 0 to 1.

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    S. Ioffe, C. Szegedy, Batch normalization: accelerating deep network training by reducing internal covariate shift,
    ICML (2015). As `torch.nn.BatchNorm1d` and `BatchNorm2d`: parameters `weight` and `bias` (C,), buffers
    `running_mean` and `running_var` (C,), the latter from the variance over n - 1.

    Examples
    --------
    >>> BatchNorm(6).output_shape((6, 28, 28))
    (6, 28, 28)
    """

    num_features: int
    eps: float = 1e-5
    momentum: float = 0.1

    def __post_init__(self) -> None:
        room("num_features", self.num_features, (1, count("num_features", self.num_features)))
        if not number("eps", self.eps) > 0:
            raise InputError("eps", self.eps, "is not above 0", "try 1e-5")
        if not 0 <= number("momentum", self.momentum) <= 1:
            raise InputError("momentum", self.momentum, "is not from 0 to 1", "try 0.1")

    @property
    def waits(self) -> bool:
        """Needs the sums of all blocks."""
        return True

    def initial_parameters(self, random: np.random.Generator) -> dict[str, NDArray[np.float64]]:
        """Weight 1, bias 0."""
        return {"weight": np.ones(self.num_features), "bias": np.zeros(self.num_features)}

    def initial_buffers(self) -> dict[str, NDArray[np.float64]]:
        """Running mean 0, running variance 1."""
        return {"running_mean": np.zeros(self.num_features), "running_var": np.ones(self.num_features)}

    def output_shape(self, shape: Shape) -> Shape:
        """The shape stays."""
        if shape[0] != self.num_features:
            rule, remedy = f"does not begin with {self.num_features}", f"use BatchNorm({shape[0]})"
            raise InputError("input shape", shape, rule, remedy)
        return shape

    def forward(self, x: Floats, parameters: Parameters) -> tuple[Floats, Saved]:
        """Normalise with the running mean and variance."""
        root = 1 / np.sqrt(parameters["running_var"] + self.eps)
        normal = (x - _along(parameters["running_mean"], x)) * _along(root, x)
        return _along(parameters["weight"], x) * normal + _along(parameters["bias"], x), (normal, root)

    def backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, *, wants_dx: bool = True
    ) -> Floats | None:
        """Scale dy; mean and variance do not depend on x."""
        normal, root = saved
        gradients["weight"][...] = block_sums(dy * normal)
        gradients["bias"][...] = block_sums(dy)
        dy *= _along(parameters["weight"] * root, dy)
        return dy

    def training_forward(self, x: Floats, parameters: Parameters, lot: Lot) -> Exchange[tuple[Floats, Saved]]:
        """Normalise with the mean and variance of the whole batch."""
        n, present = _numbers(x, lot), _present(x, lot)
        mean = (yield block_sums(x * present)) / n
        centred = (x - _along(mean, x)) * present
        variance = (yield block_sums(centred * centred)) / n
        root = 1 / np.sqrt(variance + self.eps)
        normal = centred * _along(root, x)
        y = _along(parameters["weight"], x) * normal + _along(parameters["bias"], x)
        return y, (normal, root, mean, variance, np.array(n))

    def training_backward(
        self, dy: Floats, saved: Saved, parameters: Parameters, gradients: Parameters, lot: Lot
    ) -> Exchange[Floats]:
        """Scale dy, less what it changes through the mean and the variance."""
        normal, root, *_ = saved
        dweight, dbias = block_sums(dy * normal), block_sums(dy)
        gradients["weight"][...] = dweight
        gradients["bias"][...] = dbias
        mean = (yield np.concatenate([dbias, dweight], axis=1)) / _numbers(dy, lot)
        through_mean, through_variance = np.split(mean, 2)
        dx: Floats = dy - _along(through_mean, dy) - normal * _along(through_variance, dy)
        dx *= _along(parameters["weight"] * root, dy)
        dx *= _present(dy, lot)
        return dx

    def next_buffers(self, saved: Saved, parameters: Parameters, lot: Lot) -> dict[str, Floats]:
        """Move the running mean and variance towards those of the batch."""
        *_, mean, variance, n = saved
        unbiased = variance * (n / max(int(n) - 1, 1))
        kept = {"running_mean": mean, "running_var": unbiased.astype(variance.dtype)}
        return {name: parameters[name] + self.momentum * (new - parameters[name]) for name, new in kept.items()}


def _along(channels: Floats, x: Floats) -> Floats:
    """View (C,) so that it meets the channels of (B, C, ..., L)."""
    return channels.reshape(1, -1, *(1,) * (x.ndim - 2))


def _present(x: Floats, lot: Lot) -> Floats:
    """1 where a lane holds an image, 0 where it only fills a block up; meets (B, C, ..., L)."""
    return lot.present.reshape(len(x), *(1,) * (x.ndim - 2), -1).astype(x.dtype)


def _numbers(x: Floats, lot: Lot) -> int:
    """How many numbers of a channel there are in the whole batch."""
    return lot.n_images * int(np.prod(x.shape[2:-1]))
