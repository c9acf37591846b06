"""The gradients of a normalisation by batch, one product at a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.batch_norm import BatchNorm, cells_of_channels, channel_cells
from cnnsim.trace.checks import Array, checked_array
from cnnsim.trace.stage_parts import MINUS, SUM, Part, index_grid
from cnnsim.trace.stage_rules import formula, reduction
from cnnsim.trace.stages import Stage, StagedTrace


@dataclass(frozen=True, slots=True, eq=False)
class BatchNormGradient:
    """What `batch_norm_gradient` was given: the normalisation, and the gradient of the loss to its output."""

    forward: StagedTrace[BatchNorm]
    g: Array


def batch_norm_gradient(forward: StagedTrace[BatchNorm], g: Any = None) -> StagedTrace[BatchNormGradient]:
    """Return the steps of the gradients of a batch normalisation with respect to β, γ and x.

    In training every x has moved the mean and the variance, too:
    ``∂x = γ/√(σ² + ε) · (G − ∂β/n − x̂ · ∂γ/n)``; otherwise ``∂x = γ·G/√(σ² + ε)``.

    Parameters
    ----------
    forward
        The normalisation.
    g
        Gradient of the loss with respect to its output, in the shape of x; 1, 2, 3 … in reading order if None, since
        ones lead to zeros in training.

    Returns
    -------
    StagedTrace
        The stages ``"bias gradient"`` and ``"weight gradient"``, (1, C), in training ``"inner gradient"`` for the
        bracket, and ``"input gradient"``, in the shape of x.

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than x.

    References
    ----------
    S. Ioffe, C. Szegedy, Batch normalization, ICML (2015), section 3.

    Examples
    --------
    >>> from cnnsim.trace import batch_norm
    >>> backward = batch_norm_gradient(batch_norm([[1], [3]], weight=[2], eps=0), [[1], [0]])
    >>> [(stage.name, stage.trace.output.ravel().tolist()) for stage in backward.stages[:2]]
    [('bias gradient', [1.0]), ('weight gradient', [-1.0])]
    >>> backward.output.ravel()
    array([0., 0.])
    """
    given = forward.operation
    g = _checked_gradient(g, given.x.shape)
    per_channel, every = given.weight.shape, cells_of_channels(g.shape)
    of_g, of_x = Part("gradient", g, every), Part("normalised", forward.trace_of("normalised").output, every)
    bias = reduction(per_channel, given.count, (of_g,), SUM)
    weight = reduction(per_channel, given.count, (of_g, of_x), SUM)
    inner = _inner(forward, g, bias.output, weight.output) if given.training else ()
    arriving = Part("inner gradient", inner[0].trace.output) if inner else Part("gradient", g)
    channel = channel_cells(g.shape)
    scaled = (
        Part("weight", given.weight, channel),
        Part(arriving.operand, arriving.array, index_grid(g.shape)),
        Part("deviation", forward.trace_of("deviation").output, channel, divides=True),
    )
    last = Stage("input gradient", formula(g.shape, (scaled,), SUM))
    stages = Stage("bias gradient", bias), Stage("weight gradient", weight), *inner, last
    return StagedTrace(BatchNormGradient(forward, g), stages)


def _inner(forward: StagedTrace[BatchNorm], g: Array, bias: Array, weight: Array) -> tuple[Stage]:
    """Take from G what the mean and the variance hand back to all values of a channel alike."""
    own, channel = index_grid(g.shape), channel_cells(g.shape)
    count = Part("count", np.array(float(forward.operation.count)), divides=True)
    addends = (
        (Part("gradient", g, own),),
        (MINUS, Part("bias gradient", bias, channel), count),
        (
            MINUS,
            Part("normalised", forward.trace_of("normalised").output, own),
            Part("weight gradient", weight, channel),
            count,
        ),
    )
    return (Stage("inner gradient", formula(g.shape, addends, SUM)),)


def _checked_gradient(g: Any, shape: tuple[int, ...]) -> Array:
    values = np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape) if g is None else g
    array = checked_array("g", values, 2, 4).reshape(np.shape(values))
    if array.shape != shape:
        raise InputError("g", f"array of shape {array.shape}", f"is not {shape}", "give one value a cell of y")
    return array
