"""Normalisation by batch, one square and one product at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Place
from cnnsim.trace.checks import Array, checked_array, checked_vector
from cnnsim.trace.stage_parts import MINUS, ROOT, SUM, Indices, Part, divided_by, index_grid
from cnnsim.trace.stage_rules import Formula, formula, reduction
from cnnsim.trace.stages import Stage, StagedTrace


@dataclass(frozen=True, slots=True, eq=False)
class BatchNorm:
    """What `batch_norm` was given.

    Parameters
    ----------
    x
        A batch of maps (N, C, H, W) or of vectors (N, C).
    weight, bias
        γ and β, (1, C).
    running_mean, running_var
        (1, C), or None.
    training
        Whether mean and variance are those of the batch.
    momentum, eps
        Share of the batch in the running numbers; ε.
    """

    x: Array
    weight: Array
    bias: Array
    running_mean: Array | None
    running_var: Array | None
    training: bool
    momentum: float
    eps: float

    @property
    def count(self) -> int:
        """Values of one channel."""
        return int(self.x.size // self.x.shape[1])


def batch_norm(
    x: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    *,
    training: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> StagedTrace[BatchNorm]:
    """Return the steps of a batch normalisation: ``y = γ·x̂ + β`` with ``x̂ = (x − μ)/√(σ² + ε)`` for every channel.

    Parameters
    ----------
    x
        A batch of maps (N, C, H, W) or of vectors (N, C).
    running_mean, running_var
        (C,), μ and σ² when not training. With `training` they are updated in stages of their own, if given.
    weight, bias
        γ and β, (C,); 1 and 0 if None.
    training
        Take μ and σ² from the batch.
    momentum, eps
        Share of the batch in the running numbers; ε.

    Returns
    -------
    StagedTrace
        The stages ``"mean"`` (1, C), ``"centred"``, ``"variance"`` (1, C), ``"deviation"`` √(σ² + ε) (1, C),
        ``"normalised"`` x̂ and ``"output"`` y; when not training without mean and variance. Where running numbers are
        updated, ``"new running mean"`` and ``"new running variance"`` follow the variance.

    Raises
    ------
    InputError
        If an array is ragged, empty or not finite, shapes do not fit, running numbers are missing or only one is given,
        a channel has one value to train with, or σ² + ε is not positive.

    References
    ----------
    S. Ioffe, C. Szegedy, Batch normalization, ICML (2015). The names are those of `cnnsim.functional.batch_norm`.

    Examples
    --------
    >>> steps = batch_norm([[1], [3]], weight=[2], bias=[5], eps=0)
    >>> [(stage.name, stage.trace.output.ravel().tolist()) for stage in steps.stages[:4]]
    [('mean', [2.0]), ('centred', [-1.0, 1.0]), ('variance', [1.0]), ('deviation', [1.0])]
    >>> steps.output.ravel()
    array([3., 7.])
    """
    x = _checked_batch("x", x)
    weight = _per_channel("weight", np.ones(x.shape[1]) if weight is None else weight, x)
    bias = _per_channel("bias", np.zeros(x.shape[1]) if bias is None else bias, x)
    mean, var = _checked_running(running_mean, running_var, x, training)
    momentum, eps = float(checked_array("momentum", momentum, 0)), float(checked_array("eps", eps, 0))
    given = BatchNorm(x, weight, bias, mean, var, training, momentum, eps)
    if training and given.count < 2:
        raise InputError("x", f"array of shape {x.shape}", "has one value per channel", "give a larger batch")
    return StagedTrace(given, _stages(given))


def channel_cells(shape: Place) -> Indices:
    """Return the indices with which every cell of a batch meets the number of its channel, (1, C)."""
    channel = index_grid(shape)[1]
    return np.zeros_like(channel), channel


def cells_of_channels(shape: Place) -> Indices:
    """Return the indices with which the number of a channel, (1, C), meets every cell of it in the batch."""
    others = np.indices((shape[0], *shape[2:])).reshape(len(shape) - 1, 1, 1, -1)
    return others[0], np.arange(shape[1])[None, :, None], *others[1:]


def _stages(given: BatchNorm) -> tuple[Stage, ...]:
    shape, channel = given.x.shape, channel_cells(given.x.shape)
    before, centred, variance = _statistics(given)
    deviation = _deviation(variance, given.eps)
    quotient = (
        Part("centred", centred, index_grid(shape)),
        Part("deviation", deviation.output, channel, divides=True),
    )
    normalised = formula(shape, (quotient,), SUM)
    scaled = (Part("weight", given.weight, channel), Part("normalised", normalised.output, index_grid(shape)))
    return (
        *before,
        Stage("deviation", deviation),
        Stage("normalised", normalised),
        Stage("output", formula(shape, (scaled, (Part("bias", given.bias, channel),)), SUM)),
    )


def _statistics(given: BatchNorm) -> tuple[tuple[Stage, ...], Array, Part]:
    """Return the stages that come first, the distances from the mean, and the variance."""
    if not given.training:
        assert given.running_mean is not None and given.running_var is not None
        centred = _centred(given.x, "running mean", given.running_mean)
        variance_used = Part("running variance", given.running_var, index_grid(given.running_var.shape))
        return (Stage("centred", centred),), centred.output, variance_used
    per_channel, every = given.weight.shape, cells_of_channels(given.x.shape)
    mean_of = SUM, divided_by(given.count)
    mean = reduction(per_channel, given.count, (Part("input", given.x, every),), *mean_of)
    centred = _centred(given.x, "mean", mean.output)
    distance = Part("centred", centred.output, every)
    variance = reduction(per_channel, given.count, (distance, distance), *mean_of)
    stages = Stage("mean", mean), Stage("centred", centred), Stage("variance", variance)
    variance_used = Part("variance", variance.output, index_grid(per_channel))
    return (*stages, *_followed(given, mean.output, variance.output)), centred.output, variance_used


def _centred(x: Array, name: str, mean: Array) -> CellwiseTrace[Formula]:
    minus_mean = (MINUS, Part(name, mean, channel_cells(x.shape)))
    return formula(x.shape, ((Part("input", x, index_grid(x.shape)),), minus_mean), SUM)


def _followed(given: BatchNorm, mean: Array, variance: Array) -> Iterator[Stage]:
    """Let the running numbers follow those of the batch, whose variance is made unbiased by n/(n − 1)."""
    if given.running_mean is None or given.running_var is None:
        return
    own = index_grid(mean.shape)
    kept, new = Part("kept", np.array(1 - given.momentum)), Part("momentum", np.array(given.momentum))
    unbiased = Part("unbiased", np.array(given.count / (given.count - 1)))
    means = (kept, Part("running mean", given.running_mean, own)), (new, Part("mean", mean, own))
    variances = (
        (kept, Part("running variance", given.running_var, own)),
        (new, unbiased, Part("variance", variance, own)),
    )
    yield Stage("new running mean", formula(mean.shape, means, SUM))
    yield Stage("new running variance", formula(mean.shape, variances, SUM))


def _deviation(variance: Part, eps: float) -> CellwiseTrace[Formula]:
    if (variance.array + eps <= 0).any():
        raise InputError("eps", eps, "leaves a channel without variance to be divided by 0", "use 1e-5")
    return formula(variance.array.shape, ((variance,), (Part("epsilon", np.array(eps)),)), SUM, ROOT)


def _checked_batch(argument: str, values: Any) -> Array:
    """Return (N, C, H, W) or (N, C)."""
    return checked_array(argument, values, 2, 4).reshape(np.shape(values))


def _per_channel(argument: str, values: Any, x: Array) -> Array:
    """Return one number for each channel, (1, C)."""
    array = checked_vector(argument, values)[None]
    if array.size != x.shape[1]:
        raise InputError(argument, f"{array.size} numbers", f"are not {x.shape[1]}", "give one for every channel")
    return array


def _checked_running(mean: Any, var: Any, x: Array, training: bool) -> tuple[Array | None, Array | None]:
    if (mean is None) != (var is None) or (mean is None and not training):
        missing = "running_mean" if mean is None else "running_var"
        raise InputError(missing, None, "is needed", "give both running numbers" + " or neither" * training)
    if mean is None:
        return None, None
    var = _per_channel("running_var", var, x)
    if (var < 0).any():
        raise InputError("running_var", var.ravel().tolist(), "has a negative variance", "use 0 or more")
    return _per_channel("running_mean", mean, x), var
